"""The rule worked out by hand and the array kernels are written apart; each is the other's judge."""

from __future__ import annotations

from math import inf, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import arrays, correlation
from cnncalc.layers.pool import AvgPool
from cnncalc.tensors.backends import find
from cnncalc.window import Sides, Window, span
from cnncalc.worked.rules import Matrix, as_matrix, correlate, flipped, met, output_sizes, pool
from cnncalc.worked.values import Values

np = pytest.importorskip("numpy")

# Zhang et al., Dive into Deep Learning, 14.10.3, kernel2matrix: the 4 x 9 matrix of a 2 x 2 filter on 3 x 3 values.
D2L_MATRIX = [
    [1, 2, 0, 3, 4, 0, 0, 0, 0],
    [0, 1, 2, 0, 3, 4, 0, 0, 0],
    [0, 0, 0, 1, 2, 0, 3, 4, 0],
    [0, 0, 0, 0, 1, 2, 0, 3, 4],
]


def dense(matrix: Matrix) -> list[list[Any]]:
    """Write the zeros too."""
    return [[row.get(column, 0) for column in range(matrix.columns)] for row in matrix.rows]


def test_the_matrix_of_the_book() -> None:
    """Entry by entry, and its product with 0..8 as the book prints it."""
    matrix = as_matrix(Values((2, 2), (1, 2, 3, 4)), (3, 3), [Window(2)] * 2)
    assert dense(matrix) == D2L_MATRIX
    assert matrix.times(range(9)) == (27, 37, 57, 67)


def test_36_of_144() -> None:
    """A 2 x 2 filter on 4 x 4: 9 rows of 4 weights in 16 columns, the same 4 again and again."""
    matrix = as_matrix(Values((2, 2), (1, 2, 3, 4)), (4, 4), [Window(2)] * 2)
    assert (matrix.held, matrix.entries, matrix.nonzero, matrix.distinct) == (36, 144, 36, 4)
    assert as_matrix(Values((2, 2), (0, 1, 2, 3)), (4, 4), [Window(2)] * 2).nonzero == 27


@st.composite
def seatings(draw: st.DrawFn, *, most: int = 4) -> tuple[tuple[int, ...], tuple[Window, ...]]:
    """Return sizes of one to three axes and windows that fit into them, padding included."""
    sizes, windows = [], []
    for _ in range(draw(st.integers(1, 3))):
        kernel, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        padding = Sides(draw(st.integers(0, 2)), draw(st.integers(0, 2)))
        reach = span(kernel, dilation)
        size = draw(st.integers(max(1, reach - padding.before - padding.after), reach + most))
        rounding = draw(st.sampled_from(["floor", "ceil"]))
        sizes.append(size)
        windows.append(Window(kernel, draw(st.integers(1, 3)), padding, dilation, rounding))
    return tuple(sizes), tuple(windows)


def numbers(draw: st.DataObject, sizes: tuple[int, ...]) -> Values:
    """Return small whole numbers, which float64 holds exactly."""
    return Values(sizes, tuple(draw.draw(st.lists(st.integers(-9, 9), min_size=prod(sizes), max_size=prod(sizes)))))


def laid(values: Values) -> Any:
    """Return an array (1, 1, …)."""
    return np.asarray(values.flat, dtype=np.float64).reshape((1, 1, *values.sizes))


@given(seatings(), st.data())
def test_correlation_is_the_array_kernels(seated: Any, data: st.DataObject) -> None:
    """One to three axes, strides, uneven padding, dilation, floor and ceil; the matrix gives the same again."""
    sizes, windows = seated
    x, kernel = numbers(data, sizes), numbers(data, tuple(window.kernel_size for window in windows))
    found = correlate(x, kernel, windows)
    y = correlation.correlate(find(), laid(x), laid(kernel), None, windows)
    assert found.sizes == y.shape[2:]
    assert list(found.flat) == y.flatten().tolist()
    assert as_matrix(kernel, sizes, windows).times(x.flat) == found.flat


@given(seatings(), st.data())
def test_pooling_is_the_array_kernels(seated: Any, data: st.DataObject) -> None:
    """Maximum and mean, over the same windows; a window on padding alone has no maximum."""
    sizes, windows = seated
    x = numbers(data, sizes)
    names = ("kernel_size", "stride", "padding", "dilation")
    settings: Any = {name: tuple(getattr(window, name) for window in windows) for name in names}
    if len({window.rounding for window in windows}) == 1:
        means = AvgPool(**settings, rounding=windows[0].rounding).forward(find(), laid(x), {})
        assert list(map(float, pool(x, windows, mean=True).flat)) == pytest.approx(means.flatten().tolist(), abs=1e-12)
    tops = arrays.sweep(find(), laid(x), windows, "maximum", -inf).flatten().tolist()
    if any(set(taps) == {None} for taps in met(sizes, windows)):
        assert -inf in tops
        with pytest.raises(ValueError, match="empty"):
            pool(x, windows)
    else:
        assert list(pool(x, windows).flat) == tops
        assert pool(x, windows).sizes == output_sizes(sizes, windows)


@given(st.lists(st.integers(-99, 99), min_size=1, max_size=12), st.data())
def test_flipped_is_the_mathematicians_convolution(kernel: list[int], data: st.DataObject) -> None:
    """Correlation with the flipped filter is numpy.convolve, which is true convolution."""
    values = data.draw(st.lists(st.integers(-99, 99), min_size=len(kernel), max_size=20))
    slid = flipped(Values((len(kernel),), tuple(kernel)))
    found = correlate(Values((len(values),), tuple(values)), slid, [Window(len(kernel))])
    assert list(found.flat) == np.convolve(values, kernel, mode="valid").tolist()
