"""What a question offers to choose from: the right answer, and what known slips give; judged as an answer would be."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple
from zlib import crc32

from cnncalc.grading.assignment import Question
from cnncalc.grading.held import ROUNDED_DIGITS
from cnncalc.grading.judge import judge
from cnncalc.grading.key import FIT, NUMBER, SIZES, Right, write_value
from cnncalc.grading.submission import Answer
from cnncalc.units import BYTES, write_quotient

MOST = 4
"""So many are offered where a question does not say how many."""

_LEAST = 3
_WORDS = ("fits", "does not fit")


class Choice(NamedTuple):
    """One of several answers.

    slip  the known slip that gives it; empty for the right one, and for the other word of two
    """

    text: str
    slip: str = ""
    right: bool = False


def choices_of(right: Right) -> list[Choice] | None:
    """Return the right answer and as many distinct slips as are asked for; [] for an open question, None if too few.

    A drawn question that does not say how many has three or four; one that is not drawn may have fewer. Whether a
    stride fits has two answers, however many are asked for.
    """
    question = right.question
    if question.choices == 0:
        return []
    found = [Choice(written_answer(right), right=True), *_mixed(right, _wrong(right))]
    if question.choices is not None:
        asked = min(question.choices, len(_WORDS)) if right.kind == FIT else question.choices
        return found[:asked] if len(found) >= asked else None
    return found[:MOST] if len(found) > 1 else []


def enough(right: Right) -> bool:
    """Whether a drawn question has enough to choose from."""
    found = choices_of(right)
    if found is None or right.question.choices is not None:
        return found is not None
    return len(found) >= (len(_WORDS) if right.kind == FIT else _LEAST)


def written_answer(right: Right) -> str:
    """Write the right answer as a student would; of a fit the word alone, for the quotient would give it away."""
    if right.kind == FIT:
        return _WORDS[0] if right.value.fits else _WORDS[1]
    return _as_asked(right.value, right.question)


def _as_asked(value: Any, question: Question) -> str:
    """Write a value in the unit and with the digits that are asked for: 61.0 MB, 138,000,000."""
    unit, digits = question.accepted.unit, question.accepted.digits
    if not isinstance(value, int) or value < 0:
        return write_value(value, question)
    if unit not in {None, "B"}:
        return f"{write_quotient(value, BYTES[str(unit)], digits=digits or ROUNDED_DIGITS)} {unit}"
    return write_value(value if digits is None else round(value, min(0, digits - len(str(value)))), question)


def _mixed(right: Right, wrong: list[tuple[Choice, Any]]) -> list[Choice]:
    """Return the wrong choices so that the right one is now the largest, now the least, now between two.

    How many of the first are larger depends on the answer itself: nobody passes a paper by taking the largest.
    """
    question = right.question
    if right.kind not in {NUMBER, SIZES} or right.value is None:
        return [choice for choice, _ in wrong]
    larger = [choice for choice, value in wrong if _amount(value) > _amount(right.value)]
    others = [choice for choice, _ in wrong if choice not in larger]
    offered = (question.choices or MOST) - 1
    counts = range(max(0, offered - len(others)), min(offered, len(larger)) + 1)
    first = counts[crc32(written_answer(right).encode()) % len(counts)] if counts else 0
    few = [*larger[:first], *others[: offered - first]]
    return [*few, *(choice for choice, _ in wrong if choice not in few)]


def _amount(value: Any) -> Any:
    return prod(value) if isinstance(value, tuple) else value


def _wrong(right: Right) -> list[tuple[Choice, Any]]:
    """Return what slips give, each with its value; of a fit, the other word."""
    if right.kind == FIT:
        return [(Choice(_WORDS[1] if right.value.fits else _WORDS[0]), right.value)]
    seen = {written_answer(right)}
    found = []
    for slip, value in right.slips:
        text = "" if callable(value) else _as_asked(value, right.question)
        if text and text not in seen and judge(right, Answer(text)).share < 1:
            seen.add(text)
            found.append((Choice(text, slip), value))
    return found
