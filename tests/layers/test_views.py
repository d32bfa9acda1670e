"""Receptive fields against brute force: the inputs of every output are followed back through a chain of layers."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.field import Field
from cnncalc.layers.activation import ReLU
from cnncalc.layers.conv import Conv, ConvTranspose, DepthwiseConv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AdaptiveAvgPool, AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool
from cnncalc.layers.reshape import Flatten, Upsample, ZeroPad
from cnncalc.volume import Volume
from cnncalc.window import View, sides

MANY = settings(max_examples=500, deadline=None)

KERNELS, STRIDES, DILATIONS = st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)
PADDINGS = st.integers(0, 3) | st.builds(lambda a, b: ((a, b),), st.integers(0, 3), st.integers(0, 3))
WINDOW = {"kernel_size": KERNELS, "stride": STRIDES, "padding": PADDINGS}
SLIDING = st.one_of(
    st.builds(Conv, out_channels=st.just(1), dilation=DILATIONS, **WINDOW),
    st.builds(DepthwiseConv, dilation=DILATIONS, **WINDOW),
    st.builds(MaxPool, **WINDOW),
    st.builds(AvgPool, **WINDOW),
    st.builds(ZeroPad, padding=PADDINGS),
)
STAMPING = st.builds(ConvTranspose, out_channels=st.just(1), **WINDOW)
DILATED_STAMPING = st.builds(ConvTranspose, out_channels=st.just(1), dilation=DILATIONS, **WINDOW)
ENLARGING = st.builds(Upsample, scale=st.integers(1, 4), mode=st.sampled_from(["nearest", "bilinear"]))

NEAREST = st.builds(Upsample, scale=st.integers(1, 4))
KEEPING = st.builds(Conv, out_channels=st.just(1), kernel_size=KERNELS, padding=PADDINGS, dilation=DILATIONS)

X = Volume(1, (12,))


def conv(kernel_size: int, stride: int = 1) -> Conv:
    """Return a filter."""
    return Conv(out_channels=1, kernel_size=kernel_size, stride=stride)


def seen(card: Layer, o: int) -> set[int]:
    """Return the inputs that output `o` of a layer depends on, on an axis without ends."""
    if isinstance(card, ZeroPad):
        return {o - before(card.padding)}
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


def before(padding: Any) -> int:
    """Return the zeros before a 1-D axis."""
    return int(sides(padding[0] if isinstance(padding, tuple) else padding).before)


def trace(cards: Iterable[Layer], o: int) -> set[int]:
    """Follow an output back through all layers."""
    found = {o}
    for card in reversed(list(cards)):
        found = {i for output in found for i in seen(card, output)}
    return found


def field(cards: Iterable[Layer]) -> Field:
    """Compute the same with the cards' own views."""
    found = Field()
    for card in cards:
        found = found.through(card.views(X)[0])
    return found


def most(cards: list[Layer]) -> int:
    """Measure what the outputs of a whole period see, from first to last pixel, and return the most."""
    period = prod(card.views(X)[0].per for card in cards)
    traces = [trace(cards, o) for o in range(period)]
    return max((max(found) - min(found) + 1 for found in traces if found), default=0)


@MANY
@given(st.lists(SLIDING, min_size=1, max_size=5))
def test_windows_see_what_was_traced(cards: list[Layer]) -> None:
    """Through convolutions, pools and padding, size, jump and padding are the traced ones, to the pixel."""
    found = field(cards)
    for o in (0, 1, 7):
        pixels = trace(cards, o)
        assert max(pixels) - min(pixels) + 1 == found.size == found.pixels
        assert min(pixels) == o * found.jump - found.padding
    assert found.unit == 1


@MANY
@given(ENLARGING | DILATED_STAMPING)
def test_one_enlarging_layer_sees_what_was_traced(card: Layer) -> None:
    """One upsampling or transposed layer: the most that any output sees, and where each starts looking."""
    found = field([card])
    assert found.pixels == most([card])
    for o in range(12):
        start = (o * found.jump - found.padding) // found.unit
        if isinstance(card, ConvTranspose) and card.dilation > 1:
            assert all(pixel >= start for pixel in trace([card], o))
        elif pixels := trace([card], o):
            assert min(pixels) == start


@MANY
@given(st.lists(st.one_of(KEEPING, NEAREST), min_size=1, max_size=4))
def test_nearest_upsampling_sees_what_was_traced(cards: list[Layer]) -> None:
    """Nearest upsampling among layers of stride 1, in any order: the most that is seen, and where it starts."""
    found = field(cards)
    assert found.pixels == most(cards)
    for o in range(12):
        assert min(trace(cards, o)) == (o * found.jump - found.padding) // found.unit


@MANY
@given(st.lists(KEEPING | ENLARGING | STAMPING, min_size=1, max_size=3), st.lists(SLIDING, max_size=2))
def test_enlarging_first_is_never_understated(enlarging: list[Layer], sliding: list[Layer]) -> None:
    """Where strides come last, no output sees more pixels than are told; an alignment of phases may spare it some."""
    cards = enlarging + sliding
    assert field(cards).pixels >= most(cards)


DECODERS = [  # stands for                     layers                                                     seen
    ("conv3/s2 up2 conv2", [conv(3, 2), Upsample(scale=2), conv(2)], 5),
    ("FPN: a stride, up2, conv4", [conv(1, 4), Upsample(scale=2), conv(4)], 9),
    ("DeepLabv3+: 16 strides, up 4, conv3", [conv(1, 16), Upsample(scale=4), conv(3)], 17),
]


@pytest.mark.parametrize(("stands_for", "cards", "pixels"), DECODERS)
def test_decoders_by_hand(stands_for: str, cards: list[Layer], pixels: int) -> None:
    """The brute force itself: two neighbours on either side of a border see two encoder values, a stride apart."""
    assert most(cards) == pixels, stands_for


@pytest.mark.xfail(strict=True, reason="a field behind stride, upsampling and filter is told too small")
@pytest.mark.parametrize(("stands_for", "cards", "pixels"), DECODERS)
def test_enlarging_after_a_stride_is_never_understated(stands_for: str, cards: list[Layer], pixels: int) -> None:
    """An encoder's stride, then upsampling, then a filter: no output sees more pixels than are told."""
    assert field(cards).pixels >= pixels, stands_for


@MANY
@given(st.integers(1, 30), st.integers(1, 30))
def test_adaptive_pooling_sees_what_was_traced(size: int, places: int) -> None:
    """Behind adaptive pooling the most that is seen, and where each output starts: PyTorch's start and end index."""
    found = Field().through(AdaptiveAvgPool(output_size=places).views(Volume(1, (size,)))[0])
    windows = [(o * size // places, -(-(o + 1) * size // places)) for o in range(places)]
    assert found.pixels == max(end - start for start, end in windows)
    assert [(o * found.jump - found.padding) // found.unit for o in range(places)] == [start for start, _ in windows]


@pytest.mark.parametrize("card", [FullyConnected(out_features=2), Flatten(), GlobalAvgPool(), GlobalMaxPool()])
def test_some_layers_see_everything(card: Layer) -> None:
    """A fully connected layer is a convolution as large as its input; global pooling and flattening see all, too."""
    assert card.views(Volume(3, (5, 7))) == (View(5), View(7))


def test_an_activation_sees_one_pixel() -> None:
    """An activation's field is its input's."""
    assert ReLU().views(Volume(3, (5, 7))) == (View(1), View(1))
