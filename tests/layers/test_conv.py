"""Convolutions: the lectures' rows, and every product counted one by one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import GroupMisfit
from cnncalc.layers.conv import Conv, DepthwiseConv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.volume import Volume, parse_volume


def conv(out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, **more: Any) -> Conv:
    """Return a card in the lecture's order: K, F, S, P."""
    return Conv(out_channels=out_channels, kernel_size=kernel_size, stride=stride, padding=padding, **more)


GEOMETRY = ("kernel_size", "stride", "padding", "dilation")

LECTURES = [  # source                                card             in         out          weights    biases
    ("CS231n, 6 5x5 filters", conv(6, 5), "32x32x3", "28x28x6", 5 * 5 * 3 * 6, 6),
    ("CS231n, brain/neuron view", conv(5, 5), "32x32x3", "28x28x5", 5 * 5 * 3 * 5, 5),
    ("CS231n, Live convolution demo", conv(2, 3, 2, 1), "5x5x3", "3x3x2", 3 * 3 * 3 * 2, 2),
    ("CS231n, 10 5x5 filters s1 p2: 76*10 = 760", conv(10, 5, 1, 2), "32x32x3", "32x32x10", 750, 10),
    ("CS231n, 7x7 input, 3x3 filter", conv(1, 3), "7x7x1", "5x5x1", 9, 1),
    ("CS231n, 7x7, stride 2", conv(1, 3, 2), "7x7x1", "3x3x1", 9, 1),
    ("CS231n, zero pad the border", conv(1, 3, 1, 1), "7x7x1", "7x7x1", 9, 1),
    ("CS231n, CIFAR-10 example CONV", conv(12, 3, 1, 1), "32x32x3", "32x32x12", 324, 12),
    ("CS231n, 1x1 CONV with 32 filters", conv(32, 1), "56x56x64", "56x56x32", 2_048, 32),
    ("AlexNet conv1: (11*11*3)*96 = 34,848", conv(96, 11, 4), "227x227x3", "55x55x96", 34_848, 96),
    ("AlexNet conv2, two groups", conv(256, 5, 1, 2, groups=2), "27x27x96", "27x27x256", 307_200, 256),
    ("AlexNet conv3: (3*3*256)*384", conv(384, 3, 1, 1), "13x13x256", "13x13x384", 884_736, 384),
    ("VGG conv1_1: (3*3*3)*64 = 1,728", conv(64, 3, 1, 1), "224x224x3", "224x224x64", 1_728, 64),
    ("VGG conv1_2: (3*3*64)*64 = 36,864", conv(64, 3, 1, 1), "224x224x64", "224x224x64", 36_864, 64),
    ("VGG conv2_1: (3*3*64)*128 = 73,728", conv(128, 3, 1, 1), "112x112x64", "112x112x128", 73_728, 128),
    ("VGG conv5_3: (3*3*512)*512 = 2,359,296", conv(512, 3, 1, 1), "14x14x512", "14x14x512", 2_359_296, 512),
    ("Simonyan and Zisserman, 81C² against 27C²", conv(8, 7, 1, 3), "9x9x8", "9x9x8", 49 * 8 * 8, 8),
    ("ResNet conv1, no bias", conv(64, 7, 2, ((3, 2), (3, 2)), bias=False), "224x224x3", "112x112x64", 9_408, 0),
    ("MobileNet, depthwise 3x3", DepthwiseConv(kernel_size=3, padding=1), "112x112x32", "112x112x32", 288, 32),
    ("Keras DepthwiseConv2D, depth_multiplier=2", DepthwiseConv(kernel_size=3, multiplier=2), "5x5x4", "3x3x8", 72, 8),
    ("Tran et al. 2015, C3D conv1a", conv(64, 3, 1, 1), "16x112x112x3", "16x112x112x64", 5_184, 64),
    ("Kim 2014, a width of 3 words", conv(100, 3), "50x300", "48x100", 90_000, 100),
    ("a rectangular filter", conv(8, (3, 5), (1, 2)), "7x9x2", "5x3x8", 3 * 5 * 2 * 8, 8),
    (
        "VGG fc6: 7*7*512*4096 = 102,760,448",
        FullyConnected(out_features=4096),
        "7x7x512",
        "1x1x4096",
        102_760_448,
        4096,
    ),
    ("VGG fc8: 4096*1000", FullyConnected(out_features=1000), "1x1x4096", "1x1x1000", 4_096_000, 1000),
    ("CIFAR-10 example FC", FullyConnected(out_features=10, bias=False), "16x16x12", "1x1x10", 30_720, 0),
]


@pytest.mark.parametrize(("source", "card", "x", "y", "weights", "biases"), LECTURES)
def test_the_lectures_rows(source: str, card: Any, x: str, y: str, weights: int, biases: int) -> None:  # noqa: PLR0913
    """Output volume, weights and biases are the lecture's; MACs are weights times places, FLOPs twice that."""
    volume = parse_volume(x)
    out = card.output(volume)
    assert str(out) == y, source
    assert (card.weights(volume), card.biases(volume), card.buffers(volume)) == (weights, biases, 0)
    assert card.macs(volume, out) == weights * out.places
    assert card.flops(volume, out) == 2 * weights * out.places


def test_a_filter_of_2_is_one_of_2x2() -> None:
    """F=2 and F=2x2 are the same card and cost the same: a known error of another calculator."""
    cards = [Conv(out_channels=4, kernel_size=kernel, stride=2) for kernel in (2, (2, 2), [2, 2], "2x2")]
    x = parse_volume("8x8x3")
    assert len(set(cards)) == 1
    assert {card.macs(x, card.output(x)) for card in cards} == {2 * 2 * 3 * 4 * 16}


def test_a_transposed_convolution_costs_its_stamps() -> None:
    """2x2x3 under one 2x2 filter, stride 2: 12 weights at 4 input places are 48 MACs, and the output is 4x4."""
    card, x = ConvTranspose(out_channels=1, kernel_size=2, stride=2), parse_volume("2x2x3")
    y = card.output(x)
    assert (str(y), card.weights(x), card.biases(x), card.macs(x, y), card.flops(x, y)) == ("4x4x1", 12, 1, 48, 96)


TRANSPOSED = [  # source                                        card, in, out
    ("Radford et al. 2016, DCGAN", {"kernel_size": 5, "stride": 2, "padding": "same"}, "4x4x8", "8x8x1"),
    ("PyTorch DCGAN: ConvTranspose2d(4, 2, 1)", {"kernel_size": 4, "stride": 2, "padding": 1}, "16x16x8", "32x32x1"),
    ("Ronneberger et al. 2015, up-conv 2x2", {"kernel_size": 2, "stride": 2}, "28x28x8", "56x56x1"),
    (
        "PyTorch docs: output_padding=1",
        {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1},
        "6x6x8",
        "12x12x1",
    ),
    ("Dumoulin and Visin, figure 4.1", {"kernel_size": 3}, "2x2x8", "4x4x1"),
    ("Keras Conv2DTranspose(1, 1, 4, 'same')", {"kernel_size": 1, "stride": 4, "padding": "same"}, "3x3x8", "12x12x1"),
    ("ONNX test_convtranspose_dilations", {"kernel_size": 2, "dilation": 2}, "3x3x8", "5x5x1"),
    ("ONNX test_convtranspose_pads", {"kernel_size": 3, "stride": (3, 2), "padding": (1, 2)}, "3x3x8", "7x3x1"),
]


@pytest.mark.parametrize(("source", "fields", "x", "y"), TRANSPOSED)
def test_transposed_sizes(source: str, fields: dict[str, Any], x: str, y: str) -> None:
    """A transposed convolution gives (H - 1)S - 2P + F + A; under `same`, S times the input."""
    assert str(ConvTranspose(out_channels=1, **fields).output(parse_volume(x))) == y, source


def axes_of(draw: st.DrawFn, values: st.SearchStrategy[Any], axes: int) -> tuple[Any, ...]:
    """Draw one value for each axis."""
    return tuple(draw(values) for _ in range(axes))


@st.composite
def small(draw: st.DrawFn) -> tuple[dict[str, Any], Volume]:
    """Draw a small convolution in 1-D to 3-D, with groups, and an input that it takes."""
    axes, groups = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    fields = {
        "kernel_size": axes_of(draw, st.integers(1, 3), axes),
        "stride": axes_of(draw, st.integers(1, 2), axes),
        "padding": axes_of(draw, st.integers(0, 1), axes),
        "dilation": axes_of(draw, st.integers(1, 2), axes),
        "groups": groups,
        "out_channels": groups * draw(st.integers(1, 2)),
    }
    return fields, Volume(groups * draw(st.integers(1, 2)), axes_of(draw, st.integers(5, 6), axes))


def axes(fields: dict[str, Any], x: Volume) -> Any:
    """Return size, F, S, P and d, axis by axis."""
    return zip(x.spatial, *(fields[key] for key in GEOMETRY), strict=True)


def grid(sizes: Any) -> list[tuple[int, ...]]:
    """Return every place of a volume."""
    return list(product(*map(range, sizes)))


@settings(max_examples=300, deadline=None)
@given(small(), st.booleans())
def test_convolutions_are_counted_product_by_product(drawn: tuple[dict[str, Any], Volume], depthwise: bool) -> None:  # noqa: FBT001
    """A loop over places, filters, channels and taps: MACs are its turns, weights its distinct factors."""
    fields, x = drawn
    if depthwise:
        fields |= {"groups": x.channels, "out_channels": 2 * x.channels}
        shared = {key: fields[key] for key in ("kernel_size", "stride", "padding", "dilation")}
        card: Any = DepthwiseConv(multiplier=2, rounding="floor", **shared)
    else:
        card = Conv(rounding="floor", **fields)
    steps = [
        [start for start in range(-p, size + p, s) if start + (f - 1) * d < size + p]
        for size, f, s, p, d in axes(fields, x)
    ]
    per_group, channels = fields["out_channels"] // fields["groups"], x.channels // fields["groups"]
    multiplied = [
        (k, c, tap)
        for _ in product(*steps)
        for k in range(fields["out_channels"])
        for c in range(k // per_group * channels, (k // per_group + 1) * channels)
        for tap in grid(fields["kernel_size"])
    ]
    y = card.output(x)
    assert (y.channels, y.spatial) == (fields["out_channels"], tuple(map(len, steps)))
    assert (card.weights(x), card.macs(x, y)) == (len(set(multiplied)), len(multiplied))
    assert card.biases(x) == len({k for k, _, _ in multiplied})


@settings(max_examples=300, deadline=None)
@given(small())
def test_transposed_convolutions_are_counted_stamp_by_stamp(drawn: tuple[dict[str, Any], Volume]) -> None:
    """Every input value is multiplied into its group's filters once per tap; the stamps give the output's size."""
    fields, x = drawn
    card = ConvTranspose(**fields)
    groups = fields["groups"]
    per_group, channels = fields["out_channels"] // groups, x.channels // groups
    stamps = [
        (c, k, tap)
        for _ in grid(x.spatial)
        for c in range(x.channels)
        for k in range(c // channels * per_group, (c // channels + 1) * per_group)
        for tap in grid(fields["kernel_size"])
    ]
    y = card.output(x)
    reach = [
        max(i * s + tap * d for i in range(size) for tap in range(f)) + 1 - 2 * p
        for size, f, s, p, d in axes(fields, x)
    ]
    assert y == Volume(fields["out_channels"], tuple(reach))
    assert (card.weights(x), card.macs(x, y)) == (len(set(stamps)), len(stamps))


@settings(max_examples=200, deadline=None)
@given(small(), st.sampled_from(["same", "same_upper", "same_lower"]), st.integers(1, 5), st.booleans())
def test_same_padding_fits_every_stride(
    drawn: tuple[dict[str, Any], Volume],
    padding: str,
    stride: int,
    pool: bool,  # noqa: FBT001 - drawn
) -> None:
    """`same` gives ⌈W/S⌉ places by definition: no stride is a misfit, whichever end the odd zero goes to."""
    fields, x = drawn
    fields |= {"stride": (stride,) * len(x.spatial), "padding": padding}
    window = {key: fields[key] for key in GEOMETRY}
    cards = [MaxPool(**window), AvgPool(**window)] if pool else [Conv(**fields), DepthwiseConv(**window)]
    for card in cards:
        for settled in (card, card.settled("exact"), card.settled("floor")):
            settled.check(x)
            assert settled.output(x).spatial == tuple(-(-size // stride) for size in x.spatial)


@pytest.mark.parametrize("groups", [2, 5, 16])
def test_groups_divide_both_sides(groups: int) -> None:
    """Groups that do not divide the channels are an error that offers groups which do."""
    with pytest.raises(GroupMisfit) as caught:
        Conv(out_channels=9, kernel_size=1, groups=groups).check(parse_volume("4x4x9"))
    assert caught.value.ways_out
    for way_out in caught.value.ways_out:
        Conv(out_channels=9, kernel_size=1, groups=int(way_out.split()[1])).check(parse_volume("4x4x9"))
