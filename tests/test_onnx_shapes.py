"""Windows against an outside judge: the shapes that onnxruntime really gives, a hundred windows per model."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.layers.conv import Conv, ConvTranspose
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.volume import Volume

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
np = pytest.importorskip("numpy")

A_DOZEN = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
"""Twelve models of up to a hundred windows each."""


class Axis(NamedTuple):
    """One axis of a window, drawn at random."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    extra: int

    @property
    def span(self) -> int:
        """From the first tap to the last."""
        return self.kernel + (self.kernel - 1) * (self.dilation - 1)


class Judged(NamedTuple):
    """A card with its input, and the ONNX node that does the same."""

    card: Layer
    axes: tuple[Axis, ...]
    node: dict[str, Any]

    @property
    def expected(self) -> list[int]:
        """The output shape that the card answers with, as ONNX writes it."""
        y = self.card.output(Volume(1, sizes(self.axes)))
        return [1, y.channels, *y.spatial]


AXIS = st.builds(
    Axis,
    size=st.integers(1, 12),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 4),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    dilation=st.integers(1, 3),
    extra=st.integers(0, 3),
)
WINDOWS = st.lists(st.tuples(AXIS) | st.tuples(AXIS, AXIS) | st.tuples(AXIS, AXIS, AXIS), min_size=60, max_size=100)
AUTO_PADS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


def sizes(axes: tuple[Axis, ...]) -> tuple[int, ...]:
    """Return the input's spatial sizes."""
    return tuple(axis.size for axis in axes)


def geometry(axes: tuple[Axis, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the same window in the words of a card and in ONNX's."""
    kernels, strides, dilations = zip(*((a.kernel, a.stride, a.dilation) for a in axes), strict=True)
    pads = tuple((axis.before, axis.after) for axis in axes)
    ours = {"kernel_size": kernels, "stride": strides, "dilation": dilations, "padding": pads}
    theirs = {"kernel_shape": kernels, "strides": strides, "dilations": dilations, "pads": [*zip(*pads, strict=True)]}
    return ours, {**theirs, "pads": [zeros for end in theirs["pads"] for zeros in end]}


def auto(axes: tuple[Axis, ...], padding: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a window whose padding is worked out: `same`, `same_lower` or `valid`."""
    ours, theirs = geometry(axes)
    del theirs["pads"]
    return {**ours, "padding": padding}, {**theirs, "auto_pad": AUTO_PADS[padding]}


def fits(axes: tuple[Axis, ...], *, padded: bool = True) -> bool:
    """Whether the filter fits into the padded input, so that there is a shape to compare."""
    return all(axis.span <= axis.size + padded * (axis.before + axis.after) for axis in axes)


def shapes(windows: list[Judged]) -> list[list[int]]:
    """Run all windows as parallel nodes of one model and return the shapes that come out."""
    nodes, inputs, outputs, weights, feed = [], [], [], [], {}
    for number, (card, axes, node) in enumerate(windows):
        x, w, y = f"x{number}", f"w{number}", f"y{number}"
        feed[x] = np.zeros((1, 1, *sizes(axes)), dtype=np.float32)
        inputs.append(onnx.helper.make_tensor_value_info(x, onnx.TensorProto.FLOAT, feed[x].shape))
        outputs.append(onnx.helper.make_tensor_value_info(y, onnx.TensorProto.FLOAT, None))
        names = [x]
        if isinstance(card, (Conv, ConvTranspose)):
            kernel = np.zeros((1, 1, *node["kernel_shape"]), dtype=np.float32)
            weights.append(onnx.numpy_helper.from_array(kernel, w))
            names.append(w)
        nodes.append(onnx.helper.make_node(inputs=names, outputs=[y], **node))
    graph = onnx.helper.make_graph(nodes, "windows", inputs, outputs, weights)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)], ir_version=10)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return [list(result.shape) for result in session.run(None, feed)]


def agree(windows: list[Judged]) -> None:
    """Compare every window's shape with onnxruntime's."""
    if windows:
        for window, shape in zip(windows, shapes(windows), strict=True):
            assert window.expected == shape, window


@A_DOZEN
@given(WINDOWS)
def test_convolutions(drawn: list[tuple[Axis, ...]]) -> None:
    """Conv with strides, dilations and padding that differs at every end gives onnxruntime's shape."""
    pairs = [(axes, *geometry(axes)) for axes in drawn if fits(axes)]
    agree([
        Judged(Conv(out_channels=1, rounding="floor", **ours), axes, {"op_type": "Conv", **theirs})
        for axes, ours, theirs in pairs
    ])


@A_DOZEN
@given(WINDOWS, st.sampled_from([(MaxPool, "MaxPool"), (AvgPool, "AveragePool")]), st.booleans())
def test_pools(drawn: list[tuple[Axis, ...]], pool: tuple[Any, str], ceil: bool) -> None:  # noqa: FBT001 - drawn
    """Max and average pooling under floor and ceil give onnxruntime's shape; its padding is narrower than the filter."""
    card, op_type = pool
    pairs = [
        (axes, *geometry(axes)) for axes in drawn if fits(axes) and all(max(a.before, a.after) < a.kernel for a in axes)
    ]
    agree([
        Judged(card(rounding="ceil" if ceil else "floor", **ours), axes, {"op_type": op_type, "ceil_mode": ceil, **theirs})
        for axes, ours, theirs in pairs
    ])


@A_DOZEN
@given(WINDOWS, st.sampled_from(["same", "same_lower", "valid"]))
def test_auto_pad(drawn: list[tuple[Axis, ...]], padding: str) -> None:
    """`same`, `same_lower` and `valid` are ONNX's SAME_UPPER, SAME_LOWER and VALID."""
    windows = []
    for axes in drawn:
        if fits(axes, padded=False) or padding != "valid":
            ours, theirs = auto(axes, padding)
            windows += [
                Judged(Conv(out_channels=1, rounding="floor", **ours), axes, {"op_type": "Conv", **theirs}),
                Judged(MaxPool(rounding="floor", **ours), axes, {"op_type": "MaxPool", **theirs}),
                Judged(AvgPool(rounding="floor", **ours), axes, {"op_type": "AveragePool", **theirs}),
            ]
    agree(windows)


@A_DOZEN
@given(WINDOWS, st.sampled_from(["", "same", "same_lower", "valid"]))
def test_transposed_convolutions(drawn: list[tuple[Axis, ...]], padding: str) -> None:
    """ConvTranspose with dilations, padding at either end and output padding gives onnxruntime's shape."""
    windows = []
    for axes in drawn:
        ours, theirs = auto(axes, padding) if padding else geometry(axes)
        extra = tuple(min(axis.extra, max(axis.stride, axis.dilation) - 1) for axis in axes)  # PyTorch's bound
        card = ConvTranspose(out_channels=1, output_padding=extra, **ours)
        node = {"op_type": "ConvTranspose", "output_padding": extra, **theirs}
        if min(card.output(Volume(1, sizes(axes))).spatial) > 0:
            windows.append(Judged(card, axes, node))
    agree(windows)
