"""Pooling: the lectures' rows, the rounding that other calculators get wrong, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cnncalc import load, run
from cnncalc.errors import StrideMisfit
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.layers.whole import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.volume import parse_volume


def maxpool(kernel_size: Any, stride: Any = None, padding: Any = 0, rounding: str = "exact") -> MaxPool:
    """Return max pooling in the lecture's order: F, S."""
    return MaxPool(kernel_size=kernel_size, stride=stride, padding=padding, rounding=rounding)


def avgpool(kernel_size: Any, stride: Any = None, padding: Any = 0, rounding: str = "exact") -> AvgPool:
    """Return average pooling in the lecture's order."""
    return AvgPool(kernel_size=kernel_size, stride=stride, padding=padding, rounding=rounding)


ROWS = [  # source                                           card                              in               out
    ("CS109, Max pooling example: 2x2, s2 on a 4x4 slice", maxpool(2, 2), "4x4x1", "2x2x1"),
    ("CS231n, CIFAR-10 example POOL", maxpool(2), "32x32x12", "16x16x12"),
    ("VGG pool1", maxpool(2, 2), "224x224x64", "112x112x64"),
    ("VGG pool5", maxpool(2, 2), "14x14x512", "7x7x512"),
    ("CS109, AlexNet pool1: 3x3 filters at stride 2", maxpool(3, 2), "55x55x96", "27x27x96"),
    ("CS109, AlexNet pool2", maxpool(3, 2), "27x27x256", "13x13x256"),
    ("CS109, AlexNet pool3", maxpool(3, 2), "13x13x256", "6x6x256"),
    ("LeCun et al. 1998, S2", avgpool(2), "28x28x6", "14x14x6"),
    ("CS7015, GoogLeNet's last average pool", avgpool(7), "7x7x1024", "1x1x1024"),
    ("Caffe GoogLeNet, pool1/3x3_s2", maxpool(3, 2, rounding="ceil"), "112x112x64", "56x56x64"),
    ("torchvision ResNet, maxpool 3x3, s2, p1", maxpool(3, 2, 1, "floor"), "112x112x64", "56x56x64"),
    ("PyTorch MaxPool2d(1, 2, ceil_mode=True): not 6", maxpool(1, 2, rounding="ceil"), "10x10x1", "5x5x1"),
    ("PyTorch MaxPool2d(1, 2, ceil_mode=True): not 17", maxpool(1, 2, rounding="ceil"), "32x32x1", "16x16x1"),
    ("PyTorch AvgPool2d(8, 4, ceil_mode=True)", avgpool(8, 4, rounding="ceil"), "32x32x1", "7x7x1"),
    ("ONNX test_maxpool_2d_ceil", maxpool(3, 2, rounding="ceil"), "4x4x1", "2x2x1"),
    ("ONNX test_averagepool_2d_ceil", avgpool(3, 2, rounding="ceil"), "4x4x1", "2x2x1"),
    ("ONNX test_maxpool_2d_pads: 3x3, s1, p2", maxpool(3, 1, 2), "28x28x3", "30x30x3"),
    ("ONNX test_maxpool_2d_same_upper: 2x2, s1", maxpool(2, 1, "same"), "32x32x3", "32x32x3"),
    ("ONNX test_maxpool_1d_default: F 2, s1", maxpool(2, 1), "32x3", "31x3"),
    ("ONNX test_maxpool_3d_default: F 2, s1", maxpool(2, 1), "32x32x32x3", "31x31x31x3"),
    ("Tran et al. 2015, C3D pool1: 1x2x2", maxpool((1, 2, 2)), "16x112x112x64", "16x56x56x64"),
    ("Lin et al. 2013, Network in Network", GlobalAvgPool(), "8x8x10", "1x1x10"),
    ("ONNX test_globalmaxpool", GlobalMaxPool(), "5x5x3", "1x1x3"),
    ("torchvision AlexNet, avgpool 6x6", AdaptiveAvgPool(output_size=6), "13x9x256", "6x6x256"),
    ("PyTorch docs, AdaptiveMaxPool2d((5, 7))", AdaptiveMaxPool(output_size=(5, 7)), "8x9x64", "5x7x64"),
]


@pytest.mark.parametrize(("source", "card", "x", "y"), ROWS)
def test_pools(source: str, card: Layer, x: str, y: str) -> None:
    """Pooling keeps the channels, learns nothing, and costs no MAC."""
    volume = parse_volume(x)
    card.check(volume)
    out = card.output(volume)
    assert str(out) == y, source
    assert (card.weights(volume), card.biases(volume), card.buffers(volume), card.macs(volume, out)) == (0, 0, 0, 0)


def test_the_lectures_common_settings() -> None:
    """F=2, S=2 fits even sizes and F=3, S=2 odd ones; under `exact` the others are errors."""
    for size in range(4, 40):
        wrong, right = (3, 2) if size % 2 == 0 else (2, 3)
        x = parse_volume(f"{size}x{size}x1")
        maxpool(right, 2).check(x)
        with pytest.raises(StrideMisfit):
            maxpool(wrong, 2).check(x)


def test_a_pool_of_2_is_one_of_2x2() -> None:
    """F=2 and F=2x2 are one card and cost the same: a known error of another calculator."""
    x = parse_volume("8x8x3")
    cards = {MaxPool(kernel_size=kernel) for kernel in (2, (2, 2), [2, 2], "2x2")}
    assert {card.flops(x, card.output(x)) for card in cards} == {3 * 4 * 4 * 3}
    assert len(cards) == 1


def test_a_pool_steps_by_its_own_size() -> None:
    """Without a stride a pool steps by F, rectangular too, as in PyTorch and Keras."""
    assert str(maxpool((2, 3)).output(parse_volume("8x9x1"))) == "4x3x1"
    assert maxpool(2).settings(parse_volume("8x8x1"))["stride"] == (2, 2)


def test_an_average_may_leave_the_padding_out() -> None:
    """Whether zeros count in the divisor changes values, not volumes or counts."""
    x = parse_volume("28x28x3")
    with_zeros, without = (
        AvgPool(kernel_size=3, stride=1, padding=2, count_include_pad=count) for count in (True, False)
    )
    assert with_zeros.output(x) == without.output(x)
    assert with_zeros != without


def test_a_mean_of_nothing_is_0() -> None:
    """A window on padding alone, whose zeros do not count, holds no value: its sum is 0, and so is its mean."""
    np = pytest.importorskip("numpy")
    pool = {"kernel_size": 1, "stride": 1, "padding": 1, "count_include_pad": False}
    network = load({"name": "edge", "input": "2x1", "layers": [{"avgpool": pool}]})
    y = run(network, np.asarray([[[3, 5]]], dtype="float32"))["pool1"]
    assert y.tolist() == [[[0, 3, 5, 0]]]


@pytest.mark.parametrize("kind", ["maxpool", "avgpool"])
@pytest.mark.parametrize("size", range(2, 8))
def test_the_filters_offered_are_the_poolings_own(kind: str, size: int) -> None:
    """A pooling steps by its filter: what another filter is said to give, a network with that filter gives."""
    for pixels in range(size + 1, 40):
        if pixels % size == 0:
            continue
        with pytest.raises(StrideMisfit) as caught:
            load(f"{kind}{size}", input=f"{pixels}x{pixels}x3")
        for filter, sides in re.findall(r"filter (\d+) → (\d+)x\2", " · ".join(caught.value.ways_out)):  # noqa: A001
            assert load(f"{kind}{filter}", input=f"{pixels}x{pixels}x3").nodes[-1].y.spatial == (int(sides),) * 2


def test_a_shortcut_is_offered_no_filter() -> None:
    """It has none: every second pixel, and zeros for channels."""
    with pytest.raises(StrideMisfit) as caught:
        load("zero-shortcut-4/s2", input="8x8x3")
    assert not [way for way in caught.value.ways_out if way.startswith(("filter", "padding"))]
