"""An audit, written: for a terminal and a pipe, as JSON, CSV, Markdown and LaTeX."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from cnncalc.render.as_csv import lines
from cnncalc.render.as_latex import escape as latex
from cnncalc.render.as_latex import line, tabular
from cnncalc.render.as_markdown import escape as markdown
from cnncalc.render.as_markdown import pipes
from cnncalc.render.cells import safe, spoken
from cnncalc.render.plain import grid

if TYPE_CHECKING:
    from cnncalc.claims.audit import Audit
    from cnncalc.claims.judge import Audited

_HEADS = ("id", "where", "printed", "of", "verdict", "computed", "sum")
_COLOURS = {"exact": "green", "rounds to it": "green", "does not follow": "red"}


def cells(one: Audited) -> tuple[str, ...]:
    """Return a claim as text: id, place, figure, quantity, verdict, note, sum."""
    claim, found = one.claim, one.verdict
    of = spoken(claim.quantity, claim.layer)
    how = (
        f"{found.verdict} ({found.reading})" if found.reading and found.reading not in found.verdict else found.verdict
    )
    where = claim.where or f"line {claim.place.line}"
    return tuple(safe(cell) for cell in (claim.id, where, claim.printed, of, how, found.note, one.sum))


def summary(audit: Audit) -> str:
    """Return how often each verdict was given, in one line."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in audit.summary.items())
    return f"{len(audit.claims)} claim{'s' * (len(audit.claims) != 1)}: {counts}"


def _by_source(audit: Audit) -> list[tuple[str, list[Audited]]]:
    return [(source, list(claims)) for source, claims in groupby(audit.claims, key=lambda one: one.claim.source)]


def as_table(audit: Audit) -> str:
    """Return a block per source, a line per claim, nothing cut; then the summary."""
    blocks = []
    for source, claims in _by_source(audit):
        rows = grid([_HEADS, *map(cells, claims)])
        blocks.append(f"{safe(source)}\n{rows}" if source else rows)
    return "\n\n".join([*blocks, summary(audit)])


def as_rich(audit: Audit) -> list[Any]:
    """Return what a rich console prints: a claim a line, and below it what was computed and how."""
    from rich.text import Text  # noqa: PLC0415 - only a terminal needs rich

    lines: list[Any] = []
    for source, claims in _by_source(audit):
        lines.append(Text(safe(source), style="bold"))
        for one in claims:
            name, where, printed, of, how, note, formula = cells(one)
            text = Text(f"{name}  " if name else "", style="dim")
            text.append(f"{where}: ", style="not dim").append(f"{printed} {of}: ", style="bold not dim")
            text.append(how, style=f"{_COLOURS.get(one.verdict.verdict, 'yellow')} not dim")
            below = [part for part in (note, formula) if part]
            lines += [text, *(Text(f"    {part}", style="dim") for part in below)]
        lines.append(Text(""))
    return [*lines, Text(summary(audit), style="bold")]


def as_json(audit: Audit) -> str:
    """Return the contract's keys."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

    return write(audit.to_dict())


def as_csv(audit: Audit) -> str:
    """Return a header and a line a claim."""
    return lines(
        [("id", "source", "where", "printed", "of", "verdict", "computed", "sum"), *map(_with_source, audit.claims)]
    )


def _with_source(one: Audited) -> tuple[str, ...]:
    name, *rest = cells(one)
    return (name, safe(one.claim.source), *rest)


def as_markdown(audit: Audit) -> str:
    """Return a table per source and the summary."""
    blocks: list[str] = []
    for source, claims in _by_source(audit):
        blocks += [*([f"**{markdown(safe(source))}**"] if source else []), pipes([_HEADS, *map(cells, claims)])]
    return "\n\n".join([*blocks, markdown(summary(audit))])


def as_latex(audit: Audit) -> str:
    """Return a tabular per source and the summary."""
    blocks: list[str] = []
    for source, claims in _by_source(audit):
        title = [rf"\textbf{{{latex(safe(source))}}}\\"] if source else []
        blocks.append("\n".join([*title, *tabular(_HEADS, (line(cells(one)) for one in claims))]))
    return "\n\n".join([*blocks, latex(summary(audit))])
