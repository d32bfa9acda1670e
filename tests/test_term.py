"""A number that remembers its writing: what it shows is what was computed."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.fit import pour
from cnncalc.layers import CARDS
from cnncalc.sizes import ceiling, common_divisor, greatest, least, product, ratio
from cnncalc.term import Term, together, write_number
from cnncalc.volume import Volume
from cnncalc.window import Sides, Window

MINUS = "\N{MINUS SIGN}"

WRITTEN = [  # source                                      W    window                      letters = digits = value
    ("CS231n notes: Krizhevsky et al.", 227, Window(11, 4), "(W − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55"),
    ("CS231n: (7 - 3)/1 + 1 = 5", 7, Window(3), "(W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/1 + 1 = 5"),
    ("CS231n: (7 - 3)/3 + 1 = 2.33", 7, Window(3, 3), "⌊(W − F + 2·P)/S⌋ + 1 = ⌊(7 − 3 + 2·0)/3⌋ + 1 = 2"),
    ("CS231n: (32+2*2-5)/1+1 = 32", 32, Window(5, 1, 2), "(W − F + 2·P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32"),
    ("padding 1 before, 2 after", 224, Window(11, 4, Sides(1, 2)),
     "(W − F + P₁ + P₂)/S + 1 = (224 − 11 + 1 + 2)/4 + 1 = 55"),
    ("Dumoulin and Visin, section 5.1", 7, Window(3, 1, 0, 2),
     "(W − (F + (F − 1)·(d − 1)) + 2·P)/S + 1 = (7 − (3 + (3 − 1)·(2 − 1)) + 2·0)/1 + 1 = 3"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "size", "window", "text"), WRITTEN)
def test_the_size_rule_writes_itself(source: str, size: int, window: Window, text: str) -> None:
    """Letters, digits and value of the output size come from the rule that computes it."""
    assert str(pour(window).places(Term.named("W", size))) == text, source


WEIGHTS = [  # source         card                                                  input             weights
    ("VGG table conv1_2", CARDS["conv"](out_channels=64, kernel_size=3), (64, (224, 224)), "(F·F·C)·K", "(3·3·64)·64"),
    ("VGG table fc6", CARDS["fc"](out_features=4096), (512, (7, 7)), "H·W·C·K", "7·7·512·4096"),
    ("AlexNet 2012, conv2", CARDS["conv"](out_channels=256, kernel_size=5, groups=2), (96, (27, 27)),
     "(F·F·C/G)·K", "(5·5·96/2)·256"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "card", "x", "letters", "digits"), WEIGHTS)
def test_weights_write_themselves(source: str, card: Any, x: Any, letters: str, digits: str) -> None:
    """Weights are written as the lecture prints them: (3*3*64)*64."""
    (channels, (height, width)) = x
    poured = Volume(Term.named("C", channels), (Term.named("H", height), Term.named("W", width)))
    weights = card.poured(Term.named).weights(poured)
    assert (weights.letters, weights.digits) == (letters, digits), source


NUMBERS = [
    (102_760_448, "102,760,448"), (-5, "−5"), (0, "0"), (Fraction(7, 3), "2.33"), (Fraction(217, 4), "54.25"),
    (Fraction(9, 2), "4.5"), (Fraction(-1, 2), "−0.5"), (Fraction(8, 2), "4"),
    (Fraction(1999, 1000), "1.999"), (Fraction(-1, 1000), "−0.001"), (Fraction(12_345_678, 10_000), "1,234.57"),
    (3 - Fraction(1, 10**9), "2.999999999"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_numbers_are_written_as_in_the_lecture(number: Any, text: str) -> None:
    """Thousands have commas; quotients have two places, or as many as tell them from a whole number."""
    assert write_number(number) == text


@settings(max_examples=300, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_what_does_not_fit_is_not_written_as_whole(number: int, divisor: int) -> None:
    """999/1000 + 1 is no 2: the reader of `(1000 - 1)/1000 + 1 = 2, does not fit` would be misled."""
    quotient = Fraction(number, divisor)
    text = write_number(quotient)
    assert ("." in text) is (quotient.denominator != 1)
    decimals = Fraction(text.replace(",", "").replace(MINUS, "-"))
    assert abs(decimals - quotient) <= Fraction(1, 2 * 10 ** max(2, len(text.partition(".")[2])))
    assert write_number(Window(1, 1000).exact(1000)) == "1.999"


def calculate(digits: str) -> Fraction:
    """Calculate what is written, as Python would."""
    text = digits.replace(MINUS, "-").replace("·", "*").replace(" mod ", " % ").replace("⌊", "floor(").replace("⌋", ")")
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + power[0].translate(SUPERSCRIPTS), text)
    text = re.sub(r"(?<!\*)(?<!\w)[0-9]+", lambda number: f"Fraction({number[0]})", text)
    names = {"Fraction": Fraction, "floor": math.floor, "min": min, "max": max, "gcd": gcd}
    return eval(text, {"__builtins__": {}}, names)  # type: ignore[no-any-return]  # noqa: S307 - our own digits


SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def gcd(a: Fraction, b: Fraction) -> int:
    """Return the greatest common divisor of two whole fractions."""
    return math.gcd(int(a), int(b))


Formula = tuple[int, Any]
"""What plain integers give, and what Terms give."""


def combine(pair: tuple[Formula, Formula], sign: str) -> Formula:
    """Combine two formulas, once in integers and once in Terms."""
    rules = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "//": lambda a, b: a // b,
        "mod": lambda a, b: a % b,
        "ceil": ceiling,
        "min": least,
        "max": greatest,
        "gcd": common_divisor,
        "product": lambda a, b: product((a, 2, b)),
        "together": lambda a, b: together(a * b) + b,
        "square": lambda a, b: (a + b) ** 2,
        "negative": lambda a, b: a + -b,
    }
    (a, term_a), (b, term_b) = pair
    if sign in {"//", "ceil", "mod"} and b == 0:
        sign = "+"
    return rules[sign](a, b), rules[sign](term_a, term_b)


SIGNS = ["+", "-", "*", "//", "mod", "ceil", "min", "max", "gcd", "product", "together", "square", "negative"]
LEAVES = st.one_of(
    st.tuples(st.sampled_from("WFPSCK"), st.integers(0, 99)).map(lambda pair: (pair[1], Term.named(*pair))),
    st.integers(0, 9).map(lambda number: (number, number)),
)
FORMULAS = st.recursive(
    LEAVES, lambda inner: st.builds(combine, st.tuples(inner, inner), st.sampled_from(SIGNS)), max_leaves=12
)


@settings(max_examples=600, deadline=None)
@given(FORMULAS)
def test_what_is_written_is_what_was_computed(formula: Formula) -> None:
    """The value is that of plain integers, and calculating the written digits gives it once more."""
    value, term = formula
    if not isinstance(term, Term):
        assert value == term
        return
    assert (term.value, type(term.value)) == (value, int)
    assert calculate(term.digits) == value, term
    assert (term == value, hash(term), int(term)) == (True, hash(value), value)
    assert len(re.findall(r"\w+|[^\w\s]", term.letters)) == len(re.findall(r"\w+|[^\w\s]", term.digits))


@pytest.mark.parametrize("formula", [lambda a, b, c: a * (b % c), lambda a, b, c: a % (b * c)])
def test_a_rest_is_written_unmistakably(formula: Any) -> None:
    """A remainder among products has brackets where they matter."""
    term = formula(*(Term.named(*pair) for pair in (("a", 7), ("b", 5), ("c", 3))))
    assert calculate(term.digits) == term.value


def test_neutral_numbers_leave_no_trace() -> None:
    """Adding 0 and multiplying or dividing by 1 write nothing, so a general rule reads like the lecture's."""
    term = Term.named("W", 7)
    assert {str(same) for same in (term + 0, 0 + term, term - 0, term * 1, 1 * term, term // 1)} == {"W = 7"}
    assert (term * 0, 0 * term) == (0, 0)


def test_terms_compare_as_their_values() -> None:
    """A Term stands where an integer stands: compared, hashed, asked for a remainder or an exact quotient."""
    term = Term.named("W", 7)
    assert [term > 6, term < Term.named("F", 8), term == 7, term != 8, {7: True}.get(term)] == [True] * 5
    assert ratio(term, 3).value == Fraction(7, 3)
    assert str(term % 3) == "W mod 3 = 7 mod 3 = 1"
    assert str(10 % term) == "10 mod W = 10 mod 7 = 3"
    assert str(20 // term) == "⌊20/W⌋ = ⌊20/7⌋ = 2"
    assert str(5 - term) == "5 − W = 5 − 7 = −2"
    assert repr(term) == "Term(W = 7)"
