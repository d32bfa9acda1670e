"""What training keeps from the forward pass for the backward pass, in values of one image.

Each card says what its gradients need: a convolution its input, a ReLU its output, a max pooling its input and which
input each output value took. A volume is kept once, however many layers need it, and a reshaped volume is the volume
that was reshaped. Nothing is kept where no gradient comes by: below the first layer that trains, or, for a frozen
convolution or weight matrix, the input that only its own gradient would need.

The facts follow PyTorch 2's tools/autograd/derivatives.yaml, which names what each gradient reads. A choice counts as
one value; PyTorch holds a pooling's in 8 bytes, a dropout's in 1. A normalisation's statistics, 2 numbers per channel
or place, and a kernel's workspace are not counted.
Source: PyTorch, derivatives.yaml; Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.memory.freezing import frozen_layers
from cnncalc.spec.model import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.network import Network, Node
    from cnncalc.sizes import Size


def saved(network: Network) -> tuple[Size, ...]:
    """Return what is kept of each row, the input's first: its volume if anybody needs it, and its choices."""
    frozen = frozen_layers(network)
    learning = {node.name for node in network.nodes if _learns(node, frozen)}
    gradient = {INPUT: False}
    stands_for = {INPUT: INPUT}
    kept: set[str] = set()
    for node in network.nodes:
        gradient[node.name] = node.name in learning or any(gradient[name] for name in node.inputs)
        stands_for[node.name] = stands_for[node.inputs[0]] if node.card.is_view else node.name
        if gradient[node.name]:
            kept.update(stands_for[name] for name in _needed(node, learns=node.name in learning))
    rows = (_kept(node, gradient[node.name], node.name in kept) for node in network.nodes)
    return (network.input.values if INPUT in kept else 0, *rows)


def _learns(node: Node, frozen: frozenset[str]) -> bool:
    owner = node.share or node.name
    return owner not in frozen and (node.card.weights(node.x) + node.card.biases(node.x)) != 0


def _needed(node: Node, *, learns: bool) -> Iterator[str]:
    """Yield the volumes that a layer's gradients read."""
    if node.card.keeps_input and (learns or not node.card.has_weight_matrix):
        yield from node.inputs
    if node.card.keeps_output:
        yield node.name


def _kept(node: Node, gradient: bool, volume: bool) -> Size:  # noqa: FBT001 - two facts of one row
    choices = gradient and node.card.keeps_choices
    return (volume + choices) * node.y.values if volume or choices else 0
