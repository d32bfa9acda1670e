"""What those get who count by hand and slip: other places, other filters, other biases; mostly more than there is."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.circumstances import Case, elsewhere, padded, with_places
from cnncalc.claims.quantities import names_of
from cnncalc.network import Node
from cnncalc.sizes import Size
from cnncalc.volume import Volume
from cnncalc.window import slide


def without_filter(case: Case) -> Any:
    """Let the filter move over all of the padded input: (W + 2P)/S + 1 places."""

    def over_all(card: Any, x: Volume, y: Volume) -> tuple[Size, ...]:  # noqa: ARG001
        axes = zip(x.spatial, card.windows(x), strict=True)
        return tuple(slide(size, kernel_size=0, stride=one.stride, padding=one.padding)[0] for size, one in axes)

    return with_places(case, over_all)


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
    return case.value() + more * case.size


def biased_by_weight(case: Case) -> Any:
    """Count a bias for each weight where there are biases."""
    ledger = case.ledger()
    names = names_of(ledger, case.layer)
    rows = [row for row in ledger.rows if row.name in names and row.biases]
    more = sum(row.weights - row.biases for row in rows)
    return case.value() + more * case.size


def one_sided(case: Case) -> Any:
    """Count F weights of a filter of F by F, not F·F."""
    ledger = case.ledger()
    names = names_of(ledger, case.layer)
    nodes = [(row, row.node) for row in ledger.rows if row.name in names and row.node and row.node.card.convolves]
    windows = [(row, node.card.windows(node.x)) for row, node in nodes]
    less = sum(row.weights - row.weights // one[-1].kernel_size for row, one in windows if len(one) > 1)
    return case.value() - less * case.size


padded_twice = padded(lambda p: 2 * p)
"""Padding at both ends of an axis, twice."""
