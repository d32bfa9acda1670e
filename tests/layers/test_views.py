"""Receptive fields against brute force: the inputs of every output are followed back through a chain of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import lcm
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers.conv import Conv, ConvTranspose, DepthwiseConv
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AdaptiveAvgPool, AvgPool, MaxPool
from cnncalc.layers.reshape import Upsample, ZeroPad
from cnncalc.volume import Volume
from cnncalc.window import Field, sides

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

X = Volume(1, (12,))


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


def sizes(cards: list[Layer]) -> list[int]:
    """Measure what the outputs of one whole period see, from first to last; an output that sees nothing is left out."""
    period = lcm(*(card.views(X)[0].per for card in cards)) ** len(cards)
    traces = [trace(cards, o) for o in range(min(period, 400))]
    return [max(found) - min(found) + 1 for found in traces if found]


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
    """One upsampling or transposed layer: the most that any output sees, and where it starts looking."""
    found = field([card])
    assert found.pixels == max(sizes([card]), default=found.pixels)
    for o in range(12):
        if pixels := trace([card], o):
            assert min(pixels) >= (o * found.jump - found.padding) // found.unit
            if not isinstance(card, ConvTranspose) or card.dilation == 1:
                assert min(pixels) == (o * found.jump - found.padding) // found.unit
