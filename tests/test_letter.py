"""A letter where a number could stand: how it is written, and that it waits until it is worked out, exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.cli import run
from cnncalc.errors import CnncalcError, ShapeError, UsageError
from cnncalc.letter import Letter, read_letter
from cnncalc.letters import settle, symbol, worked_out
from cnncalc.sizes import common_divisor, greatest, least, ratio
from cnncalc.spec.formula import evaluate
from cnncalc.volume import parse_volume
from cnncalc.window import Sides


@pytest.mark.parametrize("text", ["C", "K", "k", "H", "C2", "N0", "w"])
def test_letters(text: str) -> None:
    """One letter, and maybe a digit."""
    letter = read_letter(text)
    assert letter == Letter.named(text)
    assert str(letter) == repr(letter) == text


@pytest.mark.parametrize("text", ["", "x", "X3X", "CC", "C22", "2C", "C′", "É", "C ", "C\n", "_", "x2", "Ⅳ", "С"])
def test_no_letters(text: str) -> None:
    """A name, an x, a letter of another alphabet, a space."""
    assert read_letter(text) is None


FORMULAS = st.recursive(
    st.sampled_from(["C", "K", "H2"]) | st.integers(0, 9).map(str),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map("(-{})".format)
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries(dict.fromkeys(("C", "K", "H2"), st.integers(1, 12)))


@settings(max_examples=200)
@given(FORMULAS, VALUES)
def test_what_waits_comes_out_right(text: str, values: dict[str, int]) -> None:
    """A formula of a spec, poured into sympy and then given numbers, is what Python makes of it."""
    try:
        expected = eval(text, {"__builtins__": {}}, values)  # noqa: S307 - drawn above
        waiting = evaluate(text, {})
        value = worked_out(waiting)
    except (ZeroDivisionError, CnncalcError):
        return  # a division by 0, in these values or in any
    numbers = {symbol(name): number for name, number in values.items()}
    assert sympy.sympify(value).subs(numbers) == expected


@given(st.integers(1, 40), st.integers(1, 40))
def test_the_questions_of_sizes(a: int, b: int) -> None:
    """Least, greatest, common divisor and ratio are written down, then answered."""
    one, two = Letter.named("A"), Letter.named("B")
    asked = [question(one, two) for question in (least, greatest, common_divisor, ratio)]
    numbers = {symbol("A"): a, symbol("B"): b}
    answers = [sympy.sympify(worked_out(waiting)).subs(numbers) for waiting in asked]
    assert answers == [min(a, b), max(a, b), sympy.igcd(a, b), sympy.Rational(a, b)]


def test_letters_compare_by_how_they_are_made() -> None:
    """The same tree is the same letter, and sizes are counted so that none grows without end."""
    c = Letter.named("C")
    assert 2 * c + 1 == 2 * Letter.named("C") + 1
    assert hash(2 * c) == hash(2 * c)
    assert 2 * c != c * 2
    assert c != "C"
    assert (1 - c // 2 % 3).size == 4
    assert str(-(4 * c)) == "(0 - (4 * C))"


def test_letters_are_worked_out_piece_by_piece() -> None:
    """Tuples and both ends of a padding; numbers stay numbers."""
    c = Letter.named("C")
    assert worked_out((c, 3)) == (symbol("C"), 3)
    assert worked_out(Sides(c, 1)) == Sides(symbol("C"), 1)
    assert worked_out("same") == "same"


def test_volumes_in_letters() -> None:
    """All letters, some, or none; the batch too."""
    assert [str(size) for size in parse_volume("HxWxC").shape] == ["H", "W", "C"]
    assert parse_volume("HxWx3").channels == 3
    assert str(parse_volume("DxHxWxC")) == "DxHxWxC"
    ledger = cnncalc.tally(cnncalc.load("conv3-8", input="HxWx3"), batch=Letter.named("N"))
    assert str(ledger.totals.macs) == "216·N·H·W"


def test_an_open_parameter_of_a_spec() -> None:
    """MobileNet's width left open: the paper's own sum, and a width of 32 put in gives 4,231,976 parameters."""
    total = cnncalc.tally(cnncalc.load("mobilenet_v1", set={"width": Letter.named("k")})).totals
    assert total.parameters.at(k=32) == cnncalc.tally(cnncalc.load("mobilenet_v1")).totals.parameters == 4_231_976
    for width in (1, 7, 24):
        assert total.macs.at(k=width) == cnncalc.tally(cnncalc.load("mobilenet_v1", set={"width": width})).totals.macs
    assert [str(letter) for letter in total.macs.letters] == ["k"]


BESIDE_NAMES: list[tuple[dict[str, Any], str, str]] = [  # what a spec has beside its layers, a slip, what has no value
    ({"parameters": {"width": 8}}, "conv3-w", "'w'"),
    ({"parameters": {"width": 8}}, "conv3-8/s(s)", "'s'"),
    ({"blocks": {"b": {"parameters": ["out", "s"], "layers": ["conv3-o/s(s)"]}}}, "b(8, 1)", "'o'"),
    ({"blocks": {"b": {"parameters": ["out"], "layers": ["conv3-out/s(s)"]}}}, "b(8)", "'s'"),
    ({"blocks": {"b": {"parameters": ["s"], "layers": ["conv3-8/s(s)"]}}}, "b(k)", "'k'"),
    ({"blocks": {"b": {"parameters": ["s"], "layers": ["conv3-8/s(s)"]}}}, "[conv3-k]*2 b(1)", "'k'"),
]


@pytest.mark.parametrize(("more", "layer", "says"), BESIDE_NAMES)
def test_a_small_letter_beside_parameters_is_a_slip(more: dict[str, Any], layer: str, says: str) -> None:
    """Whoever lost a parameter is told its name at once; the capital that is offered stays open."""
    with pytest.raises(CnncalcError, match=f"{says} in .* has no value") as caught:
        cnncalc.load({"name": "n", "input": "9x9x3", **more, "layers": [layer]})
    assert f"a letter that stays open is a capital: {says[1].upper()}" in caught.value.ways_out


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        ("conv3-k conv3-c", {"k": 8}),  # one line: its letters are all the names there are
        ({"name": "n", "input": "9x9x3", "layers": ["conv3-k"]}, {}),
        ({"name": "n", "input": "9x9x3", "parameters": {"w": 8}, "layers": ["conv3-w conv3-C"]}, {}),
        ({"name": "n", "input": "9x9x3", "parameters": {"w": 8}, "layers": ["conv3-w"]}, {"w": "k"}),
    ],
)
def test_letters_that_stay_open_beside_names(spec: Any, given: dict[str, Any]) -> None:
    """Capitals, what a caller leaves open by name, and any letter where there are no names."""
    network = cnncalc.load(spec, input="9x9x3", set=given)
    assert not all(isinstance(node.y.channels, int) for node in network.nodes)


def test_a_filter_that_is_a_letter_is_written_as_json() -> None:
    """CxC pixels padded to keep the size: whether it loses any, nobody can say."""
    row = cnncalc.tally(cnncalc.load("dwconv(C)", input="16x16x5")).to_dict()["layers"][1]
    assert json.loads(json.dumps(row))["fit"] == {"exact": None, "lost": None, "invented": None}


CLASHING = {"name": "clash", "input": "8x8x3", "parameters": {"C": 8}, "layers": ["conv3-C"]}


def test_letters_that_clash() -> None:
    """A letter of the input that is a parameter of the spec is told; another letter is the way out."""
    assert cnncalc.load(CLASHING)["conv1"].y.channels == 8
    with pytest.raises(UsageError, match="C is a letter of the input and a parameter") as caught:
        cnncalc.load(CLASHING, input="HxWxC")
    assert caught.value.ways_out == ("another letter for the input",)
    assert settle(cnncalc.load(CLASHING, input="HxWxK")["conv1"].y.channels) == 8


@pytest.mark.parametrize("letter", ["H", "W", "K"])
def test_one_letter_for_two_things(letter: str) -> None:
    """H images of height H, or of K filters: told, as where a parameter is called so; another letter is no matter."""
    network = cnncalc.load("conv3-K", input="HxWx3")
    with pytest.raises(UsageError, match=f"{letter} is a letter of the network and of the batch") as caught:
        cnncalc.tally(network, batch=Letter.named(letter))
    assert caught.value.ways_out
    assert str(cnncalc.tally(network, batch=Letter.named("N")).totals.macs) == "27·N·H·W·K"


def test_one_letter_for_a_parameter_and_a_size() -> None:
    """Filters as many as the image has rows: told as well."""
    with pytest.raises(UsageError, match="H is a letter of the input and the value of width") as caught:
        cnncalc.load("mobilenet_v1", input="HxWx3", set={"width": Letter.named("H")})
    assert caught.value.ways_out


@pytest.mark.parametrize(("line", "volume", "words"), [
    ("conv3-(C-C-2)", "HxWxC", "HxWx-2"),
    ("conv3-(C-C)", "HxWxC", "HxWx0"),
    ("conv3-(-C)", "HxWxC", "HxWx-C"),
    ("conv9-8/p0 conv3-(0-K)", "HxWxC", "x-K"),
    ("conv3-8/p0", "2xWx3", "0x"),
    ("conv3-8/p0", "1xWx3", "-1x"),
])  # fmt: skip
def test_nothing_is_left(line: str, volume: str, words: str) -> None:
    """A volume that is nothing, or less, whatever the letters are: told, with the volume and a way out."""
    with pytest.raises(ShapeError, match="nothing is left") as caught:
        cnncalc.load(line, input=volume)
    assert words in caught.value.message
    assert caught.value.ways_out


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("conv3-(C-4)/same", "fits if C ≥ 5"),
        ("conv3-(C//2)/same", "fits if C ≥ 2"),
        ("conv3-8/same/s2 conv1-(C-1)", "fits if C ≥ 2"),
    ],
)
def test_same_padding_asks_for_filters(line: str, condition: str) -> None:
    """Its sides are never used up, its channels may be: no formula gives less than 0 weights."""
    network = cnncalc.load(line, input="HxWx3")
    assert condition in cnncalc.tally(network).to_dict()["conditions"]
    parameters: Any = cnncalc.tally(network).totals.parameters
    with pytest.raises(ValueError, match="does not hold"):
        parameters.at(C=1)


def test_padding_may_be_nothing() -> None:
    """P alone is a letter of what a network may have none of."""
    macs: Any = cnncalc.tally(cnncalc.load("conv3-1/p(P)", input="9x9x1")).totals.macs
    assert macs.at(P=0) == 7 * 7 * 9


def test_fractions_are_told_when_numbers_come() -> None:
    """A stride that does not fit leaves half a row: the formula has no whole value there."""
    formula: Any = cnncalc.tally(cnncalc.load("conv3-1/s2", input="HxWx1")).totals.macs
    assert formula.at(H=7, W=7) == 4 * 4 * 9
    with pytest.raises(ValueError, match="no whole value"):
        formula.at(H=8, W=8)


VALUELESS = [  # line, height, width, what does not hold
    ("conv3-8/s2", 8, 7, "H − 1 ≡ 0 mod 2 does not hold at conv1"),  # 216·4.5·4 is whole by chance
    ("conv7-8/p0", 3, 3, "H ≥ 7 does not hold at conv1"),  # 216·(−3)·(−3) is, too
    ("conv3-8/s2", 7, 8, "W − 1 ≡ 0 mod 2 does not hold at conv1"),
    ("conv3-8", 0, 4, "no value for H = 0"),
    ("conv3-8", -3, 4, "no value for H = -3"),
    ("conv3-8", 2.5, 4, "no value for H = 2.5"),
    ("conv3-8", "2", 4, "no value for H = '2'"),
    ("conv3-8", True, 4, "no value for H = True"),
    ("conv3-8", None, 4, "no value for H = None"),
]


@pytest.mark.parametrize(("line", "height", "width", "words"), VALUELESS)
def test_values_that_no_network_has(line: str, height: Any, width: int, words: str) -> None:
    """A formula has no value at a size that the network does not accept; nor has what is made of it."""
    formula: Any = cnncalc.tally(cnncalc.load(line, input="HxWx3")).totals.macs
    for one in (formula, formula - 1, 2 * formula, formula + formula):
        with pytest.raises(ValueError, match=words):
            one.at(H=height, W=width)
    assert formula.at(H=9, W=9) > 0


def test_fields_are_written_as_all_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Floors and sums in a receptive field as in a volume; in CSV in brackets, and empty where nothing is known."""
    half = "2·⌊(H + 1)/2⌋ + 1", "2·⌊(W + 1)/2⌋ + 1"
    ledger = cnncalc.tally(cnncalc.load("conv3-8/s2/floor gap", input="HxWx3"))
    assert tuple(map(str, ledger["pool1"].receptive_field)) == half
    assert ledger["pool1"].receptive_field[0].at(H=9) == 11
    assert run(["table", "conv3-8/s2/floor gap", "--input", "HxWx3", "--format", "csv"]) == 0
    assert f",({half[0]})x({half[1]})," in capsys.readouterr().out
    assert run(["table", "unet", "--input", "HxWx1", "--format", "csv"]) == 0
    assert "None" not in capsys.readouterr().out
