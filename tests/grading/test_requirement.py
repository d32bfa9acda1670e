"""Requirements: the small language, and what networks meet."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import BadValue
from cnncalc.grading.requirement import EXAMPLES, judge, read_requirement

# LeNet-5 on 32x32x1: 61,706 parameters (156 + 2,416 + 48,120 + 10,164 + 850), five layers with weights.
LENET = [
    ("input == 32x32x1", True),
    ("input == 32x32x3", False),
    ("input != 28x28x1", True),
    ("output == 10", True),
    ("output == 1x1x10", True),
    ("output == 100", False),
    ("parameters == 61706", True),
    ("parameters <= 60K", False),
    ("parameters < 61,707", True),
    ("parameters > 0.06M", True),
    ("parameter_bytes <= 0.25MB", True),
    ("parameter_bytes <= 240 KiB", False),
    ("depth >= 5", True),
    ("depth > 5", False),
    ("layers == 12", True),
    ("receptive_field >= 32", True),
    ("every stride fits", True),
    ("uses no fc", False),
    ("uses fc", True),
    ("uses batchnorm", False),
    ("uses no bn", True),
    ("uses tanh", True),
]


@pytest.mark.parametrize(("text", "met"), LENET)
def test_what_lenet_meets(text: str, met: bool) -> None:  # noqa: FBT001 - a column of the table
    """The paper's network, requirement by requirement."""
    network = cnncalc.load("lenet5")
    assert judge(read_requirement(text), network, cnncalc.tally(network)).met is met


def test_strides_that_do_not_fit_are_found_whatever_the_rounding() -> None:
    """A spec that says `rounding: floor` is not spared: (32 − 3)/2 is no whole number."""
    network = cnncalc.load("conv3-8/s2/p0", input="32x32x3", rounding="floor")
    found = judge(read_requirement("every stride fits"), network, cnncalc.tally(network))
    assert not found.met
    assert "(32 − 3 + 2·0)/2 + 1 = 15.5" in found.says


@pytest.mark.parametrize(("text", "met"), [("!= 3", True), ("== 3", False), (">= 4", False), (">= 3", True)])
def test_both_sides_are_compared(text: str, met: bool) -> None:  # noqa: FBT001 - a column of the table
    """A filter of 3x5 sees 3x5 pixels: that is not 3, and not at least 4."""
    network = cnncalc.load("conv3x5-1", input="9x9x1")
    assert judge(read_requirement(f"receptive_field {text}"), network, cnncalc.tally(network)).met is met


def test_a_network_without_windows_does_not_fit_by_having_none() -> None:
    """No mark for nothing."""
    network = cnncalc.load("fc-10", input="32x32x3")
    assert not judge(read_requirement("every stride fits"), network, cnncalc.tally(network)).met


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_read(text: str) -> None:
    """The ways out work."""
    assert read_requirement(text).text == text


@pytest.mark.parametrize(
    "text",
    ["", "parameters", "parameters <= ", "<= 100K", "parameters = 100K", "parameters <= 100K <= 2", "parameters <= x",
     "parameters <= -1", "input <= 32x32x3", "input == 0x3", "every strides fit", "uses",
     "uses no", "not uses fc", "__import__('os') == 1", "parameters <= NaN", "fit == 1", "parameters <= 1e-5",
     "parameters <= 2^30", "padding == 1"],
)  # fmt: skip
def test_no_requirements(text: str) -> None:
    """Refused, with a way out."""
    with pytest.raises(BadValue) as caught:
        read_requirement(text)
    assert caught.value.ways_out


@pytest.mark.parametrize("bound", ["61706", "61,706", "6.1706e4", "6.1706 x 10^4"])
def test_a_bound_is_any_figure(bound: str) -> None:
    """LeNet-5 has 61,706 parameters: at most so many, however they are written."""
    network = cnncalc.load("lenet5")
    assert judge(read_requirement(f"parameters <= {bound}"), network, cnncalc.tally(network)).met
    assert not judge(read_requirement(f"parameters < {bound}"), network, cnncalc.tally(network)).met


@given(st.sampled_from(["==", "!=", "<=", ">=", "<", ">"]), st.integers(0, 200_000))
def test_relations_are_pythons(relation: str, bound: int) -> None:
    """Held against Python's own comparison of LeNet's 61,706 parameters."""
    names = {"==": "eq", "!=": "ne", "<=": "le", ">=": "ge", "<": "lt", ">": "gt"}
    network = cnncalc.load("lenet5")
    found = judge(read_requirement(f"parameters {relation} {bound:,}"), network, cnncalc.tally(network))
    assert found.met is getattr(operator, names[relation])(61_706, bound)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """By an error of ours."""
    try:
        assert read_requirement(text).subject
    except BadValue as error:
        assert error.ways_out  # noqa: PT017 - either is right
