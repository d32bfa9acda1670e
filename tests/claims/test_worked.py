"""Worked examples: the figures of the books, and brute force."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.claims.worked import correlate, pool, read_number, read_rows
from cnncalc.errors import CnncalcError


def test_dive_into_deep_learning_figure_7_2_1() -> None:
    """Input 0 to 8, kernel 0 to 3: 19, 25, 37, 43."""
    assert correlate(read_rows("0 1 2 / 3 4 5 / 6 7 8", "values"), read_rows("0 1 / 2 3", "kernel")) == (
        (19, 25),
        (37, 43),
    )


def test_cs231n_max_pooling() -> None:
    """The 4x4 slice of the pooling slide: 6 8 3 4; its means are 3.25, 5.25, 2, 2."""
    values = read_rows("1 1 2 4 / 5 6 7 8 / 3 2 1 0 / 1 2 3 4", "values")
    assert pool(values, kernel_size=2) == ((6, 8), (3, 4))
    assert pool(values, kernel_size=2, kind="mean") == ((Fraction(13, 4), Fraction(21, 4)), (2, 2))


SMALL = st.integers(min_value=-9, max_value=9)


@given(st.data())
def test_against_brute_force(data: st.DataObject) -> None:
    """NumPy's windows say the same, whatever the sizes, stride and padding."""
    high, wide, kernel, stride, padding = (
        data.draw(st.integers(low, 5), label=label)
        for low, label in ((2, "high"), (1, "wide"), (1, "kernel"), (1, "stride"), (0, "padding"))
    )
    values = np.array(data.draw(st.lists(SMALL, min_size=high * wide, max_size=high * wide))).reshape(high, wide)
    weights = np.array(data.draw(st.lists(SMALL, min_size=kernel**2, max_size=kernel**2))).reshape(kernel, kernel)
    padded = np.pad(values, padding)
    rows = tuple(map(tuple, values.tolist())), tuple(map(tuple, weights.tolist()))
    if min(padded.shape) < kernel:
        with pytest.raises(CnncalcError, match="does not fit"):
            correlate(*rows, stride=stride, padding=padding)
        return
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel))[::stride, ::stride]
    expected = (windows * weights).sum(axis=(2, 3))
    assert np.array(correlate(*rows, stride=stride, padding=padding)).tolist() == expected.tolist()
    if not padding:
        assert np.array(pool(rows[0], kernel_size=kernel, stride=stride)).tolist() == windows.max(axis=(2, 3)).tolist()


@pytest.mark.parametrize(
    ("text", "value"), [("0.01", Fraction(1, 100)), ("-1", -1), ("1.80", Fraction(9, 5)), ("2.0", 2), ("1e2", 100)]
)
def test_numbers_are_exact(text: str, value: Any) -> None:
    """No float is in between."""
    assert read_number(text, "values") == value


@pytest.mark.parametrize(
    "value", ["", "1 2 / 3", "one", "1e99999", "nan", "Infinity", [[True]], [[]], [], {}, 5, None, [[1], [2, 3]], "0x1"]
)
def test_what_is_no_example(value: Any) -> None:
    """Each is refused in a sentence."""
    with pytest.raises(CnncalcError) as error:
        read_rows(value, "values")
    assert error.value.code == "bad-value"


def test_too_much_is_refused() -> None:
    """A slide has a dozen numbers."""
    with pytest.raises(CnncalcError, match="more than 1,024 numbers"):
        read_rows([[1] * 1025], "values")
    wide = read_rows([[1] * 32] * 32, "values")
    with pytest.raises(CnncalcError, match="more than 20,000 products"):
        correlate(wide, read_rows([[1] * 16] * 16, "kernel"))
