"""HTML for notebooks: what is shown when a ledger, a fit or a comparison is the last line of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from cnncalc.render.as_table import title
from cnncalc.render.cells import TITLES, safe, summary, table
from cnncalc.render.compared import rows as compared_rows
from cnncalc.render.fit import as_text as fit_as_text

if TYPE_CHECKING:
    from cnncalc.comparison import Comparison
    from cnncalc.fit import Fit
    from cnncalc.ledger import Ledger


def ledger_as_html(ledger: Ledger) -> str:
    """Return a table of the rows, and the totals as sentences."""
    _, *rows = table(ledger)
    sums = "<br>".join(_text(line) for line in summary(ledger))
    return f"<h4>{_text(title(ledger))}</h4>{_table([TITLES, *rows], flush=3)}<p>{sums}</p>"


def fit_as_html(fit: Fit) -> str:
    """Return the sum and the verdict as they stand on a terminal."""
    return f"<pre>{_text(fit_as_text(fit))}</pre>"


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
