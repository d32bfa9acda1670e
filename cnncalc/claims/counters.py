"""How other tools count operations: for each, what a kind of layer costs. Read in their sources, at the version given.

    torchinfo   1.8.0                 layer_info.py, calculate_macs
    ptflops     0.7.5                 pytorch_ops.py, aten_ops.py
    thop        0.1.1.post2209072238  vision/basic_hooks.py, vision/calc_func.py
    fvcore      0.1.5.post20221221    nn/flop_count.py, nn/jit_handles.py
    torch       2.13.0                utils/flop_counter.py
    DeepSpeed   0.19.8                profiling/flops_profiler/profiler.py; calflops 0.3.2 prints the same

All were also run (DeepSpeed's profiler without the rest of it): on single layers of every kind and on torchvision's
networks. A tool that hooks modules sees no operator between tensors; one that patches functions sees what modules call,
but neither `x += y` nor a slice.
"""

from __future__ import annotations

from cnncalc.claims.costs import (
    ACTIVATED,
    BIAS,
    CONVS,
    MACS,
    MATRICES,
    NORMALISED,
    NOTHING,
    POOLED,
    POOLS,
    SPREAD,
    TWO_PER_MAC,
    Cost,
    Costs,
    Counter,
    each,
    inputs,
    learned,
    outputs,
)
from cnncalc.network import Node
from cnncalc.sizes import Size

# What PyTorch counts as upsampled: every value that goes out.
_UPSAMPLED = "upsampled values"


def _upsampled(bilinear: int) -> Cost:
    """Return 1 per value that goes out, or so many where four neighbours are mixed."""
    return Cost(_UPSAMPLED, lambda node: (bilinear if node.card.flops(node.x, node.y) else 1) * node.y.values)


def _lrn_windows(node: Node) -> Size:
    """Return what F.local_response_norm calls: a product, a mean over channels padded by n − 1, a product, a sum."""
    size = node.card.settings(node.x)["size"]
    return 3 * node.y.values + node.y.places * (node.y.channels + size - 1)


_LRN = each("lrn", Cost("values of functions that LRN calls", _lrn_windows))

TORCHVISION = Counter(each(MATRICES, MACS), says="Multiply-adds of convolutions and matrix products.")

TORCHINFO = Counter(
    each(CONVS, MACS, BIAS)
    | each("conv_transpose", MACS, SPREAD, BIAS)
    | each("fc", MACS, BIAS)
    | each("batchnorm layernorm prelu", Cost("parameters of normalisations and PReLUs", learned))
    | each("layer_scale"),
    free=None,
    says="A convolution's parameters once per output place, all others once: what has no parameters costs nothing.",
)

PTFLOPS_ATEN = Counter(
    each(MATRICES, MACS, BIAS), says="Convolutions and matrix products as ATen sees them, and their biases."
)

_PTFLOPS_MODULES: Costs = (
    PTFLOPS_ATEN.costs
    | each(POOLS, POOLED)
    | each("relu relu6 leaky_relu prelu gelu", ACTIVATED)
    | each("batchnorm", NORMALISED)
    | each("layernorm", outputs("of layer normalisation"))
    | each("upsample", outputs(_UPSAMPLED))
)
PTFLOPS_MODULES = Counter(
    _PTFLOPS_MODULES, says="The default back end without its patch of functions: hooks on modules."
)

_TWICE = "counted again, as functions that modules call"
_PATCHED = (
    each(POOLS, inputs(_TWICE))
    | each("relu prelu gelu", outputs(_TWICE))
    | each("upsample", outputs(_TWICE))
    | each("softmax swish", ACTIVATED)
    | _LRN
)
_AS_SHIPPED = {kind: _PTFLOPS_MODULES.get(kind, NOTHING) + costs for kind, costs in _PATCHED.items()}
PTFLOPS = Counter(
    _PTFLOPS_MODULES | _AS_SHIPPED,
    says="The default back end as it comes: hooks on modules, and patched functions that modules call: both count.",
)

THOP = Counter(
    each(f"{CONVS} fc", MACS)
    | each("conv_transpose", MACS, SPREAD)
    | each("batchnorm", NORMALISED._replace(says="of batch normalisation, twice affine").times(2))
    | each("layernorm", outputs("of layer normalisation", 4))
    | each("prelu", ACTIVATED)
    | each("softmax", Cost("of softmax", lambda node: node.y.places * (3 * node.y.channels - 1)))
    | each("avgpool", outputs("means"))
    | each("adaptive_avgpool global_avgpool", POOLED, outputs("means"))
    | each("upsample", _upsampled(11)),
    free="relu relu6 leaky_relu maxpool adaptive_maxpool global_maxpool dropout zeropad",
    says="Multiply-adds without biases; 4 per value of a batch normalisation; means.",
)

FVCORE = Counter(
    each(MATRICES, MACS)
    | each("batchnorm", NORMALISED)
    | each("layernorm", outputs("of layer normalisation", 5))
    | each("adaptive_avgpool global_avgpool", POOLED)
    | each("upsample", _upsampled(4)),
    free="relu dropout flatten identity concat",
    says="One per fused multiply-add, which it calls a flop; it warns of what it does not support.",
)

FLOP_COUNTER = Counter(
    each(MATRICES, TWO_PER_MAC),
    says="Two per multiply-add of convolutions and matrix products; nothing else has a formula.",
)

DEEPSPEED_MACS = Counter(
    each(MATRICES, MACS),
    free=f"{POOLS} relu leaky_relu prelu swish gelu batchnorm layernorm",
    says="Multiply-adds of convolutions and matrix products.",
)
DEEPSPEED = Counter(
    each(f"{CONVS} conv_transpose", TWO_PER_MAC, BIAS)
    | each("fc", TWO_PER_MAC)
    | each(POOLS, POOLED)
    | each("relu leaky_relu prelu swish gelu softmax", ACTIVATED)
    | each("batchnorm", NORMALISED)
    | each("layernorm", outputs("of layer normalisation", 5))
    | each("upsample", outputs(_UPSAMPLED))
    | _LRN,
    free="dropout",
    says="Two per multiply-add, biases of convolutions but not of FC layers; nn.ReLU6 is no function that it patches.",
)
