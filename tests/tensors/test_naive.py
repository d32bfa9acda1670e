"""Small windows of every kind against the sum that the lecture writes, a multiplication at a time."""

from __future__ import annotations

from math import prod
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

np = pytest.importorskip("numpy")

import naive  # noqa: E402 - behind importorskip
from libraries import INSTALLED, as_array, as_numpy, library  # noqa: E402

from cnncalc import columns, correlation  # noqa: E402
from cnncalc.layers import CARDS  # noqa: E402

AXIS = st.builds(
    naive.Axis,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    ceil=st.sampled_from([False]),
)
ALONG = st.tuples(st.integers(1, 7), AXIS)
LONG = st.lists(ALONG, min_size=1, max_size=2)
SHORT = st.lists(st.tuples(st.integers(1, 4), AXIS), min_size=3, max_size=3)
WINDOWS = LONG | SHORT
TILES = (columns.TILE, 32)
"""Bytes of a tile: whole small volumes, and a few of their places."""
SHARED = settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=60)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    """Return small whole numbers: their sums are exact in float32."""
    return np.random.default_rng((seed, *shape)).integers(-4, 5, shape).astype(np.float32)


def tiles_of(tile: int) -> Any:
    """Lay out so many bytes at a time for a while."""
    return patch.multiple(columns, TILE=tile, LONGEST_ROW=4 * tile)


def summed_wherever_it_can_be() -> Any:
    """Sum the products of the first axis's taps for a while, whether it moves less or not."""

    def rule(_xp: Any, x: Any, weight: Any, _places: Any, first: Any) -> bool:
        return bool(weight.shape[2] > 1 and weight.shape[1] == x.shape[1] and first.stride == first.dilation == 1)

    return patch.object(correlation, "sums_rows", rule)


def fields(axes: list[naive.Axis]) -> dict[str, Any]:
    """Return the same windows as a card's fields."""
    return {
        "kernel_size": tuple(axis.kernel for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
        "dilation": tuple(axis.dilation for axis in axes),
        "padding": tuple((axis.before, axis.after) for axis in axes),
    }


def compute(backend: str, kind: str, x: np.ndarray, tensors: dict[str, Any], **given_fields: Any) -> np.ndarray:
    """Return what a card's kernel gives."""
    xp = library(backend)
    held = {name: as_array(xp, value) for name, value in tensors.items() if value is not None}
    if "bias" in tensors:
        given_fields["bias"] = tensors["bias"] is not None
    return as_numpy(CARDS[kind](**given_fields).forward(xp, as_array(xp, x), held))


def require_either_way(
    wanted: np.ndarray, backend: str, x: np.ndarray, tensors: dict[str, Any], card: dict[str, Any]
) -> None:
    """Hold a convolution against what is wanted: in large and small tiles, multiplied at once and tap by tap."""
    for tile in TILES:
        with tiles_of(tile):
            np.testing.assert_array_equal(compute(backend, "conv", x, tensors, **card), wanted)
            with summed_wherever_it_can_be():
                np.testing.assert_array_equal(compute(backend, "conv", x, tensors, **card), wanted)


@pytest.mark.parametrize("backend", INSTALLED)
@SHARED
@given(WINDOWS, st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.booleans())
def test_convolution(  # noqa: PLR0913 - drawn
    backend: str,
    along: list[Any],
    images: int,
    groups: int,
    share: int,
    each: int,
    bias: bool,  # noqa: FBT001
) -> None:
    """Groups, dilation, padding of either side and strides, in 1-D to 3-D."""
    sizes, axes = [list(part) for part in zip(*along, strict=True)]
    assume(all(axis.starts(size) for size, axis in along))
    x, weight = drawn(images, groups * share, *sizes), drawn(groups * each, share, *(axis.kernel for axis in axes))
    offsets = drawn(groups * each) if bias else None
    ours = {"out_channels": groups * each, "groups": groups, "rounding": "floor", **fields(axes)}
    wanted = naive.correlate(x, weight, offsets, axes, groups)
    require_either_way(wanted, backend, x, {"weight": weight, "bias": offsets}, ours)


@st.composite
def keeps_size(draw: st.DrawFn) -> tuple[int, naive.Axis]:
    """Return an axis and a window of stride 1 that gives as many places as there are pixels, padded on either side."""
    size, kernel, dilation = draw(st.integers(1, 6)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    both = (kernel - 1) * dilation
    before = draw(st.integers(0, both))
    return size, naive.Axis(kernel, 1, dilation, before, both - before, ceil=False)


@pytest.mark.parametrize("backend", INSTALLED)
@SHARED
@given(ALONG, st.lists(keeps_size(), min_size=1, max_size=2), st.integers(1, 2))
def test_convolution_that_keeps_the_size(backend: str, first: Any, others: list[Any], groups: int) -> None:
    """All axes but the first, along which tiles are cut: each tap sees the image itself, moved."""
    first = first[0], first[1]._replace(stride=1)
    sizes, axes = [list(part) for part in zip(first, *others, strict=True)]
    assume(first[1].starts(first[0]))
    x, weight = drawn(1, 2 * groups, *sizes), drawn(3 * groups, 2, *(axis.kernel for axis in axes))
    ours = {"out_channels": 3 * groups, "groups": groups, "rounding": "floor", **fields(axes)}
    wanted = naive.correlate(x, weight, None, axes, groups)
    require_either_way(wanted, backend, x, {"weight": weight, "bias": None}, ours)


@pytest.mark.parametrize("backend", INSTALLED)
@SHARED
@given(WINDOWS, st.integers(1, 3), st.integers(1, 2), st.booleans())
def test_depthwise_convolution(backend: str, along: list[Any], channels: int, multiplier: int, bias: bool) -> None:  # noqa: FBT001 - drawn
    """A filter per channel, or several."""
    sizes, axes = [list(part) for part in zip(*along, strict=True)]
    assume(all(axis.starts(size) for size, axis in along))
    x, weight = drawn(1, channels, *sizes), drawn(channels * multiplier, 1, *(axis.kernel for axis in axes))
    offsets = drawn(channels * multiplier) if bias else None
    ours = {"multiplier": multiplier, "rounding": "floor", **fields(axes)}
    y = compute(backend, "depthwise_conv", x, {"weight": weight, "bias": offsets}, **ours)
    np.testing.assert_array_equal(y, naive.correlate(x, weight, offsets, axes, channels))


@pytest.mark.parametrize("backend", INSTALLED)
@SHARED
@given(WINDOWS, st.data(), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.booleans())
def test_transposed_convolution(  # noqa: PLR0913 - drawn
    backend: str,
    along: list[Any],
    data: st.DataObject,
    groups: int,
    share: int,
    each: int,
    bias: bool,  # noqa: FBT001
) -> None:
    """Stamps that overlap or leave gaps, padding that cuts, output padding."""
    sizes, axes = [list(part) for part in zip(*along, strict=True)]
    extra = [data.draw(st.integers(0, axis.stride - 1)) for axis in axes]
    x, weight = drawn(2, groups * share, *sizes), drawn(groups * share, each, *(axis.kernel for axis in axes))
    offsets = drawn(groups * each) if bias else None
    ours = {"out_channels": groups * each, "groups": groups, "output_padding": tuple(extra), **fields(axes)}
    lengths = zip(sizes, axes, extra, strict=True)
    left = [(s - 1) * a.stride + (a.kernel - 1) * a.dilation + 1 + e - a.before - a.after for s, a, e in lengths]
    assume(min(left) > 0 and prod(left) < 2000)
    wanted = naive.spread(x, weight, offsets, axes, groups, extra)
    for tile in TILES:
        with tiles_of(tile):
            y = compute(backend, "conv_transpose", x, {"weight": weight, "bias": offsets}, **ours)
        np.testing.assert_array_equal(y, wanted)


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("kind", ["max", "mean", "mean_padded"])
@SHARED
@given(WINDOWS, st.booleans())
def test_pooling(backend: str, kind: str, along: list[Any], ceil: bool) -> None:  # noqa: FBT001 - drawn
    """Maxima and means under floor and ceil; each window sees the image, for else it has no maximum."""
    sizes = [size for size, _ in along]
    axes = [axis._replace(ceil=ceil) for _, axis in along]
    assume(all(axis.starts(size) for size, axis in zip(sizes, axes, strict=True)))
    x = drawn(2, 2, *sizes)
    wanted = naive.pool(x, axes, kind)
    assume(np.isfinite(wanted).all())
    ours = {"rounding": "ceil" if ceil else "floor", **fields(axes)}
    more = {} if kind == "max" else {"count_include_pad": kind == "mean_padded"}
    y = compute(backend, "maxpool" if kind == "max" else "avgpool", x, {}, **ours, **more)
    np.testing.assert_allclose(y, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_local_response_norm(backend: str, size: int) -> None:
    """x/(k + α/n·Σx²)^β; of an even n, the larger part of the neighbours comes after, as ONNX LRN says."""
    x = drawn(2, 6, 3)
    wanted = np.zeros(x.shape)
    for n, c, place in np.ndindex(*x.shape):
        total = 0.0
        for other in range(max(0, c - (size - 1) // 2), min(5, c + size // 2) + 1):
            total += float(x[n, other, place]) ** 2
        wanted[n, c, place] = float(x[n, c, place]) / (2 + 0.5 / size * total) ** 0.75
    y = compute(backend, "lrn", x, {}, size=size, alpha=0.5, beta=0.75, k=2.0)
    np.testing.assert_allclose(y, wanted, rtol=1e-5)
