"""The memory conventions: which numbers count as held in volumes, layer by layer and together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.memory.liveness import alive, largest
from cnncalc.memory.saved import saved
from cnncalc.network import Network, Node
from cnncalc.sizes import Size

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
"""Bytes of one value, by dtype."""

ALL = "all"
"""What is asked for instead of one convention's name: all of them, side by side."""


class Convention(NamedTuple):
    """A way to count what is held.

    says      what it counts, in one sentence
    rows      a network's values, for one image: the input's, then every layer's
    together  what the rows come to: their sum, or the largest where they are moments of one inference
    """

    says: str
    rows: Callable[[Network], tuple[Size, ...]]
    together: Callable[[Sequence[Size]], Size] = sum


def lecture(node: Node) -> Size:
    """Outputs of layers with a window or a weight matrix (conv, pool, FC), as CS231n's VGG listing counts."""
    return node.y.values if node.card.in_lecture else 0


def inplace(node: Node) -> Size:
    """Every layer's output, except activations, dropout and reshapes, which overwrite their input."""
    return 0 if node.card.overwrites_input else node.y.values


def outputs(node: Node) -> Size:
    """Every layer's output."""
    return node.y.values


def buffers(node: Node) -> Size:
    """Count as `lecture` does, and each conv's input volume once more: every conv holds its own input and output."""
    return lecture(node) + (node.x.values if node.card.convolves else 0)


def _each(rule: Callable[[Node], Size]) -> Callable[[Network], tuple[Size, ...]]:
    """Return the rows of a rule that looks at one layer; the input counts as well."""
    return lambda network: (network.input.values, *map(rule, network.nodes))


CONVENTIONS = {
    "lecture": Convention(
        "the input and the outputs of layers with a window or a weight matrix, as CS231n lists VGG-16", _each(lecture)
    ),
    "inplace": Convention(
        "the input and every output; activations, dropout and reshapes overwrite their input", _each(inplace)
    ),
    "outputs": Convention("the input and every layer's output", _each(outputs)),
    "buffers": Convention("lecture, and each convolution's input once more", _each(buffers)),
    "saved": Convention("what training keeps from the forward pass for the backward pass", saved),
    "peak": Convention(
        "the most at one moment of an inference that frees a volume after its last reader", alive, largest
    ),
}
"""The conventions by name."""


def convention(name: Any) -> Convention:
    """Return a convention. Raises UsageError for a name that no convention has."""
    if not isinstance(name, str) or name not in CONVENTIONS:
        raise UsageError(f"no memory convention is called {name!r}", ways_out=tuple(CONVENTIONS))
    return CONVENTIONS[name]


def bytes_per_value(dtype: str) -> int:
    """Return the bytes of one value. Raises UsageError for a dtype that nobody knows."""
    try:
        return BYTES[dtype]
    except (KeyError, TypeError):
        raise UsageError(f"no dtype is called {dtype!r}", ways_out=tuple(BYTES)) from None
