"""Marks, written: for a terminal and a pipe, as JSON, CSV, Markdown, LaTeX, and for those who collect marks.

Whatever a student wrote is escaped for the format that it ends up in.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnncalc.render.as_csv import lines
from cnncalc.render.as_latex import escape as latex
from cnncalc.render.as_latex import line, tabular
from cnncalc.render.as_markdown import escape as markdown
from cnncalc.render.as_markdown import pipes
from cnncalc.render.cells import safe
from cnncalc.render.plain import grid

if TYPE_CHECKING:
    from cnncalc.grading.classroom import Classroom
    from cnncalc.grading.marks import Item, Marks

_HEADS = ("item", "score", "of", "verdict", "feedback")


def score(value: Any) -> str:
    """Write a score to be looked at: 2, 1.5, 0.33.

    >>> from fractions import Fraction
    >>> score(Fraction(1, 3)), score(Fraction(2)), score(Fraction(999, 1000))
    ('0.33', '2', '0.999')
    """
    places = next((places for places in (2, 3, 4) if (10**places * value).denominator == 1), 2)
    return f"{float(value):.{places}f}".rstrip("0").rstrip(".")


def cells(item: Item) -> tuple[str, ...]:
    """Return an item as text: name, score, of how much, verdict, feedback."""
    return safe(item.name), score(item.score), score(item.max_score), safe(item.verdict), safe(item.feedback)


def total(marks: Marks) -> str:
    """Return the sum, and why nothing could be marked, in one line."""
    reason = f": {safe(marks.reason)}" if marks.reason else ""
    return f"{score(marks.score)} of {score(marks.max_score)}{reason}"


def as_table(marks: Marks) -> str:
    """Return a line per item, nothing cut; then the sum."""
    return f"{safe(marks.assignment)}\n{grid([_HEADS, *map(cells, marks.items)], right=[1, 2])}\n\n{total(marks)}"


def as_json(marks: Marks | Classroom) -> str:
    """Return the contract's keys."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

    return write(marks.to_dict())


def as_csv(marks: Marks) -> str:
    """Return a header and a line an item."""
    rows = [(safe(item.name), *_counted(item), safe(item.verdict), safe(item.feedback)) for item in marks.items]
    return lines([_HEADS, *rows, ("total", *_counted(marks), "", safe(marks.reason))], signed=False)


def _counted(marked: Item | Marks) -> tuple[str, str]:
    """Return the score and what there was to be had for programs that add them up: thirds are not cut to 0.33."""
    told = marked.to_dict()
    return str(told["score"]), str(told["max_score"])


def as_markdown(marks: Marks) -> str:
    """Return a table and the sum."""
    rows = [_HEADS, *map(cells, marks.items)]
    return f"**{markdown(safe(marks.assignment))}**\n\n{pipes(rows)}\n\n{markdown(total(marks))}"


def as_latex(marks: Marks) -> str:
    """Return a tabular and the sum."""
    return _tabular([_HEADS, *map(cells, marks.items)], total(marks))


def _tabular(rows: Sequence[Sequence[str]], below: str) -> str:
    head, *body = rows
    text = "\n".join(tabular(head, map(line, body)))
    return f"{text}\n\n{latex(below)}"


# -- a class --


def _students(room: Classroom) -> list[tuple[str, ...]]:
    rows = [(safe(name), score(one.score), score(one.max_score), safe(one.reason)) for name, one in room.marks]
    return [("student", "score", "of", "note"), *rows]


def _summary(room: Classroom) -> list[tuple[str, ...]]:
    head = ("item", "mean", "of", "full", "none", "slips")
    rows = []
    for row in room.summary:
        slips = ", ".join(f"{count} {name}" for name, count in row["slips"].items())
        mean = f"{row['mean']:.2f}"
        most = score(Fraction(row["max_score"]).limit_denominator(10**6))
        rows.append((safe(row["name"]), mean, most, str(row["full"]), str(row["none"]), slips))
    return [head, *rows]


def class_as_table(room: Classroom) -> str:
    """Return a line per student; then, by question, how it was answered and which slips were made."""
    students = grid(_students(room), right=[1, 2])
    return f"{safe(room.assignment)}\n{students}\n\n{grid(_summary(room), right=[1, 2, 3, 4])}"


def class_as_csv(room: Classroom) -> str:
    """Return a line per student, a column per item: what a gradebook takes."""
    names = [item.name for item in room.marks[0][1].items]
    rows = [
        [safe(name), *(_counted(item)[0] for item in one.items), *_counted(one), safe(one.reason)]
        for name, one in room.marks
    ]  # fmt: skip
    return lines([["student", *map(safe, names), "score", "max_score", "note"], *rows], signed=False)


def class_as_markdown(room: Classroom) -> str:
    """Return both tables."""
    return f"**{markdown(safe(room.assignment))}**\n\n{pipes(_students(room))}\n\n{pipes(_summary(room))}"


def class_as_latex(room: Classroom) -> str:
    """Return both tables."""
    return _tabular(_students(room), "") + "\n" + _tabular(_summary(room), "")


class_as_json = as_json
