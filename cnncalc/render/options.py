"""What may be answered to a question, for those who ask it themselves: texts or numbers, shares, and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.grading.held import ROUNDED_DIGITS
from cnncalc.grading.judge import judge
from cnncalc.grading.key import write_value
from cnncalc.grading.slips import SAYS
from cnncalc.grading.submission import Answer
from cnncalc.render.papers import one_line
from cnncalc.units import BYTES

if TYPE_CHECKING:
    from cnncalc.grading.assignment import Question
    from cnncalc.grading.paper import Asked

LARGEST = 2**53 - 1
"""Numbers are read as floats: larger ones are asked for as text."""

FRACTIONS = (100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10, 5, 0)
"""Shares in percent, of those that Moodle's importer knows, that are whole."""

_WORDS = ("fits", "yes", "does not fit", "doesn't fit", "no")
_BRACKETS = (("(", ")", ", "), ("(", ")", ","), ("[", "]", ", "), ("[", "]", ","))
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Option(NamedTuple):
    """An answer that may be given: its text or its number, the percent of the points, and what is said to it."""

    text: str
    percent: int
    says: str = ""
    tolerance: Fraction = Fraction(0)


def kind_of(asked: Asked) -> str:
    """Return multichoice, numerical or shortanswer."""
    value = asked.right.value
    if asked.choices:
        return "multichoice"
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    return "numerical" if whole else "shortanswer"


def options(asked: Asked) -> list[Option]:
    """Return the answers that get points or a word: of a choice all, of an open question the right ones and slips."""
    question, right = asked.right.question, asked.right
    shares = dict(question.slips)
    if asked.choices:
        return [
            Option(one.text, 100 if one.right else _percent(shares.get(one.slip)), SAYS.get(one.slip, ""))
            for one in asked.choices
        ]
    if kind_of(asked) == "numerical":
        found = [Option(_scaled(right.value, question), 100, tolerance=_tolerance(asked))]
    else:
        found = [Option(text, 100) for text in _spellings(asked)]
    known = {option.text for option in found}
    for slip, value in right.slips:
        text = "" if callable(value) else _written(value, question)
        if text and text not in known and not _near(text, found[0]):
            known.add(text)
            found.append(Option(text, _percent(shares.get(slip)), SAYS.get(slip, "")))
    return found


def _written(value: Any, question: Question) -> str:
    return _scaled(value, question) if isinstance(value, int) else write_value(value, question)


def _scaled(value: int, question: Question) -> str:
    """Write a number in the unit that is asked for."""
    return decimal(Fraction(value, BYTES[question.accepted.unit or "B"]), places=12)


def _near(text: str, right: Option) -> bool:
    return right.tolerance > 0 and abs(Fraction(text) - Fraction(right.text)) <= right.tolerance


def _percent(share: Fraction | None) -> int:
    """Return the largest of Moodle's fractions that is not above a share; a slip never gets all."""
    return next(one for one in FRACTIONS if one <= min(100 * (share or 0), 90))


def _tolerance(asked: Asked) -> Fraction:
    """Return how far off a number may be: as the question says, or half a step of the last digit that it asks for."""
    accepted, value = asked.right.question.accepted, asked.right.value
    unit = BYTES[accepted.unit or "B"]
    if accepted.tolerance is not None:
        return Fraction(accepted.tolerance * abs(value) if accepted.relative else accepted.tolerance, unit)
    digits = accepted.digits or (ROUNDED_DIGITS if unit > 1 else None)
    if digits is None or not value:
        return Fraction(0)
    scaled = Fraction(abs(value), unit)
    power = len(str(int(scaled)))
    while scaled < Fraction(10) ** (power - 1):
        power -= 1  # of 0.042 it is -1
    return Fraction(10) ** (power - digits) / 2


def _spellings(asked: Asked) -> list[str]:
    """Return how the right answer may be written: 28x28x10, 28 × 28 × 10, and whatever else is judged as right."""
    written = asked.right.written()
    sizes = written.split("x")
    orders = dict.fromkeys(("x".join(sizes), "x".join([sizes[-1], *sizes[:-1]]), "x".join([*sizes[1:], sizes[0]])))
    spelt = [one.replace("x", times) for one in orders for times in ("x", "×", " x ", "*", ", ", ",", " by ")]
    spelt += [f"{left}{one.replace('x', comma)}{right}" for one in orders for left, right, comma in _BRACKETS]
    spelt += [*_WORDS, written.replace(",", ""), sizes[0], sizes[-1], "x".join(sizes[1:]), written.rpartition(" ")[2]]
    typed = [typing for text in spelt for typing in _typed(text)]
    return [text for text in dict.fromkeys([*spelt, *typed]) if judge(asked.right, Answer(text)).share == 1]


def _typed(text: str) -> Iterator[str]:
    """Yield how a formula is typed: 49*C^2, 49C^2, (H-2)x(W-2)x8."""
    plain = _RAISED.sub(lambda power: f"^{power[0].translate(_PLAIN)}", text.replace("−", "-"))
    for times in ("*", ""):
        yield plain.replace("·", times)
        yield plain.replace("·", times).replace(" ", "")


def decimal(number: Fraction, places: int = 6) -> str:
    """Write a number with at most so many decimals, none if it is whole.

    >>> decimal(Fraction(60950432, 10**6)), decimal(Fraction(760)), decimal(Fraction(1, 3))
    ('60.950432', '760', '0.333333')
    """
    if number.denominator == 1:
        return str(number)
    whole, rest = divmod(round(number * 10**places), 10**places)
    return f"{whole}.{rest:0{places}}".rstrip("0").rstrip(".")


def needs(design: Any) -> str:
    """Return a design in one line: what is asked, and what it must meet."""
    return one_line(f"{design.ask or design.name}: {'; '.join(need.text for need, _ in design.requirements)}")
