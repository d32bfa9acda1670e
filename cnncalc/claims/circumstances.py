"""A network under changed circumstances: without biases, on inputs one channel deep, padded at one end.

Each rule answers a case anew, through the cards themselves, or returns None where there is nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.claims.quantities import BYTES_PER, REPEATED, names_of, quantity_of, together
from cnncalc.errors import ShapeError
from cnncalc.ledger import Ledger, tally
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.network import Network, Node, checked, unrolled
from cnncalc.row import COUNTS
from cnncalc.sizes import Size
from cnncalc.spec.model import Entry
from cnncalc.volume import Volume
from cnncalc.window import Sides


class Case(NamedTuple):
    """What a figure is about: a quantity of a network, or of the layers that a name or pattern means."""

    network: Network
    layer: str | None
    quantity: str
    memory: str = "lecture"
    batch: Size = 1
    dtype: str = "float32"

    def ledger(self) -> Ledger:
        """Count the network."""
        return tally(self.network, batch=self.batch, dtype=self.dtype, memory=self.memory)

    @property
    def size(self) -> int:
        """The bytes of one number, where bytes are counted; else 1."""
        return bytes_per_value(self.dtype) if self.quantity in BYTES_PER else 1

    def value(self) -> Any:
        """Return the quantity."""
        return quantity_of(self.ledger(), self.layer, self.quantity)


Change = Callable[[Node], Any]


def elsewhere(case: Case, change: Change, output: Callable[[Entry, Any, Any], Volume] = checked) -> Any:
    """Return the quantity with each card changed and every volume worked out anew; None if no card changes."""
    touched = names_of(case.ledger(), case.layer) if case.layer is not None else None
    entries = []
    changed = output is not checked
    for node in case.network.nodes:
        card = change(node) if touched is None or node.name in touched else node.card
        changed = changed or card != node.card
        entries.append(Entry(_floored(card), node.name, node.inputs, node.where, node.share))
    if not changed:
        return None
    nodes = tuple(unrolled(tuple(entries), case.network.input, "floor", output))
    return case._replace(network=replace(case.network, nodes=nodes)).value()


def _floored(card: Any) -> Any:
    """Return a card that drops what its stride leaves over: under a slip it may well not fit, or those behind it."""
    return card.replace(rounding="floor") if getattr(card, "rounding", None) == "exact" else card


def without_bias(case: Case) -> Any:
    """Count without biases."""
    return elsewhere(case, lambda node: node.card.replace(bias=False) if hasattr(node.card, "bias") else node.card)


def without_groups(case: Case) -> Any:
    """Count every convolution with one group."""

    def change(node: Node) -> Any:
        grouped = getattr(node.card, "groups", 1) != 1 and hasattr(node.card, "out_channels")
        return node.card.replace(groups=1) if grouped else node.card

    return elsewhere(case, change)


def without_depth(case: Case) -> Any:
    """Count each convolution as if its input had one channel; the volumes stay."""

    def change(node: Node) -> Node:
        if not (node.card.convolves and hasattr(node.card, "out_channels")):
            return node
        return node._replace(card=node.card.replace(groups=1), x=node.x._replace(channels=1))

    nodes = tuple(change(node) for node in case.network.nodes)
    return case._replace(network=replace(case.network, nodes=nodes)).value()


def padded(amount: Callable[[Any], Any]) -> Callable[[Case], Any]:
    """Return a rule that works every volume out with another padding."""

    def change(node: Node) -> Any:
        windows = node.card.windows(node.x)
        paddings = tuple(window.padding for window in windows)
        if not windows or not any(isinstance(padding, int) and padding for padding in paddings):
            return node.card
        return node.card.replace(padding=tuple(amount(one) if isinstance(one, int) else one for one in paddings))

    return lambda case: elsewhere(case, change)


def rounded(rounding: str) -> Callable[[Case], Any]:
    """Return a rule that treats what strides leave over otherwise."""

    def change(node: Node) -> Any:
        return node.card.replace(rounding=rounding) if node.card.windows(node.x) else node.card

    return lambda case: elsewhere(case, change)


def with_places(case: Case, sizes: Callable[[Any, Volume, Volume], tuple[Size, ...]]) -> Any:
    """Return the quantity with other places wherever a window slides: `sizes` of a card, what comes in and goes out."""
    touched = names_of(case.ledger(), case.layer) if case.layer is not None else None
    if not any(node.card.windows(node.x) for node in case.network.nodes):
        return None

    def output(entry: Entry, card: Any, x: Any) -> Volume:
        y = checked(entry, card, x)
        if card.reads_many or not card.windows(x) or (touched is not None and entry.name not in touched):
            return y
        return Volume(y.channels, sizes(card, x, y))

    return elsewhere(case, lambda node: node.card, output)


def without_one(case: Case) -> Any:
    """Leave out the + 1 of (W − F + 2P)/S + 1 wherever a window slides."""

    def one_less(card: Any, x: Volume, y: Volume) -> tuple[Size, ...]:  # noqa: ARG001
        if min(y.spatial) < 2:  # noqa: PLR2004 - one place less is none
            raise ShapeError("nothing is left")
        return tuple(size - 1 for size in y.spatial)

    return with_places(case, one_less)


def doubled(case: Case) -> Any:
    """Count two for each one."""
    return 2 * case.value()


def as_macs(case: Case) -> Any:
    """Count MACs."""
    return case._replace(quantity="macs").value()


def with_biases(case: Case) -> Any:
    """Count biases as well."""
    return case._replace(quantity="parameters").value()


def each_cut(case: Case) -> Any:
    """Cut every layer's number at the printed digit, then add up."""
    if case.quantity not in (*COUNTS, *BYTES_PER):
        return None
    counted = BYTES_PER.get(case.quantity, case.quantity)
    each = case.size * (case.batch if counted in REPEATED else 1)
    ledger = case.ledger()
    if together(ledger, case.quantity) is not sum:
        return None  # moments are not added
    names = names_of(ledger, case.layer)
    terms = [term for row in ledger.rows if row.name in names and (term := getattr(row, counted) * each)]
    if len(terms) <= 1:
        return None
    return lambda step: sum(term // step * step for term in terms) if step > 1 else None


padded_once = padded(lambda p: Sides(p, 0))
"""Padding at one end only."""

unpadded = padded(lambda _: 0)
"""No padding."""
