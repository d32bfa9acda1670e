"""Liveness: which volumes are held at each moment of an inference that frees a volume after its last reader.

Layers run in the network's order. While one runs, the volumes that it reads are still held and its output is
allocated; then every volume whose last reader has run is freed. What nobody reads is an output and is kept to the
end. An activation, a dropout or a reshape that is the last reader of its input overwrites it and allocates nothing;
the network's own input is never overwritten, but freed like any other. Counted in values of one image.
Source: CS231n, VGGNet in detail, "only forward"; register liveness: Aho, Sethi and Ullman 1986, section 9.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.network import require_network
from cnncalc.sizes import Size, greatest, is_open
from cnncalc.spec.model import INPUT

if TYPE_CHECKING:
    from cnncalc.network import Network, Node


class Peak(NamedTuple):
    """The most that is held at one moment of an inference.

    values  numbers held, for one image
    layer   the first layer during which they are; None in letters, where it may depend on them
    alive   what is held while each row runs: the input alone, then every layer in the network's order
    """

    values: Size
    layer: str | None
    alive: tuple[Size, ...]


def peak(network: Network) -> Peak:
    """Return the peak of an inference in the network's order, for one image.

    >>> from cnncalc import load
    >>> peak(load("conv3-64 relu conv3-64", input="224x224x3"))[:2]
    (6422528, 'conv2')
    """
    require_network(network)
    held = alive(network)
    names = (INPUT, *(node.name for node in network.nodes))
    most = largest(held)
    places = (name for name, values in zip(names, held, strict=True) if values == most)
    return Peak(_settled(most), next(places, None), tuple(map(_settled, held)))


def _settled(size: Size) -> Size:
    """Return a size as people write it."""
    if not is_open(size):
        return int(size)
    from cnncalc.letters import settle  # noqa: PLC0415 - sympy, only where a letter is

    return settle(size)


def alive(network: Network) -> tuple[Size, ...]:
    """Return what is held while each row runs: the input alone, then every layer. One pass over the edges."""
    last = last_readers(network)
    sizes = {INPUT: network.input.values}
    held = sizes[INPUT]
    rows = [held]
    for node in network.nodes:
        freed = [name for name in dict.fromkeys(node.inputs) if last[name] == node.name]
        sizes[node.name] = node.y.values
        if overwrites(node) and freed:
            freed = []  # its output has taken its input's place
        else:
            held = held + node.y.values
        rows.append(held)
        held = held - sum(sizes.pop(name) for name in freed)
    return tuple(rows)


def last_readers(network: Network) -> dict[str, str]:
    """Return the last layer that reads each volume; an output, which nobody reads, is not among them."""
    return {name: node.name for node in network.nodes for name in node.inputs}


def overwrites(node: Node) -> bool:
    """Whether a layer takes its input's place if it is the last to read it: never the caller's own input."""
    return node.card.overwrites_input and node.inputs != (INPUT,)


def largest(sizes: Iterable[Size]) -> Size:
    """Return the largest size; in letters a `Max` of those that may be it."""
    sizes = tuple(sizes)
    if any(is_open(size) or hasattr(size, "plain") for size in sizes):
        from cnncalc.letters import largest as largest_in_letters  # noqa: PLC0415 - sympy, only where a letter is

        return largest_in_letters(sizes)
    return reduce(greatest, sizes)
