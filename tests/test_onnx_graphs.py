"""Random graphs of every layer that ONNX knows: each volume is the one that ONNX infers, each tensor counted once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.layers import CARDS, Layer
from cnncalc.layers.conv import DepthwiseConv
from cnncalc.ledger import tally
from cnncalc.network import build
from cnncalc.spec.model import INPUT, Entry, Spec
from cnncalc.volume import Volume
from cnncalc.window import sides

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")

BATCH = 2


class Export:
    """A graph as cnncalc's entries and as ONNX, grown side by side: shapes are worked out by ONNX alone."""

    def __init__(self, x: Volume) -> None:
        self.entries: list[Entry] = []
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.constants: list[Any] = []
        self.volumes = {INPUT: x}
        self.tensors: dict[str, list[str]] = {}

    def tensor(self, *shape: int) -> str:
        """Add a learned tensor."""
        self.weights.append(onnx.numpy_helper.from_array(np.zeros(shape, np.float32), f"w{len(self.weights)}"))
        return str(self.weights[-1].name)

    def numbers(self, *values: int) -> str:
        """Add a constant that says something about shapes."""
        self.constants.append(onnx.numpy_helper.from_array(np.array(values, np.int64), f"k{len(self.constants)}"))
        return str(self.constants[-1].name)

    def add(self, card: Layer, *inputs: str, share: str | None = None) -> str:
        """Add a layer to both; with another's weights, if it says whose."""
        name = f"{card.type}{len(self.entries)}"
        several = tuple(self.volumes[source] for source in inputs)
        x: Any = several if card.reads_many else several[0]
        self.entries.append(Entry(card, name, inputs, share=share))
        self.volumes[name] = card.output(x)  # to draw from; what it is held against comes from `inferred`
        known = len(self.weights)
        op_type, names, attributes = OPERATORS[card.type](self, card, x, [*inputs])
        if share:
            del self.weights[known:]
            names[1:] = self.tensors[share]
        self.tensors[name] = names[1:]
        outputs = [
            name if part == attributes.pop("part", 0) else f"{name}_{part}"
            for part in range(attributes.pop("parts", 1))
        ]
        self.nodes.append(onnx.helper.make_node(op_type, names, outputs, name, **attributes))
        return name

    def inferred(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes that ONNX infers."""
        x = self.volumes[INPUT]
        made = onnx.helper.make_tensor_value_info(INPUT, onnx.TensorProto.FLOAT, (BATCH, x.channels, *x.spatial))
        ends = [onnx.helper.make_tensor_value_info(entry.name, onnx.TensorProto.FLOAT, None) for entry in self.entries]
        graph = onnx.helper.make_graph(self.nodes, "graph", [made], ends, [*self.weights, *self.constants])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)])
        found = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph.output
        return {one.name: tuple(side.dim_value for side in one.type.tensor_type.shape.dim) for one in found}

    def learned(self) -> int:
        """Return how many numbers the learned tensors hold."""
        return sum(int(np.prod(tensor.dims)) for tensor in self.weights)


Made = tuple[str, list[str], dict[str, Any]]


def window(card: Any) -> dict[str, Any]:
    """Write a window in ONNX's words; both axes alike."""
    ends, stride = sides(card.padding), card.stride or card.kernel_size
    written = {
        "kernel_shape": [card.kernel_size] * 2,
        "strides": [stride] * 2,
        "pads": [ends.before] * 2 + [ends.after] * 2,
    }
    return {**written, "dilations": [card.dilation] * 2}


def conv(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Conv: filters K × C/G × F × F and K biases."""
    depthwise = isinstance(card, DepthwiseConv)
    groups, filters = (x.channels, card.multiplier * x.channels) if depthwise else (card.groups, card.out_channels)
    names.append(graph.tensor(filters, x.channels // groups, card.kernel_size, card.kernel_size))
    names += [graph.tensor(filters)] if card.bias else []
    return "Conv", names, {**window(card), "group": groups}


def conv_transpose(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """ConvTranspose: filters C × K/G × F × F and K biases."""
    names.append(graph.tensor(x.channels, card.out_channels // card.groups, card.kernel_size, card.kernel_size))
    names += [graph.tensor(card.out_channels)] if card.bias else []
    return "ConvTranspose", names, {**window(card), "group": card.groups, "output_padding": [card.output_padding] * 2}


def batchnorm(graph: Export, _: Any, x: Volume, names: list[str]) -> Made:
    """BatchNormalization: scale and offset are learned, mean and variance are not."""
    stored = [
        onnx.numpy_helper.from_array(np.zeros(x.channels, np.float32), f"s{len(graph.constants)}_{n}") for n in (0, 1)
    ]
    graph.constants += stored
    return (
        "BatchNormalization",
        [*names, graph.tensor(x.channels), graph.tensor(x.channels), *(one.name for one in stored)],
        {},
    )


def upsample(graph: Export, card: Any, _: Volume, names: list[str]) -> Made:
    """Resize by whole scales."""
    scales = onnx.numpy_helper.from_array(
        np.array([1, 1, card.scale, card.scale], np.float32), f"k{len(graph.constants)}"
    )
    graph.constants.append(scales)
    return "Resize", [*names, "", scales.name], {"mode": {"nearest": "nearest", "bilinear": "linear"}[card.mode]}


def fc(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Gemm behind Flatten, and two axes of 1 again: a vector is a volume of 1 × 1 × K here."""
    name = f"{card.type}{len(graph.entries) - 1}"
    graph.nodes.append(onnx.helper.make_node("Flatten", names, [f"{name}_flat"]))
    matrix = [f"{name}_flat", graph.tensor(x.values, card.out_features)] + (
        [graph.tensor(card.out_features)] if card.bias else []
    )
    graph.nodes.append(onnx.helper.make_node("Gemm", matrix, [f"{name}_vector"]))
    return "Unsqueeze", [f"{name}_vector", graph.numbers(2, 3)], {}


def split(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Split: all parts come out, one is read."""
    sizes = graph.numbers(*[x.channels // card.parts] * card.parts)
    return "Split", [*names, sizes], {"axis": 1, "part": card.part, "parts": card.parts}


def prelu(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """PRelu: a slope per channel, or one."""
    return "PRelu", [*names, graph.tensor(*((1, 1, 1) if card.shared else (x.channels, 1, 1)))], {}


def pad(graph: Export, card: Any, _: Volume, names: list[str]) -> Made:
    """Pad: before and after, for the spatial axes only."""
    ends = sides(card.padding)
    return "Pad", [*names, graph.numbers(0, 0, *[ends.before] * 2, 0, 0, *[ends.after] * 2)], {}


def flatten(graph: Export, _: Any, x: Volume, names: list[str]) -> Made:
    """Reshape to one value per channel."""
    return "Reshape", [*names, graph.numbers(BATCH, x.values, 1, 1)], {}


def pool(op_type: str) -> Callable[..., Made]:
    """Return the writer of a pooling."""
    return lambda _graph, card, _x, names: (op_type, names, {**window(card), "ceil_mode": int(card.rounding == "ceil")})


def just(op_type: str, **attributes: Any) -> Callable[..., Made]:
    """Return the writer of an operator without inputs of its own."""
    return lambda _graph, _card, _x, names: (op_type, names, dict(attributes))


OPERATORS: dict[str, Callable[..., Made]] = {
    "conv": conv, "depthwise_conv": conv, "conv_transpose": conv_transpose, "split": split,
    "batchnorm": batchnorm, "fc": fc, "maxpool": pool("MaxPool"), "avgpool": pool("AveragePool"), "upsample": upsample,
    "prelu": prelu, "zeropad": pad,
    "global_avgpool": just("GlobalAveragePool"), "global_maxpool": just("GlobalMaxPool"), "flatten": flatten,
    "relu": just("Relu"), "leaky_relu": just("LeakyRelu"), "sigmoid": just("Sigmoid"), "hard_swish": just("HardSwish"),
    "gelu": just("Gelu"), "identity": just("Identity"), "softmax": just("Softmax", axis=1), "add": just("Sum"),
    "multiply": just("Mul"), "concat": just("Concat", axis=1), "tanh": just("Tanh"),
    "hard_sigmoid": just("HardSigmoid"),
    "lrn": lambda _graph, card, _x, names: ("LRN", names, {"size": card.size}),
    "space_to_depth": lambda _graph, card, _x, names: ("SpaceToDepth", names, {"blocksize": card.block_size}),
    "slice": lambda graph, card, _x, names: (
        "Slice", [*names, graph.numbers(card.start), graph.numbers(card.stop), graph.numbers(1)], {}
    ),
}  # fmt: skip
"""How each layer is said in ONNX."""

POINTWISE = [
    *("relu", "leaky_relu", "prelu", "sigmoid", "tanh", "hard_sigmoid", "hard_swish", "gelu", "softmax", "lrn"),
    "batchnorm",
]
SLIDING = ["conv", "conv", "depthwise_conv", "conv_transpose", "maxpool", "avgpool"]
MOVING = ["upsample", "zeropad", "space_to_depth", "slice", "split", "identity"]


def divisors(*numbers: int) -> list[int]:
    """Return what divides all of these."""
    return [n for n in range(1, min(numbers) + 1) if not any(number % n for number in numbers)]


def sliding(draw: st.DrawFn, kind: str, x: Volume) -> Layer:
    """Draw a window that fits its input."""
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2)) if kind != "avgpool" else 1
    low = 0 if kind == "conv_transpose" else max(0, (kernel - 1) * dilation + 1 - min(x.spatial))  # so that it fits
    before = draw(st.integers(-(-low // 2), -(-low // 2) + 2))
    if "pool" in kind:
        kernel = before = min(kernel, *x.spatial)  # pools want less padding than filter
        before, dilation = draw(st.integers(0, kernel - 1)), 1
    fields = {"kernel_size": kernel, "dilation": dilation, "stride": draw(st.integers(1, 3)), "padding": before}
    if "pool" in kind:
        return CARDS[kind](**fields, rounding=draw(st.sampled_from(["floor", "ceil"])))
    fields["bias"] = draw(st.booleans())
    if kind == "depthwise_conv":
        return CARDS[kind](**fields, multiplier=draw(st.integers(1, 2)), rounding="floor")
    filters = draw(st.sampled_from([4, 6, 8]))
    fields |= {"out_channels": filters, "groups": draw(st.sampled_from(divisors(filters, x.channels)))}
    if kind == "conv":
        return CARDS[kind](**fields, rounding="floor")
    fields |= {"padding": min(before, (kernel - 1) // 2), "output_padding": draw(st.integers(0, fields["stride"] - 1))}
    return CARDS[kind](**fields)


def moving(draw: st.DrawFn, kind: str, x: Volume) -> Layer:
    """Draw a layer that moves values about."""
    fields: dict[str, dict[str, Any]] = {
        "upsample": {"scale": draw(st.integers(1, 3)), "mode": draw(st.sampled_from(["nearest", "bilinear"]))},
        "zeropad": {"padding": f"{draw(st.integers(0, 2))}:{draw(st.integers(0, 2))}"},
        "space_to_depth": {"block_size": draw(st.sampled_from(divisors(*x.spatial)))},
        "slice": {"start": draw(st.integers(0, x.channels - 1)), "stop": x.channels},
        "split": {"parts": draw(st.sampled_from(divisors(x.channels)))},
        "identity": {},
    }
    return CARDS[kind](**fields[kind])


def shareable(graph: Export, kind: str, x: Volume) -> list[Entry]:
    """Return the convolutions whose weights and windows fit this input, too."""
    owners = [entry for entry in graph.entries if entry.card.type == kind and "conv" in kind and not entry.share]
    same = [entry for entry in owners if graph.volumes[entry.inputs[0]].channels == x.channels]
    return [entry for entry in same if min(entry.card.output(x).spatial) > 0]


@st.composite
def graphs(draw: st.DrawFn) -> Export:
    """Draw up to a dozen layers, each behind any that are there, and perhaps a classifier at the end."""
    graph = Export(Volume(draw(st.sampled_from([3, 4, 6])), (draw(st.integers(4, 16)), draw(st.integers(4, 16)))))
    for _ in range(draw(st.integers(1, 12))):
        source = draw(st.sampled_from([*graph.volumes][-4:]))
        x = graph.volumes[source]
        kind = draw(st.sampled_from([*SLIDING, *MOVING, "pointwise", "add", "concat", "gate"]))
        if x.values > 10**5:
            kind = "gate"
        if kind in {"add", "concat"}:
            fits = (lambda y: y == x) if kind == "add" else (lambda y: y.spatial == x.spatial)  # noqa: B023 - used at once
            several = [name for name, y in graph.volumes.items() if fits(y)]
            graph.add(CARDS[kind](), source, *draw(st.lists(st.sampled_from(several), min_size=1, max_size=3)))
        elif kind == "gate":
            gap = graph.add(CARDS[draw(st.sampled_from(["global_avgpool", "global_maxpool"]))](), source)
            gate = graph.add(CARDS["fc"](out_features=x.channels), gap)
            graph.add(CARDS["multiply"](), *draw(st.permutations([source, gate])))
        elif kind == "pointwise":
            graph.add(CARDS[draw(st.sampled_from(POINTWISE))](), source)
        elif owners := draw(st.booleans()) and shareable(graph, kind, x):
            owner = draw(st.sampled_from(owners))
            graph.add(owner.card, source, share=owner.name)
        else:
            graph.add(sliding(draw, kind, x) if kind in SLIDING else moving(draw, kind, x), source)
    if draw(st.booleans()):
        last = [*graph.volumes][-1]
        last = graph.add(CARDS["flatten"](), last) if draw(st.booleans()) else last
        graph.add(CARDS["fc"](out_features=10, bias=draw(st.booleans())), last)
    return graph


@settings(max_examples=500, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_graphs(graph: Export, dice: Any) -> None:
    """Every volume is the one ONNX infers, parameters are the sizes of its learned tensors; any order will do."""
    shapes = graph.inferred()
    entries = list(graph.entries)
    if not any(entry.share for entry in entries):  # an owner stands before whoever shares
        dice.shuffle(entries)
    ledger = tally(build(Spec("graph", graph.volumes[INPUT], tuple(entries))))
    for row in ledger.rows[1:]:
        assert (BATCH, row.volume.channels, *row.volume.spatial) == shapes[row.name], row.name
    assert ledger.totals.parameters == graph.learned()
    assert len(ledger.rows) == len(entries) + 1


def test_every_layer_with_an_operator_is_drawn() -> None:
    """No operator above is written in vain, and the layers without one are known by name."""
    drawn = {
        *POINTWISE,
        *SLIDING,
        *MOVING,
        "add",
        "concat",
        "multiply",
        "global_avgpool",
        "global_maxpool",
        "fc",
        "flatten",
    }
    assert drawn == OPERATORS.keys()
    elsewhere = {"channel_shuffle", "zero_shortcut", "crop", "layernorm", "layer_scale"}  # tests/layers
    no_operator = {"relu6", "swish", "dropout", "adaptive_avgpool", "adaptive_maxpool"}
    assert CARDS.keys() - drawn >= elsewhere | no_operator
