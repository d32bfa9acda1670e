"""A printed number held against a computed one.

    exact                  the value, printed in full
    rounds to it           the value rounds to the printed digit, halves up or to even
    truncated              the value, cut off at the printed digit, is the figure

`93MB` is tried as MB (10^6 bytes), then as MiB (2^20), and is cut off only if it rounds to neither; `93 MiB` is MiB
alone. `~16M` is held to the digit of `16M`. Zeros at the end of a shortened figure may only hold a place: `800K` is
tried to the K first, then as a value rounded to two significant digits (802,816 is 803K, and 800K to two digits).
`512x7x7x4096` is a product; `1/2` a quotient, which is the value or is not; `3.6x10⁹` and `3.6e9` a figure of two
digits; `> 500` is met by whatever is larger, `at most 500` by whatever is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from cnncalc.claims.exact import ends, write_exact
from cnncalc.claims.relations import holds, split
from cnncalc.term import write_number
from cnncalc.units import BYTES, MOST_DIGITS, Figure, read_figure, write_count, write_quotient, write_short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

EXACT: Final = "exact"
ROUNDS: Final = "rounds to it"
TRUNCATED: Final = "truncated"
TWO_DIGITS: Final = "two digits"
_SHOWN: Final = 3
"""Digits of what a value is, or as many as are printed."""
_TELLING: Final = 2
"""So many digits a shortened figure must have before a searched reading that rounds to it says anything."""

_IN_BYTES: Final = frozenset({"activation_bytes", "parameter_bytes"})

# What a quantity may be printed in, besides a plain number. Papers call macs FLOPs.
UNITS_OF: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("weights", "biases", "parameters", "buffers", "trainable", "frozen"), frozenset()),
    **dict.fromkeys(("activation_values", "depth", "nonlinearities", "hyperparameters"), frozenset()),
    **dict.fromkeys(("channels", "output_height", "output_width"), frozenset()),
    **dict.fromkeys(_IN_BYTES, frozenset(BYTES)),
    "macs": frozenset({"MACs", "FLOPs"}),
    "flops": frozenset({"FLOPs"}),
}

_BYTES: Final = re.compile(r"(?<=[0-9])\s*B$", re.ASCII)
"""A lone B behind a number: of bytes it counts bytes, of anything else billions."""

NOUNS_OF: Final[dict[str, str]] = {  # what may be said behind a number: 22 layers, one input plane
    "parameters": "parameters?|params?|weights and biases",
    "weights": "weights?|parameters?|params?",
    "biases": "biases|bias",
    "depth": "(?:weight )?layers?",
    "channels": "channels?|planes?|filters?|maps?|feature maps?|neurons?",
    "activation_values": "values?|activations?|numbers?",
    "hyperparameters": "hyperparameters?",
    **dict.fromkeys(("output_height", "output_width"), "pixels?|px"),
}

Exact: TypeAlias = "int | Fraction"
_SIGNS: Final = frozenset("x×*·/")
"""What products and quotients are written with; other figures are spared the look."""


class Match(NamedTuple):
    """How a figure is the value: the verdict, and how it had to be read."""

    verdict: str
    reading: str | None = None


class Number:
    """A number as printed, to be held against values.

    Raises UsageError for a figure that cannot be read.
    """

    def __init__(self, printed: str, quantity: str | None = None) -> None:
        self.relation, text = split(printed)
        text, self.negative = (text[1:].lstrip(), True) if text[:1] in {"-", "−"} else (text, False)
        text = _BYTES.sub(" bytes", text) if quantity in _IN_BYTES else text
        self.figure = _read(_without_noun(text, quantity))
        self.quantity = quantity

    @property
    def is_telling(self) -> bool:
        """Whether enough digits are printed for a coincidence to be unlikely; much is larger than a bound."""
        many = len(str(abs(self.figure.digits)).rstrip("0")) >= _TELLING
        return not self.relation and (many or self.figure.step == 1)

    @property
    def refusal(self) -> str:
        """What is wrong with the unit, if it is not the quantity's."""
        unit = self.figure.unit
        wrong = unit is not None and self.quantity in UNITS_OF and unit not in UNITS_OF[self.quantity]
        return f"{self.quantity} is not counted in {unit}" if wrong else ""

    def match(self, value: Exact) -> Match | None:
        """Try the printed digit in each unit that the figure may mean, then two significant digits."""
        if self.relation:
            bound = -self.figure.value if self.negative else self.figure.value
            met = holds(self.relation, value, bound)
            return Match(EXACT, f"{self.relation} {write_count(bound)}") if met else None
        return _match(self.figure, -value if self.negative else value)

    def says(self, value: Exact, reading: str | None = None) -> str:
        """Say what the value is, written as the figure is: ``60,950,432 bytes is 61.0 MB, 58.1 MiB``."""
        units = _byte_units(self.figure)
        digits = max(_SHOWN, len(str(self.figure.digits)))
        if units and isinstance(value, int):
            fitting = [unit for unit in units if reading is None or unit in reading.split(", ")]
            said = (f"{write_quotient(value, BYTES[unit], digits=digits, places=1)} {unit}" for unit in fitting)
            return f"{write_count(value)} bytes is " + ", ".join(said)
        full = write_count(value)
        if not isinstance(value, int) and ends(value):
            return f"it is {write_exact(value)}"
        if self.figure.step == 1 and digits > _SHOWN and isinstance(value, int):
            return f"it is {full}"
        short = write_short(value, digits=digits) if isinstance(value, int) else write_number(value)
        return f"it is {full}" if short in {str(value), full} else f"{full} is {short}"


def _without_noun(text: str, quantity: str | None) -> str:
    noun = NOUNS_OF.get(quantity or "")
    if not noun or len(text) > MOST_DIGITS or (" " not in text and "-" not in text):
        return text
    found = re.fullmatch(rf"(.*?[0-9a-zA-Z])[\s-]+(?:{noun})", text, re.DOTALL | re.IGNORECASE)
    return found[1] if found else text


def _read(text: str) -> Figure:
    """Read a product or a quotient; everything else is a figure of `units`."""
    if len(text) <= 2 * MOST_DIGITS and not _SIGNS.isdisjoint(text):
        from cnncalc.claims.compound import read_compound  # noqa: PLC0415 - most figures are plain

        return read_compound(text) or read_figure(text)
    return read_figure(text)


def _match(figure: Figure, value: Exact) -> Match | None:
    if figure.whole:
        return Match(EXACT) if figure.value == value else None
    figures = [figure.in_unit(unit) for unit in _byte_units(figure)] or [figure]
    found = [Match(word, one.unit if _byte_units(one) else None) for one, word in _to_their_digits(figures, value)]
    if found:
        return next((one for one in found if one.verdict != TRUNCATED), found[0])
    for one in figures:
        if _to_two_digits(one, value):
            return Match(ROUNDS, f"{one.unit}, {TWO_DIGITS}" if _byte_units(one) else TWO_DIGITS)
    return None


def _to_their_digits(figures: list[Figure], value: Exact) -> Iterator[tuple[Figure, str]]:
    """Yield each figure that is the value as it stands, and how."""
    for figure in figures:
        if word := _to_the_digit(figure.digits, figure.step, value):
            yield figure, word


def _byte_units(figure: Figure) -> tuple[str, ...]:
    """MB is often printed for MiB, never MiB for MB."""
    unit = figure.unit
    if unit is None or unit == "B" or unit not in BYTES:
        return ()
    return (unit,) if "i" in unit else (unit, f"{unit[0]}iB")


def _to_the_digit(digits: int, step: Exact, value: Exact) -> str | None:
    """Compare as the figure stands: ``cut = ⌊value/step⌋``, and what is left decides."""
    cut, left = value // step, value % step
    if digits == cut + 1 and 2 * left >= step:
        return ROUNDS
    if digits != cut:
        return None
    if not left and step <= 1:
        return EXACT
    down = 2 * left < step or (2 * left == step and cut % 2 == 0)
    return ROUNDS if down else TRUNCATED


def _to_two_digits(figure: Figure, value: Exact) -> bool:
    """800K: whether the value, rounded to two significant digits, is the figure."""
    zeros = len(str(value // figure.step)) - 2
    if not figure.open_zeros or zeros < 1 or figure.digits % 10**zeros:
        return False
    return _to_the_digit(figure.digits // 10**zeros, figure.step * 10**zeros, value) == ROUNDS
