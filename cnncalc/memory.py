"""The memory conventions: which numbers count as held in volumes. Each is a rule over one layer."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.errors import UsageError
from cnncalc.network import Node
from cnncalc.sizes import Size

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
"""Bytes of one value, by dtype."""


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


CONVENTIONS: dict[str, Callable[[Node], Size]] = {
    "lecture": lecture,
    "inplace": inplace,
    "outputs": outputs,
    "buffers": buffers,
}
"""The conventions by name; each counts the input as well."""


def convention(name: str) -> Callable[[Node], Size]:
    """Return a convention's rule. Raises UsageError for a name that no convention has."""
    if name not in CONVENTIONS:
        raise UsageError(f"no memory convention is called {name!r}", ways_out=tuple(CONVENTIONS))
    return CONVENTIONS[name]


def bytes_per_value(dtype: str) -> int:
    """Return the bytes of one value. Raises UsageError for a dtype that nobody knows."""
    if dtype not in BYTES:
        raise UsageError(f"no dtype is called {dtype!r}", ways_out=tuple(BYTES))
    return BYTES[dtype]
