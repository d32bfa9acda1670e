"""A Spec becomes a Network: layers named, settled and chained, every volume known, every window's fit checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from cnncalc.errors import BadValue, CnncalcError, MissingKey, ShapeError, UsageError, Where
from cnncalc.layers import Layer
from cnncalc.sizes import LARGEST
from cnncalc.spec.model import Entry, Published, Spec
from cnncalc.volume import Volume, nearest, shorten
from cnncalc.window import Rounding

INPUT = "input"
_SEARCHED = 64
"""How many input sizes on either side are tried as a way out."""


class Node(NamedTuple):
    """A layer in its place: what comes in, what goes out, and where it was written."""

    name: str
    card: Layer
    inputs: tuple[str, ...]
    x: Volume
    y: Volume
    where: Where


@dataclass(frozen=True, slots=True)
class Network:
    """A network whose every volume is known. Immutable."""

    name: str
    input: Volume
    nodes: tuple[Node, ...]
    source: str = ""
    published: tuple[Published, ...] = ()

    def __getitem__(self, name: str) -> Node:
        """Return the layer of this name. Raises UsageError with the nearest names."""
        return named(self.nodes, name)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_N = TypeVar("_N", bound=_Named)


def named(layers: Iterable[_N], name: str) -> _N:
    """Return the layer of this name, be it a node or a row. Raises UsageError with the nearest names."""
    layers = tuple(layers)
    for layer in layers:
        if layer.name == name:
            return layer
    near = nearest(str(name), [layer.name for layer in layers])
    ways_out = tuple(f"did you mean {other}?" for other in near) or ("cnncalc table names the layers",)
    raise UsageError(f"no layer is called {shorten(str(name))!r}", ways_out=ways_out)


def build(spec: Spec, *, input: Volume | None = None, rounding: Rounding | None = None) -> Network:  # noqa: A002
    """Chain a spec's layers on an input volume, the spec's own unless another is given.

    Raises a ShapeError at the first layer that cannot take what comes in; its `network` holds the layers before.
    """
    volume = input or spec.input
    if volume is None:
        message = "a one-line network does not say its input"
        raise MissingKey(message, ways_out=("--input 32x32x3",))
    nodes: list[Node] = []
    try:
        nodes.extend(_chain(spec, volume, rounding or spec.rounding))
    except ShapeError as error:
        error.network = Network(spec.name, volume, tuple(nodes), spec.source)
        if input is None:
            error.ways_out += _other_inputs(spec, volume, rounding or spec.rounding, at_first=not nodes)
        raise
    return Network(spec.name, volume, tuple(nodes), spec.source, spec.published)


def _chain(spec: Spec, volume: Volume, rounding: Rounding) -> Iterator[Node]:
    before, x = INPUT, volume
    for name, entry, card in zip(names(spec.entries), spec.entries, _settled(spec.entries, rounding), strict=True):
        where = entry.where._replace(layer=name)
        try:
            card.check(x)
            y = card.output(x)
        except CnncalcError as error:
            raise error.at(where) from None
        if y.values > LARGEST**2:
            message = f"the volume {y} holds more values than any machine"
            raise ShapeError(message, where=where, ways_out=("use smaller sizes",))
        yield Node(name, card, (before,), x, y, where)
        before, x = name, y


def _settled(entries: Iterable[Entry], rounding: Rounding) -> Iterator[Layer]:
    """Give each card the network's rounding where it has none; equal cards stay one object."""
    known: dict[int, Layer] = {}
    for entry in entries:
        card = known.get(id(entry.card))
        if card is None:
            card = known[id(entry.card)] = entry.card.settled(rounding)
        yield card


def names(entries: Iterable[Entry]) -> Iterator[str]:
    """Name every layer: its own name, or its kind counted: conv1, conv2.

    A name that repeats is counted on: block, block_2. Raises BadValue for ``input``, which is row 0.
    """
    entries = tuple(entries)
    taken = {entry.name for entry in entries} | {INPUT}
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.name == INPUT:
            raise BadValue("'input' is the name of row 0", where=entry.where, ways_out=("choose another name",))
        if entry.name is not None:
            counts[entry.name] = counts.get(entry.name, 0) + 1
            repeat = counts[entry.name]
            yield entry.name if repeat == 1 else _free(entry.name + "_", taken, repeat)
            continue
        stem = entry.card.stem
        while True:
            counts[stem] = counts.get(stem, 0) + 1
            if f"{stem}{counts[stem]}" not in taken:
                break
        yield f"{stem}{counts[stem]}"


def _free(stem: str, taken: set[str | None], number: int) -> str:
    while f"{stem}{number}" in taken:
        number += 1
    taken.add(f"{stem}{number}")
    return f"{stem}{number}"


def _other_inputs(spec: Spec, volume: Volume, rounding: Rounding, *, at_first: bool) -> tuple[str, ...]:
    """Return the nearest network input for which every layer fits, where the misfit is not at the first layer."""
    if at_first or len(set(volume.spatial)) != 1 or len(spec.entries) > _SEARCHED * 8:
        return ()
    size = volume.spatial[0]
    for step in range(1, _SEARCHED + 1):
        for near in (size + step, size - step):
            other = Volume(volume.channels, (near,) * len(volume.spatial))
            if near > 0 and _fits(spec, other, rounding):
                return (f"network input {other}: every layer fits",)
    return ()


def _fits(spec: Spec, volume: Volume, rounding: Rounding) -> bool:
    try:
        for _ in _chain(spec, volume, rounding):
            pass
    except ShapeError:
        return False
    return True
