"""Does the stride fit? The sums, the words, and ways out that were tried: each is tried once more here, by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc import check
from cnncalc.errors import UsageError
from cnncalc.fit import Fit
from cnncalc.volume import write_sizes
from cnncalc.window import Sides, Window

CHECKED = [  # source                                    input        F   S  P  fits   exact   floor     ceil      lost
    ("CS231n, 7x7 input, 3x3 filter, stride 1", "7x7", 3, 1, 0, True, "5", [5, 5], [5, 5], [0, 0]),
    ("CS231n, stride 2", "7x7", 3, 2, 0, True, "3", [3, 3], [3, 3], [0, 0]),
    ("CS231n, stride 3: 2.33", "7x7", 3, 3, 0, False, "7/3", [2, 2], [3, 3], [1, 1]),
    ("AlexNet's printed 224: 54.25", "224x224x3", 11, 4, 0, False, "217/4", [54, 54], [55, 55], [1, 1]),
    ("AlexNet's 227", "227x227x3", 11, 4, 0, True, "55", [55, 55], [55, 55], [0, 0]),
    ("torchvision's AlexNet, padding 2", "224x224x3", 11, 4, 2, False, "221/4", [55, 55], [56, 56], [0, 0]),
    ("CS231n, 10 5x5 filters, stride 1, pad 2", "32x32x3", 5, 1, 2, True, "32", [32, 32], [32, 32], [0, 0]),
    ("CS231n notes: W = 10, F = 3, S = 2: 4.5", "10", 3, 2, 0, False, "9/2", [4], [5], [1]),
    ("PyTorch MaxPool2d(1, 2, ceil_mode=True)", "10x10", 1, 2, 0, False, "11/2", [5, 5], [5, 5], [1, 1]),
    ("a sequence", "100", 5, 5, 0, True, "20", [20], [20], [0]),
]


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row[0])
def test_checked_by_hand(row: Any) -> None:
    """Fits or not, the exact quotient, what floor and ceil give and the pixels lost, as JSON carries them."""
    _, size, kernel, stride, padding, fits, exact, floor, ceil, lost = row
    told = check(input=size, kernel_size=kernel, stride=stride, padding=padding).to_dict()
    keys = {"fits": fits, "exact": exact, "floor": floor, "ceil": ceil, "lost": lost, "output": floor if fits else None}
    assert keys.items() <= told.items()
    assert bool(told["ways_out"]) is not fits


def test_alexnet_at_224_is_offered_227() -> None:
    """The paper's 224 does not fit; the sum shows 54.25 and the nearest sizes, padding, stride and filter that do."""
    fit = check(input="224x224x3", kernel_size=11, stride=4)
    assert fit.formula == "(W − F + 2·P)/S + 1 = (224 − 11 + 2·0)/4 + 1 = 54.25"
    assert fit.ways_out == (
        *("input 227x227 → 55x55", "input 223x223 → 54x54", "padding 1:2 → 55x55", "stride 3 → 72x72"),
        *("filter 12 → 54x54", "rounding: floor → 54x54, drops 1 pixel"),
    )
    assert fit.losses() == "the last row and the last column of pixels are never read"
    assert fit.inventions() == "the last window reads 3 rows and 3 columns that are not there"
    assert fit.axes_left_over() == "height and width"


def test_axes_that_differ_are_told_apart() -> None:
    """A rectangular input has a sum and a quotient per axis, and only the axis at fault is named."""
    fit = check(input="12x13x64", kernel_size=2, stride=2)
    assert fit.formula.splitlines() == [
        "(H − F + 2·P)/S + 1 = (12 − 2 + 2·0)/2 + 1 = 6",
        "(W − F + 2·P)/S + 1 = (13 − 2 + 2·0)/2 + 1 = 6.5",
    ]
    assert fit.to_dict()["exact"] == ["6", "13/2"]
    assert (fit.axes_left_over(), fit.losses()) == ("width", "the last column of pixels is never read")


WORDS = [  # axes  lost in words                                                         kernel, stride, padding, input
    ("the last 2 rows and the last 2 columns of pixels are never read", 1, 3, 0, "6x6"),
    ("the last pixel is never read", 3, 2, 0, "8"),
    ("the last slice and the last row and the last column of pixels are never read", "3x3x3", 3, 0, "7x7x7"),
    ("only padding is left over: every pixel is in reach", 11, 4, 2, "224x224x3"),
    ("nothing is lost", 2, 2, 0, "8x8"),
]


@pytest.mark.parametrize(("words", "kernel", "stride", "padding", "size"), WORDS)
def test_losses_in_words(words: str, kernel: Any, stride: int, padding: int, size: str) -> None:
    """What floor never reads is told in rows and columns."""
    assert check(input=size, kernel_size=kernel, stride=stride, padding=padding).losses() == words


@pytest.mark.parametrize(("size", "kernel", "stride", "words"), [
    ("8", 3, 2, "the last window reads 1 pixel that is not there"),
    ("7", 3, 3, "the last window reads 2 pixels that are not there"),
    ("8x9", 3, 2, "the last window reads 1 row that is not there"),
    ("9x8", 3, 2, "the last window reads 1 column that is not there"),
    ("8x8", 3, 2, "the last window reads 1 row and 1 column that are not there"),
    ("7", 1, 4, "the last 2 pixels are never read"),
    ("8", 1, 4, "the last 3 pixels are never read"),
    ("8x9", 3, 2, "the last row of pixels is never read"),
    ("9x7", 1, 4, "the last 2 columns of pixels are never read"),
])  # fmt: skip
def test_one_and_many(size: str, kernel: int, stride: int, words: str) -> None:
    """One is, two are, whichever axis they lie on."""
    fit = check(input=size, kernel_size=kernel, stride=stride)
    assert words in {fit.losses(), fit.inventions()}


def test_no_answer_is_below_zero() -> None:
    """A filter far larger than its input has no place; JSON says 0, not -3."""
    told = check(input="3x9", kernel_size=7).to_dict()
    assert (told["fits"], told["output"], told["floor"], told["ceil"]) == (False, None, [0, 3], [0, 3])


def tiles(size: int, window: Window) -> bool:
    """Whether windows placed one stride apart end exactly at the padded axis' end: no rule, only steps."""
    before, after = window.padding if isinstance(window.padding, Sides) else (window.padding, window.padding)
    end = 1 + (window.kernel_size - 1) * window.dilation
    while end < before + size + after:
        end += window.stride
    return end == before + size + after


SETTINGS = st.builds(
    Window, st.integers(1, 7), st.integers(1, 6), st.integers(0, 3), st.integers(1, 3), st.just("exact")
)
WAY_OUT = re.compile(r"(?P<knob>input|padding|stride|filter) (?P<value>[0-9x:]+) → (?P<output>[0-9x]+)")
FIELDS = {"padding": "padding", "stride": "stride", "filter": "kernel_size"}


@settings(max_examples=600, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=3), SETTINGS)
def test_every_way_out_works(sizes: list[int], window: Window) -> None:
    """Each way out, read back from its words, fits when its windows are placed step by step."""
    fit = Fit(tuple(sizes), (window,) * len(sizes))
    assert fit.fits is all(tiles(size, window) for size in sizes)
    assert bool(fit.ways_out) is not fit.fits
    for way_out in fit.ways_out:
        if way_out.startswith("rounding: floor → "):
            assert way_out.split()[3].rstrip(",") == write_sizes(fit.floor)
            continue
        match = WAY_OUT.fullmatch(way_out)
        assert match, way_out
        new_sizes, changed = sizes, window
        if match["knob"] == "input":
            new_sizes = [int(size) for size in match["value"].split("x")]
        else:
            value = [int(part) for part in match["value"].split(":")]
            changed = window._replace(**{FIELDS[match["knob"]]: value[0] if len(value) == 1 else Sides(*value)})
        assert all(tiles(size, changed) for size in new_sizes), way_out
        assert match["output"] == write_sizes(changed.places(size) for size in new_sizes)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 30), SETTINGS)
def test_the_inputs_offered_are_the_nearest(size: int, window: Window) -> None:
    """No input between the one at hand and those offered would fit."""
    fit = Fit((size,), (window,))
    assume(not fit.fits)
    offered = [int(way_out.split()[1]) for way_out in fit.ways_out if way_out.startswith("input")]
    above = next(near for near in range(size + 1, size + 100) if tiles(near, window))
    below = next((near for near in range(size - 1, 0, -1) if tiles(near, window)), None)
    assert set(offered) == {above, below} - {None}


def test_check_spreads_what_users_write() -> None:
    """Text and numbers, one value or one per axis, come to the same fit; channels are no axis."""
    square = check(input="227x227x3", kernel_size=11, stride=4).to_dict()
    for kernel in ("11", 11, "11x11", (11, 11)):
        assert check(input="227x227", kernel_size=kernel, stride="4").to_dict() == square
    assert check(input=227, kernel_size=11, stride=4).floor == (55,)
    assert check(input=(227, 227), kernel_size=11, stride=4).to_dict() == square
    assert check(input="7x9", kernel_size="3x5", padding="1:2x0").windows == (Window(3, 1, Sides(1, 2)), Window(5))
    assert check(input="8x8x8x3", kernel_size=2, stride=2).floor == (4, 4, 4)
    assert check(input="8x8x8", kernel_size="2x2x2", stride=2).floor == (4, 4, 4)


@pytest.mark.parametrize(("padding", "sides"), [
    ("valid", 0), ("same", Sides(2, 3)), ("same_upper", Sides(2, 3)), ("same_lower", Sides(3, 2)),
])  # fmt: skip
def test_check_knows_the_frameworks_words(padding: str, sides: Any) -> None:
    """`same` keeps 224/2 places under a 7x7 filter with 2 zeros before and 3 behind, as Keras pads ResNet's conv1."""
    fit = check(input="224x224x3", kernel_size=7, stride=2, padding=padding)
    assert {window.padding for window in fit.windows} == {sides}
    assert padding == "valid" or fit.output == (112, 112)


def test_check_wants_as_many_values_as_axes() -> None:
    """Values for two axes do not spread over one, and no input has four axes."""
    for refused in ({"input": "7", "kernel_size": "3x5"}, {"input": "7x7x7x7x7", "kernel_size": 3}):
        with pytest.raises(UsageError):
            check(**refused)
