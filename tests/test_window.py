"""The window rules against brute force: every window is placed pixel by pixel, every stamp is laid down."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.field import Field
from cnncalc.view import View, adaptive_taps, adaptive_view
from cnncalc.window import (
    Sides,
    TransposedWindow,
    Window,
    both_sides,
    same_padding,
    sides,
    slide,
    slide_over,
    span,
    travel,
)

MANY = settings(max_examples=600, deadline=None)

SIZES = st.integers(1, 24)
KERNELS, STRIDES, DILATIONS = st.integers(1, 7), st.integers(1, 6), st.integers(1, 4)
PADDINGS = st.integers(0, 5) | st.builds(Sides, st.integers(0, 5), st.integers(0, 5))
WINDOWS = st.builds(Window, KERNELS, STRIDES, PADDINGS, DILATIONS, st.just("exact"))

SPATIAL_ARRANGEMENT = [  # source                               W    F   S  P   the formula   fits
    ("CS231n, 7x7 input, 3x3 filter, stride 1", 7, 3, 1, 0, 5, True),
    ("CS231n, 7x7 input, 3x3 filter, stride 2", 7, 3, 2, 0, 3, True),
    ("CS231n, 7x7 input, 3x3 filter, stride 3: 2.33", 7, 3, 3, 0, "7/3", False),
    ("CS231n, zero pad the border", 7, 3, 1, 1, 7, True),
    ("CS231n, zero padding (F - 1)/2, F = 5", 7, 5, 1, 2, 7, True),
    ("CS231n, zero padding (F - 1)/2, F = 7", 7, 7, 1, 3, 7, True),
    ("CS231n, Remember back to: 32 -> 28", 32, 5, 1, 0, 28, True),
    ("CS231n, Remember back to: 28 -> 24", 28, 5, 1, 0, 24, True),
    ("CS231n, 10 5x5 filters, stride 1, pad 2", 32, 5, 1, 2, 32, True),
    ("CS231n, Live convolution demo", 5, 3, 2, 1, 3, True),
    ("CS231n notes: W = 10, P = 0, F = 3, S = 2 gives 4.5", 10, 3, 2, 0, "9/2", False),
    ("CS231n notes, real-world example: Krizhevsky et al.", 227, 11, 4, 0, 55, True),
    ("CS231n notes: the paper's 224 is clearly not an integer", 224, 11, 4, 0, "217/4", False),
    ("CS109, AlexNet pool1", 55, 3, 2, 0, 27, True),
    ("CS109, AlexNet pool2", 27, 3, 2, 0, 13, True),
    ("CS109, AlexNet pool3", 13, 3, 2, 0, 6, True),
]


@pytest.mark.parametrize(("source", "size", "kernel", "stride", "padding", "places", "fits"), SPATIAL_ARRANGEMENT)
def test_the_lectures_sums(  # noqa: PLR0913 - the columns of the lecture
    source: str, size: int, kernel: int, stride: int, padding: int, places: Any, *, fits: bool
) -> None:
    """(W - F + 2P)/S + 1 gives what the lectures print, as a fraction where the stride does not fit."""
    window = Window(kernel, stride, padding)
    assert str(window.exact(size)) == str(places), source
    assert (window.leftover(size) == 0) is fits
    assert not fits or window.places(size) == places


def starts(size: int, window: Window, *, hang_over: bool = False) -> list[int]:
    """Place a window by hand: where its first tap stands, counted from the start of the padding.

    Without `hang_over` all taps lie in the padded axis. With it one more follows as long as the window
    before leaves pixels over, if it starts inside the image or the padding before it.
    """
    before, after = sides(window.padding)
    length = before + size + after
    found: list[int] = []
    start = 0
    while True:
        taps = [start + tap * window.dilation for tap in range(window.kernel_size)]
        inside = taps[-1] < length
        wanted = taps[-1] + 1 - window.stride < length and start < before + size
        if not (inside or (hang_over and wanted)):
            return found
        found.append(start)
        start += window.stride


@MANY
@given(SIZES, WINDOWS)
def test_floor_places_are_those_that_can_be_placed(size: int, window: Window) -> None:
    """Under floor and exact, as many values come out as windows whose every tap lies on the padded axis."""
    found = starts(size, window)
    assert max(window.places(size), 0) == len(found)
    assert window._replace(rounding="floor").places(size) == window.places(size)
    if found:
        before, after = sides(window.padding)
        read = found[-1] + (window.kernel_size - 1) * window.dilation
        assert window.leftover(size) == before + size + after - 1 - read


@MANY
@given(SIZES, WINDOWS)
def test_ceil_places_hang_over_the_edge(size: int, window: Window) -> None:
    """Under ceil one more window is placed if pixels are left over and it starts before the image's end."""
    found = starts(size, window, hang_over=True)
    assert max(window._replace(rounding="ceil").places(size), 0) == len(found)
    fitting = starts(size, window)
    assert found[: len(fitting)] == fitting
    assert found == fitting or found[-1] < sides(window.padding).before + size
    assert window.leftover(size) > 0 or found == fitting or not fitting


def test_ceil_changes_nothing_that_fits() -> None:
    """A stride that leaves nothing over gives the same places under every rounding: SqueezeNet's 1x1 filter, pad 1."""
    window = Window(1, 1, 1)
    assert window.leftover(13) == 0
    assert window._replace(rounding="ceil").places(13) == window.places(13) == 15


RIVALS = [  # source                                                         F  S  W   places
    ("PyTorch MaxPool2d(1, 2, ceil_mode=True)", 1, 2, 10, 5),
    ("PyTorch MaxPool2d(1, 2, ceil_mode=True)", 1, 2, 32, 16),
    ("PyTorch AvgPool2d(8, 4, ceil_mode=True)", 8, 4, 32, 7),
    ("Caffe GoogLeNet, pool1 3x3/2", 3, 2, 112, 56),
    ("ONNX test_maxpool_2d_ceil", 3, 2, 4, 2),
    ("ONNX test_maxpool_2d_ceil_output_size_reduce_by_one", 1, 2, 2, 1),
]


@pytest.mark.parametrize(("source", "kernel", "stride", "size", "places"), RIVALS)
def test_ceil_where_rivals_err(source: str, kernel: int, stride: int, size: int, places: int) -> None:
    """The last window under ceil is clipped if it would start outside; it is not if it starts inside."""
    assert Window(kernel, stride, rounding="ceil").places(size) == places, source
    assert slide_over(size, kernel_size=kernel, stride=stride) == places


@MANY
@given(SIZES, WINDOWS, st.sampled_from(["floor", "ceil"]))
def test_lost_and_invented_are_counted_pixel_by_pixel(size: int, window: Window, rounding: Any) -> None:
    """Lost are the image's pixels behind the last window; invented are its taps behind the padding, not their gaps."""
    before, after = sides(window.padding)
    found = starts(size, window, hang_over=rounding == "ceil")
    if not found:
        return
    taps = [found[-1] + tap * window.dilation for tap in range(window.kernel_size)]
    window = window._replace(rounding=rounding)
    assert window.lost(size) == sum(pixel > taps[-1] for pixel in range(before, before + size))
    assert window.invented(size) == sum(tap >= before + size + after for tap in taps)


def test_no_more_is_lost_than_there_is() -> None:
    """A filter that stands in the left padding only loses all seven pixels, not eleven."""
    assert Window(1, stride=20, padding=5).lost(7) == 7


def test_gaps_of_a_dilated_filter_are_not_invented() -> None:
    """Two taps, three apart, on five pixels, stride 4: the second window stands on 4 and asks for 7 only."""
    window = Window(2, stride=4, dilation=3, rounding="ceil")
    assert window.places(5) == 2
    assert window.invented(5) == 1


@MANY
@given(SIZES, KERNELS, STRIDES, DILATIONS)
def test_same_padding_is_the_least_that_keeps_every_step(size: int, kernel: int, stride: int, dilation: int) -> None:
    """`same` adds as few zeros as give ⌈W/S⌉ places, halved; an odd one goes to the end, or to the start."""
    wanted = ceil(size / stride)
    totals = range(size * stride + span(kernel, dilation))
    least = next(t for t in totals if len(starts(size, Window(kernel, stride, Sides(0, t), dilation))) == wanted)
    upper = same_padding(size, kernel_size=kernel, stride=stride, dilation=dilation)
    lower = same_padding(size, kernel_size=kernel, stride=stride, dilation=dilation, lower=True)
    assert upper == (least // 2, least - least // 2)
    assert lower == (least - least // 2, least // 2)


@MANY
@given(SIZES, KERNELS, STRIDES, DILATIONS, PADDINGS, st.integers(0, 3))
def test_transposed_places_are_stamped(  # noqa: PLR0913 - a transposed window's settings
    size: int, kernel: int, stride: int, dilation: int, padding: Any, extra: int
) -> None:
    """Every input lays down its taps; the padding is cut off at both ends, the output padding added at the far one."""
    stamped = {place * stride + tap * dilation for place in range(size) for tap in range(kernel)}
    before, after = sides(padding)
    length = len(range(max(stamped) + 1)) + extra - before - after
    assert TransposedWindow(kernel, stride, padding, dilation, extra).places(size) == length


@MANY
@given(SIZES, st.integers(1, 24))
def test_adaptive_windows_share_the_input_out(size: int, places: int) -> None:
    """Window o reads ⌊oW/N⌋ to ⌈(o + 1)W/N⌉; the rule knows the longest and how much all read together."""
    windows = [range(o * size // places, -(-(o + 1) * size // places)) for o in range(places)]
    view = adaptive_view(size, places)
    assert view.reach == max(map(len, windows))
    assert [(o * view.step - view.offset) // view.per for o in range(places)] == [w.start for w in windows]
    assert adaptive_taps(size, places) == sum(map(len, windows))


def test_small_rules_say_what_their_formulas_say() -> None:
    """Span, travel and slide are F + (F - 1)(d - 1), W - F + 2P, and quotient and rest by the stride."""
    assert (span(3), span(3, 2), span(1, 9)) == (3, 5, 1)  # Dumoulin and Visin, section 5.1
    assert (both_sides(2), both_sides(Sides(1, 2)), str(Sides(1, 2))) == (4, 3, "1:2")
    assert travel(224, kernel_size=11) == 213
    assert slide(224, kernel_size=11, stride=4) == (54, 1)
    assert Field().through(View(3)).through(View(3)).through(View(3)).size == 7  # CS231n: three 3x3 see 7x7
