"""How two more tools count operations: they look into windows. Read in their sources, at the version given.

torchscan       0.2.0        modules/flops.py; also run, on single layers of every kind
convnet-burden  2019-01-17   core/burden.m, computeFlops: MATLAB, read and not run
"""

from __future__ import annotations

from cnncalc.claims.costs import (
    ACTIVATED,
    BIAS,
    CONVS,
    MACS,
    NORMALISED,
    TWO_PER_MAC,
    Cost,
    Counter,
    each,
    inputs,
    kernel_size,
    outputs,
    stride_area,
    taps,
)
from cnncalc.network import Node
from cnncalc.sizes import Size, product


def _scanned_window(node: Node) -> Size:
    """Return what torchscan takes for the values of a window: F, not F·F, where F is one number."""
    sizes = kernel_size(node)
    return sizes[0] if len(set(sizes)) == 1 else product(sizes)


def _shared_out(node: Node) -> Size:
    """Return what torchscan takes for the values of an adaptive window."""
    axes = zip(node.x.spatial, node.y.spatial, strict=True)
    return product(tuple(size // places if size % places == 0 else size % places + 1 for size, places in axes))


def _drops(node: Node) -> Size:
    return 1 if getattr(node.card, "rate", 0) else 0


_AVERAGED = Cost("of averages", lambda node: node.y.values * (_shared_out(node) - 1 + len(node.y.spatial)))
_LARGEST = Cost("comparisons of max pooling", lambda node: node.y.values * (_shared_out(node) - 1))
_SCANNED = (TWO_PER_MAC, outputs("outputs: one addition fewer than products", -1), BIAS)
_STAMPED = Cost(
    "2 per product at output places, 8 per axis",
    lambda node: 2 * taps(node) * node.y.values + 8 * len(node.y.spatial),
)

TORCHSCAN = Counter(
    each(f"{CONVS} fc", *_SCANNED)
    | each("conv_transpose", _STAMPED, *_SCANNED[1:])
    | each("relu", ACTIVATED)
    | each("relu6", outputs("of relu6", 2))
    | each("leaky_relu sigmoid", outputs("activated values, 4 each", 4))
    | each("tanh", outputs("of tanh", 6))
    | each("batchnorm", Cost("of batch normalisation", lambda node: 2 * NORMALISED.of(node) + 2 * node.y.channels))
    | each("layernorm", Cost("of layer normalisation", lambda node: 8 * node.y.values + 2 * node.y.places))
    | each(
        "maxpool",
        Cost("comparisons of max pooling, F − 1 each", lambda node: node.y.values * (_scanned_window(node) - 1)),
    )
    | each(
        "avgpool",
        Cost("of averages", lambda node: node.y.values * (_scanned_window(node) - 1 + len(node.y.spatial))),
    )
    | each("adaptive_avgpool global_avgpool", _AVERAGED)
    | each("adaptive_maxpool global_maxpool", _LARGEST)
    | each("dropout", Cost("random numbers of dropout", lambda node: node.y.values * _drops(node))),
    free="flatten identity",
    says="N products and N − 1 additions per output; a pooling's F is not squared; dropout draws numbers.",
)


def _transposed(node: Node) -> Size:
    """Return numel(in)·numel(w(:,:,1,:)), F·F·C for each input value, as burden.m has it."""
    return node.x.values * product(kernel_size(node)) * node.x.channels


CONVNET_BURDEN = Counter(
    each(f"{CONVS} fc", MACS, BIAS)
    | each("conv_transpose", Cost("products, F·F·C per input value", _transposed), BIAS)
    | each("relu", outputs("activated values, 2 each", 2))
    | each(
        "maxpool avgpool",
        Cost("pooled values, 2·S·S each", lambda node: 2 * node.y.values * stride_area(node)),
    )
    | each("global_avgpool", inputs("values that are averaged"))
    | each("add multiply", outputs("added or scaled values"))
    | each("lrn", Cost("of LRN", lambda node: node.y.values + node.y.places * (2 + 2 * node.y.channels)))
    | each("upsample", outputs("upsampled values", 4)),
    free="batchnorm softmax sigmoid dropout flatten crop concat channel_shuffle identity",
    says="One per fused multiply-add; batch normalisation is merged; a kind that it does not know is an error there.",
)
