"""A formula writes itself: for people, for programs, in LaTeX; and what is written has the value of what was meant."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.letters import Formula, settle, symbol
from cnncalc.letters.pour import GreatestCommonDivisor

C, F, H, K, N, P, S, W = map(symbol, "CFHKNPSW")
floor, ceiling = sympy.floor, sympy.ceiling
half = sympy.Rational(1, 2)

WRITTEN = [  # expression, for people, for programs, in LaTeX
    (49 * C**2, "49·C²", "49*C**2", r"49 \cdot C^{2}"),
    (C * (27 * C + 3), "C·(27·C + 3)", "C*(27*C + 3)", r"C \cdot \left(27 \cdot C + 3\right)"),
    (27 * C**2 + 3 * C, "C·(27·C + 3)", "C*(27*C + 3)", r"C \cdot \left(27 \cdot C + 3\right)"),
    (-2 * C, "−2·C", "-2*C", r"- 2 \cdot C"),
    (C * K / 4, "C·K/4", "C*K/4", r"\frac{C \cdot K}{4}"),
    (C**12, "C¹²", "C**12", "C^{12}"),
    (1 / K, "1/K", "1/K", r"\frac{1}{K}"),
    (1 / (C * K), "1/(C·K)", "1/(C*K)", r"\frac{1}{C \cdot K}"),
    (floor(H / 2), "⌊H/2⌋", "floor(H/2)", r"\left\lfloor{\frac{H}{2}}\right\rfloor"),
    (floor(H / 2 + half), "⌊(H + 1)/2⌋", "floor((H + 1)/2)", r"\left\lfloor{\frac{H + 1}{2}}\right\rfloor"),
    (sympy.Integer(-3), "−3", "-3", "-3"),
    (2_408_448 * C, "2,408,448·C", "2408448*C", r"2408448 \cdot C"),
    (3 - C, "3 − C", "3 - C", "3 - C"),
    (H - 6, "H − 6", "H - 6", "H - 6"),
]
# Letters as people order them: sizes, then channels; the numerators of one denominator above one line.
READ = [
    (27 * H * W * C**2, "27·H·W·C²"),
    (98 * N * H * W * C**2, "98·N·H·W·C²"),
    (H * W * C * (54 * C + 3), "H·W·C·(54·C + 3)"),
    ((H - F + 2 * P) / S + 1, "(H − F + 2·P)/S + 1"),
    (C * F**2 * K / sympy.Symbol("G"), "C·F²·K/G"),
    ((27 * C + 3) / (49 * C + 1), "(27·C + 3)/(49·C + 1)"),
    (sympy.Mod(H, 4), "H mod 4"),
    (sympy.Mod(H - 3, S), "(H − 3) mod S"),
    (ceiling(W / 4), "⌈W/4⌉"),
    (H * W * (C + 3), "H·W·(C + 3)"),
    (2048 * H * W + 576 * C + 35_581_952, "2,048·H·W + 576·C + 35,581,952"),
    (-H - W, "−H − W"),
    (H * W * C + 601 * H * W / 2 + 9192, "H·W·C + 601·H·W/2 + 9,192"),
]


@pytest.mark.parametrize(("expression", "text", "plain", "latex"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_three_ways_to_write(expression: Any, text: str, plain: str, latex: str) -> None:
    """Text, the form for programs, and LaTeX."""
    formula = Formula(expression)
    assert (str(formula), formula.plain, formula.latex) == (text, plain, latex)
    assert (repr(formula), formula._repr_latex_()) == (text, f"${latex}$")


@pytest.mark.parametrize(("expression", "text"), READ, ids=[row[1] for row in READ])
def test_as_people_write_them(expression: Any, text: str) -> None:
    """The lectures' order and brackets."""
    assert str(Formula(expression)) == text


LETTERS = (H, W, C, K)
TERMS = st.builds(
    lambda factor, powers, floored: (
        factor
        * math.prod(letter**power for letter, power in zip(LETTERS, powers, strict=True))
        * (floor((H - 1) / 2 + W) if floored else 1)
    ),
    st.integers(-60, 60)
    | st.fractions(-5, 5, max_denominator=8).map(lambda x: sympy.Rational(x.numerator, x.denominator)),
    st.tuples(*[st.integers(0, 2)] * 4),
    st.booleans(),
)
EXPRESSIONS = st.lists(TERMS, min_size=1, max_size=5).map(sum)
VALUES = st.fixed_dictionaries({str(letter): st.integers(1, 9) for letter in LETTERS})
NAMES = {"floor": math.floor, "Q": Fraction}


def computed(code: str, values: dict[str, int]) -> Fraction:
    """Let Python work out a formula in which every number is a Fraction."""
    exact = re.sub(r"(?<![A-Za-z])\d+", r"Q(\g<0>)", code)
    return Fraction(eval(exact, {"__builtins__": {}}, {**NAMES, **values}))  # noqa: S307 - our own formula


def as_code(text: str) -> str:
    """Translate what people read into Python, sign by sign."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: f"**{match[0].translate(DIGITS)}", text)
    return text.translate(SIGNS).replace(",", "").replace("⌊", "floor(").replace("⌋", ")")


DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SIGNS = str.maketrans({"·": "*", "−": "-"})


@settings(max_examples=100)
@given(EXPRESSIONS, VALUES)
def test_what_is_written_is_what_was_meant(expression: Any, values: dict[str, int]) -> None:
    """Text and plain form, worked out by Python, have the expression's value; sympy reads the plain form back."""
    formula = Formula(expression)
    value = sympy.sympify(expression).subs({symbol(name): number for name, number in values.items()})
    assert computed(as_code(str(formula)), values) == computed(formula.plain, values) == Fraction(value.p, value.q)
    back = sympy.sympify(formula.plain, locals={str(letter): letter for letter in LETTERS})
    assert sympy.expand(back - expression) == 0
    if value.is_Integer:
        assert formula.at(**values) == value
    else:
        with pytest.raises(ValueError, match="no whole value"):
            formula.at(**values)


@given(EXPRESSIONS)
def test_latex_is_balanced(expression: Any) -> None:
    """Braces close, every left bracket has its right one, and pdflatex knows every character."""
    latex = Formula(expression).latex
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert latex.count(r"\left") == latex.count(r"\right")
    assert latex.isascii()


@settings(max_examples=40)
@given(EXPRESSIONS, EXPRESSIONS)
def test_arithmetic(one: Any, two: Any) -> None:
    """Formulas add, subtract and multiply among themselves and with numbers, and settle to ints where they can."""
    a, b = settle(sympy.sympify(one)), settle(sympy.sympify(two))
    assert a + b == sympy.expand(one + two)
    assert a - b == sympy.expand(one - two)
    assert a * b == sympy.expand(one * two)
    assert (a + 1) - 1 == a == 1 + (a - 1) == 0 - (0 - a)
    assert hash(a * 2) == hash(2 * a) == hash(a + a)


def test_settling() -> None:
    """Whole numbers become ints, tuples go piece by piece, what is no formula stays."""
    assert settle((sympy.Integer(3), H, "x", None))[0] == 3
    assert type(settle(sympy.Integer(3))) is int
    assert isinstance(settle((H,))[0], Formula)
    assert settle("x") == "x"


def test_a_letter_without_a_value() -> None:
    """A number is asked for, and none comes out."""
    with pytest.raises(ValueError, match="no whole value"):
        Formula(H * C).at(H=3)
    assert [str(letter) for letter in Formula(H * C).letters] == ["C", "H"]


ALIKE = [  # as the lectures and papers write them, whoever reads
    (27 * H * W * C**2, "latex", r"27 \cdot H \cdot W \cdot C^{2}"),
    (27 * H * W * C**2, "plain", "27*H*W*C**2"),
    ((H - F + 2 * P) / S + 1, "latex", r"\frac{H - F + 2 \cdot P}{S} + 1"),
    ((H - F + 2 * P) / S + 1, "plain", "(H - F + 2*P)/S + 1"),
    (symbol("H′") * K, "latex", "H' \\cdot K"),
    (symbol("C2") * K, "latex", "C_{2} \\cdot K"),
    (C * (H * W + H + W + 1) / 4, "__str__", "C·(H·W + H + W + 1)/4"),
    (C * (H * W + H + W + 1) / 4, "plain", "C*(H*W + H + W + 1)/4"),
    ((-3 * H - 3 * W) / 8 + H * W, "__str__", "H·W − (3·H + 3·W)/8"),
    ((-3 * H - 3 * W) / 8 + H * W, "latex", r"H \cdot W - \frac{3 \cdot H + 3 \cdot W}{8}"),
    ((-H - 1) / S - W, "__str__", "−W − (H + 1)/S"),
    (S + H / S, "__str__", "S + H/S"),
    (1 / K**2, "__str__", "1/K²"),
    (C * K**-2, "latex", r"\frac{C}{K^{2}}"),
    (sympy.Max(H, W), "__str__", "max(H, W)"),
    (sympy.Max(H, W), "plain", "Max(H, W)"),
    (sympy.Min(H, W), "latex", r"\min\left(H, W\right)"),
    (GreatestCommonDivisor(H, W), "__str__", "gcd(H, W)"),
    (GreatestCommonDivisor(H, W), "latex", r"\gcd\left(H, W\right)"),
    (sympy.Mod(H - 3, S), "latex", r"\left(H - 3\right) \bmod S"),
    (sympy.Mod(H - 3, S), "plain", "Mod(H - 3, S)"),
    (C * ceiling(W / 4), "latex", r"C \cdot \left\lceil{\frac{W}{4}}\right\rceil"),
    (C * ceiling(W / 4), "plain", "C*ceiling(W/4)"),
    (-sympy.Rational(3, 2), "latex", r"- \frac{3}{2}"),
    (-sympy.Rational(3, 2), "plain", "-3/2"),
]


@pytest.mark.parametrize(("expression", "way", "expected"), ALIKE, ids=[row[2] for row in ALIKE])
def test_all_three_alike(expression: Any, way: str, expected: str) -> None:
    """The same order in all three; one pair of brackets; a prime that LaTeX knows; min and max as Term writes them."""
    written = getattr(Formula(expression), way)
    assert (written() if callable(written) else written) == expected


def test_a_formula_equals_numbers_and_formulas_only() -> None:
    """What is no number, a function or a text, is another thing, and asking is no crash."""
    c = symbol("C")
    assert Formula(c + c) == Formula(2 * c) == 2 * c
    assert Formula(c - c + 3) == 3
    assert Formula(c / c / 2) == Fraction(1, 2)
    assert Formula(c) not in (len, "C", None, (c,))


def test_numbers_that_a_formula_does_not_take_are_an_error_of_ours() -> None:
    """Whoever catches cnncalc's errors catches this one; and it is a ValueError, as it always was."""
    macs = cnncalc.tally(cnncalc.load("conv3-8/p0", input="HxHx3")).totals.macs
    for numbers in ({}, {"H": 2}):
        with pytest.raises(CnncalcError) as caught:
            macs.at(**numbers)
        assert isinstance(caught.value, ValueError)
        assert caught.value.ways_out
