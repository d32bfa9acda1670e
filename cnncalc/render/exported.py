"""A paper for those who ask it: Moodle's XML and GIFT. Both carry the key; both are read as HTML, and escaped as such.

Sources: Moodle docs, Moodle XML format and GIFT format; question/format/xml and question/format/gift of Moodle 4.
"""

from __future__ import annotations

import re
from fractions import Fraction
from html import escape as html
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.claims.kinds import Values
from cnncalc.grading.slips import SAYS
from cnncalc.render.papers import ask, one_line
from cnncalc.term import write_number

if TYPE_CHECKING:
    from cnncalc.grading.paper import Asked, Paper

LARGEST_NUMBER = 2**53 - 1
"""Both read numbers as floats: larger ones are asked for as text."""

FRACTIONS = (100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10, 5, 0)
"""Shares in percent, of those that Moodle's importer knows, that are whole."""

_GIFT = re.compile(r"([~=#{}:\\])")


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
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER
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
        found = [Option(str(right.value), 100, tolerance=_tolerance(asked))]
    else:
        found = [Option(text, 100) for text in _spellings(right.value, right.written())]
    known = {option.text for option in found}
    for slip, value in right.slips:
        text = str(value) if isinstance(value, int) else "" if callable(value) else _spellings(value, "")[0]
        if text and text not in known and not _near(text, found[0]):
            known.add(text)
            found.append(Option(text, _percent(shares.get(slip)), SAYS.get(slip, "")))
    return found


def _near(text: str, right: Option) -> bool:
    return right.tolerance > 0 and text.isdigit() and abs(int(text) - int(right.text)) <= right.tolerance


def _percent(share: Fraction | None) -> int:
    """Return the largest of Moodle's fractions that is not above a share; a slip never gets all."""
    return next(one for one in FRACTIONS if one <= min(100 * (share or 0), 90))


def _tolerance(asked: Asked) -> Fraction:
    """Return how far off a number may be: as the question says, or half a step of the last digit that it asks for."""
    accepted, value = asked.right.question.accepted, asked.right.value
    if accepted.tolerance is not None:
        return accepted.tolerance * abs(value) if accepted.relative else accepted.tolerance
    if accepted.digits is None:
        return Fraction(0)
    return Fraction(10) ** max(len(str(abs(value))) - accepted.digits, 0) / 2


def _spellings(value: Any, written: str) -> list[str]:
    if isinstance(value, tuple) and not isinstance(value, Values) and all(isinstance(one, int) for one in value):
        return ["x".join(map(str, value)), "×".join(map(str, value)), " x ".join(map(str, value))]
    if isinstance(value, int):
        return list(dict.fromkeys((str(value), write_number(value))))
    return [written]


def _decimal(number: Fraction) -> str:
    """Write a tolerance with at most four decimals, none if it is whole."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".")


# -- Moodle XML --


def as_moodle(paper: Paper, *, key: bool = True) -> str:  # noqa: ARG001 - every format takes it; Moodle keeps the key
    """Return a quiz that Moodle imports as a category of its own, a question each; a design is an essay."""
    name = one_line(paper.assignment.name).replace("/", "//")
    category = f"  <category>{_text(f'$course$/top/{name}')}</category>"
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", f'<question type="category">\n{category}\n</question>']
    parts += [_moodle(number, asked) for number, asked in enumerate(paper.asked, start=1)]
    for number, design in enumerate(paper.assignment.designs, start=len(paper.asked) + 1):
        points = sum((points for _, points in design.requirements), start=Fraction(0))
        body = ["  <responseformat>editor</responseformat>", '  <graderinfo format="html"><text></text></graderinfo>']
        parts.append(_framed("essay", f"{number:02} {design.name}", needs(design), points, body))
    return "\n".join([*parts, "</quiz>"])


def needs(design: Any) -> str:
    """Return a design in one line: what is asked, and what it must meet."""
    return one_line(f"{design.ask or design.name}: {'; '.join(need.text for need, _ in design.requirements)}")


def _text(text: str) -> str:
    """Return a text element; a text of HTML is escaped twice, as HTML and as XML."""
    return f"<text>{html(text)}</text>"


def _framed(kind: str, name: str, said: str, points: Fraction, body: list[str]) -> str:
    head = [
        f'<question type="{kind}">',
        f"  <name>{_text(one_line(name))}</name>",
        f'  <questiontext format="html">{_text(f"<p>{html(said)}</p>")}</questiontext>',
        '  <generalfeedback format="html"><text></text></generalfeedback>',
        f"  <defaultgrade>{_decimal(points)}</defaultgrade>",
        "  <penalty>0.3333333</penalty>",
        "  <hidden>0</hidden>",
    ]
    return "\n".join([*head, *body, "</question>"])


def _moodle(number: int, asked: Asked) -> str:
    question, kind = asked.right.question, kind_of(asked)
    extra = {
        "multichoice": ["  <single>true</single>", "  <shuffleanswers>true</shuffleanswers>",
                        "  <answernumbering>abc</answernumbering>"],
        "shortanswer": ["  <usecase>0</usecase>"],
        "numerical": [],
    }[kind]  # fmt: skip
    body = extra + [_answer(option, kind) for option in options(asked)]
    return _framed(kind, f"{number:02} {question.name}", ask(question), question.points, body)


def _answer(option: Option, kind: str) -> str:
    text = one_line(option.text)
    if kind == "multichoice":
        head, text = f'  <answer fraction="{option.percent}" format="html">', f"<p>{html(text)}</p>"
    else:
        head = f'  <answer fraction="{option.percent}" format="moodle_auto_format">'
        text = text.replace("*", r"\*") if kind == "shortanswer" else text  # a lone star would stand for anything
    tolerance = f"<tolerance>{_decimal(option.tolerance)}</tolerance>" if kind == "numerical" else ""
    feedback = f'<feedback format="html">{_text(html(one_line(option.says)))}</feedback>'
    return f"{head}{_text(text)}{tolerance}{feedback}</answer>"


# -- GIFT --


def as_gift(paper: Paper, *, key: bool = True) -> str:  # noqa: ARG001 - every format takes it; GIFT is with its key
    """Return the questions in GIFT, an empty line between; a design is an essay."""
    name = html(one_line(paper.assignment.name).replace("/", "//"), quote=False)
    parts = [f"$CATEGORY: $course$/top/{name}"]
    for number, asked in enumerate(paper.asked, start=1):
        question = asked.right.question
        parts.append(f"{_gift_head(number, question.name, ask(question))} {_gift_answers(asked)}")
    for number, design in enumerate(paper.assignment.designs, start=len(paper.asked) + 1):
        parts.append(f"{_gift_head(number, design.name, needs(design))} {{}}")
    return "\n\n".join(parts)


def gift(text: str) -> str:
    r"""Return text that GIFT shows as it is: HTML first, then GIFT's own signs.

    >>> print(gift("a=b & 5 < {7}"))
    a\=b &amp; 5 &lt; \{7\}
    """
    return _GIFT.sub(r"\\\1", html(one_line(text), quote=False))


def _gift_head(number: int, name: str, said: str) -> str:
    return f"::{number:02} {gift(name)}:: [html]{gift(said)}"


def _gift_answers(asked: Asked) -> str:
    numerical = kind_of(asked) == "numerical"
    lines = []
    for option in options(asked):
        star = option.text if asked.choices else option.text.replace("*", r"\*")  # alone it would stand for anything
        text = f"{option.text}:{_decimal(option.tolerance)}" if numerical else gift(star)
        sign = "=" if option.percent == 100 else f"~%{option.percent}%" if option.percent else "~"  # noqa: PLR2004 - all
        if not asked.choices and sign != "=":
            sign = f"=%{option.percent}%"
        says = f"#{gift(option.says)}" if option.says else ""
        lines.append(f"\t{sign}{text}{says}")
    return "{" + ("#" if numerical else "") + "\n" + "\n".join(lines) + "\n}"
