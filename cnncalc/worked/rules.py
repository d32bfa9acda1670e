"""Sliding windows worked out by hand: each output value as the exact sum that a lecture writes.

The rule on plain numbers, one multiplication at a time; `arrays.py` does the same on arrays. What a window meets is
worked out here from `Window.places`, there from the array itself, so that the one can judge the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product as combinations
from math import prod
from typing import Any, NamedTuple

from cnncalc.window import Window, sides
from cnncalc.worked.typed import Number
from cnncalc.worked.values import Values, jsonable


class Matrix(NamedTuple):
    """The same convolution as a matrix: a row per output value, a column per input value.

    rows      for each output, the inputs that its window meets with their weights: ``{column: weight}``
    columns   how many inputs there are
    """

    rows: tuple[dict[int, Number], ...]
    columns: int

    @property
    def entries(self) -> int:
        """All of them, the empty ones too."""
        return len(self.rows) * self.columns

    @property
    def held(self) -> int:
        """Entries at which a weight of the filter stands, be it 0."""
        return sum(map(len, self.rows))

    @property
    def nonzero(self) -> int:
        """Entries that are not 0."""
        return sum(weight != 0 for row in self.rows for weight in row.values())

    @property
    def distinct(self) -> int:
        """Different numbers among the entries at which a weight stands."""
        return len({weight for row in self.rows for weight in row.values()})

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it: a row holds the columns where a weight stands."""
        counts = {name: getattr(self, name) for name in ("entries", "held", "nonzero", "distinct")}
        rows = [{str(column): jsonable(weight) for column, weight in row.items()} for row in self.rows]
        return {"shape": [len(self.rows), self.columns], **counts, "rows": rows}

    def times(self, values: Sequence[Number]) -> tuple[Number, ...]:
        """Return the product with a column of inputs."""
        return tuple(_sum(weight * values[column] for column, weight in row.items()) for row in self.rows)


def stops(size: int, window: Window) -> list[range]:
    """Return, place by place along one axis, the pixels that the taps meet; what is outside is padding.

    >>> stops(3, Window(2, padding=1))
    [range(-1, 1), range(0, 2), range(1, 3), range(2, 4)]
    """
    first, taps = -sides(window.padding).before, window.kernel_size * window.dilation
    begins = (first + place * window.stride for place in range(window.places(size)))
    return [range(begin, begin + taps, window.dilation) for begin in begins]


def output_sizes(sizes: Sequence[int], windows: Sequence[Window]) -> tuple[int, ...]:
    """Return how many places there are along each axis."""
    return tuple(window.places(size) for size, window in zip(sizes, windows, strict=True))


def met(sizes: Sequence[int], windows: Sequence[Window]) -> Iterator[list[int | None]]:
    """Yield, place by place, which values the taps meet, counted row by row; None is padding.

    >>> list(met((3,), [Window(2, padding=1)]))
    [[None, 0], [0, 1], [1, 2], [2, None]]
    """
    for place in combinations(*map(stops, sizes, windows)):
        yield [_index(pixel, sizes) for pixel in combinations(*place)]


def summands(values: Values, kernel: Values, windows: Sequence[Window]) -> Iterator[list[tuple[Number, Number]]]:
    """Yield, place by place, what is multiplied: (value, weight) for each tap; padding is 0."""
    for taps in met(values.sizes, windows):
        seen = (0 if index is None else values.flat[index] for index in taps)
        yield list(zip(seen, kernel.flat, strict=True))


def correlate(values: Values, kernel: Values, windows: Sequence[Window]) -> Values:
    """Slide a filter over values: y[i, j] = Σ kernel[a, b]·values[i·S − P + a·d, j·S − P + b·d].

    Source: Zhang et al., Dive into Deep Learning, "The Cross-Correlation Operation".

    >>> correlate(Values((3,), (1, 2, 4)), Values((2,), (1, 10)), [Window(2)]).flat
    (21, 42)
    """
    sums = (_sum(value * weight for value, weight in pairs) for pairs in summands(values, kernel, windows))
    return Values(output_sizes(values.sizes, windows), tuple(sums))


def flipped(kernel: Values) -> Values:
    """Return a filter turned around along every axis: correlation with it is true convolution with the filter.

    >>> flipped(Values((2, 2), (0, 1, 2, 3))).flat
    (3, 2, 1, 0)
    """
    return Values(kernel.sizes, kernel.flat[::-1])


def pooled(values: Values, windows: Sequence[Window], *, mean: bool) -> Iterator[tuple[list[Number], int]]:
    """Yield, place by place, what is pooled, and how many values a mean is shared among.

    Padding is passed over by a maximum; in a mean its zeros count, but not what hangs over the end of it.
    """
    limits = [
        (-sides(w.padding).before, size + sides(w.padding).after) for size, w in zip(values.sizes, windows, strict=True)
    ]
    shares = combinations(*map(stops, values.sizes, windows))
    for taps, place in zip(met(values.sizes, windows), shares, strict=True):
        counts = [sum(low <= pixel < high for pixel in axis) for axis, (low, high) in zip(place, limits, strict=True)]
        seen: list[Number] = [values.flat[index] for index in taps if index is not None]
        zeros: list[Number] = [0] * (prod(counts) - len(seen)) if mean else []
        yield seen + zeros, prod(counts)


def pool(values: Values, windows: Sequence[Window], *, mean: bool = False) -> Values:
    """Return the largest, or the mean, of what each window sees. Raises ValueError where a maximum sees only padding.

    Source: CS231n, Pooling Layer; the mean counts the padding's zeros, as PyTorch's AvgPool2d does.

    >>> pool(Values((4,), (1, 5, 2, 0)), [Window(2, stride=2)]).flat
    (5, 2)
    """
    found = pooled(values, windows, mean=mean)
    numbers = (_sum([Fraction(_sum(seen), count)]) if mean else max(seen) for seen, count in found)
    return Values(output_sizes(values.sizes, windows), tuple(numbers))


def as_matrix(kernel: Values, sizes: Sequence[int], windows: Sequence[Window]) -> Matrix:
    """Return the matrix that does to all values at once what the sliding filter does.

    >>> as_matrix(Values((2,), (7, 8)), (3,), [Window(2)]).rows
    ({0: 7, 1: 8}, {1: 7, 2: 8})
    """
    places = met(sizes, windows)
    rows = (
        {index: weight for index, weight in zip(taps, kernel.flat, strict=True) if index is not None} for taps in places
    )
    return Matrix(tuple(rows), prod(sizes))


def _sum(numbers: Sequence[Number] | Iterator[Number]) -> Number:
    total = sum(numbers)
    return total.numerator if total.denominator == 1 else total


def _index(pixel: Sequence[int], sizes: Sequence[int]) -> int | None:
    """Return where a pixel stands row by row, or None outside."""
    found = 0
    for at, size in zip(pixel, sizes, strict=True):
        if not 0 <= at < size:
            return None
        found = found * size + at
    return found
