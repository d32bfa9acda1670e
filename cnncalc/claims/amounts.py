"""What other tools add up besides operations: parameters, and values that are held. Each is a sum over a ledger.

A `module` is a layer that PyTorch has as one; sizes are those of the ledger's batch and, in bytes, of its dtype.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.claims.built import ADAPTIVE, NO_MODULE, built
from cnncalc.claims.costs import learned
from cnncalc.claims.parts import Part, Parts, gathered
from cnncalc.ledger import Ledger
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.network import Node
from cnncalc.sizes import Size
from cnncalc.units import write_count

FLOAT = 4
"""Bytes of a value, for tools that know no other."""


def _modules(ledger: Ledger) -> Iterator[Node]:
    return (node for node in built(ledger.network).nodes if node.card.type not in NO_MODULE)


def parameters(ledger: Ledger) -> Size:
    """Return all parameters, once each."""
    return ledger.totals.parameters


def of_modules(ledger: Ledger) -> Size:
    """Add up weight and bias of every module, once for each time that it is called."""
    return sum(learned(node) for node in _modules(ledger))


def twice_with_parameters(ledger: Ledger) -> Parts:
    """Return twice the bytes that layers with parameters give out."""
    values = ledger.batch * sum(node.y.values for node in _modules(ledger) if learned(node))
    return _bytes(2, values, bytes_per_value(ledger.dtype), "outputs of layers with parameters")


def twice_of_modules(ledger: Ledger) -> Parts:
    """Return twice the bytes that all modules give out, 4 to a value."""
    values = ledger.batch * sum(node.y.values for node in _modules(ledger))
    return _bytes(2, values, FLOAT, "outputs of modules")


def _bytes(times: int, values: Size, size: int, says: str) -> Parts:
    factor = "" if times == 1 else f"{times}·"
    return (Part(times * size * values, f"{factor}{size} bytes · {write_count(values)} {says}"),)


def keras_total(ledger: Ledger) -> Parts:
    """Return trainable weights, and the moving means and variances of batch normalisation."""
    total = ledger.totals
    return gathered((Part(total.parameters, "parameters"), Part(total.buffers, "moving means and variances")))


def keras_biases(ledger: Ledger) -> Parts:
    """Return Keras's total with a bias on every convolution that has none."""
    bare = (node for node in ledger.network.nodes if node.card.convolves and not node.card.biases(node.x))
    added = sum(node.y.channels for node in bare if node.share is None)
    return gathered((*keras_total(ledger), Part(added, "biases of convolutions that have none")))


def lecture_values(ledger: Ledger) -> Size:
    """Return the input and what convolutions, poolings and FC layers give out; not a pooling that changes nothing."""
    held = (node for node in built(ledger.network).nodes if node.card.in_lecture)
    kept = sum(node.y.values for node in held if node.card.type not in ADAPTIVE or node.x != node.y)
    return ledger.batch * (ledger.network.input.values + kept)


def in_place_bytes(ledger: Ledger) -> Size:
    """Return the bytes of every layer's output but of those that overwrite their input."""
    held = sum(node.y.values for node in built(ledger.network).nodes if not node.card.overwrites_input)
    return bytes_per_value(ledger.dtype) * ledger.batch * held


def input_bytes(ledger: Ledger) -> Size:
    """Return the bytes of the input."""
    return bytes_per_value(ledger.dtype) * ledger.batch * ledger.network.input.values


def input_and_in_place(ledger: Ledger) -> Parts:
    """Return the bytes of outputs, and those of the input."""
    return gathered((Part(in_place_bytes(ledger), "outputs, ReLU in place"), Part(input_bytes(ledger), "of the input")))


def lecture_bytes(ledger: Ledger) -> Parts:
    """Return the bytes of those values."""
    return _bytes(1, lecture_values(ledger), bytes_per_value(ledger.dtype), "values")


def parameter_bytes(ledger: Ledger) -> Parts:
    """Return the bytes of all parameters."""
    return _bytes(1, ledger.totals.parameters, bytes_per_value(ledger.dtype), "parameters")


def module_bytes(ledger: Ledger) -> Parts:
    """Return the bytes of every module's weight and bias, 4 to a value."""
    return _bytes(1, of_modules(ledger), FLOAT, "parameters of modules")
