"""Random graphs of every layer that ONNX knows, as cnncalc's entries and as ONNX side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from onnx_export import Export

from cnncalc.layers import CARDS, Layer
from cnncalc.spec.model import Entry
from cnncalc.volume import Volume

POINTWISE = [
    *("relu", "leaky_relu", "prelu", "sigmoid", "tanh", "hard_sigmoid", "hard_swish", "gelu", "softmax", "lrn"),
    *("batchnorm", "layernorm", "layer_scale", "relu6", "swish", "dropout"),
]
SLIDING = ["conv", "conv", "depthwise_conv", "conv_transpose", "maxpool", "avgpool"]
MOVING = [
    *("upsample", "zeropad", "space_to_depth", "slice", "split", "identity", "crop", "zero_shortcut"),
    *("channel_shuffle", "adaptive_avgpool", "adaptive_maxpool"),
]
ALONE = ["add", "concat", "multiply", "global_avgpool", "global_maxpool", "fc", "flatten"]
DRAWN = {*POINTWISE, *SLIDING, *MOVING, *ALONE}
"""Every kind of layer that may be drawn."""


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
    fields |= {"count_include_pad": draw(st.booleans())} if kind == "avgpool" else {}
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
    parts = draw(st.sampled_from(divisors(x.channels)))
    fields: dict[str, dict[str, Any]] = {
        "upsample": {"scale": draw(st.integers(1, 3)), "mode": draw(st.sampled_from(["nearest", "bilinear"]))},
        "zeropad": {"padding": f"{draw(st.integers(0, 2))}:{draw(st.integers(0, 2))}"},
        "space_to_depth": {"block_size": draw(st.sampled_from(divisors(*x.spatial)))},
        "slice": {"start": draw(st.integers(0, x.channels - 1)), "stop": x.channels},
        "split": {"parts": parts, "part": draw(st.integers(0, parts - 1))},
        "crop": {"size": tuple(draw(st.integers(1, size)) for size in x.spatial)},
        "zero_shortcut": {
            "out_channels": x.channels + draw(st.integers(0, 3)), "stride": draw(st.integers(1, 3)), "rounding": "floor"
        },
        "channel_shuffle": {"groups": draw(st.sampled_from(divisors(x.channels)))},
        "adaptive_avgpool": {"output_size": draw(st.integers(1, 5))},
        "adaptive_maxpool": {"output_size": draw(st.integers(1, 5))},
        "identity": {},
    }  # fmt: skip
    return CARDS[kind](**fields[kind])


def shareable(graph: Export, kind: str, x: Volume) -> list[Entry]:
    """Return the convolutions whose weights and windows fit this input, too."""
    owners = [entry for entry in graph.entries if entry.card.type == kind and "conv" in kind and not entry.share]
    same = [entry for entry in owners if graph.volumes[entry.inputs[0]].channels == x.channels]
    return [entry for entry in same if min(entry.card.output(x).spatial) > 0]


def pointwise(draw: st.DrawFn, kind: str) -> Layer:
    """Draw a layer that keeps the shape, with a setting that is not its default."""
    fields: dict[str, dict[str, Any]] = {
        "prelu": {"shared": draw(st.booleans())},
        "leaky_relu": {"negative_slope": draw(st.sampled_from([0.01, 0.2]))},
        "lrn": {"size": draw(st.sampled_from([1, 3, 5])), "alpha": 0.5},  # onnxruntime takes no even n
    }
    return CARDS[kind](**fields.get(kind, {}))


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
            graph.add(pointwise(draw, draw(st.sampled_from(POINTWISE))), source)
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
