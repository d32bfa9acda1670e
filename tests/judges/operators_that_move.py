"""ONNX's operators that move values about, by cards."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from onnx_backend import Array, Cards, Inexpressible, Node, channelled, operator


@operator("Flatten")
def flatten(cards: Cards, node: Node, x: Array) -> Array:
    """The axes from one on become one."""
    axis = node.get("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    first = prod(x.shape[:axis])
    return cards("flatten", x.reshape(first, *(x.shape[axis:] or (1,)), 1)).reshape(first, -1)


@operator("Reshape")
def reshape(cards: Cards, node: Node, x: Array, shape: Array) -> Array:
    """A vector, seen in another shape."""
    sizes = [x.shape[i] if s == 0 and not node.get("allowzero") else s for i, s in enumerate(shape.tolist())]
    return cards("flatten", x.reshape(1, -1, 1)).reshape(sizes)


@operator("Transpose")
def transpose(cards: Cards, node: Node, x: Array) -> Array:
    """Neighbouring axes change places, one pair after the other: the deal of a channel shuffle."""
    axes = list(range(x.ndim))
    for target, axis in enumerate(node.get("perm", axes[::-1])):
        for at in range(axes.index(axis), target, -1):
            left, right = x.shape[at - 1 : at + 1]
            pairs = x.reshape(prod(x.shape[: at - 1]), left * right, prod(x.shape[at + 1 :]))
            x = cards("channel_shuffle", pairs, groups=left).reshape(
                *x.shape[: at - 1], right, left, *x.shape[at + 1 :]
            )
            axes[at - 1], axes[at] = axes[at], axes[at - 1]
    return x


@operator("Concat")
def concat(cards: Cards, node: Node, *inputs: Array) -> Array:
    """One behind the other along an axis."""
    axis = node.get("axis", 1) % inputs[0].ndim
    y = cards("concat", *(channelled(x, axis) for x in inputs))
    return y.reshape(*inputs[0].shape[:axis], y.shape[1], *inputs[0].shape[axis + 1 :])


def sliced(cards: Cards, x: Array, axis: int, start: int, stop: int) -> Array:
    """Return the part of an axis from start up to stop."""
    if start >= stop:
        raise Inexpressible("nothing is left, and no volume is empty")
    y = cards("slice", channelled(x, axis), start=start, stop=stop)
    return y.reshape(*x.shape[:axis], stop - start, *x.shape[axis + 1 :])


@operator("Slice")
def slice_(cards: Cards, node: Node, x: Array, *bounds: Array) -> Array:
    """A part of each axis; every S-th value of it is the zero-padded shortcut's walk."""
    given = [bound.tolist() for bound in bounds if bound is not None] or [node.get("starts"), node.get("ends")]
    starts, ends, axes, steps = (*given, node.get("axes"), None)[:4] if len(given) < 4 else given
    axes = axes or list(range(len(starts)))
    for axis, first, last, step in zip(axes, starts, ends, steps or [1] * len(axes), strict=True):
        if step < 0:
            raise Inexpressible("no card walks backwards")
        axis %= x.ndim  # noqa: PLW2901 - counted from the end
        start, stop, _ = slice(first, last).indices(x.shape[axis])
        x = sliced(cards, x, axis, start, stop)
        if step > 1:
            rows = channelled(x, axis).transpose(0, 2, 1)
            walked = cards("zero_shortcut", rows, out_channels=rows.shape[1], stride=step, rounding="floor")
            x = walked.transpose(0, 2, 1).reshape(*x.shape[:axis], -1, *x.shape[axis + 1 :])
    return x


@operator("Split")
def split(cards: Cards, node: Node, x: Array, sizes: Array | None = None) -> Any:
    """Equal parts are a split's, others a slice's."""
    axis, parts = node.get("axis", 0) % x.ndim, node.outputs
    each = -(-x.shape[axis] // parts)
    held = node.get("split", [each] * parts) if sizes is None else sizes.tolist()
    if set(held) == {each} and each * parts == x.shape[axis]:
        view = channelled(x, axis)
        made = (cards("split", view, parts=parts, part=part) for part in range(parts))
        return tuple(one.reshape(*x.shape[:axis], each, *x.shape[axis + 1 :]) for one in made)
    firsts = [sum(held[:part]) for part in range(parts)]
    lasts = [min(first + size, x.shape[axis]) for first, size in zip(firsts, held, strict=True)]
    return tuple(sliced(cards, x, axis, *ends) for ends in zip(firsts, lasts, strict=True))


def padded(cards: Cards, x: Array, axis: int, ends: tuple[int, int], value: float = 0) -> Array:
    """Return x with so many values before and after along one axis."""
    rows = channelled(x, axis).transpose(0, 2, 1)
    y = cards("zeropad", rows - value, padding=(ends,)) + value
    return y.transpose(0, 2, 1).reshape(*x.shape[:axis], -1, *x.shape[axis + 1 :])


@operator("Pad")
def pad(  # noqa: PLR0913 - as many as ONNX hands over
    cards: Cards, node: Node, x: Array, pads: Array | None = None, value: Array | None = None, axes: Array | None = None
) -> Array:
    """Zeros around x minus a constant; what is no constant is gathered from slices."""
    ends = node.get("pads", node.get("paddings")) if pads is None else pads.tolist()
    constant = node.get("value", 0.0) if value is None else float(value)
    along = range(x.ndim) if axes is None else [axis % x.ndim for axis in axes.tolist()]
    mode = node.get("mode", "constant")
    for axis, before, after in zip(along, ends[: len(along)], ends[len(along) :], strict=True):
        if mode == "constant":
            x = padded(cards, x, axis, (before, after), constant)
        else:
            order = np.pad(np.arange(x.shape[axis]), (before, after), mode=mode)
            parts = [channelled(sliced(cards, x, axis, at, at + 1), axis) for at in order.tolist()]
            x = cards("concat", *parts).reshape(*x.shape[:axis], -1, *x.shape[axis + 1 :])
    return x


@operator("CenterCropPad")
def centre(cards: Cards, node: Node, x: Array, shape: Array) -> Array:
    """A crop of what is too large, zeros around what is too small."""
    for axis, size in zip(node.get("axes", range(x.ndim)), shape.tolist(), strict=True):
        axis %= x.ndim  # noqa: PLW2901 - counted from the end
        lacks = size - x.shape[axis]
        if lacks < 0:
            rows = channelled(x, axis).transpose(0, 2, 1)
            x = cards("crop", rows, size=size).transpose(0, 2, 1).reshape(*x.shape[:axis], size, *x.shape[axis + 1 :])
        elif lacks:
            x = padded(cards, x, axis, (lacks // 2, lacks - lacks // 2))
    return x


@operator("SpaceToDepth")
def space_to_depth(cards: Cards, node: Node, x: Array) -> Array:
    """Blocks become channels, the place in the block first; the other order is a deal of these."""
    block = node.get("blocksize")
    y = cards("space_to_depth", x, block_size=block)
    return y if node.get("mode", "DCR") == "DCR" else cards("channel_shuffle", y, groups=block**2)


@operator("DepthToSpace")
def depth_to_space(cards: Cards, node: Node, x: Array) -> Array:
    """A transposed convolution whose stamps do not overlap, each with a single 1."""
    block, channels = node.get("blocksize"), x.shape[1] // node.get("blocksize") ** 2
    places = np.arange(x.shape[1])
    if node.get("mode", "DCR") == "DCR":
        place, channel = divmod(places, channels)
    else:
        channel, place = divmod(places, block**2)
    weight = np.zeros((x.shape[1], channels, block, block), x.dtype)
    weight[places, channel, place // block, place % block] = 1
    return cards("conv_transpose", x, out_channels=channels, kernel_size=block, stride=block, bias=False, weight=weight)


@operator("Resize", "Upsample")
def resize(cards: Cards, node: Node, x: Array, *given: Any) -> Array:
    """Each axis becomes a whole number of times as long, as half_pixel coordinates say."""
    times = _times(node, x, given)
    mode = {"nearest": "nearest", "linear": "bilinear"}.get(node.get("mode", "nearest"))
    rule = node.get("coordinate_transformation_mode", "half_pixel" if node.op_type == "Resize" else "asymmetric")
    if mode is None:
        raise Inexpressible("cubic")
    if any(scale != int(scale) for scale in times):
        raise Inexpressible("no whole number of times as large")
    steps = node.get("nearest_mode", "round_prefer_floor" if node.op_type == "Resize" else "floor")
    halves = rule.startswith("half_pixel") or (rule == "pytorch_half_pixel" and 1 not in x.shape)
    near = steps.startswith("round") if halves else (rule, steps) == ("asymmetric", "floor")
    if not (near if mode == "nearest" else halves):
        raise Inexpressible(
            f"other coordinates: {rule}, {steps}" if mode == "nearest" else f"other coordinates: {rule}"
        )
    for axis, scale in enumerate(times):
        if scale > 1:
            rows = channelled(x, axis).transpose(0, 2, 1)
            y = cards("upsample", rows, scale=int(scale), mode=mode)
            x = y.transpose(0, 2, 1).reshape(*x.shape[:axis], -1, *x.shape[axis + 1 :])
    return x


def _times(node: Node, x: Array, given: tuple[Any, ...]) -> list[float]:
    """Return how many times as long each axis becomes."""
    scales, sizes = (*given, None, None, None)[:2] if node.version < 11 else (*given, None, None, None)[1:3]
    axes = [axis % x.ndim for axis in node.get("axes", range(x.ndim))]
    if sizes is None:
        wanted = node.get("scales") if scales is None else scales.tolist()
    else:
        wanted = [size / x.shape[axis] for axis, size in zip(axes, sizes.tolist(), strict=True)]
        choose = {"not_larger": min, "not_smaller": max}.get(node.get("keep_aspect_ratio_policy", "stretch"))
        wanted = [choose(wanted)] * len(wanted) if choose else wanted
    times = dict(zip(axes, wanted, strict=True))
    return [times.get(axis, 1) for axis in range(x.ndim)]
