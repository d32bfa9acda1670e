"""A paper, written: a sheet to print with its key, JSON, and the assignment that it is.

What an author wrote is escaped for the format that it ends up in. Without the key nothing tells a right choice.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from cnncalc.grading.marks import number as plain
from cnncalc.grading.wording import in_words
from cnncalc.render.as_markdown import escape
from cnncalc.render.cells import safe
from cnncalc.render.marked import score
from cnncalc.row import SCHEMA_VERSION

if TYPE_CHECKING:
    from cnncalc.grading.assignment import Question
    from cnncalc.grading.paper import Asked, Paper


def one_line(text: str) -> str:
    """Return a text without line breaks and without what cannot be seen."""
    return safe(" ".join(text.split()))


def ask(question: Question) -> str:
    """Return the question in words, in one line."""
    return one_line(in_words(question))


def as_markdown(paper: Paper, *, key: bool = False) -> str:
    """Return a sheet to print; with the key behind it, if it is asked for."""
    assignment = paper.assignment
    lines = [f"# {escape(one_line(assignment.name))}", ""]
    lines += [escape(f"Paper {one_line(paper.seed)}, {_points(assignment.points)}"), ""]
    for number, asked in enumerate(paper.asked, start=1):
        lines += [_question(number, asked), ""]
    for number, design in enumerate(assignment.designs, start=len(paper.asked) + 1):
        lines.append(f"{number}. {escape(one_line(design.ask or design.name))}. Hand in a network:")
        lines += [f"    - {escape(one_line(need.text))} ({_points(points)})" for need, points in design.requirements]
        lines.append("")
    return "\n".join([*lines, *(_key(paper) if key else [])]).rstrip("\n")


def _points(points: Any) -> str:
    return f"{score(points)} {'point' if points == 1 else 'points'}"


def _question(number: int, asked: Asked) -> str:
    question = asked.right.question
    head = f"{number}. {escape(ask(question))} ({_points(question.points)})"
    if not asked.choices:
        return f"{head}\n\n    ______________________"
    named = zip(ascii_uppercase, asked.choices, strict=False)
    return "\n".join([head, *(f"    - [ ] {letter}: {escape(one_line(choice.text))}" for letter, choice in named)])


def _key(paper: Paper) -> list[str]:
    lines = ["## Key", ""]
    for number, asked in enumerate(paper.asked, start=1):
        named = list(zip(ascii_uppercase, asked.choices, strict=False))
        letter = "".join(f"{letter}: " for letter, choice in named if choice.right)
        total = f"; {asked.right.sum}" if asked.right.sum else ""
        slips = "".join(f"; {letter}: {choice.slip}" for letter, choice in named if choice.slip)
        lines.append(f"{number}. {escape(one_line(f'{letter}{asked.right.written()}{total}{slips}'))}")
    return lines


def as_json(paper: Paper, *, key: bool = False) -> str:
    """Return the paper's questions; with the key, also answers, sums and which choice is which slip."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

    designs = [
        {
            "name": design.name,
            "ask": design.ask,
            "require": [{"that": need.text, "points": plain(points)} for need, points in design.requirements],
        }
        for design in paper.assignment.designs
    ]
    return write(
        {
            "schema_version": SCHEMA_VERSION,
            "assignment": paper.assignment.name,
            "seed": paper.seed,
            "questions": [_asked(asked, key=key) for asked in paper.asked],
            "designs": designs,
        }
    )


def _asked(asked: Asked, *, key: bool) -> dict[str, Any]:
    question = asked.right.question
    found: dict[str, Any] = {"name": question.name, "ask": ask(question), "points": plain(question.points)}
    if not key:
        return {**found, "choices": [choice.text for choice in asked.choices]}
    choices = [{"text": one.text, "right": one.right, "slip": one.slip or None} for one in asked.choices]
    return {**found, "choices": choices, "answer": asked.right.written(), "sum": asked.right.sum}


def as_yaml(paper: Paper, *, key: bool = False) -> str:  # noqa: ARG001 - every format takes it; a paper has no key in it
    """Return the assignment that the paper is: what `cnncalc grade` takes."""
    return paper.text.rstrip("\n")
