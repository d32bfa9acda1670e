"""Known slips: each a rule applied to a network under changed circumstances, never a typed number.

A slip has a name, a line for whoever made it, the quantities that it touches, and a rule. What it gives is counted by
the cards themselves: on a network without biases, on inputs one channel deep, on windows padded at one end. `slips_of`
is what a verdict searches and what a grader can explain an answer with.

>>> from cnncalc import load
>>> case = Case(load("conv5-10/p2", input="32x32x3"), None, "parameters")
>>> [(slip.name, value) for slip, value in slips_of(case)][:2]
[('biases forgotten', 750), ('input depth forgotten', 260)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.claims.quantities import BYTES_PER, quantity_of, rows_of
from cnncalc.errors import CnncalcError, ShapeError
from cnncalc.ledger import Ledger, tally
from cnncalc.memory import bytes_per_value
from cnncalc.network import Network, Node, checked, unrolled
from cnncalc.row import COUNTS
from cnncalc.spec.model import Entry
from cnncalc.volume import Volume
from cnncalc.window import Sides

_WEIGHED = frozenset({"parameters", "parameter_bytes", "trainable"})
_MULTIPLIED = frozenset({"weights", "macs", "flops", *_WEIGHED})
_SIZED = frozenset(
    {"output_shape", "output_height", "output_width", "activation_values", "activation_bytes", *_MULTIPLIED}
)


class Case(NamedTuple):
    """What a figure is about: a quantity of a network, or of the layers that a name or pattern means."""

    network: Network
    layer: str | None
    quantity: str
    memory: str = "lecture"
    batch: int = 1
    dtype: str = "float32"

    def ledger(self) -> Ledger:
        """Count the network."""
        return tally(self.network, batch=self.batch, dtype=self.dtype, memory=self.memory)

    def value(self) -> Any:
        """Return the quantity."""
        return quantity_of(self.ledger(), self.layer, self.quantity)


class Slip(NamedTuple):
    """A known slip.

    name         what a verdict calls it
    says         one line for whoever may have made it
    quantities   what it changes
    value        what it gives for a case; None where there is nothing to slip on. A function of the printed step
                 where the digit that is printed matters
    """

    name: str
    says: str
    quantities: frozenset[str]
    value: Callable[[Case], Any]


def slips_of(case: Case) -> Iterator[tuple[Slip, Any]]:
    """Yield each slip that changes the quantity, with the value it gives, the most natural first."""
    right = case.value()
    for slip in SLIPS:
        if case.quantity not in slip.quantities:
            continue
        try:
            value = slip.value(case)
        except CnncalcError:
            continue  # under these circumstances there is no network: nobody could have counted it
        if value is not None and value != right:
            yield slip, value


# -- changed circumstances --

Change = Callable[[Node], Any]


def _elsewhere(case: Case, change: Change, output: Callable[[Entry, Any, Any], Volume] = checked) -> Any:
    """Return the quantity with each card changed and every volume worked out anew; None if no card changes."""
    touched = {row.name for row in rows_of(case.ledger(), case.layer)} if case.layer is not None else None
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


def _without_bias(case: Case) -> Any:
    return _elsewhere(case, lambda node: node.card.replace(bias=False) if hasattr(node.card, "bias") else node.card)


def _without_groups(case: Case) -> Any:
    def change(node: Node) -> Any:
        grouped = getattr(node.card, "groups", 1) != 1 and hasattr(node.card, "out_channels")
        return node.card.replace(groups=1) if grouped else node.card

    return _elsewhere(case, change)


def _without_depth(case: Case) -> Any:
    """Count each convolution as if its input had one channel; the volumes stay."""

    def change(node: Node) -> Node:
        if not (node.card.convolves and hasattr(node.card, "out_channels")):
            return node
        return node._replace(card=node.card.replace(groups=1), x=node.x._replace(channels=1))

    nodes = tuple(change(node) for node in case.network.nodes)
    return case._replace(network=replace(case.network, nodes=nodes)).value()


def _padding(amount: Callable[[Any], Any]) -> Callable[[Case], Any]:
    def change(node: Node) -> Any:
        windows = node.card.windows(node.x)
        paddings = tuple(window.padding for window in windows)
        if not windows or not any(isinstance(padding, int) and padding for padding in paddings):
            return node.card
        return node.card.replace(padding=tuple(map(amount, paddings)))

    return lambda case: _elsewhere(case, change)


def _rounded(rounding: str) -> Callable[[Case], Any]:
    def change(node: Node) -> Any:
        return node.card.replace(rounding=rounding) if node.card.windows(node.x) else node.card

    return lambda case: _elsewhere(case, change)


def _without_one(case: Case) -> Any:
    """Leave out the + 1 of (W − F + 2P)/S + 1 wherever a window slides."""
    touched = {row.name for row in rows_of(case.ledger(), case.layer)} if case.layer is not None else None
    if not any(node.card.windows(node.x) for node in case.network.nodes):
        return None

    def output(entry: Entry, card: Any, x: Any) -> Volume:
        y = checked(entry, card, x)
        if card.reads_many or not card.windows(x) or (touched is not None and entry.name not in touched):
            return y
        if min(y.spatial) < 2:  # noqa: PLR2004 - one place less is none
            raise ShapeError("nothing is left")
        return Volume(y.channels, tuple(size - 1 for size in y.spatial))

    return _elsewhere(case, lambda node: node.card, output)


def _doubled(case: Case) -> Any:
    return 2 * case.value()


def _as_macs(case: Case) -> Any:
    return case._replace(quantity="macs").value()


def _with_biases(case: Case) -> Any:
    return case._replace(quantity="parameters").value()


def _each_cut(case: Case) -> Any:
    """Cut every layer's number at the printed digit, then add up."""
    if case.quantity not in (*COUNTS, *BYTES_PER) or (case.layer and not any(sign in case.layer for sign in "*?[")):
        return None
    counted = BYTES_PER.get(case.quantity, case.quantity)
    each = bytes_per_value(case.dtype) if case.quantity in BYTES_PER else 1
    terms = [getattr(row, counted) * each for row in rows_of(case.ledger(), case.layer)]
    return lambda step: sum(term // step * step for term in terms) if step > 1 else None


SLIPS: tuple[Slip, ...] = (
    Slip("biases forgotten", "Each filter and each neuron has a bias of its own as well.", _WEIGHED, _without_bias),
    Slip(
        "biases counted as weights", "Biases are offsets, not weights: count F·F·C·K.", frozenset({"weights"}), _with_biases
    ),
    Slip(
        "input depth forgotten", "A filter is as deep as its input: F·F·C weights, not F·F.", _MULTIPLIED, _without_depth
    ),
    Slip("groups ignored", "With G groups a filter sees C/G channels only.", _MULTIPLIED, _without_groups),
    Slip(
        "two operations per MAC",
        "A multiply-accumulate counts once here; FLOPs count it as two.",
        frozenset({"macs"}),
        _doubled,
    ),
    Slip(
        "MACs for FLOPs", "A multiply-accumulate is two operations: FLOPs are at least twice the MACs.", frozenset({"flops"}),
        _as_macs,
    ),
    Slip(
        "each term cut before adding", "Add up first, then round: what is cut off each layer adds up too.",
        frozenset((*COUNTS, *BYTES_PER)), _each_cut,
    ),
    Slip(
        "padding counted once",
        "Padding is added at both ends: W − F + 2P, not W − F + P.",
        _SIZED,
        _padding(lambda p: Sides(p, 0)),
    ),
    Slip("padding forgotten", "The input is padded first: W − F + 2P, not W − F.", _SIZED, _padding(lambda _: 0)),
    Slip(
        "+ 1 forgotten", "The first place counts as well: (W − F + 2P)/S steps make one place more.", _SIZED, _without_one
    ),
    Slip("rounded up", "What the stride leaves over is dropped: round down.", _SIZED, _rounded("ceil")),
    Slip("rounded down", "One more window hangs over the edge here: round up.", _SIZED, _rounded("floor")),
)
"""The known slips, the most natural first."""
