"""The layers that a tool meets when it is given a network: as the spec has them, or as torchvision builds them.

Every layer of a spec is taken as a module of PyTorch, and `add`, `multiply`, `concat` and the like as operators between
tensors. Where a spec says that torchvision published figures of its network, torchvision's model is what tools are run
on, and that differs in two places that cost no parameters and no MACs:

    an adaptive average pooling stands before the first fully connected layer, even where it changes nothing
    no softmax stands at the end: the loss has it

Source: torchvision 0.28.0, models/vgg.py, models/alexnet.py.
"""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.layers import CARDS
from cnncalc.network import Network, Node, outputs

ADAPTIVE = ("adaptive_avgpool", "adaptive_maxpool", "global_avgpool", "global_maxpool")
"""Poolings to a given size."""

OPERATORS = frozenset(
    ("add", "multiply", "concat", "slice", "split", "crop", "zero_shortcut", "channel_shuffle", "space_to_depth")
)
"""What PyTorch code writes with operators and functions on tensors."""

NO_MODULE = OPERATORS | {"identity", "layer_scale"}
"""What is no module of its own: operators, a path that is left alone, a bare parameter."""

_PASSED_ON = ("dropout", "flatten", "identity")


class Built(NamedTuple):
    """The layers as a tool meets them, and how they differ from the spec's, in words."""

    nodes: tuple[Node, ...]
    differs: tuple[str, ...] = ()


def built(network: Network) -> Built:
    """Return the layers that a tool meets."""
    if not any("torchvision" in one.source for one in network.published):
        return Built(network.nodes)
    heads = outputs(network)
    nodes: list[Node] = []
    differs = []
    for node in network.nodes:
        if node.card.type == "softmax" and node.name in heads:
            differs.append(f"no {node.name}, which the loss has")
            continue
        nodes.append(node)
    pooled = _pooled(network)
    if pooled is not None:
        nodes.insert([node.name for node in nodes].index(pooled.name) + 1, _pooling(pooled))
        differs.append(f"behind {pooled.name} an adaptive average pooling, which changes nothing at {pooled.y}")
    return Built(tuple(nodes), tuple(differs))


def _pooled(network: Network) -> Node | None:
    """Return the layer whose volume goes to the first fully connected layer without an adaptive pooling."""
    nodes = {node.name: node for node in network.nodes}
    first = next((node for node in network.nodes if node.card.type == "fc"), None)
    source = nodes.get(first.inputs[0]) if first else None
    while source is not None and source.card.type in _PASSED_ON:
        source = nodes.get(source.inputs[0])
    if source is None or source.card.type in ADAPTIVE or source.y.places == 1:
        return None
    return source


def _pooling(before: Node) -> Node:
    card = CARDS["adaptive_avgpool"](output_size=before.y.spatial)
    return Node(f"{before.name}, pooled", card, (before.name,), before.y, before.y, before.where)
