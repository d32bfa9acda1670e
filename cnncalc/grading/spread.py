"""How far a formula would spread if it were multiplied out, before anybody does: a short text can hold a long sum.

(H + W + C)^40 has 861 terms, a product of ten brackets of five letters 9 million. Counted with the formula's own
operations, poured over counts of terms instead of letters: a sum adds them, a product multiplies them, and fractions
have terms above and below.
"""

from __future__ import annotations

from typing import Any

from cnncalc.claims.expression import evaluate
from cnncalc.errors import FormulaError

MOST_TERMS = 1_000
"""So many terms, above and below a fraction, are multiplied out for an answer."""


class _Terms:
    """A formula as a number of terms over a number of terms; more are refused as soon as they are there."""

    def __init__(self, above: int = 1, below: int = 1) -> None:
        if above * below > MOST_TERMS:
            raise FormulaError("a formula of too many terms", ways_out=("49*C^2",))
        self.above = above
        self.below = below

    def __add__(self, other: Any) -> _Terms:
        other = _counted(other)
        return _Terms(self.above * other.below + other.above * self.below, self.below * other.below)

    def __mul__(self, other: Any) -> _Terms:
        other = _counted(other)
        return _Terms(self.above * other.above, self.below * other.below)

    def __truediv__(self, other: Any) -> _Terms:
        other = _counted(other)
        return _Terms(self.above * other.below, self.below * other.above)

    def __rtruediv__(self, other: Any) -> _Terms:
        return _counted(other) / self

    def __pow__(self, power: int) -> _Terms:
        return _Terms(self.above ** min(power, MOST_TERMS), self.below ** min(power, MOST_TERMS))

    def __floordiv__(self, other: Any) -> _Terms:
        return self

    def __neg__(self) -> _Terms:
        return self

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__


def _counted(value: Any) -> _Terms:
    return value if isinstance(value, _Terms) else _Terms()


def require_short(text: str) -> None:
    """Refuse a formula that would have more than `MOST_TERMS` terms. Raises FormulaError, as for what is no formula.

    >>> require_short("49*C^2 + 7*(H + W)^2")
    """
    evaluate(text, letter=lambda _name: _Terms())
