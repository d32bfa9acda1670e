"""Every card in letters: what comes out and what it costs, made by the rules themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.layers import CARDS, Layer
from cnncalc.layers.card import REQUIRED
from cnncalc.letters.formula import settle, symbol
from cnncalc.letters.pour import flattened
from cnncalc.term import LETTERS
from cnncalc.volume import Volume

_LEFT_OUT = {"dilation", "output_padding"}
"""Settings that the overview keeps at what changes nothing."""


class CardFormulas(NamedTuple):
    """One layer's rules in letters: `output` per axis and channels, then the counts."""

    type: str
    output: tuple[Any, ...]
    weights: Any
    biases: Any
    buffers: Any
    macs: Any
    flops: Any


def formulas() -> tuple[CardFormulas, ...]:
    """Return every layer's rules in letters, for an H × W × C volume; H′ and W′ are its output's sizes."""
    return tuple(_formulas(CARDS[kind]) for kind in sorted(CARDS))


def _formulas(kind: type[Layer]) -> CardFormulas:
    card = _sample(kind)
    one = Volume(symbol("C"), (symbol("H"), symbol("W")))
    x: Any = (one, one) if kind.reads_many else one
    out = card.output(x)
    y = Volume(out.channels, tuple(map(flattened, out.spatial)))
    named = y if y.spatial in {one.spatial, (1, 1)} else Volume(y.channels, (symbol("H′"), symbol("W′")))
    counts = (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, named), card.flops(x, named))
    return CardFormulas(kind.type, settle(y.shape), *map(settle, counts))


def _sample(kind: type[Layer]) -> Layer:
    card: Layer = object.__new__(kind)
    fields = {name: None if default is REQUIRED else default for name, default in kind.fields().items()}
    letters = {name: symbol(LETTERS[name]) for name in fields if name in LETTERS and name not in _LEFT_OUT}
    return card.replace(**(fields | letters))
