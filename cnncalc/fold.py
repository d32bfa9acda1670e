"""A ledger's blocks folded: at depth 1 a row per block with its sums, at depth 0 the totals alone."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger
from cnncalc.row import COUNTED, Row

BLOCK = "block"
"""The type of a folded row."""


def fold(ledger: Ledger, depth: int) -> Ledger:
    """Return the ledger with blocks deeper than `depth` summed up into one row each; the totals stay.

    Raises UsageError for a negative depth.
    """
    if depth < 0:
        raise UsageError(f"a depth is 0 or more, not {depth}", ways_out=("--depth 0", "--depth 1"))
    if depth == 0:
        return replace(ledger, rows=())
    groups: dict[str, list[Row]] = {}
    for row in ledger.rows:
        groups.setdefault(_shown(row.name, depth), []).append(row)
    homes = {row.name: _shown(row.name, depth) for row in ledger.rows}
    return replace(ledger, rows=tuple(_folded(name, rows, homes) for name, rows in groups.items()))


def _shown(name: str, depth: int) -> str:
    return "/".join(name.split("/")[:depth])


def _folded(name: str, rows: list[Row], homes: dict[str, str]) -> Row:
    last = rows[-1]
    outside = dict.fromkeys(homes[source] for row in rows for source in row.inputs if homes[source] != name)
    if len(rows) == 1 and rows[0].name == name:
        return rows[0]._replace(inputs=tuple(homes[source] for source in rows[0].inputs))
    sums = {count: sum(getattr(row, count) for row in rows) for count in COUNTED}
    return last._replace(name=name, type=BLOCK, inputs=tuple(outside), node=None, **sums)
