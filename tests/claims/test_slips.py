"""Known slips: what each gives is worked out here as a student who makes it would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cnncalc import load, verdict
from cnncalc.claims import circumstances
from cnncalc.claims.circumstances import Case
from cnncalc.claims.claim import QUANTITIES
from cnncalc.claims.published import judge
from cnncalc.claims.slips import SLIPS, slips_of


def given_by(case: Case, name: str, step: int = 1) -> Any:
    """Return what a slip gives for a case; None if there is nothing to slip on."""
    found = {slip.name: value for slip, value in slips_of(case)}.get(name)
    return found(step) if callable(found) else found


# CS231n: 32x32x3, ten 5x5 filters, stride 1, pad 2: 32x32x10, (5*5*3)*10 weights, 10 biases.
TEN = ("conv5-10/p2", "32x32x3")
ROWS = [  # network                            layer    quantity        slip                          what it gives
    (TEN, None, "parameters", "biases forgotten", 5 * 5 * 3 * 10),
    (TEN, None, "weights", "biases counted as weights", 5 * 5 * 3 * 10 + 10),
    (TEN, None, "weights", "input depth forgotten", 5 * 5 * 10),
    (TEN, None, "macs", "input depth forgotten", 5 * 5 * 10 * 32 * 32),
    (TEN, None, "macs", "two operations per MAC", 2 * 5 * 5 * 3 * 10 * 32 * 32),
    (TEN, None, "flops", "MACs for FLOPs", 5 * 5 * 3 * 10 * 32 * 32),
    (TEN, None, "output_shape", "padding counted once", (32 - 5 + 2 + 1, 32 - 5 + 2 + 1, 10)),
    (TEN, None, "output_shape", "padding forgotten", (32 - 5 + 1, 32 - 5 + 1, 10)),
    (TEN, None, "output_shape", "+ 1 forgotten", (31, 31, 10)),
    (TEN, None, "output_shape", "rounded up", None),  # the stride fits: nothing to round
    (("conv3-1/s2/p0/floor", "10x10x1"), None, "output_shape", "rounded up", (5, 5, 1)),  # (10 - 3)/2 + 1 = 4.5
    (("conv3-1/s2/p0/ceil", "10x10x1"), None, "output_shape", "rounded down", (4, 4, 1)),
    (("alexnet", None), "conv2", "weights", "groups ignored", 5 * 5 * 96 * 256),  # two towers: 5*5*48*256
    (("alexnet", None), "conv3", "weights", "groups ignored", None),  # it has none
    (("alexnet", None), "conv2", "output_shape", "padding counted once", (27 - 5 + 2 + 1, 27 - 5 + 2 + 1, 256)),
    (("vgg16", None), None, "parameters", "biases forgotten", 138_344_128),
    (("vgg16", None), "relu1", "parameters", "biases forgotten", None),
    # a stack: 7x7, twice a 3x3 without padding: 5, 3; without the + 1: 4, then 4 - 3 = 1
    (("[conv3-1/p0]*2", "7x7x1"), None, "output_shape", "+ 1 forgotten", (1, 1, 1)),
    # the layer alone: what comes in is right
    (("[conv3-1/p0]*2", "7x7x1"), "conv2", "output_shape", "+ 1 forgotten", (2, 2, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("network", "layer", "quantity", "name", "value"), ROWS)
def test_what_a_slip_gives(
    network: tuple[str, str | None], layer: str | None, quantity: str, name: str, value: Any
) -> None:
    """Counted by the cards under changed circumstances, and equal to the sum by hand."""
    text, volume = network
    assert given_by(Case(load(text, input=volume), layer, quantity), name) == value


def test_cutting_each_term() -> None:
    """VGG-16's fully connected layers: 102M + 16M + 4M is 122M; their sum is 123.6M."""
    case = Case(load("vgg16"), "fc*", "weights")
    assert case.value() == 102_760_448 + 16_777_216 + 4_096_000
    assert given_by(case, "each term cut before adding", step=10**6) == 122 * 10**6
    assert given_by(case, "each term cut before adding", step=1) is None


def test_every_slip_speaks_to_a_student() -> None:
    """A name of its own, one sentence, quantities that exist."""
    assert len({slip.name for slip in SLIPS}) == len(SLIPS)
    for slip in SLIPS:
        assert slip.says.endswith(".")
        assert slip.quantities <= set(QUANTITIES)


def test_the_right_value_is_no_slip() -> None:
    """A slip that changes nothing is not offered."""
    case = Case(load("conv3-8/p0/nobias", input="5x5x1"), None, "parameters")
    assert "biases forgotten" not in {slip.name for slip, _ in slips_of(case)}
    assert all(value != case.value() for _, value in slips_of(case))


def test_a_slip_is_only_possible() -> None:
    """What was searched for may be a coincidence; what was stated is not."""
    case = Case(load(TEN[0], input=TEN[1]), None, "parameters")
    searched = verdict("750", case.value(), readings=((slip.name, value) for slip, value in slips_of(case)))
    assert (searched.verdict, searched.possible) == ("consistent with biases forgotten", True)
    assert searched.note == "it is 760; possibly biases forgotten: it is 750"
    stated = verdict("750", case.value(), stated=[("weights alone", 750)])
    assert (stated.verdict, stated.possible) == ("consistent with weights alone", False)


def test_one_digit_is_not_searched() -> None:
    """4 million is consistent with too much to say anything."""
    assert verdict("4 million", 6_998_552, readings=[("chance", 4_123_456)]).verdict == "does not follow"
    assert verdict("4.1 million", 6_998_552, readings=[("chance", 4_123_456)]).verdict == "consistent with chance"
    assert verdict("4.1 million", 6_998_552, readings=[("cut", 4_193_456)]).verdict == "does not follow"


UNEVEN = {"conv": {"out_channels": 2, "kernel_size": 3, "padding": [1, "1:2"]}}


def test_padding_that_differs_at_the_ends_is_not_halved() -> None:
    """9x9, 3x3, rows padded 1 and 1, columns 1 and 2: only the rows are padded once, 9 - 3 + 1 + 1 = 8."""
    case = Case(load({"name": "n", "input": "9x9x3", "layers": [UNEVEN]}), None, "output_shape")
    assert case.value() == (9, 10, 2)
    assert given_by(case, "padding counted once") == (8, 10, 2)


def test_claims_about_one_network_share_their_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ledger is counted once, whatever is printed, and what is searched for is searched for once."""
    counted: list[str] = []
    tally = circumstances.tally

    def counting(network: Any, **how: Any) -> Any:
        counted.append(network.name)
        return tally(network, **how)

    monkeypatch.setattr(circumstances, "tally", counting)
    network = load("vgg16")
    twice = network.published * 2
    assert len(judge(network)) == len(network.published)
    once = len(counted)
    assert len(judge(replace(network, published=twice))) == len(twice)
    assert len(counted) == 2 * once
