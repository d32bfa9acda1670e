"""Markdown: a table for a README or an issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.render.as_table import title, verdict_cells
from cnncalc.render.cells import TITLES, summary, table

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger


def as_markdown(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:
    """Return heading, table, totals and verdicts."""
    _, *rows = table(ledger, layout)
    heads = TITLES._replace(product="fan-in")
    sums = "\n".join(f"- {escape(line)}" for line in summary(ledger))
    parts = [f"**{escape(title(ledger))}**", pipes([heads, *rows], flush=3), sums]
    if judged:
        parts.append(pipes([("published", "of", "verdict", "computed", "source"), *map(verdict_cells, judged)]))
    return "\n\n".join(parts)


def pipes(rows: Sequence[Sequence[str]], *, flush: int | None = None) -> str:
    """Return a pipe table; columns from `flush` on are numbers."""
    head, *body = ([escape(cell) for cell in row] for row in rows)
    rule = ["---:" if flush is not None and index >= flush else "---" for index in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>()#+!|~" else character for character in text)
