"""A ledger's blocks folded: at depth 1 a row per block with its sums, at depth 0 the totals alone."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger
from cnncalc.memory.conventions import convention
from cnncalc.row import COUNTED, Row

BLOCK = "block"
"""The type of a folded row."""

HELD = ("activation_values", "activation_bytes")
"""What a convention says how to put together: the rows of a peak are moments, and their largest counts."""


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
    return replace(ledger, rows=tuple(_folded(name, rows, homes, ledger.memory) for name, rows in groups.items()))


def _shown(name: str, depth: int) -> str:
    return "/".join(name.split("/")[:depth])


def _folded(name: str, rows: list[Row], homes: dict[str, str], memory: str) -> Row:
    last = rows[-1]
    outside = dict.fromkeys(homes[source] for row in rows for source in row.inputs if homes[source] != name)
    if len(rows) == 1 and rows[0].name == name:
        return rows[0]._replace(inputs=tuple(homes[source] for source in rows[0].inputs))
    sums = {count: sum(getattr(row, count) for row in rows) for count in COUNTED if count not in HELD}
    held = convention(memory).together
    sums |= {count: held([getattr(row, count) for row in rows]) for count in HELD}
    return last._replace(name=name, type=BLOCK, inputs=tuple(outside), node=None, **sums)
