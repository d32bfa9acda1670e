"""Marks: what a submission gets, item by item. Scores are exact until they are written."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.claims.verdict import CONSISTENT, DOES_NOT_FOLLOW
from cnncalc.row import SCHEMA_VERSION

RIGHT, PARTLY, WRONG = "right", "partly right", "wrong"
MISSING, UNREADABLE = "missing", "unreadable"
MET, NOT_MET = "met", "not met"

_NOT_RIGHT = (PARTLY, WRONG, MISSING, UNREADABLE, NOT_MET, DOES_NOT_FOLLOW)


class Item(NamedTuple):
    """What one answer or requirement gets.

    verdict   at the level `score` right, partly right, wrong, missing or unreadable; otherwise a verdict of `claims`
    feedback  what a student is told
    slip      the known slip that the answer is consistent with; for whoever marks
    """

    name: str
    score: Fraction
    max_score: Fraction
    verdict: str
    feedback: str = ""
    slip: str = ""

    @property
    def is_full(self) -> bool:
        """Whether no points are lost; where there are none, whether the answer is right."""
        is_wrong = self.verdict in _NOT_RIGHT or self.verdict.startswith(CONSISTENT)
        return self.score == self.max_score and not (is_wrong and not self.max_score)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            "name": self.name,
            "score": number(self.score),
            "max_score": number(self.max_score),
            "verdict": self.verdict,
            "feedback": self.feedback,
        }


class Marks(NamedTuple):
    """What a submission gets.

    reason       why nothing, or not everything, could be marked; empty if it could
    level        how much a student is told
    leaderboard  (name, value) of a designed network
    """

    assignment: str
    items: tuple[Item, ...]
    reason: str = ""
    level: str = "hint"
    leaderboard: tuple[tuple[str, int], ...] = ()

    @property
    def score(self) -> Fraction:
        """The points in all."""
        return sum((item.score for item in self.items), start=Fraction(0))

    @property
    def max_score(self) -> Fraction:
        """What there was to be had."""
        return sum((item.max_score for item in self.items), start=Fraction(0))

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's keys."""
        return {
            "schema_version": SCHEMA_VERSION,
            "assignment": self.assignment,
            "score": number(self.score),
            "max_score": number(self.max_score),
            "reason": self.reason,
            "items": [item.to_dict() for item in self.items],
        }

    def pack(self) -> dict[str, Any]:
        """Return it as it travels between processes: JSON, with exact scores."""
        items = [[*item[:1], str(item.score), str(item.max_score), *item[3:]] for item in self.items]
        return {**self._asdict(), "items": items}


def unpack(packed: dict[str, Any]) -> Marks:
    """Return the marks that `pack` packed."""
    items = tuple(Item(name, Fraction(a), Fraction(b), *rest) for name, a, b, *rest in packed["items"])
    board = tuple((str(name), int(value)) for name, value in packed["leaderboard"])
    return Marks(**{**packed, "items": items, "leaderboard": board})


def number(score: Fraction) -> int | float:
    """Return a score as JSON has numbers: whole if it is, else the nearest float, so that three thirds add up."""
    return score.numerator if score.denominator == 1 else float(score)
