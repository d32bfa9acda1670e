"""What is printed, read for what it is held against: sizes, a fit, a formula, a list of values, or a number.

Each reading answers two questions: `match(value)`, how what is printed is the value; `says(value)`, what the value is.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from cnncalc.claims.kinds import Fitting, Settings, Values
from cnncalc.claims.numbers import EXACT, ROUNDS, TRUNCATED, Match, Number
from cnncalc.claims.volumes import Plain, Sizes, formula
from cnncalc.errors import UsageError
from cnncalc.fit import Fit
from cnncalc.term import write_number
from cnncalc.volume import Volume, shorten

MOST_VALUES = 1_000
"""So many values of a printed list are read."""

_FIT_WORDS = {
    **dict.fromkeys(("fits", "fit", "does fit", "yes", "common setting", "common settings"), True),
    **dict.fromkeys(("does not fit", "doesn't fit", "doesn’t fit", "doesnt fit", "misfit", "no"), False),
    **dict.fromkeys(("not fit", "not fitting", "does not", "doesn't", "doesn’t"), False),
}
_BETWEEN = r"(?:[\s;\[\]()]|{comma}|(?<![0-9])/|/(?![0-9])|\|)+"
_FIRST = re.compile("(yes|no)[,.;:]? (?=it |does|doesn|fits?|not)")
_FIT = re.compile(rf"(?:it )?({'|'.join(_FIT_WORDS)})(?:[ :,;=(]+((?:about )?[0-9~≈-][^()]*)\)?)?")


class Printed(Protocol):
    """What is printed, read."""

    @property
    def is_telling(self) -> bool:
        """Whether a match is unlikely to be a coincidence."""

    @property
    def refusal(self) -> str:
        """Why it cannot be about this quantity at all; empty if it can."""

    def match(self, value: Any) -> Match | None:
        """Return how it is the value, or None."""

    def says(self, value: Any, reading: str | None = None) -> str:
        """Say what the value is."""


def read_printed(printed: str, value: Any, quantity: str | None = None) -> Printed:
    """Read what is printed as the kind of thing that the value is. Raises UsageError or FormulaError."""
    if not isinstance(printed, str):
        raise UsageError("a figure is text, as it was printed", ways_out=("138M", "'138'"))
    kind = kind_of(value)
    if kind is Sizes:
        axes = len(getattr(value, "shape", value))
        return Sizes(printed, axes, channels=quantity in {None, "output_shape", "fitting_input"})
    return Number(printed, quantity) if kind is Number else kind(printed)


def kind_of(value: Any) -> type[Any]:
    """Return what reads figures for values of a kind. Raises UsageError for what no figure is held against."""
    for types, kind in _KINDS:
        if isinstance(value, types):
            return kind
    if hasattr(value, "expression"):
        return _Formula
    if not hasattr(value, "numerator"):
        raise UsageError(f"a verdict needs an integer or a Fraction, not {type(value).__name__}")
    return Number


class FitWord(Plain):
    """``does not fit``, or the quotient that shows it, 2.33; or both.

    word    whether it is said to fit; None if only a number stands there
    number  the quotient, if one is said
    """

    def __init__(self, printed: str) -> None:
        text = " ".join(printed.lower().split()).rstrip(".!")
        first = _FIRST.match(text)
        found = _FIT.fullmatch(text[first.end() :] if first else text)
        if first and found and _FIT_WORDS[found[1]] != _FIT_WORDS[first[1]]:
            raise UsageError(f"{shorten(printed)!r} says yes and no", ways_out=("fits", "does not fit"))
        self.word = _FIT_WORDS[found[1]] if found else None
        number = found[2] if found else printed
        self.number = None if number is None else Number(number)

    def match(self, value: Any) -> Match | None:
        """Return how it is the value, or None."""
        fitting = _fitting(value)
        if self.word not in {None, fitting.fits}:
            return None
        if self.number is None:
            return Match(EXACT, f"if {fitting.condition}" if fitting.condition else None)
        return None if fitting.exact is None else self.number.match(fitting.exact)

    def says(self, value: Any, reading: str | None = None) -> str:  # noqa: ARG002
        """Say what the value is."""
        return f"it {_fitting(value)}"


def _fitting(value: Fit | Fitting) -> Fitting:
    if isinstance(value, Fitting):
        return value
    exact = None if isinstance(value.exact, tuple) else value.exact
    return Fitting(value.fits, exact, formula=value.formula)


class _Formula(Plain):
    """A formula in letters: the same one, however it is arranged."""

    def __init__(self, printed: str) -> None:
        self.formula = formula(printed)

    def match(self, value: Any) -> Match | None:
        return Match(EXACT) if value == self.formula else None

    def says(self, value: Any, reading: str | None = None) -> str:  # noqa: ARG002
        return f"it is {value}"


def split_values(printed: str, count: int) -> list[str]:
    """Return values that are printed in a row or in rows: ``1 2 3``, ``[[1, 2], [3, 4]]``, ``1 2 / 3 4``.

    Where they are not as many as are wanted, a comma before three digits may stand in a number: ``1,728 64``.
    Raises UsageError for too many.
    """
    inner = printed.strip("[]()|/,; \t\r\n")
    parts = re.split(_BETWEEN.format(comma=","), inner)
    if len(parts) != count:
        grouped = re.split(_BETWEEN.format(comma=",(?![0-9]{3}(?![0-9]))"), inner)
        parts = grouped if len(grouped) == count else parts
    if len(parts) > MOST_VALUES:
        raise UsageError(f"more than {MOST_VALUES:,} values are printed: {shorten(printed)!r}")
    return parts


class _List(Plain):
    """Values one by one; the list is as good as its worst value."""

    def __init__(self, printed: str) -> None:
        self.printed = printed
        for part in split_values(printed, 0):
            Number(part)  # a list that cannot be read is said to be none before it is held against anything

    def match(self, value: Values) -> Match | None:
        numbers = [Number(part) for part in split_values(self.printed, len(value))]
        if len(value) != len(numbers):
            return None
        found = [number.match(one) for number, one in zip(numbers, value, strict=True)]
        words = [match.verdict for match in found if match]
        if len(words) < len(found):
            return None
        return Match(max(words, key=(EXACT, ROUNDS, TRUNCATED).index))

    def says(self, value: Values, reading: str | None = None) -> str:  # noqa: ARG002
        return "they are " + ", ".join(write_number(one) for one in value)


class _Windows(Plain):
    """``3x3/1/1; 2x2/2``: filter, stride and padding of each kind of window; an unsaid padding is 0."""

    _PART = re.compile(r"([0-9]{1,9})(?:[x×]\1)?(?:\s*/\s*|\s+s)([0-9]{1,9})(?:(?:\s*/\s*|\s+p)([0-9]{1,9}))?")

    def __init__(self, printed: str) -> None:
        found = [self._PART.fullmatch(part.strip()) for part in re.split("[;,]", printed[:MOST_VALUES])]
        if not all(found):
            message = f"{shorten(printed)!r} names no windows as filter/stride/padding"
            raise UsageError(message, ways_out=("3x3/1/1; 2x2/2", "2x2 s2"))
        self.windows = Settings((int(one[1]), int(one[2]), int(one[3] or 0)) for one in found if one)

    def match(self, value: Settings) -> Match | None:
        return Match(EXACT) if value == self.windows else None

    def says(self, value: Settings, reading: str | None = None) -> str:  # noqa: ARG002
        return f"the windows are {value}"


_KINDS: tuple[tuple[Any, type[Any]], ...] = (
    (Values, _List),
    (Settings, _Windows),
    (Fit | Fitting, FitWord),
    (tuple | Volume, Sizes),
)
"""What reads a figure, by what it is held against; the first that is met."""
