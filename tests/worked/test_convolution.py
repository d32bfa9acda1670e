"""`cnncalc.convolve`: the worked examples of lectures and books, value by value, and what does not fit."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc import convolve
from cnncalc.errors import AxesMisfit, CnncalcError, FilterTooLarge, ShapeError, StrideMisfit, UsageError, VolumeMisfit
from cnncalc.volume import write_sizes
from cnncalc.worked.asked import MOST_PRODUCTS
from cnncalc.worked.filters import FILTERS

# Zhang et al., Dive into Deep Learning (D2L); CS231n notes; CS7015 and CS109 decks. What comes out, as printed there.
WORKED: list[tuple[str, Any, Any, dict[str, Any], Any]] = [
    # source                        input       filter              settings                output
    ("D2L 7.2.1", "0..8", [[0, 1], [2, 3]], {}, [[19, 25], [37, 43]]),
    ("D2L 7.2.3, 1 where it turns dark", [[1, 1, 0, 0, 0, 0, 1, 1]] * 6, [[1, -1]], {}, [[0, 1, 0, 0, 0, -1, 0]] * 6),
    ("D2L 7.4.1", [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]],
     [[[0, 1], [2, 3]], [[1, 2], [3, 4]]], {}, [[56, 72], [104, 120]]),
    ("D2L 14.10.3", "0..8", "1 2; 3 4", {}, [[27, 37], [57, 67]]),
    ("D2L 16.3.1, in one dimension", "0..6", "1 2", {}, [2, 5, 8, 11, 14, 17]),
    ("D2L 7.5.1", "0..8", "2", {"pool": "max", "stride": 1}, [[4, 5], [7, 8]]),
    ("D2L 7.5.1", "0..8", "2x2", {"pool": "average", "stride": 1}, [[2, 3], [5, 6]]),
    ("D2L 7.5.2", "0..15", 3, {"pool": "max", "rounding": "floor"}, [[10]]),
    ("D2L 7.5.2", "0..15", 3, {"pool": "max", "stride": 2, "padding": 1, "rounding": "floor"}, [[5, 7], [13, 15]]),
    ("D2L 7.5.2", "0..15", "2x3", {"pool": "max", "padding": "0x1"}, [[5, 7], [13, 15]]),
    ("D2L 7.5.2", "0..15", (2, 3), {"pool": "max", "stride": (2, 3), "padding": (0, 1)}, [[5, 7], [13, 15]]),
    ("D2L 7.5.3, channels", [[[0, 1], [2, 3]], [[1, 2], [3, 4]]], 2, {"pool": "max"}, [[[3]], [[4]]]),
    ("CS231n, max pooling", "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4", 2, {"pool": "max"}, [[6, 8], [3, 4]]),
    ("the issue's: true convolution", "0..8", "0..3", {"flip": True}, [[5, 11], [23, 29]]),
    ("a ramp grows by 8 per pixel", "0 1 2; 0 1 2; 0 1 2", "sobel-x", {}, [[8]]),
    ("and not downwards", "0 1 2; 0 1 2; 0 1 2", "sobel-y", {}, [[0]]),
    ("the mean of 0..8", "0..8", "blur", {}, [[4]]),
    ("CS7015: the lecture's ones", "0..8", "box", {}, [[36]]),
    ("CS7015: sharpen", "0 0 0; 0 1 0; 0 0 0", "sharpen", {}, [[5]]),
    ("CS7015: edge", "0 0 0; 0 1 0; 0 0 0", "edge", {}, [[-8]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "given", "kernel", "settings", "output"), WORKED, ids=[f"{row[0]} {row[3]}" for row in WORKED]
)
def test_worked_examples(source: str, given: Any, kernel: Any, settings: dict[str, Any], output: Any) -> None:  # noqa: ARG001 - the row's name
    """As printed; the matrix, where there is one, gives the same."""
    found = cnncalc.convolve(given, kernel, **settings)
    assert found.output == output
    assert "pool" in settings or found.agrees


def test_a_weighted_average_is_exact() -> None:
    """The weights of CS7015's moving average, which add up to 1, on a ramp of tenths: no 1.8110000000000002."""
    weights = "0.01 0.01 0.02 0.02 0.04 0.4 0.5"
    found = cnncalc.convolve("1.0 1.1 1.2 1.4 1.7 1.8 1.9", weights)
    assert found.output == [Fraction(1811, 1000)]  # .01 + .011 + .024 + .028 + .068 + .72 + .95
    assert [one.written for one in found.sums] == [
        "1·0.01 + 1.1·0.01 + 1.2·0.02 + 1.4·0.02 + 1.7·0.04 + 1.8·0.4 + 1.9·0.5"
    ]
    assert cnncalc.convolve([1] * 12, weights).output == [1] * 6
    assert cnncalc.convolve([1] * 12, weights).fit.formula == "(W − F + 2·P)/S + 1 = (12 − 7 + 2·0)/1 + 1 = 6"


def test_sums_read_like_the_lecture() -> None:
    """Products in the filter's order; negative numbers in brackets; a mean over its count; padding's zeros count."""
    assert next(cnncalc.convolve("0..8", "0..3").sums).written == "0·0 + 1·1 + 3·2 + 4·3"
    assert [one.written for one in cnncalc.convolve([-1, 2], [1, -3]).sums] == ["(−1)·1 + 2·(−3)"]
    assert [one.written for one in cnncalc.convolve([3, 5], 2, pool="max", padding=1).sums] == ["max(3)", "max(5)"]
    assert [one.written for one in cnncalc.convolve([3, -5], 2, pool="average", padding=1).sums] == [
        "(3 + 0)/2",
        "((−5) + 0)/2",
    ]


def test_names() -> None:
    """Every named filter stands for its weights: a blur keeps brightness, an edge filter finds none in a plane."""
    sums = {name: sum(one.values().flat) for name, one in FILTERS.items()}
    assert sums == {
        "identity": 1, "blur": 1, "box": 9, "gaussian": 1, "sharpen": 1, "edge": 0, "sobel-x": 0, "sobel-y": 0,
    }  # fmt: skip
    assert all(cnncalc.convolve([[7] * 3] * 3, name).output == [[7 * total]] for name, total in sums.items())
    assert cnncalc.convolve("0..8", "identity", padding=1).output == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_shapes() -> None:
    """A run is a line for a filter that is one, a square otherwise, and whatever --shape says."""
    assert cnncalc.convolve("0..8", "1 1").output_shape == (8,)
    assert cnncalc.convolve("0..9", "0..1").output_shape == (9,)
    assert cnncalc.convolve("0..11", "0..3", shape="3x4").output_shape == (2, 3)
    assert cnncalc.convolve("0 1 2 3 4 5", "1", shape="6", pool="max").output_shape == (6,)
    assert cnncalc.convolve("0..6", 7, pool="max").output == [6]
    assert cnncalc.convolve("0..23", "[[[1,1]],[[1,1]]]", shape="2x3x4").output_shape == (3, 3)
    assert repr(cnncalc.convolve("0..8", "0..3")) == "Convolution(cross-correlation: 3x3 → 2x2)"


def test_roundings() -> None:
    """Floor drops, ceil hangs over with zeros, `same` is ⌈W/S⌉ by definition."""
    assert cnncalc.convolve("1 2 3 4", "1 1 1", stride=2, rounding="floor").output == [6]
    assert cnncalc.convolve("1 2 3 4", "1 1 1", stride=2, rounding="ceil").output == [6, 7]
    assert cnncalc.convolve("1 2 3 4", 3, pool="average", stride=2, rounding="ceil").output == [2, Fraction(7, 2)]
    assert cnncalc.convolve("1 2 3 4 5", "1 2", stride=3, padding="same").output_shape == (2,)
    assert cnncalc.convolve("1 2 3", "1 1", padding="1:0", dilation=2).output == [2, 4]


REFUSED: list[tuple[Any, Any, dict[str, Any], type[CnncalcError], str]] = [
    ("0..48", "edge", {"stride": 3}, StrideMisfit, "(7 − 3 + 2·0)/3 + 1 = 2.33"),
    ("0..3", "blur", {}, FilterTooLarge, "(2 − 3 + 2·0)/1 + 1 = 0"),
    ("0..3", "blur", {"rounding": "floor"}, FilterTooLarge, "larger than the padded input"),
    ("0..8", "2", {"pool": "max", "stride": 1, "padding": 3}, ShapeError, "ways out: padding 1"),
    ("0..15", "0..3", {"stride": 2, "dilation": 10**9}, FilterTooLarge, "ways out: dilation 1 → 2x2"),
    ("0..15", "0..3", {"stride": 4, "dilation": 10**9}, FilterTooLarge, "ways out: dilation 1 and input 6x6 → 2x2"),
    ("1 2 3", "1; 1", {}, AxesMisfit, "2 (2x1) axes of numbers, the input 1 (3)"),
    ([[[1]]], [[[1]], [[1]]], {}, VolumeMisfit, "the filter has 2 channels, the input 1"),
    ("0..8", "2x2x2", {"pool": "max"}, UsageError, "no square"),
    ("0..9", "blur", {}, UsageError, "--shape 2x5"),
    ("0..8", "0..2", {"shape": "3x3"}, UsageError, "the filter is a run of 3 values"),
    ("0..8", "1", {"shape": "2x4"}, UsageError, "2x4 is 8 values, and there are 9"),
    ("0..8", "1", {"shape": "3x3x1x1"}, UsageError, "at most 3 sizes, not 4"),
    ("0..8", "1", {"shape": "3by3"}, UsageError, "shape '3by3'"),
    ("0..8", "blurr", {}, UsageError, "ways out: blur"),
    ("0..8", "zzz", {}, UsageError, "identity · blur"),
    ("0..8", "two", {"pool": "max"}, UsageError, "filter 'two'"),
    ("0..8", 2, {"pool": "min"}, UsageError, "'min' is none of max, average"),
    ("0..8", 2, {"pool": "max", "flip": True}, UsageError, "nothing to flip"),
    ("0..8", "0..3", {"rounding": "up"}, UsageError, "'up' is none of exact, floor, ceil"),
    ("0..8", "0..3", {"padding": 10**9}, UsageError, "65,536 products"),
    ("0..8", "0..3", {"padding": -1}, UsageError, "padding must be"),
    ("0..8", "0..3", {"stride": 0}, UsageError, "stride must be"),
    ("0..8", "0..3", {"dilation": "1x1x1"}, CnncalcError, "3"),
]


@pytest.mark.parametrize(
    ("given", "kernel", "settings", "kind", "words"), REFUSED, ids=[words for *_, words in REFUSED]
)
def test_what_is_refused(
    given: Any, kernel: Any, settings: dict[str, Any], kind: type[CnncalcError], words: str
) -> None:
    """With the verdict of `check` where a window does not fit, and a way out everywhere."""
    with pytest.raises(kind) as caught:
        cnncalc.convolve(given, kernel, **settings)
    assert words in str(caught.value)
    assert caught.value.ways_out


def test_ways_out_work() -> None:
    """The padding that is offered for a maximum of nothing is the widest that sees something everywhere."""
    for padding in (2, 3, 7, 60):
        with pytest.raises(ShapeError, match="nothing but padding") as caught:
            cnncalc.convolve("0..8", 2, pool="max", stride=1, padding=padding)
        assert caught.value.ways_out == ("padding 1",)
    assert cnncalc.convolve("0..8", 2, pool="max", stride=1, padding=1).output_shape == (4, 4)
    with pytest.raises(
        ShapeError
    ) as caught:  # one tap before the only value, one behind it, at every padding that fits
        cnncalc.convolve("5", 2, pool="max", stride=1, dilation=2, padding=1)
    assert caught.value.ways_out == ("pool average",)


def test_the_limit_is_the_limit() -> None:
    """As many products as are allowed, and not one row more."""
    side = 256
    assert side * 256 == MOST_PRODUCTS
    assert cnncalc.convolve([1] * 511, [1] * 256).output == [256] * 256
    with pytest.raises(UsageError, match="257 places of 256 values each"):
        cnncalc.convolve([1] * 512, [1] * 256)


def test_json() -> None:
    """All that was asked and answered; a pooling has no filter and no matrix."""
    told = cnncalc.convolve("0..15", "1 2; 3 4", flip=True).to_dict(matrix=True)
    assert (told["operation"], told["filter"], told["output_shape"]) == ("convolution", [[1, 2], [3, 4]], [3, 3])
    assert (told["kernel_size"], told["padding"], told["rounding"]) == ([2, 2], [0, 0], ["exact", "exact"])
    assert cnncalc.convolve("1 2", "1 1", padding="1:0").to_dict()["padding"] == ["1:0"]
    assert told["sums"][0] == {"place": [0, 0], "sum": "0·4 + 1·3 + 4·2 + 5·1", "value": 16}
    matrix = told["matrix"]
    assert (matrix["shape"], matrix["held"], matrix["entries"], matrix["distinct"]) == ([9, 16], 36, 144, 4)
    assert (matrix["product_is_output"], matrix["rows"][0]) == (True, {"0": 4, "1": 3, "4": 2, "5": 1})
    thirds = cnncalc.convolve("0.5 1", "1/3 1/3").to_dict()
    assert (thirds["input"], thirds["filter"], thirds["output"]) == ([0.5, 1], ["1/3", "1/3"], [0.5])
    named = cnncalc.convolve("0..8", "blur").to_dict()
    assert (named["filter_name"], "CS7015" in named["filter_source"]) == ("blur", True)
    pooling = cnncalc.convolve("0..8", 3, pool="average")
    assert pooling.to_dict()["filter"] is None
    with pytest.raises(UsageError, match="average pooling has no weights"):
        pooling.to_dict(matrix=True)


@given(st.integers(2, 9), st.integers(2, 6), st.integers(0, 1), st.sampled_from(["max", "average"]))
def test_the_ways_out_of_a_pooling_were_tried(size: int, window: int, padding: int, pool: Any) -> None:
    """A pooling steps by its own size, also by that of a window which is offered."""
    rows = [[1] * size] * size
    try:
        convolve(rows, window, pool=pool, padding=padding)
    except ShapeError as error:
        for way in error.ways_out:
            if found := re.fullmatch("(filter|stride|padding) ([0-9]+) → ([0-9x]+)", way):
                settings = {"filter": window, "padding": padding} | {found[1]: int(found[2])}
                assert write_sizes(convolve(rows, pool=pool, **settings).output_shape) == found[3]
