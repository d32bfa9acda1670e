"""A table as plain text: columns aligned, nothing cut. What a pipe gets; loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def grid(rows: Iterable[Sequence[str]], right: Iterable[int] = (), gap: str = "  ") -> str:
    """Align rows of text; `right` names the columns that end flush, as numbers do.

    >>> print(grid([("layer", "weights"), ("conv1", "1,728")], right=[1]))
    layer  weights
    conv1    1,728
    """
    rows = [tuple(row) for row in rows]
    flush = set(right)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(gap.join(_padded(row, widths, flush)).rstrip() for row in rows)


def _padded(row: Sequence[str], widths: Sequence[int], flush: set[int]) -> Iterator[str]:
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if index in flush else cell.ljust(width)
