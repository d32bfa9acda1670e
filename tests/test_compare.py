"""Two networks side by side: the lectures' pairs read as they are told, in letters and in numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.api import compare
from cnncalc.comparison import Comparison
from cnncalc.errors import CnncalcError
from cnncalc.sizes import Size


def both(comparison: Comparison, quantity: str) -> tuple[str, str]:
    """Write one quantity of both sides."""
    return str(comparison[quantity].left), str(comparison[quantity].right)


def at(number: Size, **values: int) -> int:
    """Return a formula's value, and a number as it is."""
    return number if isinstance(number, int) else number.at(**values)


SEVEN = compare("conv7-C relu", "[conv3-C relu]*3", input="HxWxC")

# Simonyan and Zisserman 2014, section 2.3; CS231n, "Prefer a stack of small filter CONV"
STACK = [
    ("weights", "49·C²", "27·C²", "27/49", "22·C²"),
    ("biases", "C", "3·C", "3", "−2·C"),
    ("parameters", "C·(49·C + 1)", "C·(27·C + 3)", "(27·C + 3)/(49·C + 1)", "C·(22·C − 2)"),
    ("macs", "49·H·W·C²", "27·H·W·C²", "27/49", "22·H·W·C²"),
    ("activation_values", "2·H·W·C", "4·H·W·C", "2", "−2·H·W·C"),
    ("nonlinearities", "1", "3", "3", "-2"),
    ("depth", "1", "3", "3", "-2"),
]


@pytest.mark.parametrize(("quantity", "left", "right", "ratio", "difference"), STACK, ids=lambda row: row)
def test_one_7x7_against_three_3x3(quantity: str, left: str, right: str, ratio: str, difference: str) -> None:
    """Each quantity in letters, right over left, and left minus right."""
    pair = SEVEN[quantity]
    assert both(SEVEN, quantity) == (left, right)
    assert (str(pair.ratio), str(pair.difference)) == (ratio, difference)


def test_what_a_7x7_and_three_3x3_see() -> None:
    """Both see 7x7 pixels and give the volume that they read."""
    told = SEVEN.to_dict()
    assert told["left"]["receptive_field"] == told["right"]["receptive_field"] == [7, 7]
    assert told["left"]["output_shape"] == told["right"]["output_shape"] == ["H", "W", "C"]


def test_the_stack_in_json() -> None:
    """Formulas go as programs read them."""
    told = SEVEN.to_dict()
    assert (told["left"]["weights"], told["right"]["weights"]) == ("49*C**2", "27*C**2")
    assert told["ratio"]["weights"] == "27/49"
    assert told["difference"]["weights"] == "22*C**2"
    assert told["smaller"] == {
        **dict.fromkeys(("weights", "parameters", "parameter_bytes", "trainable", "macs", "flops"), "right"),
        **dict.fromkeys(("biases", "activation_values", "activation_bytes", "nonlinearities", "depth"), "left"),
        **dict.fromkeys(("buffers", "frozen"), "same"),
    }


PAIRS = [  # who tells it, left, right, input, quantity, left, right, right over left
    ("Szegedy et al. 2015, 3.1: 28% fewer", "conv5-C", "[conv3-C]*2", "HxWxC", "weights", "25·C²", "18·C²", "18/25"),
    ("the same, operations", "conv5-C", "[conv3-C]*2", "HxWxC", "macs", "25·H·W·C²", "18·H·W·C²", "18/25"),
    ("Howard et al. 2017, 3.1: 1/N + 1/D²", "conv3-K/nobias", "dwconv3/nobias conv1-K/nobias", "HxWxC",
     "macs", "9·H·W·C·K", "H·W·C·(K + 9)", "1/9 + 1/K"),
    ("CS231n, FC on 200x200x3", "fc-K", "conv5-K", "200x200x3", "weights", "120,000·K", "75·K", "1/1600"),
    ("CS231n, one unit of it", "fc-1", "conv5-1", "200x200x3", "weights", "120000", "75", "1/1600"),
    ("CS231n, FC as CONV", "fc-K", "conv200-K/p0", "200x200x3", "weights", "120,000·K", "120,000·K", "1"),
    ("Szegedy et al. 2014, the end of GoogLeNet", "fc-1000", "gap fc-1000", "7x7x1024",
     "weights", "50176000", "1024000", "1/49"),
    ("Lin et al. 2013, global average pooling", "fc-K", "gap fc-K", "HxWxC", "weights", "H·W·C·K", "C·K", "1/(H·W)"),
    ("He et al. 2015, figure 5", "[conv3-64 relu]*2", "conv1-64 relu conv3-64 relu conv1-256", "56x56x64",
     "weights", "73728", "57344", "7/9"),
    ("CS231n: 28x28x256 through a bottleneck", "conv3-256", "conv1-64 conv3-64 conv1-256", "28x28x256",
     "weights", "589824", "69632", "17/144"),
]  # fmt: skip


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row[0]}: {row[4]}")
def test_the_lectures_pairs(row: Any) -> None:
    """What the lectures and papers print, side by side."""
    _, left, right, volume, quantity, one, two, ratio = row
    comparison = compare(left, right, input=volume)
    assert both(comparison, quantity) == (one, two)
    assert str(comparison[quantity].ratio) == ratio


def test_naive_against_reduced_inception() -> None:
    """CS231n lecture 9, on 28x28x192 as in GoogLeNet's 3a: every branch by hand, and who has less of what."""
    comparison = compare("inception-naive", "inception-reduced")
    naive = 192 * 64 + 9 * 192 * 128 + 25 * 192 * 32
    reduced = 192 * 64 + (192 * 96 + 9 * 96 * 128) + (192 * 16 + 25 * 16 * 32) + 192 * 32
    assert comparison["weights"][1:3] == (naive, reduced)
    assert comparison["macs"][1:3] == (28 * 28 * naive, 28 * 28 * reduced)
    shapes = [comparison.to_dict()[side]["output_shape"] for side in ("left", "right")]
    assert shapes == [[28, 28, 64 + 128 + 32 + 192], [28, 28, 64 + 128 + 32 + 32]]
    smaller = {pair.quantity: pair.smaller for pair in comparison.pairs}
    assert (smaller["weights"], smaller["macs"]) == ("right", "right")
    assert (smaller["biases"], smaller["depth"]) == ("left", "left")


@settings(max_examples=30)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 40), st.sampled_from(["conv7-C relu", "fc-C", "dwconv3"]))
def test_letters_agree_with_numbers(height: int, width: int, channels: int, left: str) -> None:
    """A comparison in letters, with numbers put in, is the comparison of these numbers."""
    right = "[conv3-C relu]*3 gap fc-7"
    lettered = compare(left, right, input="HxWxC")
    volume = f"{height}x{width}x{channels}"
    counted = compare(*(text.replace("-C", f"-{channels}") for text in (left, right)), input=volume)
    values = {"H": height, "W": width, "C": channels}
    for pair, numbers in zip(lettered.pairs, counted.pairs, strict=True):
        assert (at(pair.left, **values), at(pair.right, **values)) == (numbers.left, numbers.right)
        assert at(pair.difference, **values) == numbers.difference
        if numbers.ratio is not None and not isinstance(pair.ratio, int | Fraction):
            ratio = pair.ratio.expression.subs({letter: values[str(letter)] for letter in pair.ratio.letters})
            assert Fraction(ratio.p, ratio.q) == numbers.ratio


def test_numbers_have_exact_ratios() -> None:
    """VGG-16 against ResNet-50: fractions, not floats; and no ratio to nothing."""
    comparison = compare("vgg16", "resnet50")
    assert comparison["parameters"].ratio == Fraction(25_557_032, 138_357_544)
    assert (comparison["buffers"].ratio, comparison["buffers"].smaller) == (None, "left")
    assert comparison["nonlinearities"][1:3] == (15, 49)
    assert comparison.to_dict()["ratio"]["buffers"] is None


def test_parameters_are_set_on_both_sides() -> None:
    """`set` and `input` reach both networks."""
    comparison = compare("mobilenet_v1", "mobilenet_v1", input="128x128x3", set={"width": 8})
    assert {pair.smaller for pair in comparison.pairs} == {"same"}
    assert comparison.left.rows[0].output_shape == (128, 128, 3)


@pytest.mark.parametrize("call", [
    "compare('conv3-8', 'conv5-8', input='8x8x3')",
    "solve('mobilenet_v1', free='width', at_most=['parameters=2M'])",
])  # fmt: skip
def test_the_public_name_works_twice(call: str) -> None:
    """No room of the house takes the place of the function that it is asked through."""
    code = f"import cnncalc\nfor _ in range(2): cnncalc.{call}"
    home = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=home, capture_output=True, check=False).returncode == 0  # noqa: S603


def test_the_ratio_has_the_totals_keys() -> None:
    """As the JSON contract says of `compare`."""
    told = SEVEN.to_dict()
    assert set(told["ratio"]) >= set(SEVEN.left.totals.to_dict())


def test_ratios_of_one_comparison_are_written_alike() -> None:
    """Biases and non-linearities are both threefold."""
    ratio = SEVEN.to_dict()["ratio"]
    assert ratio["biases"] == ratio["nonlinearities"]


def test_a_ratio_for_programs_is_one_fraction() -> None:
    """As it is for people: (27·C + 3)/(49·C + 1)."""
    assert SEVEN.to_dict()["ratio"]["parameters"] == "(27*C + 3)/(49*C + 1)"


def test_a_bottleneck_is_always_smaller() -> None:
    """He et al. 2015: 17/16·C² against 18·C²; with ⌊C/4⌋ filters it has even less."""
    bottleneck = "conv1-(C//4) relu conv3-(C//4) relu conv1-C relu"
    comparison = compare("[conv3-C relu]*2", bottleneck, input="HxWxC")
    assert comparison["weights"].smaller == comparison["macs"].smaller == comparison["biases"].smaller == "right"


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        ("conv3-8", "zonv3-8", "right, zonv3-8: no layer is called 'zonv'"),
        ("conv3-8/q", "zonv3-8", "left, conv3-8/q: conv takes no suffix 'q' in 'conv3-8/q'"),
        ("conv3-8", {"name": "mine", "input": "9x9x3", "layers": []}, "right: there are no layers"),
        ("conv3-8", "maxpool2", "right, maxpool2: the filter does not tile the height and width"),
    ],
)
def test_which_side_is_wrong(left: Any, right: Any, says: str) -> None:
    """Of two networks the one with the slip is named; every error of its file names it."""
    with pytest.raises(CnncalcError) as caught:
        compare(left, right, input="9x9x3")
    assert [error.message for error in caught.value.errors] == [says]


def test_every_slip_of_a_side_names_it() -> None:
    """A file's errors come all at once, each with its side."""
    with pytest.raises(CnncalcError) as caught:
        compare("zonv zool", "conv3-8", input="9x9x3")
    assert [error.message[:16] for error in caught.value.errors] == ["left, zonv zool:"] * 2
    assert caught.value.message.startswith("left, zonv zool: no layer")
