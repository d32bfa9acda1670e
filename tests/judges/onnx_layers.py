"""How each layer is said in ONNX: the operator, its inputs and attributes; operators before it are added on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnncalc.layers.conv import DepthwiseConv
from cnncalc.settings import per_axis
from cnncalc.volume import Volume
from cnncalc.window import sides

if TYPE_CHECKING:
    from onnx_export import Export

Made = tuple[str, list[str], dict[str, Any]]
WORDS = {"same": "SAME_UPPER", "same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


def window(card: Any, x: Volume) -> dict[str, Any]:
    """Write a window in ONNX's words."""
    axes = len(x.spatial)
    settings = {
        "kernel_shape": card.kernel_size,
        "strides": card.stride or card.kernel_size,
        "dilations": card.dilation,
    }
    written: dict[str, Any] = {key: [*per_axis(value, axes, key)] for key, value in settings.items()}
    if isinstance(card.padding, str):
        return {**written, "auto_pad": WORDS[card.padding]}
    return {**written, "pads": pads(card.padding, axes)}


def pads(padding: Any, axes: int) -> list[int]:
    """Write what stands before every axis, then what stands behind."""
    ends = [sides(one) for one in per_axis(padding, axes, "padding")]
    return [*(end.before for end in ends), *(end.after for end in ends)]


def conv(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Conv: filters K × C/G × F × F and K biases."""
    depthwise = isinstance(card, DepthwiseConv)
    groups, filters = (x.channels, card.multiplier * x.channels) if depthwise else (card.groups, card.out_channels)
    written = window(card, x)
    names.append(graph.tensor("weight", filters, x.channels // groups, *written["kernel_shape"]))
    names += [graph.tensor("bias", filters)] if card.bias else []
    return "Conv", names, {**written, "group": groups}


def conv_transpose(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """ConvTranspose: filters C × K/G × F × F and K biases."""
    written = window(card, x)
    names.append(graph.tensor("weight", x.channels, card.out_channels // card.groups, *written["kernel_shape"]))
    names += [graph.tensor("bias", card.out_channels)] if card.bias else []
    extra = [*per_axis(card.output_padding, len(x.spatial), "output_padding")]
    return "ConvTranspose", names, {**written, "group": card.groups, "output_padding": extra}


def batchnorm(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """BatchNormalization: scale and offset are learned, mean and variance are not."""
    held = [graph.tensor(name, x.channels) for name in ("weight", "bias", "running_mean", "running_var")]
    return "BatchNormalization", [*names, *held], {"epsilon": card.epsilon}


def layernorm(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """LayerNormalization of the last axis: the channels are brought there, and back."""
    axes = len(x.spatial)
    moved = graph.before("Transpose", names, perm=[0, *range(2, 2 + axes), 1])
    held = [moved, graph.tensor("weight", x.channels), graph.tensor("bias", x.channels)]
    normal = graph.before("LayerNormalization", held, axis=-1, epsilon=card.epsilon)
    return "Transpose", [normal], {"perm": [0, 1 + axes, *range(1, 1 + axes)]}


def per_channel(graph: Export, tensor: str, x: Volume) -> str:
    """Return a vector so that it meets channel by channel."""
    return graph.before("Reshape", [tensor, graph.numbers(x.channels, *(1,) * len(x.spatial))])


def prelu(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """PRelu: a slope per channel, or one."""
    if card.shared:
        return "PRelu", [*names, graph.tensor("weight", 1)], {}
    return "PRelu", [*names, per_channel(graph, graph.tensor("weight", x.channels), x)], {}


def layer_scale(graph: Export, _: Any, x: Volume, names: list[str]) -> Made:
    """Mul by a factor per channel."""
    return "Mul", [*names, per_channel(graph, graph.tensor("weight", x.channels), x)], {}


def upsample(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Resize by whole scales."""
    scales = graph.numbers(1.0, 1.0, *map(float, per_axis(card.scale, len(x.spatial), "scale")))
    return "Resize", [*names, "", scales], {"mode": {"nearest": "nearest", "bilinear": "linear"}[card.mode]}


def fc(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Gemm behind Flatten, and two axes of 1 again: a vector is a volume of 1 × 1 × K here."""
    matrix = [graph.before("Flatten", names), graph.tensor("weight", card.out_features, x.values)]
    matrix += [graph.tensor("bias", card.out_features)] if card.bias else []
    axes = graph.numbers(*range(2, 2 + len(x.spatial)))
    return "Unsqueeze", [graph.before("Gemm", matrix, transB=1), axes], {}


def split(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Split: all parts come out, one is read."""
    sizes = graph.numbers(*[x.channels // card.parts] * card.parts)
    return "Split", [*names, sizes], {"axis": 1, "part": card.part, "parts": card.parts}


def pad(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Pad: before and after, for the spatial axes only."""
    axes = len(x.spatial)
    ends = pads(card.padding, axes)
    return "Pad", [*names, graph.numbers(0, 0, *ends[:axes], 0, 0, *ends[axes:])], {}


def crop(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Slice: the middle of each axis."""
    kept = per_axis(card.size, len(x.spatial), "size")
    firsts = [(size - keep) // 2 for size, keep in zip(x.spatial, kept, strict=True)]
    lasts = [first + keep for first, keep in zip(firsts, kept, strict=True)]
    return "Slice", [*names, graph.numbers(*firsts), graph.numbers(*lasts), spatial(graph, x)], {}


def spatial(graph: Export, x: Volume) -> str:
    """Return the numbers of the spatial axes."""
    return graph.numbers(*range(2, 2 + len(x.spatial)))


def zero_shortcut(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Slice with steps, and Pad behind the channels."""
    steps = graph.numbers(*per_axis(card.stride, len(x.spatial), "stride"))
    starts, ends = graph.numbers(*(0,) * len(x.spatial)), graph.numbers(*x.spatial)
    kept = graph.before("Slice", [*names, starts, ends, spatial(graph, x), steps])
    rest = (0,) * len(x.spatial)
    return "Pad", [kept, graph.numbers(0, 0, *rest, 0, card.out_channels - x.channels, *rest)], {}


def channel_shuffle(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """Reshape to groups, Transpose, Reshape back."""
    hands = graph.before("Reshape", [*names, graph.numbers(0, card.groups, x.channels // card.groups, *x.spatial)])
    dealt = graph.before("Transpose", [hands], perm=[0, 2, 1, *range(3, 3 + len(x.spatial))])
    return "Reshape", [dealt, graph.numbers(0, x.channels, *x.spatial)], {}


def adaptive(reduce: str) -> Callable[..., Made]:
    """Return the writer of an adaptive pooling: a Slice and a reduction per share, axis by axis."""

    def write(graph: Export, card: Any, x: Volume, names: list[str]) -> Made:
        shares = names
        for axis, (size, places) in enumerate(
            zip(x.spatial, per_axis(card.output_size, len(x.spatial), ""), strict=True)
        ):
            whole, along = graph.before("Concat", shares, axis=1 + axis) if axis else names[0], graph.numbers(2 + axis)
            bounds = [(o * size // places, -(-(o + 1) * size // places)) for o in range(places)]
            cut = [graph.before("Slice", [whole, *(graph.numbers(end) for end in ends), along]) for ends in bounds]
            shares = [graph.before(reduce, [one, along], keepdims=1) for one in cut]
        return "Concat", shares, {"axis": 1 + len(x.spatial)}

    return write


def swish(graph: Export, _: Any, __: Volume, names: list[str]) -> Made:
    """Mul by its own Sigmoid."""
    return "Mul", [*names, graph.before("Sigmoid", names)], {}


def maxpool(_: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """MaxPool, with floor or ceil."""
    return "MaxPool", names, {**window(card, x), "ceil_mode": int(card.rounding == "ceil")}


def avgpool(_: Export, card: Any, x: Volume, names: list[str]) -> Made:
    """AveragePool, with floor or ceil, over the padding or not."""
    made = {**window(card, x), "ceil_mode": int(card.rounding == "ceil")}
    return "AveragePool", names, {**made, "count_include_pad": int(card.count_include_pad)}


def just(op_type: str, **attributes: Any) -> Callable[..., Made]:
    """Return the writer of an operator without inputs of its own."""
    return lambda _graph, _card, _x, names: (op_type, names, dict(attributes))


OPERATORS: dict[str, Callable[..., Made]] = {
    "conv": conv, "depthwise_conv": conv, "conv_transpose": conv_transpose, "split": split, "layernorm": layernorm,
    "batchnorm": batchnorm, "fc": fc, "maxpool": maxpool, "avgpool": avgpool, "upsample": upsample, "prelu": prelu,
    "layer_scale": layer_scale, "zeropad": pad, "crop": crop, "zero_shortcut": zero_shortcut, "swish": swish,
    "channel_shuffle": channel_shuffle, "adaptive_avgpool": adaptive("ReduceMean"),
    "adaptive_maxpool": adaptive("ReduceMax"), "global_avgpool": just("GlobalAveragePool"),
    "global_maxpool": just("GlobalMaxPool"), "relu": just("Relu"), "sigmoid": just("Sigmoid"), "tanh": just("Tanh"),
    "hard_sigmoid": just("HardSigmoid", alpha=1 / 6, beta=0.5), "hard_swish": just("HardSwish"), "gelu": just("Gelu"),
    "identity": just("Identity"), "softmax": just("Softmax", axis=1), "dropout": just("Dropout"), "add": just("Sum"),
    "concat": just("Concat", axis=1),
    "leaky_relu": lambda _graph, card, _x, names: ("LeakyRelu", names, {"alpha": card.negative_slope}),
    "relu6": lambda graph, _card, _x, names: ("Clip", [*names, graph.number(0), graph.number(6)], {}),
    "lrn": lambda _graph, card, _x, names: (
        "LRN", names, {"size": card.size, "alpha": card.alpha, "beta": card.beta, "bias": card.k}
    ),
    "flatten": lambda graph, _card, x, names: (
        "Reshape", [*names, graph.numbers(0, x.values, *(1,) * len(x.spatial))], {}
    ),
    "multiply": lambda graph, _card, _x, names: (
        "Mul", [names[0] if len(names) < 3 else graph.before("Mul", names[:-1]), names[-1]], {}
    ),
    "space_to_depth": lambda _graph, card, _x, names: ("SpaceToDepth", names, {"blocksize": card.block_size}),
    "slice": lambda graph, card, _x, names: (
        "Slice", [*names, graph.numbers(card.start), graph.numbers(card.stop), graph.numbers(1)], {}
    ),
}  # fmt: skip
"""How each layer is said."""
