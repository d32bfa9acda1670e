"""What Python hands over: other forms of the same are taken, anything else is told."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

import cnncalc
from cnncalc.errors import UsageError


@pytest.mark.parametrize("size", ["32x32x3", (32, 32, 3), [32, 32, 3], cnncalc.load("relu", input="32x32x3").input])
def test_an_input_in_any_form(size: Any) -> None:
    """Text, numbers, a volume."""
    assert cnncalc.load("conv3-8", input=size).nodes[-1].y.shape == (32, 32, 8)


def test_parameters_and_patterns_in_any_form() -> None:
    """A mapping is one; one pattern needs no tuple."""
    assert cnncalc.load("conv3-K", input="8x8x3", set=MappingProxyType({"K": 4})).nodes[-1].y.channels == 4
    one, other = (cnncalc.load("vgg16", freeze=freeze) for freeze in ("conv*", ("conv*",)))
    assert cnncalc.tally(one).totals == cnncalc.tally(other).totals


@pytest.mark.parametrize(
    "wrong",
    [
        {"input": 224}, {"input": b"224x224x3"}, {"input": (224.5, 224, 3)}, {"input": ()}, {"input": {"H": 224}},
        {"rounding": "up"}, {"rounding": "Ceil"}, {"rounding": 1}, {"set": ["K"]}, {"set": [("K", 3)]}, {"set": "K=3"},
        {"set": {5: 4}}, {"rounding": [1, 2]},
    ],
)  # fmt: skip
def test_what_is_neither(wrong: dict[str, Any]) -> None:
    """A rounding that nobody knows is not silently a floor."""
    for door in (cnncalc.load, lambda spec, **how: cnncalc.compare(spec, spec, **how)):
        with pytest.raises(UsageError) as caught:
            door("vgg16", **wrong)
        assert caught.value.ways_out


@pytest.mark.parametrize("freeze", [5, (5,), b"conv*", {"conv1"}])
def test_what_is_no_pattern(freeze: Any) -> None:
    """A name or names."""
    with pytest.raises(UsageError, match="names and patterns"):
        cnncalc.load("vgg16", freeze=freeze)


def test_a_comparison_knows_its_quantities() -> None:
    """As a ledger knows its layers."""
    found = cnncalc.compare("conv3-8", "conv5-8", input="8x8x3")
    assert found["weights"].left == 216
    with pytest.raises(UsageError, match="'wieghts'"):
        found["wieghts"]
