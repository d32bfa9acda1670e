"""Every number of a layer as letters = digits = value: Terms poured into the rules, never typed for display."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.field import Field
from cnncalc.ledger import Ledger
from cnncalc.network import Node
from cnncalc.row import Row, pour_terms
from cnncalc.sizes import Size
from cnncalc.term import AXES, Term, write_number
from cnncalc.volume import Volume

_SHARED = ("weights", "biases", "buffers")
"""What a layer that uses another's weights has none of."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
    if rows and rows[0].node is None:
        raise UsageError(f"{rows[0].name} is given, and nothing is worked out", ways_out=("the name of a layer",))
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
    counted = [_number(name, value) for name, value in counts.items()]
    if node.share is not None:
        shared = f"0: {node.share} counts them"
        counted = [one._replace(written=shared, value=0) if one.quantity in _SHARED else one for one in counted]
    numbers = [*_sizes(node, card, x), *counted]
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


def _seen(row: Row, card: Any, x: Any, fields: dict[str, tuple[Field, ...]]) -> Iterator[Explained]:
    """Explain the receptive field: r + (F − 1)·j; behind several layers, what they see together.

    Behind an upsampling layer neighbours see different pixels in turn, and a gate over the whole image is met at every
    place: there the field is a number without a sum.
    """
    sources = [fields[name] for name in row.inputs]
    views = card.views(x)
    for axis, (letter, view) in enumerate(zip(AXES[len(row.volume.spatial)], views, strict=True)):
        paths = [source[axis] for source in sources]
        if not row.fields[axis].is_known:
            continue
        known = row.fields[axis]
        if view.per == 1 and all(path.period == 1 for path in paths):
            together = reduce(Field.and_also, _poured(paths))
            after = together.through(view._replace(per=1))
            if after[:2] == known[:2]:
                yield _number(f"receptive field {letter}", after.size)
                yield _number(f"jump {letter}", after.jump)
                continue
        yield _number(f"receptive field {letter}", known.size)


def _poured(paths: list[Field]) -> list[Field]:
    """Name what each path sees: r, j and o; r₁, r₂ where there are several."""
    several = len(paths) > 1
    poured = []
    for number, path in enumerate(paths, start=1):
        sub = str(number).translate(_SUBSCRIPTS) if several else ""
        size, jump, offset = (Term.named(name + sub, value) for name, value in zip("rjo", path[:3], strict=True))
        poured.append(Field(size, jump, offset))
    return poured


def _number(quantity: str, value: Size) -> Explained:
    if isinstance(value, Term):
        return Explained(quantity, str(value), int(value))
    return Explained(quantity, write_number(value), value)


def source_of(card: type[Any]) -> str:
    """Return the source that a card's docstring names."""
    return (card.__doc__ or "").partition("Source:")[2].strip().replace("\n    ", " ")
