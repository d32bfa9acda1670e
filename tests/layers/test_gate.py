"""Gates, layer normalisation, layer scale: every operation of their formulas counted one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import Where
from cnncalc.layers import CARDS
from cnncalc.memory.conventions import inplace, outputs
from cnncalc.network import Node
from cnncalc.view import SAME_PIXEL
from cnncalc.volume import Volume


class Counted:
    """A number that counts what is done with it, together with all the others of a calculation."""

    done = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def _and(self, other: Any, function: Callable[[float, float], float]) -> Counted:
        Counted.done += 1
        return Counted(function(self.value, other.value if isinstance(other, Counted) else other))

    def __add__(self, other: Any) -> Counted:
        return self._and(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Counted:
        return self._and(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Counted:
        return self._and(other, lambda a, b: a * b)

    def __truediv__(self, other: Any) -> Counted:
        return self._and(other, lambda a, b: a / b)

    def most(self, other: float) -> Counted:
        """Compare, and keep the larger."""
        return self._and(other, max)

    def least(self, other: float) -> Counted:
        """Compare, and keep the smaller."""
        return self._and(other, min)

    def of(self, function: Callable[[float], float]) -> Counted:
        """Take a root, an exponential or an error function."""
        return self._and(0.0, lambda a, _: function(a))


def tanh(x: Counted) -> Counted:
    """(e²ˣ − 1)/(e²ˣ + 1)."""
    squared = (x * 2).of(math.exp)
    return (squared - 1) / (squared + 1)


GATES: dict[str, tuple[Callable[[Counted], Counted], Callable[[float], float]]] = {  # by operations; by its definition
    "sigmoid": (lambda x: Counted(1) / (Counted(-x.value).of(math.exp) + 1), lambda x: 1 / (1 + math.exp(-x))),
    "tanh": (tanh, math.tanh),
    "hard_sigmoid": (lambda x: (x + 3).most(0).least(6) / 6, lambda x: max(0, min(1, x / 6 + 1 / 2))),
    "hard_swish": (lambda x: x * (x + 3).most(0).least(6) / 6, lambda x: x * max(0, min(1, x / 6 + 1 / 2))),
    "swish": (lambda x: x / (Counted(-x.value).of(math.exp) + 1), lambda x: x / (1 + math.exp(-x))),
    "gelu": (
        lambda x: x * 0.5 * ((x / math.sqrt(2)).of(math.erf) + 1),
        lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    ),
}

VOLUMES = st.builds(Volume, st.integers(1, 5), st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple))


def values(x: Volume) -> Iterator[float]:
    """Yield as many numbers as a volume holds, on both sides of every kink."""
    return ((number * 37 % 19 - 9) * 0.75 for number in range(x.values))


@pytest.mark.parametrize("kind", GATES)
@settings(max_examples=20, deadline=None)
@given(x=VOLUMES)
def test_gates(kind: str, x: Volume) -> None:
    """The operations of a gate's formula, one by one over a volume; the formula is the function it is named for."""
    by_operations, definition = GATES[kind]
    card, Counted.done = CARDS[kind](), 0
    for value in values(x):
        assert by_operations(Counted(value)).value == pytest.approx(definition(value), abs=1e-9)
    y = card.output(x)
    assert (y, card.flops(x, y)) == (x, Counted.done)
    assert (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, y)) == (0, 0, 0, 0)
    assert (card.views(x), card.nonlinear) == ((SAME_PIXEL,) * len(x.spatial), True)


@pytest.mark.parametrize("kind", GATES)
def test_a_gate_works_in_place(kind: str) -> None:
    """An activation overwrites its input: it holds nothing of its own in place, and its output under `outputs`."""
    x = Volume(4, (5, 5))
    node = Node("g", CARDS[kind](), ("input",), x, x, Where())
    assert (inplace(node), outputs(node)) == (0, 100)


def layernorm(place: list[float]) -> list[Counted]:
    """Ba, Kiros and Hinton 2016, over the channels of a place, with γ = 2 and β = 1."""
    x = [Counted(value) for value in place]
    mean = sum(x[1:], start=x[0]) / len(x)
    shifted = [value - mean for value in x]
    squares = [value * value for value in shifted]
    variance = sum(squares[1:], start=squares[0]) / len(x)
    root = (variance + 1e-6).of(math.sqrt)
    return [value / root * 2 + 1 for value in shifted]


@settings(max_examples=50, deadline=None)
@given(VOLUMES)
def test_layer_normalisation(x: Volume) -> None:
    """ConvNeXt's LayerNorm: every operation of every place, C gammas and betas, and nothing stored."""
    card, Counted.done = CARDS["layernorm"](), 0
    numbers = list(values(x))
    for place in range(x.places):
        layernorm(numbers[place * x.channels : (place + 1) * x.channels])
    assert card.flops(x, card.output(x)) == Counted.done
    assert (card.weights(x), card.biases(x), card.buffers(x)) == (x.channels, x.channels, 0)
    assert (card.output(x), card.macs(x, x)) == (x, 0)


def test_layer_normalisation_brings_channels_to_one_scale() -> None:
    """The calculation that is counted is the right one: mean β, standard deviation γ."""
    y = [one.value for one in layernorm([1.0, 2.0, 4.0, 9.0])]
    assert sum(y) / 4 == pytest.approx(1)
    assert sum((value - 1) ** 2 for value in y) / 4 == pytest.approx(4, rel=1e-5)


@given(VOLUMES)
def test_layer_scale(x: Volume) -> None:
    """Touvron et al. 2021: a learned multiplier per channel, a multiplication per value."""
    card = CARDS["layer_scale"]()
    figures = (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, x), card.flops(x, x))
    assert figures == (x.channels, 0, 0, 0, x.values)
    assert card.output(x) == x


@pytest.mark.parametrize("epsilon", [0, -1, True, "1e-6", 10**10])
def test_epsilon(epsilon: object) -> None:
    """ε is a number over 0."""
    with pytest.raises(ValueError, match="must be a number over 0"):
        CARDS["layernorm"](epsilon=epsilon)
