"""One layer's figures: counts, what it sees, how its window fits, and how its weights are written."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.field import Field
from cnncalc.network import Node
from cnncalc.sizes import Size
from cnncalc.term import AXES, Term
from cnncalc.volume import Volume
from cnncalc.window import Window

SCHEMA_VERSION = 1
"""Of the keys of all JSON: they are only ever added to."""

COUNTED = ("weights", "biases", "buffers", "macs", "flops", "activation_values", "activation_bytes")
"""What a row holds a count of; rows add up, but for the moments of a peak."""
COUNTS = ("weights", "biases", "parameters", *COUNTED[2:])
"""What a row says a count of, in the order in which it is said: parameters are weights and biases."""


class Row(NamedTuple):
    """One layer's figures, for one image.

    weights, biases, buffers, macs, flops   counts
    activation_values                       numbers held, under the ledger's memory convention
    fields                                  the receptive field of one output value, per axis
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    volume: Volume
    weights: Size
    biases: Size
    buffers: Size
    macs: Size
    flops: Size
    activation_values: Size
    activation_bytes: Size
    fields: tuple[Field, ...]
    node: Node | None

    @property
    def parameters(self) -> Size:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def output_shape(self) -> tuple[Size, ...]:
        """The output volume as H, W, C."""
        return self.volume.shape

    @property
    def receptive_field(self) -> tuple[Size, ...]:
        """Input pixels that one output value sees, per axis."""
        return tuple(field.size for field in self.fields)

    @property
    def jump(self) -> tuple[Size, ...]:
        """Input pixels between neighbours' fields, per axis; a Fraction after upsampling."""
        return tuple(_over(field.jump, field.period) for field in self.fields)

    @property
    def padding(self) -> tuple[Size, ...]:
        """Input pixels by which the first field starts before the image, per axis."""
        return tuple(field.padding for field in self.fields)

    @property
    def settings(self) -> dict[str, Any]:
        """The window settings that the layer came to: kernel_size, stride, padding, dilation, groups."""
        return self.node.card.settings(self.node.x) if self.node else {}

    @property
    def weights_written(self) -> str:
        """The weights as the lecture prints them, poured from the same rule: ``(3*3*64)*64``; or nothing."""
        if self.node is None or not self.weights or not isinstance(self.weights, int):
            return ""
        card, x = pour_terms(self.node)
        weights = card.weights(x)
        return weights.digits.replace("·", "*") if isinstance(weights, Term) else str(weights)

    def fit(self) -> dict[str, Any]:
        """How the window fits: whether it leaves nothing over, and the pixels lost or invented per axis."""
        windows = self.node.card.windows(self.node.x) if self.node else ()
        if windows and not all(isinstance(size, int) for size in self.volume.shape):
            return {"exact": None, "lost": None, "invented": None}
        if not windows or not self.node:
            none = [0] * len(self.volume.spatial)
            return {"exact": True, "lost": none, "invented": none}
        axes = list(zip(windows, self.node.x.spatial, strict=True))
        lost, invented = ([question(*axis) for axis in axes] for question in (Window.lost, Window.invented))
        if not all(isinstance(pixels, int) for pixels in (*lost, *invented)):  # a filter of CxC
            return {"exact": None, "lost": None, "invented": None}
        return {"exact": not any(window.leftover(size) for window, size in axes), "lost": lost, "invented": invented}

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON carries it."""
        return {
            "name": self.name,
            "type": self.type,
            "inputs": list(self.inputs),
            "output_shape": [jsonable(size) for size in self.output_shape],
            **{count: jsonable(getattr(self, count)) for count in COUNTS},
            "receptive_field": [jsonable(size) for size in self.receptive_field],
            "paths_agree": all(field.agree for field in self.fields),
            "jump": [jsonable(jump) for jump in self.jump],
            "padding": [jsonable(padding) for padding in self.padding],
            "fit": self.fit(),
            "settings": {name: _listed(value) for name, value in self.settings.items()},
            "weights_written": self.weights_written,
        }


def pour_terms(node: Node) -> tuple[Any, Any]:
    """Return the layer's card and its input with their numbers as Terms: the rule then writes itself."""
    x = tuple(map(_termed, node.x)) if node.card.reads_many else _termed(node.x)
    card = node.card
    if isinstance(getattr(card, "padding", None), str) and card.windows(node.x):
        card = card.replace(padding=tuple(window.padding for window in card.windows(node.x)))  # `same`, worked out
    return card.poured(Term.named), x


def _termed(x: Volume) -> Volume:
    spatial = zip(AXES[len(x.spatial)], x.spatial, strict=True)
    sizes = tuple(size if size == 1 else Term.named(letter, size) for letter, size in spatial)
    return Volume(Term.named("C", x.channels), sizes)


def _over(a: Size, b: Size) -> Size:
    """Return a/b: an int where it is whole, else a Fraction; None where it is not known."""
    if a is None or b == 1:
        return a
    if isinstance(a, int) and a % b == 0:
        return a // b
    from fractions import Fraction  # noqa: PLC0415 - only upsampling needs it

    return a * Fraction(1, b)


def jsonable(number: Size) -> int | str | None:
    """Return a number as JSON carries it: whole ones as they are, fractions and formulas as text."""
    return number if number is None or isinstance(number, int) else getattr(number, "plain", str(number))


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else jsonable(value)
