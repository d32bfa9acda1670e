"""Who is smaller when: each sentence is held against every small whole number."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import floor

from cnncalc.api import compare
from cnncalc.errors import CnncalcError
from cnncalc.letters import compared, settle, symbol

MOST = 12
"""Letters are tried from 1 to here; sentences about larger numbers are drawn with roots below."""

C, H = symbol("C"), symbol("H")
PART = re.compile(r"(?P<who>left|right|same)(?: for C = (?P<one>\d+)(?: to (?P<two>\d+))?| from C = (?P<on>\d+) on)?")


def said(sentence: str, c: int) -> str:
    """Return who is smaller at C = c according to a sentence about one letter, its ties aside."""
    for part in sentence.partition(",")[0].split("; "):
        match = PART.fullmatch(part)
        assert match, sentence
        low = int(match["one"] or match["on"] or 1)
        high = int(match["two"] or match["one"] or MOST + c)
        if low <= c <= high:
            return match["who"]
    pytest.fail(f"{sentence!r} says nothing about {c}")


def polynomial(coefficients: list[int], letter: Any) -> Any:
    """Return a sum of powers."""
    return sum((factor * letter**power for power, factor in enumerate(coefficients)), start=0 * letter)


SMALL = st.lists(st.integers(-20, 20), min_size=1, max_size=4)


@settings(max_examples=150)
@given(SMALL, SMALL)
def test_one_letter(left: list[int], right: list[int]) -> None:
    """Whoever is said to be smaller is, at any value of the letter; ties are told."""
    *_, sentence = compared(settle(polynomial(left, C)), settle(polynomial(right, C)))
    for c in range(1, MOST + 1):
        difference = polynomial(left, c) - polynomial(right, c)
        tie = c == 1 and sentence.endswith(", same at C = 1")
        told = "same" if tie else said(sentence, c)
        assert {"left": difference < 0, "right": difference > 0, "same": difference == 0}[told]


@settings(max_examples=100)
@given(st.lists(st.integers(-4, 9), min_size=4, max_size=4), st.lists(st.integers(-4, 9), min_size=4, max_size=4))
def test_two_letters(left: list[int], right: list[int]) -> None:
    """A side is named only if it is never larger; `depends` is said only where it depends."""
    pair = [a + b * C + c * H + d * C * H for a, b, c, d in (left, right)]
    *_, sentence = compared(settle(pair[0]), settle(pair[1]))
    tried = [pair[0].subs({C: c, H: h}) - pair[1].subs({C: c, H: h}) for c, h in product((1, 2, 5, 99), repeat=2)]
    who = sentence.partition(",")[0]
    if who in {"left", "right", "same"}:
        assert all({"left": d <= 0, "right": d >= 0, "same": d == 0}[who] for d in tried)


SENTENCES = [
    ("conv7-C", "[conv3-C]*3", "weights", "right"),
    ("conv3-C", "dwconv3 conv1-C", "weights", "left for C = 1; right from C = 2 on"),  # 9·C² − (9·C + C²)
    ("fc-K", "gap fc-K", "weights", "right, same at H = 1, W = 1"),
    ("conv3-C", "conv3-C", "weights", "same"),
    ("relu", "conv3-C", "weights", "left"),
    ("conv1-C", "conv3-C", "macs", "left"),
]


@pytest.mark.parametrize(("left", "right", "quantity", "sentence"), SENTENCES)
def test_sentences(left: str, right: str, quantity: str, sentence: str) -> None:
    """As a person would put it."""
    assert compare(left, right, input="HxWxC")[quantity].smaller == sentence


@pytest.mark.parametrize("ratio", [(0, None), (C, 2)])
def test_ratios(ratio: Any) -> None:
    """Right over left, unless left is 0."""
    left, expected = ratio
    assert compared(settle(left), settle(2 * C))[0] == expected


@pytest.mark.parametrize(("left", "right", "tie"), [([0, 0, 1], [0, 4], 4), ([0, 1], [8], 8)])
def test_ties(left: list[int], right: list[int], tie: int) -> None:
    """C² and 4·C are the same at 4: neither is smaller."""
    *_, sentence = compared(settle(polynomial(left, C)), settle(polynomial(right, C)))
    assert f"same for C = {tie}" in sentence or f"same at C = {tie}" in sentence


def test_ties_along_a_line() -> None:
    """All values at which both are the same are named."""
    *_, sentence = compared(settle(H * C + H), settle(C + 1))
    assert sentence == "right, same at H = 1"


def test_borders_without_a_change() -> None:
    """(5·C − 16)·(5·C − 19) is negative between 3.2 and 3.8, where no whole number is."""
    *_, sentence = compared(settle((5 * C - 16) * (5 * C - 19)), 0)
    assert sentence == "right"


BOUND = [  # left, right, input, a letter, a quantity that differs
    ("conv5-8/p0", "[conv3-8/p0]*2", "Hx8x3", "H", "macs"),
    ("conv5-8/p0", "[conv3-8/p0]*2", "Hx8x3", "H", "activation_values"),
    ("conv(F)-2/p0", "conv3-2/p0", "8x8x1", "F", "macs"),
    ("conv(F)-2/p0", "conv3-2/p0", "8x8x1", "F", "activation_values"),
    ("conv3-2/p0/s2", "conv3-2/p0", "HxHx1", "H", "macs"),
    ("maxpool7/s1 fc-8", "conv3-4 fc-2", "Hx9x1", "H", "parameters"),
]


@pytest.mark.parametrize(("left", "right", "x", "letter", "quantity"), BOUND)
def test_sentences_are_about_sizes_that_there_are(left: str, right: str, x: str, letter: str, quantity: str) -> None:
    """Every size from 1 to 40 is tried: where both networks can be had, the sentence says what their counts say."""
    sentence = compare(left, right, input=x)[quantity].smaller
    told = re.sub(rf"\b{letter}\b", "C", sentence)
    lines = [spec.replace(letter, "{}") for spec in (left, right)]
    tried = 0
    for size in range(1, 41):
        try:
            pair = compare(*(line.format(size) for line in lines), input=x.replace(letter, str(size)))[quantity]
        except CnncalcError:
            continue
        tried += 1
        tie = told.endswith(f", same at C = {size}")
        assert pair.smaller == ("same" if tie else said(told, size)), size
    assert tried > 3
    for number in re.findall(r"= (\d+)", told):  # every border is a size that there is, or beside one
        assert compare(*(line.format(number) for line in lines), input=x.replace(letter, number))


FLOORS = [
    floor(H / 2),
    floor((H + 1) / 2),
    floor((C + 2) / 3),
    floor((floor((H + 1) / 2) + 1) / 2),
    floor(C / 2) * floor(H / 2),
    floor((C + 1) / 2) ** 2,
]
TERMS = st.lists(st.tuples(st.sampled_from([*FLOORS, H, C, H * C, sympy.Integer(1)]), st.integers(-3, 9)), max_size=4)


@settings(max_examples=150)
@given(TERMS, TERMS)
def test_floors_of_several_letters(left: list[Any], right: list[Any]) -> None:
    """A side is named only if it is smaller at every small height and width."""
    pair = [sum((factor * term for term, factor in terms), start=sympy.Integer(0)) for terms in (left, right)]
    *_, sentence = compared(settle(pair[0]), settle(pair[1]))
    who = sentence.partition(",")[0]
    if who in {"left", "right", "same"}:
        tried = [pair[0].subs({C: c, H: h}) - pair[1].subs({C: c, H: h}) for c, h in product((1, 2, 3, 4, 7), repeat=2)]
        assert all({"left": d <= 0, "right": d >= 0, "same": d == 0}[who] for d in tried), sentence


@pytest.mark.parametrize(
    ("left", "right", "quantity"),
    [("conv3-8/s2/floor", "conv3-16/s2/floor", "macs"), ("resnet18", "resnet34", "flops"), ("vgg16", "vgg19", "macs")],
)
def test_a_part_of_the_other_is_smaller(left: str, right: str, quantity: str) -> None:
    """Half the filters, half the layers: at every height and width, though strides leave pixels over."""
    assert compare(left, right, input="HxWx3", rounding="floor")[quantity].smaller == "left"
