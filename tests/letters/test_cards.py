"""The page of all layers: every card is on it, and each formula has the value that the card gives for numbers."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.layers import CARDS
from cnncalc.letters.cards import CardFormulas, formulas
from cnncalc.term import LETTERS
from cnncalc.volume import Volume

PAGE = {card.type: card for card in formulas()}

# Sizes at which whatever must divide does: 4 | C, K; 2 | C; 3 | H, W; 2 | H − 3 + 2, H − 1, and the same for W.
VALUES = {
    "H": 15, "W": 21, "C": 12, "K": 8, "F": 3, "S": 2, "P": 1, "G": 4,
    "m": 3, "N": 5, "n": 2, "b": 3, "i": 3, "j": 7, "s": 3,
}  # fmt: skip
LEFT_OUT = {"dilation", "output_padding"}
READS = {"split": {"part": 0}}


def at(formula: Any, values: dict[str, int]) -> int:
    """Return a formula's value, and a number as it is."""
    return formula if isinstance(formula, int) else formula.at(**values)


def test_every_card_is_on_the_page() -> None:
    """In the order of the alphabet; nothing else."""
    assert list(PAGE) == sorted(CARDS)


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_a_card_in_letters_is_the_card_in_numbers(kind: str) -> None:
    """Output, weights, biases, buffers, MACs and FLOPs, with numbers put in."""
    named = {
        field: VALUES[LETTERS[field]] for field in CARDS[kind].fields() if field in LETTERS and field not in LEFT_OUT
    }
    card = CARDS[kind](**named, **READS.get(kind, {}))
    one = Volume(VALUES["C"], (VALUES["H"], VALUES["W"]))
    x: Any = (one, one) if card.reads_many else one
    y = card.output(x)
    known = {**VALUES, "H′": y.spatial[0], "W′": y.spatial[1]}
    page = PAGE[kind]
    assert tuple(at(size, known) for size in page.output) == y.shape
    counted = (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, y), card.flops(x, y))
    written = (page.weights, page.biases, page.buffers, page.macs, page.flops)
    assert tuple(at(formula, known) for formula in written) == counted


WRITTEN = [  # CS231n, Conv Layer summary, Pooling layer, FC; Ioffe and Szegedy 2015; Howard et al. 2017
    ("conv", ("(H − F + 2·P)/S + 1", "(W − F + 2·P)/S + 1", "K"), "C·F²·K/G", "K", "0", "H′·W′·C·F²·K/G"),
    ("depthwise_conv", ("(H − F + 2·P)/S + 1", "(W − F + 2·P)/S + 1", "C·m"), "C·F²·m", "C·m", "0", "H′·W′·C·F²·m"),
    ("conv_transpose", ("H·S + F − 2·P − S", "W·S + F − 2·P − S", "K"), "C·F²·K/G", "K", "0", "H·W·C·F²·K/G"),
    ("maxpool", ("(H − F + 2·P)/S + 1", "(W − F + 2·P)/S + 1", "C"), "0", "0", "0", "0"),
    ("fc", ("1", "1", "K"), "H·W·C·K", "K", "0", "H·W·C·K"),
    ("batchnorm", ("H", "W", "C"), "C", "C", "2·C", "0"),
    ("flatten", ("1", "1", "H·W·C"), "0", "0", "0", "0"),
    ("concat", ("H", "W", "2·C"), "0", "0", "0", "0"),
    ("upsample", ("H·s", "W·s", "C"), "0", "0", "0", "0"),
    ("relu", ("H", "W", "C"), "0", "0", "0", "0"),
]


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row[0])
def test_cards_as_the_lectures_write_them(row: Any) -> None:
    """Sizes, weights, biases, buffers and MACs."""
    kind, output, *counts = row
    card: CardFormulas = PAGE[kind]
    assert tuple(map(str, card.output)) == output
    assert [str(count) for count in (card.weights, card.biases, card.buffers, card.macs)] == counts
