"""A worked example as text: the numbers side by side, the sum of the sizes, the output, and each value's own sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from cnncalc.render.cells import safe
from cnncalc.render.plain import grid
from cnncalc.volume import MAX_AXES, write_sizes
from cnncalc.worked.convolution import Convolution
from cnncalc.worked.rules import Matrix
from cnncalc.worked.values import Values, write_number

_DRAWN = 40
"""Columns of a matrix that is drawn; a wider one is counted."""


def convolution_as_text(found: Convolution, *, matrix: bool = False) -> str:
    """Write the answer to `convolve`."""
    asked = found.asked
    given = [_titled("input", found.input)]
    if asked.kernel is not None and asked.slid is not None:
        given.append(_titled(f"filter {asked.name or ''}".rstrip(), asked.kernel))
        given += [_titled("flipped", asked.slid)] * asked.flip
    parts = [_beside(given), found.fit.formula, _beside([_titled(asked.operation, found.values)]), _sums(found)]
    return "\n\n".join([*parts, _matrix(found)] if matrix else parts)


def _titled(title: str, values: Values) -> list[str]:
    """Write a name with its sizes, and the numbers below."""
    return [f"{title} {write_sizes(values.sizes)}", *_rows(values)]


def _rows(values: Values) -> list[str]:
    """Write numbers row by row, flush right; a grid per channel."""
    lists = values.nested()
    if len(values.sizes) == 1:
        lists = [[lists]]
    elif len(values.sizes) < MAX_AXES:
        lists = [lists]
    texts = [[[write_number(number) for number in row] for row in rows] for rows in lists]
    width = max(len(text) for rows in texts for row in rows for text in row)
    grids = ["\n".join(" ".join(text.rjust(width) for text in row) for row in rows) for rows in texts]
    return "\n\n".join(grids).split("\n")


def _beside(blocks: list[list[str]]) -> str:
    return grid(zip_longest(*blocks, fillvalue=""), gap="   ")


def _sums(found: Convolution) -> str:
    rows = ((str(list(one.place)).replace(" ", ""), f"{one.written} = {write_number(one.value)}") for one in found.sums)
    return grid(rows)


def _matrix(found: Convolution) -> str:
    matrix = found.matrix
    zeros = matrix.held - matrix.nonzero
    held = f"{matrix.held:,} of {matrix.entries:,} entries hold a weight" + f", {zeros:,} of these a 0" * (zeros > 0)
    drawn = _drawn(matrix) if matrix.columns <= _DRAWN else [f"  drawn up to {_DRAWN} columns; --format json has it"]
    lines = [f"as a matrix {len(matrix.rows)}x{matrix.columns}: {held}; {matrix.distinct} distinct", *drawn]
    lines.append(f"matrix · input = {' '.join(map(write_number, found.product))}")
    lines.append("the product is the output" if found.agrees else "the product is not the output")
    return "\n".join(lines)


def _drawn(matrix: Matrix) -> Iterator[str]:
    """Write the entries, a dot where no weight stands."""
    cells: list[list[str]] = [
        [write_number(row[column]) if column in row else "·" for column in range(matrix.columns)] for row in matrix.rows
    ]
    width = max(len(cell) for row in cells for cell in row)
    return ("  " + " ".join(cell.rjust(width) for cell in row) for row in cells)


def picture_as_text(done: Any) -> str:
    """Say what became of a picture."""
    size = f"{safe(done.source)} {write_sizes(done.input_sizes)}\n{done.fit.formula}"
    cut = f"{done.cut:,} of {done.values:,} values lay below 0 or above 255 and were cut off"
    return "\n".join([size, f"{done.operation}, written to {safe(done.target)} {write_sizes(done.output_sizes)}", cut])
