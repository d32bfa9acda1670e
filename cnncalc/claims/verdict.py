"""A printed figure and its verdict.

    exact                  the value, printed in full
    rounds to it           the value rounds to the printed digit, halves up or to even
    truncated              the value, cut off at the printed digit, is the figure
    consistent with NAME   another stated convention or a known slip gives the figure
    does not follow        none of these; the note says what the value is

What is printed is read as printed (`numbers`, `printed`); `reading` says how it had to be read. A reading that the
claim states comes first, then the value itself, then readings that are searched for, the most natural first. A searched
one is only possible, and the note says so: a shortened figure of one digit (2M) and a bound (> 2M) are consistent with
much, and nothing is searched for behind them; a searched reading must be the figure, or round to it.

A verdict is about numbers: it never says how an author got one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.claims.numbers import EXACT, ROUNDS, TRUNCATED, TWO_DIGITS, Match
from cnncalc.claims.printed import Printed, kind_of, read_printed
from cnncalc.errors import UsageError
from cnncalc.volume import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

CONSISTENT: Final = "consistent with "
DOES_NOT_FOLLOW: Final = "does not follow"

__all__ = ["DOES_NOT_FOLLOW", "EXACT", "ROUNDS", "TRUNCATED", "TWO_DIGITS", "Verdict", "verdict"]


class Verdict(NamedTuple):
    """What a printed figure is to a computed value.

    printed    the figure, as it was printed
    computed   the value that it was held against
    verdict    one of the five of this module's docstring; in an audit also "not judged"
    reading    how the figure had to be read: "MB", "MiB", "two digits", the NAME of a convention; None: as it stands
    note       what the value is, written like the figure; empty when exact
    possible   the reading was searched for, not stated: it may be a coincidence
    """

    printed: str
    computed: Any
    verdict: str
    reading: str | None = None
    note: str = ""
    possible: bool = False

    @property
    def follows(self) -> bool:
        """Whether the figure is the value as it stands, as stated, or in a reading that was found (then `possible`)."""
        return self.verdict != DOES_NOT_FOLLOW


def verdict(
    printed: str,
    value: Any,
    *,
    quantity: str | None = None,
    readings: Iterable[tuple[str, Any]] = (),
    stated: Iterable[tuple[str, Any]] = (),
) -> Verdict:
    """Hold a printed figure against a computed value.

    value      in base units (bytes, not MB); the sizes of a volume in the printed order, or a `Volume`; a `Fit`;
               a formula in letters
    quantity   a name of the contract: a figure in MB is then no count of parameters
    readings   (name, value) of conventions and slips, the most natural first; searched when the value does not follow.
               A value may be a function of the printed step, for slips that depend on the printed digit
    stated     the same, of the reading that the claim names; tried before the value itself
    Raises UsageError for a figure that cannot be read and for readings of another kind than the value, FormulaError
    for a formula.

    >>> verdict("138M", 138357544).verdict, verdict("93MB", 97277856).reading
    ('rounds to it', 'MiB')
    >>> verdict("24M", 15237608, readings=[("buffers", 24319464)]).note
    '15,237,608 is 15.2M; possibly buffers: 24,319,464 is 24.3M'
    """
    figure = read_printed(printed, value, quantity)
    value = tuple(getattr(value, "shape", value)) if hasattr(value, "spatial") else value
    if figure.refusal:
        return Verdict(printed, value, DOES_NOT_FOLLOW, None, figure.refusal)
    if found := _consistent(figure, stated):
        name, other, match = found
        note = figure.says(value) + f"; {name}: {figure.says(other, match.reading)}"
        return Verdict(printed, value, CONSISTENT + name, name, note)
    plain = figure.match(value)
    if plain is not None:
        note = "" if plain.verdict == EXACT else figure.says(value, plain.reading)
        return Verdict(printed, value, plain.verdict, plain.reading, note)
    if figure.is_telling and (found := _consistent(figure, readings, (EXACT, ROUNDS))):
        name, other, match = found
        note = figure.says(value) + f"; possibly {name}: {figure.says(other, match.reading)}"
        return Verdict(printed, value, CONSISTENT + name, name, note, possible=True)
    return Verdict(printed, value, DOES_NOT_FOLLOW, None, figure.says(value))


def _consistent(
    figure: Printed, readings: Iterable[tuple[str, Any]], words: tuple[str, ...] = (EXACT, ROUNDS, TRUNCATED)
) -> tuple[str, Any, Match] | None:
    """Return the first reading that prints as the figure does, in one of these verdicts."""
    for name, value in readings:
        other = value(getattr(getattr(figure, "figure", None), "step", 1)) if callable(value) else value
        if other is not None and kind_of(other) is not type(figure):
            message = f"the reading {shorten(str(name))!r} is of another kind: {type(other).__name__}"
            raise UsageError(message, ways_out=("a value like the computed one",))
        match = None if other is None else figure.match(other)
        if match and match.verdict in words:
            return name, other, match
    return None
