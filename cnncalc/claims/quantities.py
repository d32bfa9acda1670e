"""What a figure can be about: a quantity of a network, of one of its layers, or of several of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from cnncalc.errors import UsageError
from cnncalc.fold import fold
from cnncalc.ledger import Ledger, Totals
from cnncalc.memory.conventions import bytes_per_value, convention
from cnncalc.network import named
from cnncalc.row import COUNTS, Row
from cnncalc.volume import shorten
from cnncalc.window import Sides

SHAPED = ("output_shape", "receptive_field", "jump", "padding", "channels", "output_height", "output_width")
"""Quantities that only one layer has; a network's are its last layer's."""

COUNTED = (*COUNTS, "parameter_bytes", "trainable", "frozen", "depth", "nonlinearities")
"""Quantities that a network has a count of; the last four are no layer's."""

MOST_TOGETHER = 20
"""So many layers may be named one by one."""

HELD = ("activation_values", "activation_bytes")
"""What depends on the memory convention."""

COUNTED_ONCE = ("weights", "biases", "buffers")
REPEATED = ("macs", "flops", "activation_values", "activation_bytes")
"""What a batch repeats."""

BYTES_PER = {"activation_bytes": "activation_values", "parameter_bytes": "parameters"}
"""Quantities in bytes, and what they are bytes of."""


def rows_of(ledger: Ledger, layer: str | None) -> tuple[Row, ...]:
    """Return the rows that a claim is about: all, one, a block's, or several: ``fc*``, ``conv1 + conv2``.

    Raises UsageError with the nearest names.
    """
    if layer is None:
        return ledger.rows
    if "+" in layer:
        if layer.count("+") >= MOST_TOGETHER:
            raise UsageError(f"more than {MOST_TOGETHER} layers by name", ways_out=("a pattern: fc*",))
        rows = dict.fromkeys(row for part in layer.split("+") for row in rows_of(ledger, part.strip()))
        within = {inside for row in rows for inside in _inside(ledger, row.name)}
        return tuple(row for row in rows if row.name not in within)  # a block has counted it
    if any(character in layer for character in "*?["):
        found = tuple(row for row in ledger.rows if fnmatchcase(row.name, layer))
        if not found:
            message = f"no layer is called {shorten(layer)!r}"
            raise UsageError(message, ways_out=("conv*", "cnncalc table names the layers"))
        return found
    row = next((row for row in ledger.rows if row.name == layer), None)
    return (row if row is not None else named(fold(ledger, layer.count("/") + 1).rows, layer),)


def names_of(ledger: Ledger, layer: str | None) -> frozenset[str]:
    """Return the names of the layers that a claim is about, a block's own among them: all that a rule may change."""
    rows = rows_of(ledger, layer)
    return frozenset(name for row in rows for name in (row.name, *_inside(ledger, row.name)))


def quantity_of(ledger: Ledger, layer: str | None, quantity: str) -> Any:
    """Return a quantity of a network or of some of its layers.

    Raises UsageError for a layer that is not there or that has no such quantity.

    >>> from cnncalc import load, tally
    >>> quantity_of(tally(load("vgg16")), "fc*", "weights")
    123633664
    """
    rows = rows_of(ledger, layer)
    if quantity in SHAPED:
        if len(rows) > 1 and layer is not None:
            raise UsageError(f"{len(rows)} layers have no {quantity} together", ways_out=("name one layer",))
        return _shaped(rows[-1], quantity)
    if layer is None:
        if quantity != "nonlinearities":
            return getattr(ledger.totals, quantity)
        from cnncalc.comparison import nonlinearities  # noqa: PLC0415 - few claims are about them

        return nonlinearities(ledger.network)
    if quantity == "parameter_bytes":
        return part_of(ledger, layer).totals.parameter_bytes
    if quantity not in COUNTS:
        raise UsageError(f"a layer has no {quantity} of its own", ways_out=("leave out layer",))
    times = ledger.batch if quantity in REPEATED else 1
    return times * together(ledger, quantity)([getattr(row, quantity) for row in rows])


def together(ledger: Ledger, quantity: str) -> Callable[[Sequence[Any]], Any]:
    """Return what several layers' numbers come to: their sum, or the largest of the moments of one inference."""
    return convention(ledger.memory).together if quantity in HELD else sum


def part_of(ledger: Ledger, layer: str | None) -> Ledger:
    """Return the ledger of some layers alone, as if they were the network: what readings of totals then count."""
    if layer is None:
        return ledger
    names = names_of(ledger, layer)
    rows = tuple(row for row in ledger.rows if row.name in names)
    sums = {count: sum(getattr(row, count) for row in rows) for count in COUNTED_ONCE}
    repeated = {
        count: ledger.batch * together(ledger, count)([getattr(row, count) for row in rows]) for count in REPEATED
    }
    stored = (sums["weights"] + sums["biases"]) * bytes_per_value(ledger.dtype)
    nodes = tuple(node for node in ledger.network.nodes if node.name in names)
    totals = Totals(**sums, **repeated, parameter_bytes=stored)
    return replace(ledger, network=replace(ledger.network, nodes=nodes), rows=rows, totals=totals)


def _inside(ledger: Ledger, block: str) -> tuple[str, ...]:
    return tuple(row.name for row in ledger.rows if row.name.startswith(f"{block}/"))


def _shaped(row: Row, quantity: str) -> Any:
    if quantity == "channels":
        return row.volume.channels
    if quantity == "padding":
        return _padding(row)
    if quantity == "output_height":
        return row.volume.spatial[-2:][0]
    return row.volume.spatial[-1] if quantity == "output_width" else getattr(row, quantity)


def _padding(row: Row) -> tuple[Any, ...]:
    """Return what a layer pads, axis by axis. Raises UsageError where it pads nothing, or its sides differently."""
    windows = row.node.card.windows(row.node.x) if row.node else ()
    found = tuple(window.padding for window in windows)
    if not found or any(isinstance(one, Sides) for one in found):
        message = f"{shorten(row.name)} has no {'one ' if found else ''}padding"
        raise UsageError(message, ways_out=("name a convolution or a pooling",))
    return found
