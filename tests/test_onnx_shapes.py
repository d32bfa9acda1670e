"""Windows against an outside judge: the shapes that onnxruntime really gives, a hundred windows per model.

Where onnxruntime refuses or departs from ONNX's text (`auto_pad` with dilation), ONNX's own shape inference judges.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cnncalc.layers.conv import Conv
from cnncalc.layers.layer import Layer
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.volume import Volume
from cnncalc.window import same_padding

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")

TEN = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a failing window is named; shrinking the other ninety-nine takes minutes
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large, HealthCheck.too_slow],
)
"""Ten models of up to a hundred windows each."""


class Axis(NamedTuple):
    """One axis of a window, drawn at random."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    extra: int


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
AXES = st.tuples(AXIS) | st.tuples(AXIS, AXIS) | st.tuples(AXIS, AXIS, AXIS)
WINDOWS = st.lists(AXES, min_size=80, max_size=100)
AUTO_PADS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


class Judged(NamedTuple):
    """A card, its input, and the ONNX node that does the same."""

    card: Layer
    x: Volume
    node: dict[str, Any]


def judged(card: type[Layer], axes: tuple[Axis, ...], op_type: str, padding: str = "", **more: Any) -> Judged:
    """Write the same window in the words of a card and in ONNX's; `padding` is a word, or each axis has its own."""
    sizes, kernels, strides, befores, afters, dilations, _ = zip(*axes, strict=True)
    ours = {"kernel_size": kernels, "stride": strides, "dilation": dilations}
    theirs = {"kernel_shape": kernels, "strides": strides, "dilations": dilations}
    ours |= {"padding": padding or tuple(zip(befores, afters, strict=True))}
    theirs |= {"auto_pad": AUTO_PADS[padding]} if padding else {"pads": befores + afters}
    theirs |= {key: more.pop(key) for key in ("ceil_mode",) if key in more}
    theirs |= {key: more[key] for key in ("output_padding",) if key in more}
    ours |= {"out_channels": 1} if "Conv" in op_type else {}
    return Judged(card(**ours, **more), Volume(1, sizes), {"op_type": op_type, **theirs})


def model(nodes: list[Judged]) -> Any:
    """Put all windows into one model, as parallel nodes."""
    made, inputs, outputs, weights = [], [], [], []
    for number, (_, x, node) in enumerate(nodes):
        inputs.append(onnx.helper.make_tensor_value_info(f"x{number}", onnx.TensorProto.FLOAT, (1, 1, *x.spatial)))
        outputs.append(onnx.helper.make_tensor_value_info(f"y{number}", onnx.TensorProto.FLOAT, None))
        names = [f"x{number}"]
        if "Conv" in node["op_type"]:
            filters = np.random.default_rng(0).integers(1, 9, (1, 1, *node["kernel_shape"])).astype(np.float32)
            weights.append(onnx.numpy_helper.from_array(filters, f"w{number}"))
            names.append(f"w{number}")
        made.append(onnx.helper.make_node(inputs=names, outputs=[f"y{number}"], **node))
    graph = onnx.helper.make_graph(made, "windows", inputs, outputs, weights)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)], ir_version=10)


def run(nodes: list[Judged]) -> list[Any]:
    """Return what onnxruntime computes."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = ort.InferenceSession(model(nodes).SerializeToString(), options, providers=["CPUExecutionProvider"])
    drawn = np.random.default_rng(1)
    feed = {f"x{n}": drawn.integers(1, 9, (1, 1, *x.spatial)).astype(np.float32) for n, (_, x, _) in enumerate(nodes)}
    return list(session.run(None, feed))


def agree(nodes: list[Judged], *, inferred: bool = False) -> None:
    """Compare every window's shape with onnxruntime's, or with what ONNX infers."""
    if inferred:
        outputs = onnx.shape_inference.infer_shapes(model(nodes), strict_mode=True).graph.output
        shapes = [tuple(side.dim_value for side in y.type.tensor_type.shape.dim) for y in outputs]
    else:
        shapes = [y.shape for y in run(nodes)] if nodes else []
    for window, shape in zip(nodes, shapes, strict=True):
        y = window.card.output(window.x)
        assert (1, y.channels, *y.spatial) == shape, window


def fits(window: Judged) -> bool:
    """Whether the filter fits into the padded input, so that onnxruntime takes it."""
    axes = zip(window.card.windows(window.x), window.x.spatial, strict=True)
    return all(axis._replace(rounding="floor").places(size) > 0 for axis, size in axes)


def plain(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Return axes that onnxruntime pads as ONNX says: no dilation, and no stride that skips pixels."""
    return tuple(axis._replace(dilation=1, stride=min(axis.stride, axis.kernel)) for axis in axes)


@TEN
@given(WINDOWS)
def test_convolutions(drawn: list[tuple[Axis, ...]]) -> None:
    """Conv with strides, dilations and padding that differs at every end gives onnxruntime's shape."""
    agree([window for axes in drawn if fits(window := judged(Conv, axes, "Conv", rounding="floor"))])


@TEN
@given(WINDOWS, st.booleans())
def test_pools(drawn: list[tuple[Axis, ...]], ceil: bool) -> None:  # noqa: FBT001 - drawn
    """Pooling under floor and ceil gives onnxruntime's shape; it wants padding narrower than the filter."""
    narrow = [axes for axes in drawn if all(max(axis.before, axis.after) < axis.kernel for axis in axes)]
    more = {"rounding": "ceil" if ceil else "floor", "ceil_mode": int(ceil)}
    for card, op_type in ((MaxPool, "MaxPool"), (AvgPool, "AveragePool")):
        agree([window for axes in narrow if fits(window := judged(card, axes, op_type, **more))])


@TEN
@given(WINDOWS, st.sampled_from(["same", "same_lower", "valid"]))
def test_auto_pad(drawn: list[tuple[Axis, ...]], padding: str) -> None:
    """`same`, `same_lower` and `valid` are ONNX's SAME_UPPER, SAME_LOWER and VALID."""
    for card, op_type in ((Conv, "Conv"), (MaxPool, "MaxPool"), (AvgPool, "AveragePool")):
        windows = [judged(card, axes, op_type, padding, rounding="floor") for axes in drawn]
        agree([window for window in windows if fits(window)], inferred=True)
        windows = [judged(card, axes, op_type, padding, rounding="floor") for axes in map(plain, drawn)]
        agree([window for window in windows if fits(window)])


@TEN
@given(WINDOWS, st.sampled_from(["", "same", "same_lower", "valid"]))
def test_transposed_convolutions(drawn: list[tuple[Axis, ...]], padding: str) -> None:
    """ConvTranspose with dilations, padding at either end and output padding gives onnxruntime's shape.

    Under `same` only filters as long as their stride: shorter ones are filled up to S·W here, as in Keras.
    """
    windows = []
    for axes in drawn:
        if padding.startswith("same"):
            axes = tuple(axis._replace(kernel=max(axis.kernel, axis.stride)) for axis in axes)  # noqa: PLW2901
        extra = tuple(min(axis.extra, axis.stride - 1) for axis in axes)
        windows.append(judged(ConvTranspose, axes, "ConvTranspose", padding, output_padding=extra))
    agree([window for window in windows if min(window.card.output(window.x).spatial) > 0])


@TEN
@given(WINDOWS, st.sampled_from(["same", "same_lower"]))
def test_an_odd_zero_goes_to_the_same_end(drawn: list[tuple[Axis, ...]], padding: str) -> None:
    """A convolution with `same` computes what it computes with its padding written out, value by value."""
    words, spelt = [], []
    for axes in map(plain, drawn):
        words.append(judged(Conv, axes, "Conv", padding, rounding="floor"))
        ends = [same_padding(a.size, kernel_size=a.kernel, stride=a.stride, lower=padding != "same") for a in axes]
        written = tuple(a._replace(before=end.before, after=end.after) for a, end in zip(axes, ends, strict=True))
        spelt.append(judged(Conv, written, "Conv", rounding="floor"))
    for word, same, explicit in zip(words, run(words), run(spelt), strict=True):
        np.testing.assert_array_equal(same, explicit, err_msg=str(word))
