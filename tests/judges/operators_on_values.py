"""ONNX's operators on values by cards: activations, sums, products and matrices."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from onnx_backend import Array, Cards, Inexpressible, Node, channelled, operator

POINTWISE = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "HardSwish": "hard_swish", "Identity": "identity"}


def everywhere(cards: Cards, kind: str, x: Array, **given: Any) -> Array:
    """Return a card's function of every value, whatever the axes."""
    return cards(kind, x.reshape(1, -1, 1), **given).reshape(x.shape)


@operator(*POINTWISE)
def pointwise(cards: Cards, node: Node, x: Array) -> Array:
    """An element-wise function without settings."""
    return everywhere(cards, POINTWISE[node.op_type], x)


@operator("LeakyRelu")
def leaky_relu(cards: Cards, node: Node, x: Array) -> Array:
    """A slope for what is negative."""
    return everywhere(cards, "leaky_relu", x, negative_slope=round(node.get("alpha", 0.01), 7))


@operator("PRelu")
def prelu(cards: Cards, node: Node, x: Array, slope: Array) -> Array:
    """A slope per channel; where the slopes are laid out otherwise, every value is a channel."""
    if node.version < 7 and slope.size > 1:
        slope = slope.reshape(-1, *(1,) * (x.ndim - 2))
    if slope.size == 1:
        return everywhere(cards, "prelu", x, shared=True, weight=slope.reshape(1))
    if slope.shape == (x.shape[1], *(1,) * (x.ndim - 2)):
        return cards("prelu", x, weight=slope.reshape(-1))
    return everywhere(cards, "prelu", x, weight=np.broadcast_to(slope, x.shape).reshape(-1))


@operator("HardSigmoid")
def hard_sigmoid(cards: Cards, node: Node, x: Array) -> Array:
    """min(max(0, αx + β), 1), which is the card's of 6·(αx + β) − 3."""
    return everywhere(cards, "hard_sigmoid", 6 * (node.get("alpha", 0.2) * x + node.get("beta", 0.5)) - 3)


@operator("Swish")
def swish(cards: Cards, node: Node, x: Array) -> Array:
    """x/(1 + e^−αx), which is the card's of αx, over α."""
    return everywhere(cards, "swish", node.get("alpha", 1.0) * x) / node.get("alpha", 1.0)


@operator("Gelu")
def gelu(cards: Cards, node: Node, x: Array) -> Array:
    """The exact one."""
    if node.get("approximate", "none") != "none":
        raise Inexpressible("approximated by tanh")
    return everywhere(cards, "gelu", x)


@operator("Clip")
def clip(cards: Cards, node: Node, x: Array, least: Array | None = None, most: Array | None = None) -> Array:
    """Two ReLUs: max(x, a) = relu(x − a) + a, and min(x, b) = b − relu(b − x)."""
    kind, x = x.dtype, x.astype(np.float64 if x.dtype.kind == "f" else np.float32)
    least, most = (node.get(name) if bound is None else bound for name, bound in (("min", least), ("max", most)))
    if least is not None:
        x = everywhere(cards, "relu", x - float(least)) + float(least)
    if most is not None:
        x = float(most) - everywhere(cards, "relu", float(most) - x)
    return everywhere(cards, "identity", x).astype(kind)


@operator("Softmax")
def softmax(cards: Cards, node: Node, x: Array) -> Array:
    """Shares along an axis; before version 13, of all that stands from the axis on."""
    if node.version >= 13:
        return cards("softmax", channelled(x, node.get("axis", -1))).reshape(x.shape)
    axis = node.get("axis", 1) % x.ndim
    return cards("softmax", x.reshape(prod(x.shape[:axis]), -1, 1)).reshape(x.shape)


@operator("LRN")
def lrn(cards: Cards, node: Node, x: Array) -> Array:
    """Neighbours across channels."""
    given = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0}
    alpha, beta, bias = (node.get(name, default) for name, default in given.items())
    return cards("lrn", x, size=node.get("size"), alpha=alpha, beta=beta, k=bias)


@operator("LayerNormalization")
def layernorm(cards: Cards, node: Node, x: Array, weight: Array, bias: Array | None = None) -> Any:
    """The axes from one on are the channels; their mean is a pooling, 1/√(variance + ε) a batch normalisation of 1."""
    axis, epsilon = node.get("axis", -1) % x.ndim, node.get("epsilon", 1e-5)
    rows = x.reshape(prod(x.shape[:axis]), -1, 1)
    offsets = np.zeros_like(weight) if bias is None else bias
    y = cards("layernorm", rows, epsilon=epsilon, weight=weight.reshape(-1), bias=offsets.reshape(-1)).reshape(x.shape)
    centre = cards("global_avgpool", rows.reshape(1, len(rows), -1))
    variance = cards("global_avgpool", (rows.reshape(1, len(rows), -1) - centre) ** 2).reshape(-1)
    ones, zeros = np.ones((1, len(rows), 1), x.dtype), np.zeros(len(rows), x.dtype)
    inverse = cards("batchnorm", ones, epsilon=epsilon, affine=False, running_mean=zeros, running_var=variance)
    shape = (*x.shape[:axis], *(1,) * (x.ndim - axis))
    return (y, centre.reshape(shape), inverse.reshape(shape))[: node.outputs]


@operator("Add", "Sum", "Mul")
def merge(cards: Cards, node: Node, *inputs: Array) -> Array:
    """A sum or a product of volumes that are first brought to one shape."""
    if (axis := node.get("axis")) is not None:  # before version 7
        x, other = inputs
        inputs = (x, other.reshape(*other.shape, *(1,) * (x.ndim - axis - other.ndim)))
    alike = np.broadcast_arrays(*inputs)
    kind = "multiply" if node.op_type == "Mul" else "add"
    return cards(kind, *(one.reshape(1, -1, 1) for one in alike)).reshape(alike[0].shape)


@operator("Dropout")
def dropout(cards: Cards, node: Node, x: Array, ratio: Array | None = None, training: Array | None = None) -> Any:
    """Nothing at inference; in training a mask is drawn here as ONNX draws it, and the product is a card's."""
    rate = float(node.get("ratio", 0.5) if ratio is None else ratio)
    if training is None or not bool(training) or rate == 0:
        y, mask = everywhere(cards, "dropout", x, rate=rate), np.ones(x.shape, bool)
    else:
        mask = np.random.RandomState(node.get("seed", 0)).uniform(0, 1, x.shape) >= rate
        scaled = (mask / (1 - rate)).astype(x.dtype)
        y = cards("multiply", x.reshape(1, -1, 1), scaled.reshape(1, -1, 1)).reshape(x.shape)
    return (y, mask)[: node.outputs]


@operator("Gemm")
def gemm(cards: Cards, node: Node, a: Array, b: Array, c: Array | None = None) -> Array:
    """A fully connected layer; an offset that differs from image to image is added behind it."""
    a = a.T if node.get("transA") else a
    weight = (b if node.get("transB") else b.T) * node.get("alpha", 1.0)
    scaled = np.zeros(1, a.dtype) if c is None else c * node.get("beta", 1.0)
    each = scaled.ndim == 2 and scaled.shape[0] > 1
    bias = False if each or c is None else np.broadcast_to(scaled, (1, len(weight)))[0]
    y = cards("fc", a[..., None], out_features=len(weight), weight=weight.astype(a.dtype), bias=bias)
    return (cards("add", y, np.broadcast_to(scaled, y.shape[:2])[..., None]) if each else y)[..., 0]


@operator("MatMul")
def matmul(cards: Cards, _: Node, a: Array, b: Array) -> Array:
    """A fully connected layer per matrix."""
    rows, columns = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = np.broadcast_to(rows, (*batch, *rows.shape[-2:])).reshape(-1, *rows.shape[-2:])
    columns = np.broadcast_to(columns, (*batch, *columns.shape[-2:])).reshape(-1, *columns.shape[-2:])
    made = [
        cards("fc", x[..., None], out_features=w.shape[1], weight=np.ascontiguousarray(w.T), bias=False)[..., 0]
        for x, w in zip(rows, columns, strict=True)
    ]
    y = np.stack(made).reshape(*batch, *made[0].shape)
    y = y[..., 0] if b.ndim == 1 else y
    return y[..., 0] if a.ndim == 1 and b.ndim == 1 else y[..., 0, :] if a.ndim == 1 else y
