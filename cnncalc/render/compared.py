"""How a comparison, an explanation and the cards' formulas are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.render.cells import field, safe, spoken
from cnncalc.render.plain import grid
from cnncalc.term import write_number
from cnncalc.units import write_count

if TYPE_CHECKING:
    from cnncalc.comparison import Comparison
    from cnncalc.explanation import Explanation
    from cnncalc.ledger import Ledger
    from cnncalc.letters.cards import CardFormulas
    from cnncalc.network import Network

_LEFT_OUT = ("activation_bytes", "parameter_bytes", "frozen", "trainable")
"""Quantities that follow from others on the screen; JSON has them."""

_LARGEST_DENOMINATOR = 100

FORMULA_HEADS = ("layer", "output", "weights", "biases", "buffers", "MACs", "FLOPs")


def rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Write every quantity of two networks: left, right, right over left, who is smaller."""
    left, right = (safe(side.network.name) for side in (comparison.left, comparison.right))
    written: list[tuple[str, ...]] = [("", left, right, "right/left", "left − right", "smaller")]
    for pair in comparison.pairs:
        if pair.quantity in _LEFT_OUT:
            continue
        name = spoken(pair.quantity)
        difference = write_count(pair.difference).replace("-", "−")  # as in letters
        sizes = (write_count(pair.left), write_count(pair.right), _ratio(pair.ratio), difference)
        written.append((name, *sizes, pair.smaller))
    seen = [_last(side) for side in (comparison.left, comparison.right)]
    written.append(("receptive field", *(size for _, size in seen), "", "", ""))
    written.append(("output", *(volume for volume, _ in seen), "", "", ""))
    conditions = [_required(side.network) for side in (comparison.left, comparison.right)]
    if any(conditions):
        written.append(("fits if", *conditions, "", "", ""))
    return written


def _required(network: Network) -> str:
    """Write what must hold of letters; nothing of a network of numbers."""
    if network.conditions is None:
        return ""
    from cnncalc.letters import required  # noqa: PLC0415 - sympy, only where a letter is

    return "; ".join(required(network))


def _ratio(ratio: Any) -> str:
    """Write a ratio as a fraction that a person can hold in mind, else in decimals."""
    if ratio is None:
        return ""
    return write_number(ratio) if getattr(ratio, "denominator", 1) > _LARGEST_DENOMINATOR else str(ratio)


def _last(ledger: Ledger) -> tuple[str, str]:
    last = ledger.rows[-1]
    return str(last.volume), field(last, ledger.network.input.spatial)


def comparison_as_text(comparison: Comparison) -> str:
    """Write a comparison as aligned text."""
    return grid(rows(comparison), right=(1, 2, 3, 4))


def explanations_as_text(explanations: Iterable[Explanation]) -> str:
    """Write each layer's numbers, a line each: letters = digits = value."""
    return "\n\n".join(_explanation(one) for one in explanations)


def _explanation(one: Explanation) -> str:
    lines = [("  " + number.quantity, number.written) for number in one.numbers]
    source = f"\n  source: {one.source}" if one.source else ""
    return f"{safe(one.layer)} ({one.type})\n{grid(lines)}{source}"


def formula_rows(
    cards: Sequence[CardFormulas], write: Any = str, volume: Callable[[Iterable[str]], str] = " x ".join
) -> list[tuple[str, ...]]:
    """Write every layer's rules: `write` turns a formula into text or LaTeX, `volume` its sizes into one."""
    written = []
    for card in cards:
        output = volume(write(size) for size in card.output)
        counts = (card.weights, card.biases, card.buffers, card.macs, card.flops)
        written.append((card.type, output, *(write(count) for count in counts)))
    return written


def formulas_as_text(cards: Sequence[CardFormulas]) -> str:
    """Write all layers x quantities as aligned text."""
    return grid([FORMULA_HEADS, *formula_rows(cards)])
