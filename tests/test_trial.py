"""Inputs that are tried as a way out: what is offered is taken, channels written first are turned round."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.errors import ShapeError

CHANNELS_FIRST = [  # a line, an input as PyTorch writes it, the same as the lectures do
    ("conv11-96/s4/p0 relu", "3x227x227", "227x227x3"),
    ("conv3-64 maxpool2", "3x224x224", "224x224x3"),  # fails at the second layer, on 3 rows
]


@pytest.mark.parametrize(("line", "written", "meant"), CHANNELS_FIRST)
def test_channels_that_come_first(line: str, written: str, meant: str) -> None:
    """A picture of three rows and hundreds of channels is one that was written CxHxW."""
    with pytest.raises(ShapeError) as caught:
        cnncalc.load(line, input=written)
    assert caught.value.ways_out[0] == f"network input {meant}, channels last: every layer fits"
    assert cnncalc.load(line, input=meant).nodes


@pytest.mark.parametrize(
    ("line", "written"),
    [("conv11-96/s4/p0", "224x224x3"), ("maxpool3/s2", "2x9x9"), ("conv9-8/p0 conv3-8/s2/p0", "3x9x9")],
)
def test_channels_that_are_no_way_out(line: str, written: str) -> None:
    """Nothing is turned round that would not fit either."""
    with pytest.raises(ShapeError) as caught:
        cnncalc.load(line, input=written)
    for way in caught.value.ways_out:
        if "channels last" in way:
            assert cnncalc.load(line, input=way.split()[2].rstrip(","))


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("conv3-8 maxpool3/s2 conv3-8 maxpool3/s2", "32x32x3"),
        ("[conv3-8 maxpool2]*5", "100x100x3"),
        ("conv3-8 avgpool99", "60x60x3"),
    ],
)
def test_the_nearest_network_input_is_taken(line: str, written: str) -> None:
    """It is taken by every layer, and none of the sizes between is: found by loading each."""
    with pytest.raises(ShapeError) as caught:
        cnncalc.load(line, input=written)
    found = next(way for way in caught.value.ways_out if way.startswith("network input"))
    side, size = (int(re.search(r"(\d+)x", text)[1]) for text in (found, written))  # type: ignore[index]
    assert cnncalc.load(line, input=f"{side}x{side}x3").nodes
    for other in range(size - abs(side - size) + 1, size + abs(side - size)):
        with pytest.raises(ShapeError):
            cnncalc.load(line, input=f"{other}x{other}x3")
