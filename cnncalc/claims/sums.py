"""The sum behind a figure, with its numbers: Terms poured into the cards' own rules."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cnncalc.claims.quantities import BYTES_PER, REPEATED, rows_of, together
from cnncalc.explanation import explain
from cnncalc.fold import BLOCK
from cnncalc.ledger import Ledger
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.row import COUNTS, Row, pour_terms
from cnncalc.term import write_number

_SHOWN = 4
"""So many terms of a total are written out."""

_EXPLAINED = {
    "receptive_field": ("receptive field H", "receptive field W"),
    "jump": ("jump H", "jump W"),
    "output_height": ("output H′",),
    "output_width": ("output W′",),
    "channels": ("output C′",),
    "output_shape": ("output D′", "output H′", "output W′", "output C′"),
}


def sum_of(ledger: Ledger, layer: str | None, quantity: str) -> str:
    """Write how a quantity comes about: letters = digits = value for a layer, the terms for a total; or nothing."""
    if ledger.network.conditions is not None or type(ledger.batch) is not int:
        return ""  # a formula is its own sum
    rows = [row for one in rows_of(ledger, layer) for row in _inside(ledger, one)]
    if quantity == "depth":
        return _depth(ledger)
    if quantity in _EXPLAINED:
        return _explained(ledger, rows[-1], quantity)
    counted = BYTES_PER.get(quantity, quantity)
    if counted not in COUNTS:
        return ""
    each = bytes_per_value(ledger.dtype) if quantity in BYTES_PER else 1
    times = ledger.batch if counted in REPEATED else 1
    terms = [(row, getattr(row, counted) * each * times) for row in rows]
    terms = [(row, value) for row, value in terms if value]
    if len(terms) == 1 and each * times == 1:
        return _of_layer(ledger, terms[0][0], counted)
    return _total(terms) if together(ledger, quantity) is sum else _largest(terms)


def _inside(ledger: Ledger, row: Row) -> list[Row]:
    """Return the layers that a block's row stands for, or the row itself."""
    if row.type != BLOCK:
        return [row]
    return [one for one in ledger.rows if one.name.startswith(f"{row.name}/")]


def _explained(ledger: Ledger, row: Row, quantity: str) -> str:
    if row.node is None:
        return ""
    numbers = {number.quantity: number.written for number in explain(ledger, row.name)[0].numbers}
    written = [_once(numbers[name]) for name in _EXPLAINED[quantity] if name in numbers]
    written = [text for text in written if "=" in text] if quantity == "output_shape" else written
    seen: dict[str, str] = {}
    for text in written:  # height and width have one sum where they agree
        seen.setdefault(text.translate(str.maketrans("H", "W")), text)
    return "; ".join(seen.values())


def _once(written: str) -> str:
    """Leave out digits that the value says again: K = 4096 = 4,096."""
    *sides, value = written.split(" = ")
    return " = ".join([*(side for side in sides if side != value.replace(",", "")), value])


def _of_layer(ledger: Ledger, row: Row, counted: str) -> str:
    """Pour Terms into the rule of one layer."""
    if counted == "activation_values":
        shape = "·".join(map(str, row.output_shape))
        return f"{shape} = {write_number(row.activation_values)}" if row.volume.values == row.activation_values else ""
    if row.node is None or row.name not in {node.name for node in ledger.network.nodes}:
        return ""
    if counted == "parameters":
        card, x = pour_terms(row.node)
        return str(card.weights(x) + card.biases(x))
    numbers = {number.quantity: number.written for number in explain(ledger, row.name)[0].numbers}
    return numbers.get(counted, "")


def _largest(terms: list[tuple[Row, Any]]) -> str:
    row, value = max(terms, key=lambda term: term[1])
    return f"{row.name} {write_number(value)}, the largest of {len(terms)} moments"


def _total(terms: list[tuple[Row, Any]]) -> str:
    total = write_number(sum(value for _, value in terms))
    if not terms:
        return ""
    written = [f"{row.name} {write_number(value)}" for row, value in terms]
    if len(written) > _SHOWN:
        written = [*written[: _SHOWN - 2], f"… ({len(written)} layers)", written[-1]]
    return " + ".join(written) + f" = {total}"


def _depth(ledger: Ledger) -> str:
    """Write 13 conv + 3 fc where all of them are on the longest path."""
    kinds = Counter(row.type for row in ledger.rows if row.node is not None and row.node.card.has_weight_matrix)
    if sum(kinds.values()) != ledger.totals.depth:
        return f"{ledger.totals.depth} convolutions and fully connected layers on the longest path"
    return " + ".join(f"{count} {kind}" for kind, count in kinds.items()) + f" = {ledger.totals.depth}"
