"""HTML for notebooks: what is shown when an answer is the last line of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from cnncalc.render.answers import answer_as_text, solution_as_text
from cnncalc.render.as_table import title
from cnncalc.render.cells import TITLES, safe, summary, table
from cnncalc.render.compared import rows as compared_rows
from cnncalc.render.fit import as_text as fit_as_text

if TYPE_CHECKING:
    from cnncalc.backwards import Answer
    from cnncalc.comparison import Comparison
    from cnncalc.explanation import Explanation
    from cnncalc.fit import Fit
    from cnncalc.ledger import Ledger
    from cnncalc.solution import Solution


def ledger_as_html(ledger: Ledger) -> str:
    """Return a table of the rows, and the totals as sentences."""
    _, *rows = table(ledger)
    sums = "<br>".join(_text(line) for line in summary(ledger))
    return f"<h4>{_text(title(ledger))}</h4>{_table([TITLES, *rows], flush=3)}<p>{sums}</p>"


def fit_as_html(fit: Fit) -> str:
    """Return the sum and the verdict as they stand on a terminal."""
    return f"<pre>{_text(fit_as_text(fit))}</pre>"


def answer_as_html(answer: Answer) -> str:
    """Return which values fit, as it stands on a terminal."""
    return f"<pre>{_text(answer_as_text(answer))}</pre>"


def solution_as_html(solution: Solution) -> str:
    """Return the largest value and its totals as they stand on a terminal."""
    return f"<pre>{_text(solution_as_text(solution))}</pre>"


def explanation_as_html(explanation: Explanation) -> str:
    """Return a row per number, and the rules' source."""
    head = ("quantity", f"{explanation.layer} ({explanation.type})")
    numbers = [(number.quantity, number.written) for number in explanation.numbers]
    source = f"<p>source: {_text(explanation.source)}</p>" if explanation.source else ""
    return _table([head, *numbers], flush=2) + source


def comparison_as_html(comparison: Comparison) -> str:
    """Return the quantities side by side."""
    return _table(compared_rows(comparison), flush=1)


def _table(rows: Sequence[Sequence[str]], *, flush: int) -> str:
    head, *body = rows
    lines = [_row(head, "th", flush), *(_row(row, "td", flush) for row in body)]
    return f"<table>{''.join(lines)}</table>"


def _row(cells: Sequence[str], tag: str, flush: int) -> str:
    sides = ("right" if index >= flush else "left" for index in range(len(cells)))
    columns = (
        f'<{tag} style="text-align: {side}">{_text(cell)}</{tag}>' for side, cell in zip(sides, cells, strict=True)
    )
    return f"<tr>{''.join(columns)}</tr>"


def _text(text: str) -> str:
    return "\n".join(escape(safe(line)) for line in text.split("\n"))
