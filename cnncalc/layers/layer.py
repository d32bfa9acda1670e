"""What every layer is asked. A card is a class that answers; one that leaves a question open cannot be built.

    x ─► output(x) = y      windows(x), views(x)
         weights(x)  biases(x)  buffers(x)  macs(x, y)  flops(x, y)
         tensors(shape)  forward(xp, x, tensors)

`x` is the volume that comes in and `y` the one that goes out, both without the batch. Answers are in
values and operations of one image. Every answer is written with `+ − * // %` and the questions of
`sizes`, so that it also runs on Terms, letters and integer arrays.

The last two are the proof: which arrays the layer holds, and what it does to (N, C, H, W). They share the
hyperparameters with the rules above, and nothing else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from math import gcd, isqrt
from typing import Any, NamedTuple, Self

from cnncalc.errors import GroupMisfit
from cnncalc.fit import Fit, Turn, misfit
from cnncalc.layers.card import Card
from cnncalc.library import Array, Library
from cnncalc.sizes import Size
from cnncalc.term import LETTERS
from cnncalc.view import SAME_PIXEL, View
from cnncalc.volume import Volume
from cnncalc.window import Rounding, Sides, Window

CARDS: dict[str, type[Layer]] = {}
"""Every card under its type."""

_NEUTRAL = {"dilation": 1, "groups": 1, "multiplier": 1, "output_padding": 0}
"""Settings that leave no trace in a formula as long as they change nothing."""


_TRIED = 2**15
"""So many divisors are tried for a way out: all, of a number up to 10^9."""


class Division(NamedTuple):
    """What must divide what, how a message calls them, and the setting that a way out turns."""

    divisor: Size
    number: Size
    names: str
    setting: str = "groups"


class Layer(Card):
    """A layer: its hyperparameters are fields, its rules are methods.

    type               its name in specs and tables
    stem               what unnamed ones are called: conv1, conv2
    words              how the short form calls it; the first is the way a table writes it
    after_word         the field of the number straight after the word: conv3
    after_hyphen       the field of the number after the hyphen: conv3-64
    in_lecture         the `lecture` memory convention counts its output: it has a window or a weight matrix
    has_weight_matrix  it is a convolution or fully connected: it counts in a network's depth
    convolves          it is a convolution: the `buffers` memory convention counts its input once more
    overwrites_input   it works in place: activations, dropout, reshapes
    is_view            its output is its input's numbers under another shape: flatten, identity
    keeps_input        training keeps its input, for the gradient of its weights or of its input
    keeps_output       training keeps its output, for the gradient of its input
    keeps_choices      training keeps, per output value, which input it took or whether it dropped it
    picks_channels     only some of its input's channels go out: slice, split
    reads_many         `x` is a tuple of volumes: add, multiply, concat
    nonlinear          it is one of the non-linearities that stacks are compared by
    """

    # Facts about a kind of layer, not fields: type comments keep them out of the annotations.
    type = ""
    stem = ""
    words = ()  # type: tuple[str, ...]
    after_word = ""
    after_hyphen = ""
    in_lecture = False
    has_weight_matrix = False
    convolves = False
    overwrites_input = False
    is_view = False
    keeps_input = False
    keeps_output = False
    keeps_choices = False
    picks_channels = False
    reads_many = False
    nonlinear = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """File the card under its type; refuse one that leaves a question open."""
        super().__init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            return
        questions = {name for base in cls.__mro__[1:] for name in getattr(base, "__abstractmethods__", ())}
        open_questions = sorted(
            name for name in questions if getattr(getattr(cls, name), "__isabstractmethod__", False)
        )
        if open_questions:
            msg = f"the card {cls.type!r} leaves open: {', '.join(open_questions)}"
            raise TypeError(msg)
        CARDS[cls.type] = cls

    @abstractmethod
    def output(self, x: Any) -> Volume:
        """Return the volume that goes out."""

    @abstractmethod
    def views(self, x: Any) -> tuple[View, ...]:
        """Return, per axis, which inputs one output value sees."""

    @abstractmethod
    def weights(self, x: Any) -> Size:
        """Count learned multipliers."""

    @abstractmethod
    def biases(self, x: Any) -> Size:
        """Count learned offsets."""

    @abstractmethod
    def buffers(self, x: Any) -> Size:
        """Count what is stored but not learned."""

    @abstractmethod
    def macs(self, x: Any, y: Volume) -> Size:
        """Count multiply-accumulates of convolutions and weight matrices."""

    @abstractmethod
    def flops(self, x: Any, y: Volume) -> Size:
        """Count operations: 2 per MAC, 1 per addition, multiplication, division, comparison, root, exponential."""

    @abstractmethod
    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Name the arrays that the layer holds for an input of shape (C, H, W), each with its shape.

        `weight` holds the learned multipliers, `bias` the learned offsets; any other is stored, not learned.
        """

    @abstractmethod
    def forward(self, xp: Library, x: Any, tensors: Mapping[str, Array]) -> Array:
        """Return what goes out as an array (N, C, H, W). One that overwrites its input may write over x."""

    def windows(self, x: Any) -> tuple[Window, ...]:  # noqa: ARG002 - most cards have none
        """Return, per axis, the windows whose stride must fit; most cards have none."""
        return ()

    def fit(self, x: Any) -> Fit | None:
        """Return how the windows sit on an input; None if the card has none."""
        windows = self.windows(x)
        return Fit(x.spatial, windows, self._turning(x)) if windows else None

    def _turning(self, x: Any) -> Turn:
        """Return what turns a setting of the card itself: a pooling steps by its own filter, another has no filter."""

        def turned(setting: str, value: Any) -> tuple[Window, ...]:
            return self.replace(**{setting: value}).windows(x) if hasattr(self, setting) else ()

        return turned

    def divisions(self, x: Any) -> tuple[Division, ...]:  # noqa: ARG002 - most cards have none
        """Return what must divide what."""
        return ()

    def equalities(self, x: Any) -> tuple[tuple[Size, Size], ...]:  # noqa: ARG002 - most cards have none
        """Return pairs of sizes that must be equal."""
        return ()

    def bounds(self, x: Any) -> tuple[tuple[Size, Size], ...]:  # noqa: ARG002 - most cards have none
        """Return pairs of sizes of which the first must not be larger than the second."""
        return ()

    def settings(self, x: Any) -> dict[str, Any]:  # noqa: ARG002 - most cards have none
        """Return the window settings that the card came to on this input, per axis."""
        return {}

    @classmethod
    def short_defaults(cls, fields: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - convolutions use them
        """Return the fields that the short form fills in differently from the long one."""
        return {}

    def settled(self, rounding: Rounding) -> Self:
        """Return the card with a network's rounding where it has none of its own."""
        if getattr(self, "rounding", rounding) is None:
            return self.replace(rounding=rounding)
        return self

    def check(self, x: Any) -> None:
        """Raise what is wrong with an input that the card cannot take."""
        divisions = self.divisions(x)
        for division in divisions:
            if division.number % division.divisor:
                raise _group_misfit(division, gcd(*(one.number for one in divisions)))
        fit = self.fit(x)
        if fit and fit.output is None:
            raise misfit(fit)

    def poured(self, name: Callable[[str, Any], Size]) -> Self:
        """Return the card with each size replaced by `name(letter, value)`: a Term or a symbol."""
        update = {}
        for field, letter in LETTERS.items():
            value = getattr(self, field, None)
            if value is not None and not isinstance(value, str) and value != _NEUTRAL.get(field):
                update[field] = _pour(letter, value, name)
        return self.replace(**update)


class Costless(Layer):
    """A layer with nothing to learn and nothing to multiply by; each says its own FLOPs."""

    def weights(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is learned."""
        return 0

    def biases(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is learned."""
        return 0

    def buffers(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is stored."""
        return 0

    def macs(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: there is no weight to multiply by."""
        return 0

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:  # noqa: ARG002
        """Return none: nothing is held."""
        return {}


class Pointwise(Layer):
    """A layer whose output has its input's shape and sees, place by place, its input at the same place."""

    def output(self, x: Volume) -> Volume:
        """Return the same volume."""
        return x

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the pixel at the same place."""
        return (SAME_PIXEL,) * len(x.spatial)


def _pour(letter: str, value: Any, name: Callable[[str, Any], Size]) -> Any:
    if isinstance(value, Sides):
        return Sides(name(letter + "₁", value.before), name(letter + "₂", value.after))
    if isinstance(value, tuple):
        return tuple(_pour(letter + sub, part, name) for sub, part in zip("₁₂₃", value, strict=False))
    return name(letter, value)


def _group_misfit(division: Division, shared: int) -> GroupMisfit:
    """Say what does not divide; the ways out divide all that must be divided."""
    divisor, number, names, setting = division
    halves = [d for d in range(1, min(isqrt(shared), _TRIED) + 1) if shared % d == 0]
    near = sorted({*halves, *(shared // d for d in halves)}, key=lambda d: (abs(d - divisor), d))
    formula = f"{number}/{divisor} leaves {number % divisor} over"
    return GroupMisfit(f"{names} must divide", formula=formula, ways_out=tuple(f"{setting} {d}" for d in near[:2]))
