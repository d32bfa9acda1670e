"""ONNX's operators by cnncalc's cards: a node becomes the card that says the same, and the card's kernel does the work.

What a node says beyond its card is layout: axes are moved to where the card looks for them, and back again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np
from libraries import as_array, as_numpy

from cnncalc.layers import CARDS
from cnncalc.library import Library
from cnncalc.volume import Volume

Array = np.ndarray


class Inexpressible(Exception):
    """No card's fields say what a node says."""


class Cards:
    """The cards on one array library: fields and arrays in, an array out."""

    def __init__(self, xp: Library) -> None:
        self.xp = xp

    def __call__(self, kind: str, *inputs: Array, **given: Any) -> Array:
        """Run a card's kernel; of what is given, arrays are its tensors and all else its fields.

        Each array must have the shape that the card says, what goes out included.
        """
        tensors = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
        card = CARDS[kind](**{name: value for name, value in given.items() if name not in tensors})
        volumes = tuple(Volume(x.shape[1], x.shape[2:]) for x in inputs)
        volume: Any = volumes if card.reads_many else volumes[0]
        card.check(volume)
        y = card.output(volume)
        if not card.reads_many:
            assert card.tensors(inputs[0].shape[1:]) == {name: value.shape for name, value in tensors.items()}
        arrays = tuple(as_array(self.xp, x) for x in inputs)
        held = {name: as_array(self.xp, value) for name, value in tensors.items()}
        made = as_numpy(card.forward(self.xp, arrays if card.reads_many else arrays[0], held))
        assert made.shape == (inputs[0].shape[0], y.channels, *y.spatial)
        return made


class Node(NamedTuple):
    """An operator, its attributes by name, the version that it is of, and how many outputs are asked for."""

    op_type: str
    attributes: Mapping[str, Any]
    version: int
    outputs: int

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)


Operator = Callable[..., Any]
OPERATORS: dict[str, Operator] = {}
"""What takes the cards, a node and its inputs, and returns its outputs."""


def operator(*op_types: str) -> Callable[[Operator], Operator]:
    """File a function under the operators that it stands for."""

    def file(function: Operator) -> Operator:
        OPERATORS.update(dict.fromkeys(op_types, function))
        return function

    return file


def run(xp: Library, node: Node, inputs: list[Any]) -> list[Array]:
    """Return the outputs of a node. Raises Inexpressible for what no card says."""
    if not all(one is None or isinstance(one, np.ndarray | np.generic) for one in inputs):
        raise Inexpressible("sequences and optionals are no volumes")
    y = OPERATORS[node.op_type](Cards(xp), node, *(one if one is None else np.asarray(one) for one in inputs))
    return list(y) if isinstance(y, tuple) else [y]


def channelled(x: Array, axis: int) -> Array:
    """Return a view with one axis as the channels: what stands before as images, what stands behind as places."""
    axis %= x.ndim
    return x.reshape(prod(x.shape[:axis]), x.shape[axis], prod(x.shape[axis + 1 :]))
