"""The table: on a terminal a rich one that fits 80 columns, into a pipe plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.render.cells import TITLES, Cells, cells, safe, summary, totals
from cnncalc.render.plain import grid

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger

_NUMBERS = range(3, len(TITLES))
_COLOURS = {"exact": "green", "rounds to it": "green", "truncated": "yellow", "does not follow": "red"}


def as_text(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:
    """Return the table, the totals and the published figures as plain text: one line a layer, nothing cut."""
    rows = [TITLES, *(cells(row, layout) for row in ledger.rows), totals(ledger)]
    written = [row._replace(product=f"{row.product} =" if row.product else "") for row in rows]
    table = grid(written, right=_NUMBERS)
    return "\n\n".join(part for part in (title(ledger), table, "\n".join(summary(ledger)), _verdicts(judged)) if part)


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
    quantity = claim.quantity.replace("_", " ") + (f" of {claim.layer}" if claim.layer else "")
    return safe(claim.printed), safe(quantity), judged.verdict.verdict, judged.verdict.note, safe(claim.source)


def as_rich(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc", *, wide: bool = False) -> list[Any]:
    """Return what a rich console prints; narrow terminals get two lines a layer, so that nothing is cut."""
    from rich.table import Table  # noqa: PLC0415 - only a terminal needs rich
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    stacked = _wide if wide else _narrow
    heads = stacked(TITLES)
    for index, head in enumerate(heads):
        table.add_column(Text(head), justify="left" if index < (3 if wide else 2) else "right", no_wrap=True)
    for row in (*(cells(row, layout) for row in ledger.rows), totals(ledger)):
        style = "bold" if row.layer == "total" and not row.kind else ("dim" if row.weights == row.macs == "0" else "")
        table.add_row(*(Text(cell) for cell in stacked(row)), style=style)
    parts: list[Any] = [Text(title(ledger), style="bold"), Text(""), table, Text("")]
    parts += [Text(line) for line in summary(ledger)]
    return parts + _rich_verdicts(judged)


def _wide(row: Cells) -> tuple[str, ...]:
    weights = f"{row.product} = {row.weights}" if row.product else row.weights
    return (row.layer, row.kind, row.output, weights, *row[5:])


def _narrow(row: Cells) -> tuple[str, ...]:
    return (f"{row.layer}\n  {row.kind}".rstrip(), row.output, f"{row.weights}\n{row.product}".rstrip(), *row[5:])


def _rich_verdicts(judged: Sequence[Judged]) -> list[Any]:
    from rich.text import Text  # noqa: PLC0415

    lines: list[Any] = [Text("")] if judged else []
    for one in judged:
        printed, quantity, verdict, note, source = verdict_cells(one)
        line = Text(f"{printed} {quantity}: ", style="bold")
        line.append(verdict, style=_COLOURS.get(verdict, "yellow"))
        line.append(f" ({note})" if note else "", style="not bold")
        lines.append(line.append(f"  {source}", style="dim not bold"))
    return lines
