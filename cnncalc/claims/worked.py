"""Worked examples: cross-correlation and pooling on numbers that a slide prints, in whole numbers and fractions.

    correlate   y[i, j] = Σ x[i·S + a, j·S + b] · w[a, b]      the kernel is not flipped
    pool        the largest or the mean of each F × F window

Rows of numbers in, rows of numbers out; one row stands for a 1-D example. Nothing is a float: 0.01 is 1/100.
Source: Zhang et al., Dive into Deep Learning, section 7.2.1; CS231n, Convolutional Networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from cnncalc.claims.numbers import write_places
from cnncalc.errors import BadValue, ShapeError, UsageError
from cnncalc.term import write_number
from cnncalc.volume import shorten
from cnncalc.window import slide

MOST_NUMBERS = 1_024
"""A worked example has at most so many numbers in its input, and in its kernel."""

MOST_PRODUCTS = 20_000
"""So many multiplications are done; a slide shows a dozen."""

LONGEST = 40
"""Characters of one number."""

Rows = tuple[tuple[Any, ...], ...]


def read_rows(value: Any, what: str) -> Rows:
    """Read rows of numbers: a list of lists, one list, or text such as ``1 1 2 4 / 5 6 7 8``.

    Raises BadValue for anything else, and for rows of unequal length.

    >>> read_rows("0.5 1 / 2 3", "values")
    ((Fraction(1, 2), 1), (2, 3))
    """
    if isinstance(value, str):
        value = [part.replace(",", " ").split() for part in value.split("/")]
    if not isinstance(value, list | tuple) or not value:
        raise BadValue(f"{what}: must be rows of numbers", ways_out=(f"{what}: [[0, 1], [2, 3]]", f"{what}: 0 1 / 2 3"))
    rows = value if all(isinstance(row, list | tuple) for row in value) else [value]
    if sum(len(row) for row in rows) > MOST_NUMBERS:
        raise BadValue(f"{what}: more than {MOST_NUMBERS:,} numbers", ways_out=("a smaller example",))
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise BadValue(f"{what}: the rows have different lengths", ways_out=(f"{what}: [[0, 1], [2, 3]]",))
    return tuple(tuple(read_number(number, what) for number in row) for row in rows)


def read_number(number: Any, what: str) -> int | Fraction:
    """Read a number exactly as it is written: 0.01 is 1/100. Raises BadValue."""
    text = str(number).strip()
    try:
        exact = Fraction(Decimal(text)) if len(text) <= LONGEST and abs(Decimal(text).adjusted()) <= LONGEST else None
    except (InvalidOperation, ValueError, OverflowError):
        exact = None
    if exact is None or isinstance(number, bool):
        raise BadValue(f"{what}: {shorten(text)!r} is no number of an example", ways_out=("0.5", "-1"))
    return exact.numerator if exact.denominator == 1 else exact


def correlate(values: Rows, kernel: Rows, *, stride: int = 1, padding: int = 0) -> Rows:
    """Slide a kernel over values without flipping it. Raises ShapeError if it does not fit.

    >>> correlate(((0, 1, 2), (3, 4, 5), (6, 7, 8)), ((0, 1), (2, 3)))
    ((19, 25), (37, 43))
    """
    weights = [weight for row in kernel for weight in row]

    def weighted(window: Sequence[Any]) -> Any:
        return sum(value * weight for value, weight in zip(window, weights, strict=True))

    return _slid(values, (len(kernel), len(kernel[0])), stride, padding, weighted)


def pool(values: Rows, *, kernel_size: int, stride: int | None = None, kind: str = "max") -> Rows:
    """Take the largest, or the mean, of each window. Raises ShapeError, UsageError.

    >>> pool(((1, 1, 2, 4), (5, 6, 7, 8), (3, 2, 1, 0), (1, 2, 3, 4)), kernel_size=2)
    ((6, 8), (3, 4))
    """
    if kind not in {"max", "mean"}:
        raise UsageError(f"a pooling is max or mean, not {shorten(kind)!r}", ways_out=("max", "mean"))
    sizes = (kernel_size if len(values) > 1 else 1, kernel_size)
    take = max if kind == "max" else _mean
    return _slid(values, sizes, kernel_size if stride is None else stride, 0, take)


def term_sum(values: Rows, kernel: Rows, at: tuple[int, int], *, stride: int = 1) -> list[tuple[Any, Any]]:
    """Return the products that make one output: (value, weight), row by row."""
    top, left = (place * stride for place in at)
    return [(values[top + a][left + b], weight) for a, row in enumerate(kernel) for b, weight in enumerate(row)]


def write_exact(value: Any) -> str:
    """Write a decimal fraction in full, 1.811; any other number as a lecture does."""
    ends = getattr(value, "denominator", 1) != 1 and (10**6 * value).denominator == 1
    return write_places(value) if ends else write_number(value)


def _slid(
    values: Rows, sizes: tuple[int, int], stride: int, padding: int, take: Callable[[Sequence[Any]], Any]
) -> Rows:
    high, wide = sizes
    padded = _padded(values, padding)
    steps = (stride if len(values) > 1 else 1, stride)
    axes = tuple(
        slide(size, kernel_size=kernel, stride=step)[0]
        for size, kernel, step in zip((len(padded), len(padded[0])), sizes, steps, strict=True)
    )
    if min(axes) < 1:
        message = f"a {high}x{wide} window does not fit into {len(padded)}x{len(padded[0])} values"
        raise ShapeError(message, ways_out=("a smaller kernel", "padding"))
    if axes[0] * axes[1] * high * wide > MOST_PRODUCTS:
        raise UsageError(f"more than {MOST_PRODUCTS:,} products", ways_out=("a smaller example",))
    return tuple(
        tuple(
            take([padded[i * steps[0] + a][j * steps[1] + b] for a in range(high) for b in range(wide)])
            for j in range(axes[1])
        )
        for i in range(axes[0])
    )


def _padded(values: Rows, padding: int) -> Rows:
    """Return the values with zeros around; a single row is padded at its ends only."""
    if not padding:
        return values
    sides = tuple((0,) * padding + row + (0,) * padding for row in values)
    blank = ((0,) * len(sides[0]),) * (padding if len(values) > 1 else 0)
    return blank + sides + blank


def _mean(window: Sequence[Any]) -> Any:
    return Fraction(sum(window), len(window))
