"""ONNX's convolutions, poolings and batch normalisation by cards."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from onnx_backend import Array, Cards, Node, operator


def windowed(node: Node, kernel: tuple[int, ...]) -> dict[str, Any]:
    """Return a window in the words of a card."""
    axes = len(kernel)
    pads = node.get("pads", [0] * 2 * axes)
    words = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": 0}
    padding = words.get(node.get("auto_pad", "NOTSET"), tuple(zip(pads[:axes], pads[axes:], strict=True)))
    return {
        "kernel_size": tuple(node.get("kernel_shape", kernel)),
        "stride": tuple(node.get("strides", [1] * axes)),
        "dilation": tuple(node.get("dilations", [1] * axes)),
        "padding": padding,
    }


def offset(bias: Array | None) -> dict[str, Any]:
    """Return a bias, or that there is none."""
    return {"bias": False} if bias is None else {"bias": bias}


@operator("Conv")
def conv(cards: Cards, node: Node, x: Array, weight: Array, bias: Array | None = None) -> Array:
    """A convolution; a depthwise one where every channel is its own group."""
    fields = {**windowed(node, weight.shape[2:]), "rounding": "floor", "weight": weight}
    groups = node.get("group", 1)
    if groups == x.shape[1]:
        return cards("depthwise_conv", x, **fields, **offset(bias), multiplier=weight.shape[0] // groups)
    return cards("conv", x, **fields, **offset(bias), out_channels=weight.shape[0], groups=groups)


@operator("ConvTranspose")
def conv_transpose(cards: Cards, node: Node, x: Array, weight: Array, bias: Array | None = None) -> Array:
    """A transposed convolution; a wanted output becomes padding, or output padding where it is larger."""
    groups, axes = node.get("group", 1), weight.ndim - 2
    fields = windowed(node, weight.shape[2:])
    extra = list(node.get("output_padding", [0] * axes))
    if wanted := node.get("output_shape"):
        reach = zip(x.shape[2:], fields["stride"], fields["kernel_size"], fields["dilation"], extra, strict=True)
        full = [(size - 1) * s + (f - 1) * d + 1 + a for size, s, f, d, a in reach]
        cut = [max(size - kept, 0) for size, kept in zip(full, wanted[-axes:], strict=True)]
        extra = [a + max(kept - size, 0) for a, size, kept in zip(extra, full, wanted[-axes:], strict=True)]
        upper = node.get("auto_pad") == "SAME_UPPER"
        fields["padding"] = tuple((c // 2, c - c // 2) if upper else (c - c // 2, c // 2) for c in cut)
    fields |= {"output_padding": tuple(extra), "groups": groups, "out_channels": weight.shape[1] * groups}
    return cards("conv_transpose", x, **fields, **offset(bias), weight=weight)


@operator("AveragePool", "MaxPool")
def pool(cards: Cards, node: Node, x: Array) -> Any:
    """A pooling; where the maxima are is asked of the same card, by numbers that say both rank and place."""
    fields = windowed(node, tuple(node.get("kernel_shape"))) | {
        "rounding": "ceil" if node.get("ceil_mode") else "floor"
    }
    if node.op_type == "AveragePool":
        return cards("avgpool", x, **fields, count_include_pad=bool(node.get("count_include_pad", 0)))
    y = cards("maxpool", x, **fields)
    if node.outputs == 1:
        return y
    places = prod(x.shape[2:])
    order = "F" if node.get("storage_order") else "C"
    numbered = np.arange(places).reshape(x.shape[2:], order=order)
    ranks = np.unique(x, return_inverse=True)[1].reshape(x.shape)
    keys = cards("maxpool", ranks * places + (places - 1 - numbered), **fields).astype(np.int64)
    planes = np.arange(prod(x.shape[:2])).reshape(*x.shape[:2], *(1,) * (x.ndim - 2))
    return y, planes * places + (places - 1 - keys % places)


@operator("GlobalAveragePool", "GlobalMaxPool")
def whole(cards: Cards, node: Node, x: Array) -> Array:
    """A pooling over all places."""
    return cards({"GlobalAveragePool": "global_avgpool", "GlobalMaxPool": "global_maxpool"}[node.op_type], x)


@operator("ReduceMean")
def mean(cards: Cards, node: Node, x: Array, axes: Array | None = None) -> Array:
    """A pooling over all places, for which the axes are taken."""
    named = node.get("axes") if axes is None else axes.tolist()
    taken = sorted(axis % x.ndim for axis in named or range(x.ndim))
    kept = [axis for axis in range(x.ndim) if axis not in taken]
    y = cards("global_avgpool", x.transpose(*kept, *taken).reshape(1, prod(x.shape[axis] for axis in kept), -1))
    shape = [1 if axis in taken else size for axis, size in enumerate(x.shape)]
    return y.reshape(shape if node.get("keepdims", 1) else [x.shape[axis] for axis in kept])


@operator("BatchNormalization")
def batchnorm(  # noqa: PLR0913 - as many as ONNX hands over
    cards: Cards, node: Node, x: Array, weight: Array, bias: Array, running_mean: Array, running_var: Array
) -> Any:
    """A normalisation by what is remembered; in training by the batch's own mean and variance."""
    fields = {"epsilon": node.get("epsilon", 1e-5), "weight": weight, "bias": bias}
    volume = x if x.ndim > 2 else x[..., None]
    if not node.get("training_mode", 0):
        return cards("batchnorm", volume, **fields, running_mean=running_mean, running_var=running_var).reshape(x.shape)
    channels = np.moveaxis(volume, 1, 0).reshape(1, x.shape[1], -1)
    centre = cards("global_avgpool", channels)
    spread = cards("global_avgpool", (channels - centre) ** 2).reshape(-1)
    y = cards("batchnorm", volume, **fields, running_mean=centre.reshape(-1), running_var=spread).reshape(x.shape)
    past = node.get("momentum", 0.9)
    return y, past * running_mean + (1 - past) * centre.reshape(-1), past * running_var + (1 - past) * spread
