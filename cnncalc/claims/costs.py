"""What tools count of one layer: small rules, shared by all tools, and how a tool adds them up.

A rule takes a node (a layer in its place) and returns operations for one image. Each has the words in which a
reconciliation names its sum. A kind of layer for which a tool has no rule is not counted by it, and said to be so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnncalc.claims.built import built
from cnncalc.claims.parts import Part, Parts, gathered
from cnncalc.ledger import Ledger
from cnncalc.network import Node
from cnncalc.sizes import Size, product

CONVS = "conv depthwise_conv"
MATRICES = f"{CONVS} conv_transpose fc"
POOLS = "maxpool avgpool adaptive_avgpool adaptive_maxpool global_avgpool global_maxpool"
NOTHING: tuple[Cost, ...] = ()


class Cost(NamedTuple):
    """Operations of one layer, and what they are."""

    says: str
    of: Callable[[Node], Size]

    def times(self, factor: int) -> Cost:
        """Return the cost, so many times."""
        return Cost(self.says, lambda node: factor * self.of(node))


Costs = dict[str, tuple[Cost, ...]]


def each(kinds: str, *costs: Cost) -> Costs:
    """Return the same costs for several kinds of layers, named in one text."""
    return dict.fromkeys(kinds.split(), costs)


def _macs(node: Node) -> Size:
    return node.card.macs(node.x, node.y)


def _biased(node: Node) -> Size:
    return node.y.values if node.card.biases(node.x) else 0


def _spread(node: Node) -> Size:
    return node.card.weights(node.x) * (node.y.places - node.x.places)


def learned(node: Node) -> Size:
    """Return weights and biases."""
    return node.card.weights(node.x) + node.card.biases(node.x)


def affine(node: Node) -> Size:
    """Return 2 per value with gamma and beta, 1 without."""
    return node.y.values * (2 if node.card.weights(node.x) else 1)


def inputs(says: str) -> Cost:
    """Return one operation per value that comes in."""
    return Cost(says, lambda node: node.x.values)


def outputs(says: str, times: int = 1) -> Cost:
    """Return so many operations per value that goes out."""
    return Cost(says, lambda node: times * node.y.values)


MACS = Cost("MACs", _macs)
TWO_PER_MAC = Cost("2 per MAC", _macs).times(2)
BIAS = Cost("additions of biases", _biased)
SPREAD = Cost("products at output places, not input places", _spread)
ACTIVATED = outputs("activated values")
POOLED = inputs("values that poolings read")
NORMALISED = Cost("of batch normalisation", affine)


def taps(node: Node) -> Size:
    """Return F·F·C/G: the weights of one filter."""
    return node.card.weights(node.x) // node.y.channels


def kernel_size(node: Node) -> tuple[Size, ...]:
    """Return a window's F, per axis."""
    sizes: tuple[Size, ...] = node.card.settings(node.x)["kernel_size"]
    return sizes


def stride_area(node: Node) -> Size:
    """Return S·S."""
    return product(node.card.settings(node.x)["stride"])


class Counter(NamedTuple):
    """How a tool counts operations.

    costs      what each kind of layer costs; a kind with no costs is one that it does not see
    free       kinds that it knows to cost nothing; None: by its rule all others do
    says       what it counts, in a sentence
    """

    costs: Costs
    free: str | None = ""
    says: str = ""

    def parts(self, ledger: Ledger) -> Parts:
        """Add up every layer's costs, for all images of the batch."""
        nodes = built(ledger.network).nodes
        found = ((node, cost) for node in nodes for cost in self.costs.get(node.card.type, NOTHING))
        return gathered(Part(ledger.batch * cost.of(node), cost.says) for node, cost in found)

    def not_counted(self, ledger: Ledger) -> tuple[str, ...]:
        """Return the kinds of layers that the tool has no rule for, in the order of the network."""
        kinds = dict.fromkeys(node.card.type for node in built(ledger.network).nodes)
        return tuple(kind for kind in kinds if not self._knows(kind))

    def _knows(self, kind: str) -> bool:
        if self.free is None:
            return bool(self.costs.get(kind, True))
        return bool(self.costs.get(kind)) or kind in self.free.split()
