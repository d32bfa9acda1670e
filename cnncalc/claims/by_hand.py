"""What those get who count by hand and slip: other places, other filters, other biases; mostly more than there is."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.circumstances import Case, elsewhere, padded
from cnncalc.claims.quantities import BYTES_PER, names_of
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.network import Node, checked
from cnncalc.spec.model import Entry
from cnncalc.volume import Volume
from cnncalc.window import slide


def without_filter(case: Case) -> Any:
    """Let the filter move over all of the padded input: (W + 2P)/S + 1 places."""
    touched = names_of(case.ledger(), case.layer) if case.layer is not None else None

    def output(entry: Entry, card: Any, x: Any) -> Volume:
        y = checked(entry, card, x)
        if card.reads_many or not card.windows(x) or (touched and entry.name not in touched):
            return y
        axes = zip(x.spatial, card.windows(x), strict=True)
        sizes = (slide(size, kernel_size=0, stride=one.stride, padding=one.padding)[0] for size, one in axes)
        return Volume(y.channels, tuple(sizes))

    return elsewhere(case, lambda node: node.card, output)


def without_stride(case: Case) -> Any:
    """Move each window by one pixel."""

    def change(node: Node) -> Any:
        strides = {window.stride for window in node.card.windows(node.x)}
        return node.card.replace(stride=1) if strides - {1} else node.card

    return elsewhere(case, change)


def unshared(case: Case) -> Any:
    """Count a filter of its own for each place of its output."""
    ledger = case.ledger()
    names = names_of(ledger, case.layer)
    rows = [row for row in ledger.rows if row.name in names and row.node and row.node.card.convolves]
    counts = ("weights",) if case.quantity == "weights" else ("weights", "biases")
    more = sum(getattr(row, count) * (row.volume.places - 1) for row in rows for count in counts)
    return case.value() + more * _size(case)


def biased_by_weight(case: Case) -> Any:
    """Count a bias for each weight where there are biases."""
    ledger = case.ledger()
    names = names_of(ledger, case.layer)
    rows = [row for row in ledger.rows if row.name in names and row.biases]
    more = sum(row.weights - row.biases for row in rows)
    return case.value() + more * _size(case)


def one_sided(case: Case) -> Any:
    """Count F weights of a filter of F by F, not F·F."""
    ledger = case.ledger()
    names = names_of(ledger, case.layer)
    nodes = [(row, row.node) for row in ledger.rows if row.name in names and row.node and row.node.card.convolves]
    windows = [(row, node.card.windows(node.x)) for row, node in nodes]
    less = sum(row.weights - row.weights // one[-1].kernel_size for row, one in windows if len(one) > 1)
    return case.value() - less * _size(case)


padded_twice = padded(lambda p: 2 * p)
"""Padding at both ends of an axis, twice."""


def _size(case: Case) -> int:
    """Return the bytes of one number, where bytes are counted."""
    return bytes_per_value(case.dtype) if case.quantity in BYTES_PER else 1
