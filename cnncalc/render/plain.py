"""A table as plain text: columns aligned, nothing cut. What a pipe gets; loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GAP = "  "


def grid(rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Align rows of text; `right` names the columns that end flush, as numbers do.

    >>> print(grid([("layer", "weights"), ("conv1", "1,728")], right=[1]))
    layer  weights
    conv1    1,728
    """
    rows = [tuple(row) for row in rows]
    flush = set(right)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths, flush) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], flush: set[int]) -> str:
    padded = (
        cell.rjust(width) if index in flush else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return GAP.join(padded).rstrip()
