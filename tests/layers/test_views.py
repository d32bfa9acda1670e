"""Receptive fields against brute force: the inputs of every output are followed back through a chain of layers."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import load, tally
from cnncalc.field import LONGEST_PERIOD, UNKNOWN, Field
from cnncalc.layers.activation import ReLU
from cnncalc.layers.conv import Conv, DepthwiseConv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.layers.reshape import Crop, Flatten, Upsample, ZeroPad
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.whole import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.view import View
from cnncalc.volume import Volume
from cnncalc.window import sides

MANY = settings(max_examples=300, deadline=None)

KERNELS, STRIDES, DILATIONS = st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)
PADDINGS = st.integers(0, 3) | st.builds(lambda a, b: ((a, b),), st.integers(0, 3), st.integers(0, 3))
WINDOW = {"kernel_size": KERNELS, "stride": STRIDES, "padding": PADDINGS}
SLIDING = st.one_of(
    st.builds(Conv, out_channels=st.just(1), dilation=DILATIONS, **WINDOW),
    st.builds(DepthwiseConv, dilation=DILATIONS, **WINDOW),
    st.builds(MaxPool, **WINDOW),
    st.builds(AvgPool, **WINDOW),
    st.builds(ZeroPad, padding=PADDINGS),
    st.builds(Crop, size=st.integers(1, 12)),
)


@st.composite
def even_stamps(draw: st.DrawFn) -> ConvTranspose:
    """Draw a transposed convolution under which every output lies beneath as many stamps: S divides F, or is 1."""
    stride = draw(STRIDES)
    kernel = stride * draw(st.integers(1, 5 // stride))
    dilation = draw(DILATIONS) if stride == 1 else 1
    return ConvTranspose(out_channels=1, kernel_size=kernel, stride=stride, padding=draw(PADDINGS), dilation=dilation)


# What sees the same number of inputs from everywhere, and what sees one fewer from some places.
NEAREST = st.builds(Upsample, scale=st.integers(1, 4))
EVEN = st.one_of(
    NEAREST, st.builds(Upsample, scale=st.sampled_from([1, 2, 4]), mode=st.just("bilinear")), even_stamps()
)
STAMPING = st.builds(ConvTranspose, out_channels=st.just(1), **WINDOW)
DILATED_STAMPING = st.builds(ConvTranspose, out_channels=st.just(1), dilation=DILATIONS, **WINDOW)
BILINEAR = st.builds(Upsample, scale=st.integers(1, 4), mode=st.just("bilinear"))
ADAPTIVE = st.builds(AdaptiveAvgPool, output_size=st.integers(1, 30))
UNEVEN = st.one_of(STAMPING, BILINEAR, ADAPTIVE, st.builds(AdaptiveMaxPool, output_size=st.integers(1, 30)))

OUTPUTS = st.lists(st.integers(-30, 3000), min_size=1, max_size=4)

X = Volume(1, (12,))


def conv(kernel_size: int, stride: int = 1) -> Conv:
    """Return a filter."""
    return Conv(out_channels=1, kernel_size=kernel_size, stride=stride)


def seen(card: Any, o: int) -> set[int]:
    """Return the inputs that output `o` of a layer depends on, on an axis without ends."""
    if isinstance(card, ZeroPad):
        return {o - before(card.padding)}
    if isinstance(card, Crop):
        return {o + (X.spatial[0] - card.size) // 2}
    if isinstance(card, (AdaptiveAvgPool, AdaptiveMaxPool)):
        return set(shared(X.spatial[0], card.output_size, o))
    if isinstance(card, ConvTranspose):
        reached = [o + before(card.padding) - tap * card.dilation for tap in range(card.kernel_size)]
        return {place // card.stride for place in reached if place % card.stride == 0}
    if isinstance(card, Upsample):
        return blended(o, card.scale) if card.mode == "bilinear" else {o // card.scale}
    step = card.stride or card.kernel_size
    return {o * step - before(card.padding) + tap * card.dilation for tap in range(card.kernel_size)}


def blended(o: int, scale: int) -> set[int]:
    """Return the pixels around (o + ½)/s − ½, in doubled coordinates; only one if it is hit exactly."""
    whole, rest = divmod(2 * o + 1 - scale, 2 * scale)
    return {whole, whole + 1} if rest else {whole}


def shared(size: int, places: int, o: int) -> range:
    """Return what output `o` of an adaptive pooling reads: PyTorch's start and end index."""
    return range(o * size // places, -(-(o + 1) * size // places))


def before(padding: Any) -> int:
    """Return the zeros before a 1-D axis."""
    return int(sides(padding[0] if isinstance(padding, tuple) else padding).before)


def trace(cards: Iterable[Layer], o: int) -> set[int]:
    """Follow an output back through all layers."""
    found = {o}
    for card in reversed(list(cards)):
        found = {i for output in found for i in seen(card, output)}
    return found


def ends(cards: Iterable[Layer], o: int) -> tuple[int, int] | None:
    """Return the first and last pixel that an output depends on; None if no stamp falls on it."""
    found = trace(cards, o)
    return (min(found), max(found)) if found else None


def field(cards: Iterable[Layer]) -> Field:
    """Compute the same with the cards' own views."""
    found = Field()
    for card in cards:
        found = found.through(card.views(X)[0])
    return found


def most(cards: list[Layer]) -> int:
    """Measure what the outputs of a whole period see, from first to last pixel, and return the most."""
    period = prod(card.views(X)[0].per for card in cards)
    traces = [ends(cards, o) for o in range(period)]
    return max((found[1] - found[0] + 1 for found in traces if found), default=0)


@MANY
@given(st.lists(SLIDING, min_size=1, max_size=5))
def test_windows_see_what_was_traced(cards: list[Layer]) -> None:
    """Through convolutions, pools, padding and crops, size, jump and padding are the traced ones, to the pixel."""
    found = field(cards)
    assert (found.period, found.steps) == (1, ())
    for o in (-3, 0, 1, 7):
        first, last = ends(cards, o) or (0, 0)
        assert (first, last - first + 1) == (o * found.jump - found.padding, found.size)
        assert found.one(o) == (first, last)


@MANY
@given(st.lists(SLIDING | EVEN, min_size=1, max_size=5), OUTPUTS)
def test_every_output_sees_what_was_traced(cards: list[Layer], outputs: list[int]) -> None:
    """Upsampling and transposed convolutions anywhere in a chain: first and last pixel of each output, exactly."""
    found = field(cards)
    assert found.is_known  # 4·4·4·4·4 is the longest period
    assert [found.one(o) for o in outputs] == [ends(cards, o) for o in outputs]
    first, next_first = trace(cards, 1), trace(cards, 1 + found.period)
    assert {pixel + found.jump for pixel in first} == next_first
    assert found.padding == -min(trace(cards, 0))
    if found.period <= 32:  # else the brute force takes its time
        assert found.size == most(cards)


@MANY
@given(st.lists(SLIDING | EVEN | UNEVEN | DILATED_STAMPING, min_size=1, max_size=4), OUTPUTS)
def test_where_outputs_see_more_or_less_in_turn(cards: list[Layer], outputs: list[int]) -> None:
    """Stamps that overlap here and not there, or leave outputs out; poolings to a size: each output, and the most."""
    found = field(cards)
    if found.is_known:
        assert [found.one(o) for o in outputs] == [ends(cards, o) for o in outputs]
        if found.period <= 32:
            assert found.size == most(cards)
    else:
        assert prod(card.views(X)[0].per for card in cards) > 32 or not most(cards)


@MANY
@given(EVEN | UNEVEN)
def test_a_view_is_the_longest_reach(card: Layer) -> None:
    """Some output sees all of it, and none two pixels fewer."""
    found, (view,) = field([card]), card.views(X)
    assert found.size == view.reach == max(most([card]), 1)
    for o in range(-30, 40):
        assert found.one(o) == ends([card], o)
        if seen_of := found.one(o):
            assert view.reach - 1 <= seen_of[1] - seen_of[0] + 1 <= view.reach
        else:  # between two stamps
            assert (isinstance(card, ConvTranspose), view.reach) == (True, 1)


def test_dilated_stamps_are_seen_where_they_fall() -> None:
    """F=2, S=2, d=3: input i falls on outputs 2i and 2i + 3, so output 0 sees input 0, output 1 input -1."""
    found = field([ConvTranspose(out_channels=1, kernel_size=2, stride=2, dilation=3)])
    assert (found.one(0), found.one(1)) == ((0, 0), (-1, -1))


def test_a_filter_behind_dilated_stamps_sees_both() -> None:
    """Outputs 1 and 2 of that layer see inputs -1 and 1: a filter of 2 behind it sees three pixels, not two."""
    cards = [ConvTranspose(out_channels=1, kernel_size=2, stride=2, dilation=3), conv(2)]
    assert trace(cards, 1) == {-1, 1}
    assert field(cards).size == 3


def test_stamps_upon_stamps() -> None:
    """Two 3x3/s2 behind two strided 3x3: neighbours under two stamps lie beside some under one. 7 + 4, and not 15."""
    stamp = ConvTranspose(out_channels=1, kernel_size=3, stride=2, padding=1)
    assert field([conv(3, 2), conv(3, 2), stamp, stamp]).size == 11


DECODERS = [  # stands for                     layers                                                     seen
    ("conv3/s2 up2 conv2", [conv(3, 2), Upsample(scale=2), conv(2)], 5),
    ("FPN: a stride, up2, conv4", [conv(1, 4), Upsample(scale=2), conv(4)], 9),
    ("DeepLabv3+: 16 strides, up 4, conv3", [conv(1, 16), Upsample(scale=4), conv(3)], 17),
]


@pytest.mark.parametrize(("stands_for", "cards", "pixels"), DECODERS)
def test_decoders_by_hand(stands_for: str, cards: list[Layer], pixels: int) -> None:
    """Behind an encoder's stride two neighbours on either side of a border see two of its values, a stride apart."""
    assert field(cards).size == most(cards) == pixels, stands_for


def test_a_field_is_known_up_to_a_period() -> None:
    """Ten doublings have 1,024 different neighbours and are followed; behind an eleventh nothing is claimed."""
    doubling = Upsample(scale=2)
    known = field([conv(3, 2), *[doubling] * 10])
    assert (known.period, known.size, known.is_known) == (LONGEST_PERIOD, 3, True)
    assert known.one(1023) == ends([conv(3, 2), *[doubling] * 10], 1023)
    lost = known.through(View(1, 1, 2))
    assert lost == UNKNOWN
    assert (lost.size, lost.jump, lost.padding, lost.agree, lost.is_known) == (None, None, None, False, False)
    assert lost.through(View(3)) == lost.through(View(1, 1, 2)) == lost.and_also(Field()) == UNKNOWN
    assert Field().and_also(lost) == UNKNOWN


@MANY
@given(st.integers(1, 30), st.integers(1, 30))
def test_adaptive_pooling_sees_what_was_traced(size: int, places: int) -> None:
    """Behind adaptive pooling the most that is seen, and what each output sees."""
    found = Field().through(AdaptiveAvgPool(output_size=places).views(Volume(1, (size,)))[0])
    windows = [shared(size, places, o) for o in range(places)]
    assert found.size == max(map(len, windows))
    assert [found.one(o) for o in range(places)] == [(window.start, window.stop - 1) for window in windows]


@pytest.mark.parametrize("card", [FullyConnected(out_features=2), Flatten(), GlobalAvgPool(), GlobalMaxPool()])
def test_some_layers_see_everything(card: Layer) -> None:
    """A fully connected layer is a convolution as large as its input; global pooling and flattening see all, too."""
    assert card.views(Volume(3, (5, 7))) == (View(5), View(7))


def test_an_activation_sees_one_pixel() -> None:
    """An activation's field is its input's."""
    assert ReLU().views(Volume(3, (5, 7))) == (View(1), View(1))


def test_paths_that_drift_apart() -> None:
    """Strides 2 and 3 on 7 pixels give 3 places each; 0 to 6 and 3 are seen at place 1: no one jump says so."""
    layers = [{"a": "conv4-1/s2/p2/d2/ceil", "from": "input"}, {"b": "zero-shortcut-1/s3", "from": "input"}]
    layers += [{"both": "concat", "from": ["a", "b"]}]
    spec = {"name": "drift", "input": "7x1", "layers": layers}
    assert tally(load(spec))["both"].receptive_field == (None,)


def test_dilation_is_no_search() -> None:
    """The first input that a dilated stamp reaches is worked out, not looked for among a thousand million."""
    view = ConvTranspose(out_channels=1, kernel_size=2, stride=7, dilation=999_999_937).views(Volume(1, (9,)))[0]
    assert [list(view.met(o)) for o in range(8)] == [sorted(stamps(o, 7, 999_999_937)) for o in range(8)]


def stamps(o: int, stride: int, dilation: int) -> set[int]:
    """Return the inputs of which one of two taps falls on an output: i·S + tap·d = o."""
    return {(o - tap * dilation) // stride for tap in (0, 1) if (o - tap * dilation) % stride == 0}
