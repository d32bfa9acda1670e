"""Every number of a layer as letters = digits = value: Terms poured into the rules, never typed for display."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.field import Field
from cnncalc.ledger import Ledger
from cnncalc.network import Node
from cnncalc.row import Row, pour_terms
from cnncalc.sizes import Size
from cnncalc.term import AXES, Term, write_number
from cnncalc.volume import Volume


class Explained(NamedTuple):
    """One number of a layer: what it is, how it came about, and its value."""

    quantity: str
    written: str
    value: Size


class Explanation(NamedTuple):
    """All numbers of a layer, and where its rules are from."""

    layer: str
    type: str
    source: str
    numbers: tuple[Explained, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {**self._asdict(), "numbers": [number._asdict() for number in self.numbers]}


def explain(ledger: Ledger, layer: str | None = None) -> tuple[Explanation, ...]:
    """Explain a layer, or all of them.

    Raises UsageError for a layer that is not there, or a network in letters, whose table is its explanation.
    """
    if ledger.network.conditions is not None:
        raise UsageError("in letters there are no digits to show", ways_out=("cnncalc table writes the formulas",))
    rows = [row for row in ledger.rows if row.node is not None] if layer is None else [ledger[layer]]
    fields = {row.name: row.fields for row in ledger.rows}
    return tuple(_explained(row, row.node, fields) for row in rows if row.node is not None)


def _explained(row: Row, node: Node, fields: dict[str, tuple[Field, ...]]) -> Explanation:
    card, x = pour_terms(node)
    y = _named(node.y)
    counts = {
        "weights": card.weights(x),
        "biases": card.biases(x),
        "buffers": card.buffers(x),
        "macs": card.macs(x, y),
        "flops": card.flops(x, y),
    }
    numbers = [*_sizes(node, card, x), *(_number(name, value) for name, value in counts.items())]
    numbers += [*_seen(row, card, x, fields)]
    return Explanation(row.name, row.type, source_of(type(node.card)), tuple(numbers))


def _named(y: Volume) -> Volume:
    """Return the output with letters of its own: H′, W′."""
    spatial = zip(AXES[len(y.spatial)], y.spatial, strict=True)
    sizes = tuple(size if size == 1 else Term.named(f"{letter}′", size) for letter, size in spatial)
    return Volume(Term.named("C′", y.channels), sizes)


def _sizes(node: Node, card: Any, x: Any) -> list[Explained]:
    y = card.output(x)
    letters = (*(f"{letter}′" for letter in AXES[len(node.y.spatial)]), "C′")
    return [_number(f"output {letter}", size) for letter, size in zip(letters, y.shape, strict=True)]


def _seen(row: Row, card: Any, x: Any, fields: dict[str, tuple[Field, ...]]) -> list[Explained]:
    """Explain the receptive field where the layer reads one other: r + (F − 1)·j."""
    if len(row.inputs) != 1:
        return []
    found = []
    for letter, before, view in zip(AXES[len(row.volume.spatial)], fields[row.inputs[0]], card.views(x), strict=True):
        if before.is_known and before.period == 1 and view.per == 1:
            poured = Field(Term.named("r", before.size), Term.named("j", before.jump), Term.named("o", before.padding))
            after = poured.through(view)
            found.append(_number(f"receptive field {letter}", after.size))
            found.append(_number(f"jump {letter}", after.jump))
    return found


def _number(quantity: str, value: Size) -> Explained:
    if isinstance(value, Term):
        return Explained(quantity, str(value), int(value))
    return Explained(quantity, write_number(value), value)


def source_of(card: type[Any]) -> str:
    """Return the source that a card's docstring names."""
    return (card.__doc__ or "").partition("Source:")[2].strip().replace("\n    ", " ")
