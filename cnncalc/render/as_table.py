"""The table: on a terminal a rich one that fits 80 columns, into a pipe plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.render.cells import TITLES, Cells, safe, spoken, summary, table
from cnncalc.render.plain import grid

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger

_NUMBERS = range(3, len(TITLES))
_COLOURS = {"exact": "green", "rounds to it": "green", "truncated": "yellow", "does not follow": "red"}


def as_text(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:
    """Return the table, the totals and the published figures as plain text: one line a layer, nothing cut."""
    rows = one_line(table(ledger, layout))
    parts = (title(ledger), "\n".join(rows), "\n".join(summary(ledger)), _verdicts(judged))
    return "\n\n".join(part for part in parts if part)


def title(ledger: Ledger) -> str:
    """Return the network's name and where it is from."""
    name, source = safe(ledger.network.name), safe(ledger.network.source)
    return f"{name}: {source}" if source else name


def _verdicts(judged: Sequence[Judged]) -> str:
    if not judged:
        return ""
    return grid([("published", "", "verdict", "", "source"), *(verdict_cells(one) for one in judged)])


def verdict_cells(judged: Judged) -> tuple[str, str, str, str, str]:
    """Return a published figure, what it is of, its verdict, what was computed, and its source."""
    claim = judged.claim
    of = spoken(claim.quantity, claim.layer)
    return safe(claim.printed), safe(of), judged.verdict.verdict, judged.verdict.note, safe(claim.source)


def as_rich(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc", *, width: int = 80) -> list[Any]:
    """Return what a rich console prints; where a layer does not fit on one line it gets two, and nothing is cut."""
    from rich.text import Text  # noqa: PLC0415 - only a terminal needs rich

    rows = table(ledger, layout)
    blocks = one_line(rows)
    if max(map(len, blocks)) > width:
        blocks = two_lines(rows)
    styles = ["bold", *("dim" if row.weights == row.macs == "0" else "" for row in rows[1:-1]), "bold"]
    lines = [Text(block, style=style) for block, style in zip(blocks, styles, strict=True)]
    sums = [Text(line) for line in summary(ledger)]
    return [Text(title(ledger), style="bold"), Text(""), *lines, Text(""), *sums, *_rich_verdicts(judged)]


def one_line(rows: Sequence[Cells]) -> list[str]:
    """Write a row a line."""
    written = [row._replace(product=f"{row.product} =" if row.product else "") for row in rows]
    return grid(written, right=_NUMBERS).split("\n")


def two_lines(rows: Sequence[Cells]) -> list[str]:
    """Write a row as two lines: what the layer is, then its numbers. Fits VGG-16 into 80 columns."""
    numbers = grid([(row.output, _product(row), *row[5:-1]) for row in rows], right=range(1, 5)).split("\n")
    return [f"{_described(row)}\n  {line}" for row, line in zip(rows, numbers, strict=True)]


def _described(row: Cells) -> str:
    return "  ".join(part for part in (row.layer, row.kind, row.field and f"sees {row.field}") if part)


def _product(row: Cells) -> str:
    return f"{row.product} = {row.weights}" if row.product else row.weights


def _rich_verdicts(judged: Sequence[Judged]) -> list[Any]:
    from rich.text import Text  # noqa: PLC0415

    lines: list[Any] = [Text("")] if judged else []
    for one in judged:
        printed, quantity, verdict, note, source = verdict_cells(one)
        line = Text(f"{printed} {quantity}: ", style="bold")
        line.append(verdict, style=_COLOURS.get(verdict, "yellow"))
        line.append(f" ({note})" if note else "", style="not bold")
        lines.append(line.append(f"\n  {source}", style="dim not bold"))
    return lines
