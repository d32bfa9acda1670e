"""Convolve your own numbers: a lecture's worked example, each output value with its sum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product as combinations
from math import prod
from typing import Any, NamedTuple

from cnncalc.errors import ShapeError, UsageError
from cnncalc.fit import Fit
from cnncalc.volume import MAX_AXES, write_sizes
from cnncalc.window import Rounding, Window, sides, span
from cnncalc.worked.asked import Asked, Pool, read_asked, read_question, require_short, seated
from cnncalc.worked.filters import FILTERS
from cnncalc.worked.rules import Matrix, as_matrix, correlate, met, pool, pooled, summands
from cnncalc.worked.typed import Number
from cnncalc.worked.values import Values, jsonable, write_factor, write_number

_TRIED = 16
"""How many narrower paddings are tried before a window that sees nothing is given up."""


class Sum(NamedTuple):
    """One output value: where it stands, counted from 0, and how it came about."""

    place: tuple[int, ...]
    written: str
    value: Number


class Convolution:
    """A filter or a pooling window on numbers, worked out exactly.

    input    the numbers; with a third level of lists, a grid per channel
    asked    what is done to them
    fit      how the window sits on each grid
    """

    def __init__(self, input: Values, asked: Asked, fit: Fit) -> None:  # noqa: A002 - the spec language's word
        self.input, self.asked, self.fit = input, asked, fit
        channels = len(input.sizes) > len(fit.sizes)
        self._depth = input.sizes[:1] if channels and not asked.pool else (1,) * channels
        self._windows = (*(Window(size) for size in self._depth), *fit.windows)

    def __repr__(self) -> str:
        sizes = (write_sizes(sizes) for sizes in (self.fit.sizes, self.fit.output or ()))
        return f"Convolution({self.asked.operation}: {' → '.join(sizes)})"

    @cached_property
    def values(self) -> Values:
        """The output values, row by row."""
        if self.asked.slid is None:
            return pool(self.input, self._windows, mean=self.asked.pool == "average")
        found = correlate(self.input, self.asked.slid, self._windows)
        return found.shaped(found.sizes[1:]) if self._depth else found  # a filter sums over all channels

    @property
    def output(self) -> Any:
        """The output values, whole numbers or Fractions, in lists of rows."""
        return self.values.nested()

    @property
    def output_shape(self) -> tuple[int, ...]:
        """How many output values there are along each axis; of a pooling, the channels come first."""
        return self.values.sizes

    @property
    def sums(self) -> Iterator[Sum]:
        """Yield each output value with its sum as a lecture writes it."""
        places = combinations(*map(range, self.output_shape))
        for place, written, value in zip(places, self._written(), self.values.flat, strict=True):
            yield Sum(place, written, value)

    def _written(self) -> Iterator[str]:
        if self.asked.slid is not None:
            for pairs in summands(self.input, self.asked.slid, self._windows):
                yield " + ".join(f"{write_factor(value)}·{write_factor(weight)}" for value, weight in pairs)
            return
        for seen, count in pooled(self.input, self._windows, mean=self.asked.pool == "average"):
            if self.asked.pool == "max":
                yield f"max({', '.join(map(write_number, seen))})"
            else:
                yield f"({' + '.join(map(write_factor, seen))})/{count}"

    @cached_property
    def matrix(self) -> Matrix:
        """The same convolution as a sparse matrix. Raises UsageError for a pooling, which has no weights."""
        if self.asked.slid is None:
            message = f"{self.asked.operation} has no weights that a matrix could hold"
            raise UsageError(message, ways_out=("a filter instead of a pooling: --filter blur",))
        return as_matrix(self.asked.slid, self.input.sizes, self._windows)

    @cached_property
    def product(self) -> tuple[Number, ...]:
        """The matrix times the input, written as one column."""
        return self.matrix.times(self.input.flat)

    @property
    def agrees(self) -> bool:
        """Whether the product is the output."""
        return self.product == self.values.flat

    def blind(self) -> bool:
        """Whether a maximum is asked for where there is nothing but padding."""
        places = met(self.input.sizes, self._windows)
        return self.asked.pool == "max" and any(set(taps) == {None} for taps in places)

    def to_dict(self, *, matrix: bool = False) -> dict[str, Any]:
        """Return it as JSON carries it: quotients that are no decimals as text, "1/3"."""
        kernel, windows = self.asked.kernel, self.fit.windows
        answer = {
            "operation": self.asked.operation,
            "input": self.input.to_json(),
            "filter": None if kernel is None else kernel.to_json(),
            "filter_name": self.asked.name,
            "filter_source": None if self.asked.name is None else FILTERS[self.asked.name].source,
            **{name: [_setting(window, name) for window in windows] for name in Window._fields},
            "formula": self.fit.formula,
            "output_shape": list(self.output_shape),
            "output": self.values.to_json(),
            "sums": [{"place": list(one.place), "sum": one.written, "value": jsonable(one.value)} for one in self.sums],
        }  # fmt: skip
        if not matrix:
            return answer
        product = {"product": [jsonable(value) for value in self.product], "product_is_output": self.agrees}
        return {**answer, "matrix": {**self.matrix.to_dict(), **product}}


def convolve(  # noqa: PLR0913 - a window has as many settings
    input: Any,  # noqa: A002 - the spec language's word
    filter: Any,  # noqa: A002 - the lectures' word
    *,
    shape: str | None = None,
    stride: str | int | tuple[int, ...] | None = None,
    padding: str | int | tuple[Any, ...] = 0,
    dilation: str | int | tuple[int, ...] = 1,
    rounding: Rounding | None = None,
    flip: bool = False,
    pool: Pool | None = None,
) -> Convolution:
    """Slide a filter over numbers, exactly; with `flip` true convolution, with `pool` a window without weights.

    input    lists of rows or text: ``[[0,1],[2,3]]``, ``1 2; 3 4``, or a run ``0..8``: a line for a filter that is
             one, else a square. A third level of lists: a grid per channel
    filter   likewise, or a name of `filters.FILTERS`; with `pool` the window's size: 2 or ``2x3``
    shape    the input's sizes, ``3x3``, for numbers in one list
    stride   1; the window's own size for a pooling, as frameworks have it
    Raises UsageError for what is no list of numbers or too long, ShapeError for what does not fit.

    >>> convolve("0..8", [[0, 1], [2, 3]]).output
    [[19, 25], [37, 43]]
    """
    values, asked = read_question(input, filter, shape, read_asked(filter, flip=flip, pool=pool))
    size = write_sizes(asked.window(filter))
    settings = {"kernel_size": size, "stride": asked.stride(stride), "dilation": dilation}
    found = _worked(values, asked, rounding, padding=padding, **settings)
    if found.blind():
        message = "a window sees nothing but padding, which has no maximum"
        paddings = _narrower(found.fit)
        ways_out = (f"padding {less}" for less in paddings if _sees(values, asked, rounding, padding=less, **settings))
        raise ShapeError(message, formula=found.fit.formula, ways_out=(next(ways_out, "pool average"),))
    return found


def _narrower(fit: Fit) -> range:
    """Return paddings worth trying, the widest first: none is as wide as the window."""
    widest = max(max(sides(window.padding)) for window in fit.windows)
    reach = min(span(window.kernel_size, window.dilation) for window in fit.windows)
    now = min(widest, reach) - 1
    return range(now, max(now - _TRIED, -1), -1)


def _worked(values: Values, asked: Asked, rounding: Rounding | None, **settings: Any) -> Convolution:
    """Return the example. Raises ShapeError for a misfit, UsageError for what is too long to follow."""
    sizes = values.sizes[-2:] if len(values.sizes) == MAX_AXES else values.sizes
    fit = seated(sizes, rounding, pool=asked.pool, **settings)
    require_short(fit, grids=prod(values.sizes) // prod(sizes))
    return Convolution(values, asked, fit)


def _sees(values: Values, asked: Asked, rounding: Rounding | None, **settings: Any) -> bool:
    """Whether every window of a variant sees a value."""
    try:
        return not _worked(values, asked, rounding, **settings).blind()
    except ShapeError:
        return False


def _setting(window: Window, name: str) -> int | str:
    """Return a setting as JSON carries it: padding that differs at the two ends is ``before:after``."""
    value = getattr(window, name)
    return value if isinstance(value, int) else str(value)
