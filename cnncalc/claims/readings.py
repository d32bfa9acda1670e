"""Named conventions: other numbers that people mean by the same word, most natural first; then what tools report.

Each is a formula over a ledger of numbers, for its batch and dtype. A printed figure that is not cnncalc's own number
may be consistent with one of these: biases in or out, buffers in or out, convolutions only, 2 per MAC, groups ignored,
the numbers of `tools.py`, a K of 1024. The conventions of `memory` are tried besides, where volumes are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnncalc.claims.amounts import keras_total
from cnncalc.claims.costs import BIAS, MACS, MATRICES, Counter, each, learned
from cnncalc.claims.parts import Reading, part
from cnncalc.claims.tools import TOOLS
from cnncalc.ledger import Ledger
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.network import Node
from cnncalc.sizes import Size

CONVENTION = "a convention"

Value = Callable[[Ledger], Any]

_SCALED = ("parameters", "weights", "macs", "flops", "activation_values", "activation_bytes", "parameter_bytes")


def _total(quantity: str) -> Value:
    return lambda ledger: getattr(ledger.totals, quantity)


def _layers(ledger: Ledger, *, convolves: bool) -> Iterator[Node]:
    """Yield the convolutions, or the fully connected layers."""
    nodes = (node for node in ledger.network.nodes if node.card.has_weight_matrix)
    return (node for node in nodes if node.card.convolves is convolves)


def _own(node: Node, count: Size) -> Size:
    """Return a count of what a layer stores: 0 where it shares another's."""
    return count if node.share is None else 0


_COUNTS: dict[str, Callable[[Node], Size]] = {
    "parameters": lambda node: _own(node, learned(node)),
    "weights": lambda node: _own(node, node.card.weights(node.x)),
    "macs": MACS.of,
    "activation_values": lambda node: node.y.values,
}
_PER_IMAGE = ("macs", "activation_values")


def _of(count: str, *, convolves: bool) -> Value:
    """Return the sum over convolutions, or over fully connected layers."""
    rule = _COUNTS[count]

    def value(ledger: Ledger) -> Any:
        images = ledger.batch if count in _PER_IMAGE else 1
        return images * sum(rule(node) for node in _layers(ledger, convolves=convolves))

    return value


def _ungrouped(quantity: str) -> Value:
    """Return the total as if every convolution had one group: each filter as deep as its input."""
    rule = _COUNTS["macs" if quantity == "macs" else "weights"]

    def value(ledger: Ledger) -> Any:
        images = ledger.batch if quantity == "macs" else 1
        nodes = _layers(ledger, convolves=True)
        more = sum((node.card.settings(node.x)["groups"] - 1) * rule(node) for node in nodes)
        return getattr(ledger.totals, quantity) + images * more

    return value


def _without_input(ledger: Ledger) -> Any:
    return ledger.totals.activation_values - ledger.batch * ledger.network.input.values


def _with_gradients(ledger: Ledger) -> Any:
    return 2 * ledger.totals.activation_values


def _in_bytes(value: Value) -> Value:
    return lambda ledger: bytes_per_value(ledger.dtype) * value(ledger)


def _as_1024(quantity: str, power: int) -> Value:
    """Return the total in units of 1024^power, put in units of 1000^power: 62·1024 printed as 62K."""

    def value(ledger: Ledger) -> Any:
        from fractions import Fraction  # noqa: PLC0415 - 5 ms that only a figure in doubt needs

        return Fraction(getattr(ledger.totals, quantity) * 1000**power, 1024**power)

    return value


def _convention(name: str, quantity: str, says: str, value: Value) -> Reading:
    return Reading(name, quantity, says, CONVENTION, part(name, value))


def _scaled() -> Iterator[Reading]:
    for power, letter, unit in ((1, "K", "1024"), (2, "M", "1024²"), (3, "G", "1024³")):
        for quantity in _SCALED:
            name = f"{quantity.replace('_', ' ')}, {letter} as {unit}"
            says = f"The total, where {letter} stands for {unit} and not for 10^{3 * power}."
            yield _convention(name, quantity, says, _as_1024(quantity, power))


CONVENTIONS: tuple[Reading, ...] = (
    _convention("weights alone", "parameters", "Biases left out.", _total("weights")),
    Reading(
        "parameters and buffers",
        "parameters",
        "Running means and variances counted with the parameters.",
        CONVENTION,
        keras_total,
    ),
    _convention(
        "parameters of convolutions",
        "parameters",
        "Fully connected layers and normalisations left out.",
        _of("parameters", convolves=True),
    ),
    _convention(
        "weights of convolutions",
        "parameters",
        "Filters alone, without biases.",
        _of("weights", convolves=True),
    ),
    _convention("parameters of FC layers", "parameters", "Convolutions left out.", _of("parameters", convolves=False)),
    _convention(
        "parameters without groups",
        "parameters",
        "Each filter as deep as its input, groups ignored.",
        _ungrouped("parameters"),
    ),
    _convention("parameters counted as weights", "weights", "Biases counted too.", _total("parameters")),
    _convention("weights without groups", "weights", "Each filter as deep as its input.", _ungrouped("weights")),
    _convention(
        "2 per MAC", "macs", "A multiplication and an addition, two operations.", lambda one: 2 * one.totals.macs
    ),
    _convention("MACs of convolutions", "macs", "Fully connected layers left out.", _of("macs", convolves=True)),
    _convention("MACs of FC layers", "macs", "Convolutions left out.", _of("macs", convolves=False)),
    Reading(
        "MACs and biases",
        "macs",
        "An addition per bias and place counted as a MAC.",
        CONVENTION,
        Counter(each(MATRICES, MACS, BIAS)).parts,
    ),
    _convention("MACs without groups", "macs", "Each filter as deep as its input.", _ungrouped("macs")),
    _convention("all FLOPs", "macs", "Every operation of every layer, two per MAC.", _total("flops")),
    _convention("2 per MAC alone", "flops", "No operation of other layers.", lambda one: 2 * one.totals.macs),
    _convention("MACs as FLOPs", "flops", "One per multiply-accumulate, as papers count.", _total("macs")),
    _convention("without the input", "activation_values", "The input image left out.", _without_input),
    _convention(
        "outputs of convolutions",
        "activation_values",
        "Convolutions alone.",
        _of("activation_values", convolves=True),
    ),
    _convention("values and gradients", "activation_values", "Each value twice, for training.", _with_gradients),
    _convention("bytes without the input", "activation_bytes", "The input image left out.", _in_bytes(_without_input)),
    _convention(
        "bytes of convolutions",
        "activation_bytes",
        "Convolutions alone.",
        _in_bytes(_of("activation_values", convolves=True)),
    ),
    _convention(
        "bytes and gradients", "activation_bytes", "Each value twice, for training.", _in_bytes(_with_gradients)
    ),
)

READINGS: dict[str, Reading] = {one.name: one for one in (*CONVENTIONS, *TOOLS, *_scaled())}
"""Every reading by name, most natural first; a quantity's own are those whose `quantity` is its name."""
