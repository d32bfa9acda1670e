"""A paper as Moodle's XML, which carries the key. What is read as HTML is escaped as such, and then as XML.

Source: Moodle docs, Moodle XML format; question/format/xml/format.php of Moodle 4.
"""

from __future__ import annotations

from fractions import Fraction
from html import escape as html
from typing import TYPE_CHECKING

from cnncalc.render.options import Option, decimal, kind_of, needs, options
from cnncalc.render.papers import ask, one_line

if TYPE_CHECKING:
    from cnncalc.grading.paper import Asked, Paper


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


def _text(text: str) -> str:
    """Return a text element; a text of HTML is escaped twice, as HTML and as XML."""
    return f"<text>{html(text)}</text>"


def _framed(kind: str, name: str, said: str, points: Fraction, body: list[str]) -> str:
    head = [
        f'<question type="{kind}">',
        f"  <name>{_text(one_line(name))}</name>",
        f'  <questiontext format="html">{_text(f"<p>{html(said)}</p>")}</questiontext>',
        '  <generalfeedback format="html"><text></text></generalfeedback>',
        f"  <defaultgrade>{decimal(points)}</defaultgrade>",
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
    tolerance = f"<tolerance>{decimal(option.tolerance, places=12)}</tolerance>" if kind == "numerical" else ""
    feedback = f'<feedback format="html">{_text(html(one_line(option.says)))}</feedback>'
    return f"{head}{_text(text)}{tolerance}{feedback}</answer>"
