"""FLOPs counted one by one: each layer is computed on numbers that count what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import product
from typing import Any

import pytest

from cnncalc.layers import CARDS
from cnncalc.layers.layer import Layer
from cnncalc.volume import Volume

DONE = [0]
"""How many operations have been performed."""


class Number:
    """A number whose only property is that every operation on it is counted."""

    def operated(self, *_: object) -> Number:
        """Count one operation, whatever it was."""
        DONE[0] += 1
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = operated


ONE = Number()


def operate(*_: object) -> Number:
    """Compare two numbers, or take one's root, exponential or error function: one operation."""
    return ONE.operated()


larger = smaller = root = exponential = error_function = operate

Values = list[Number]


def total(values: Iterable[Number]) -> Number:
    """Add up, which takes one addition fewer than there are values."""
    return reduce(lambda a, b: a + b, values)


def largest(values: Iterable[Number]) -> Number:
    """Find the largest, which takes one comparison fewer than there are values."""
    return reduce(larger, values)


def mean(values: Values) -> Number:
    """Add up and divide."""
    return total(values) / len(values)


def softmax(channels: Values) -> None:
    """Exponentials, their sum, and a division each."""
    powers = [exponential(x) for x in channels]
    below = total(powers)
    _ = [power / below for power in powers]


def layernorm(channels: Values) -> None:
    """Normalise the channels of a place with their own mean and variance, then scale and shift them."""
    middle = mean(channels)
    apart = [x - middle for x in channels]
    deviation = root(mean([difference * difference for difference in apart]) + ONE)
    _ = [difference / deviation * ONE + ONE for difference in apart]


def lrn(channels: Values) -> None:
    """Square every channel, then divide each by what its five neighbours amount to; there are zeros beyond the ends."""
    squares = [ONE, ONE, *(x * x for x in channels), ONE, ONE]
    _ = [x / (total(squares[c : c + 5]) * ONE + ONE) ** 0.75 for c, x in enumerate(channels)]


def batchnorm(places: Values, *, affine: bool) -> None:
    """Normalise a channel with what was stored of it, then scale and shift it."""
    deviation = root(ONE + ONE)
    for x in places:
        normal = (x - ONE) / deviation
        _ = normal * ONE + ONE if affine else normal


PER_VALUE: dict[str, Callable[[Number], object]] = {
    "relu": lambda x: larger(0, x),
    "relu6": lambda x: smaller(larger(0, x), 6),
    "leaky_relu": lambda x: larger(0, x) and x * ONE,
    "prelu": lambda x: larger(0, x) and x * ONE,
    "sigmoid": lambda x: 1 / (1 + exponential(x)),
    "tanh": lambda x: (exponential(2 * x) - 1) / (ONE + 1),
    "hard_sigmoid": lambda x: smaller(larger(0, x + 3), 6) / 6,
    "hard_swish": lambda x: x * smaller(larger(0, x + 3), 6) / 6,
    "swish": lambda x: x / (1 + exponential(x)),
    "gelu": lambda x: 0.5 * x * (1 + error_function(x / 2)),
    "layer_scale": lambda x: x * ONE,
}
PER_PLACE = {"softmax": softmax, "layernorm": layernorm, "lrn": lrn}
FREE = {
    *("dropout", "identity", "flatten", "zeropad", "crop", "concat", "slice", "split", "channel_shuffle"),
    *("space_to_depth", "zero_shortcut"),
}
PER_MAC = {"conv", "depthwise_conv", "conv_transpose", "fc"}
OTHERWISE = {
    *("batchnorm", "maxpool", "avgpool", "global_maxpool", "global_avgpool", "adaptive_maxpool", "adaptive_avgpool"),
    *("upsample", "add", "multiply"),
}

VOLUMES = [Volume(3, (4,)), Volume(6, (6, 4)), Volume(2, (4, 4, 6)), Volume(1, (1, 1))]
WITH_VOLUMES = pytest.mark.parametrize("x", VOLUMES, ids=str)


def flops(card: Layer, x: Any) -> int:
    """Ask a card for its FLOPs, and forget what was counted before."""
    DONE[0] = 0
    return int(card.flops(x, card.output(x)))


def test_no_card_is_forgotten() -> None:
    """Every card's operations are counted in this file, or are its MACs: a new card is missed here."""
    assert set(CARDS) == {*PER_VALUE, *PER_PLACE, *FREE, *PER_MAC, *OTHERWISE}


@WITH_VOLUMES
@pytest.mark.parametrize("kind", PER_VALUE)
def test_per_value(kind: str, x: Volume) -> None:
    """An activation's FLOPs are the operations on one value, times the values."""
    told = flops(CARDS[kind](), x)
    for _ in range(x.values):
        PER_VALUE[kind](ONE)
    assert told == DONE[0]


@WITH_VOLUMES
@pytest.mark.parametrize("kind", PER_PLACE)
def test_per_place(kind: str, x: Volume) -> None:
    """A layer that works across channels does the same at every place."""
    told = flops(CARDS[kind](), x)
    for _ in range(x.places):
        PER_PLACE[kind]([ONE] * x.channels)
    assert told == DONE[0]


@pytest.mark.parametrize("kind", sorted(FREE))
def test_free_layers_say_so(kind: str) -> None:
    """A layer that only moves values says 0 in its own card."""
    card = CARDS[kind]
    fields = {"padding": 1, "size": 2, "stop": 2, "parts": 2, "groups": 2, "block_size": 2, "out_channels": 8}
    x = Volume(4, (4, 4))
    layer = card(**{name: fields[name] for name in card.required()})
    assert flops(layer, (x, x) if card.reads_many else x) == 0


@WITH_VOLUMES
@pytest.mark.parametrize("affine", [True, False])
def test_batch_normalisation(x: Volume, *, affine: bool) -> None:
    """Two operations per channel and four per value, two without gamma and beta; 2 learned and 2 stored per channel."""
    card = CARDS["batchnorm"](affine=affine)
    told = flops(card, x)
    for _ in range(x.channels):
        batchnorm([ONE] * x.places, affine=affine)
    assert told == DONE[0]
    learned = x.channels if affine else 0
    assert (card.weights(x), card.biases(x), card.buffers(x)) == (learned, learned, 2 * x.channels)


@WITH_VOLUMES
@pytest.mark.parametrize(("kind", "what"), [("maxpool", largest), ("avgpool", mean)])
def test_pools(kind: str, what: Callable[[Values], Number], x: Volume) -> None:
    """A pool compares or averages F values of each axis for every value that comes out; padding counts."""
    kernel = (3, 2, 1)[: len(x.spatial)]
    card = CARDS[kind](kernel_size=kernel, stride=2, padding=1, rounding="floor")
    told = flops(card, x)
    for _ in range(card.output(x).values):
        what([ONE for _ in product(*map(range, kernel))])
    assert told == DONE[0]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
@WITH_VOLUMES
@pytest.mark.parametrize(("kind", "what"), [("maxpool", largest), ("avgpool", mean)])
def test_adaptive_pools(kind: str, what: Callable[[Values], Number], x: Volume, size: int) -> None:
    """Adaptive pooling reads from ⌊oW/N⌋ to ⌈(o + 1)W/N⌉ along each axis; to size 1 it is global pooling."""
    told = flops(CARDS[f"adaptive_{kind}"](output_size=size), x)
    assert size > 1 or told == flops(CARDS[f"global_{kind}"](), x)
    axes = [[range(o * w // size, -(-(o + 1) * w // size)) for o in range(size)] for w in x.spatial]
    for window in product(range(x.channels), *axes):
        what([ONE for _ in product(*window[1:])])
    assert told == DONE[0]


@WITH_VOLUMES
def test_upsampling(x: Volume) -> None:
    """Bilinear upsampling weighs and adds the corners around each new value; nearest computes nothing."""
    assert flops(CARDS["upsample"](scale=2), x) == 0
    card = CARDS["upsample"](scale=2, mode="bilinear")
    told = flops(card, x)
    for _ in range(card.output(x).values):
        total(ONE * 0.25 for _ in product((0, 1), repeat=len(x.spatial)))
    assert told == DONE[0]


@WITH_VOLUMES
@pytest.mark.parametrize(("kind", "what"), [("add", Number.__add__), ("multiply", Number.__mul__)])
def test_merges(kind: str, what: Callable[[Number, Number], Number], x: Volume) -> None:
    """Three volumes are joined with two operations per value."""
    told = flops(CARDS[kind](), (x, x, x))
    for _ in range(x.values):
        reduce(what, [ONE, ONE, ONE])
    assert told == DONE[0]


def test_slopes_are_learned() -> None:
    """PReLU learns a slope per channel, or one for all; other activations learn nothing."""
    x = Volume(64, (8, 8))
    assert CARDS["prelu"]().weights(x) == 64
    assert CARDS["prelu"](shared=True).weights(x) == 1
    assert {CARDS[kind]().weights(x) for kind in PER_VALUE if kind not in {"prelu", "layer_scale"}} == {0}
