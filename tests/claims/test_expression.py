"""Formulas as people print them, read without evaluating anybody's code."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import compare, verdict
from cnncalc.claims.expression import evaluate
from cnncalc.errors import CnncalcError, FormulaError
from cnncalc.letters import symbol

NUMBERS = [
    ("24*10^6*4", 96_000_000), ("14,197,122/21,841", Fraction(14_197_122, 21_841)), ("2(3+4)", 14), ("2³", 8),
    ("-3^2", -9), ("2**3**2", 512), ("1/2", Fraction(1, 2)), ("0.5*4", 2), ("7 − 3", 4), ("3×4·5", 60),
    ("512x7x7x4096", 102_760_448), ("8/2/2", 2),
    ("1 + 2*(3+4+6+3) + 1", 34), ("floor(7/2)", 3), ("⌊7/2⌋ + 1", 4), ("(7-3)/3+1", Fraction(7, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text: str, value: object) -> None:
    """Exact, with the priorities of paper."""
    assert evaluate(text) == value


LAYERS = compare("conv7-C/nobias", "[conv3-C/nobias]*3", input="HxWxC")

# CS231n and CS109, "The power of small filters".
LETTERS = [
    ("49 C^2", "weights", "left"), ("27 C^2", "weights", "right"), ("49 HWC^2", "macs", "left"),
    ("27HWC²", "macs", "right"),
    ("(HxWxC) x (7x7xC)", "macs", "left"), ("3 x C x (3x3xC)", "weights", "right"), ("3·C·(3·3·C)", "weights", "right"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "quantity", "side"), LETTERS)
def test_letters(printed: str, quantity: str, side: str) -> None:
    """The same formula, however it is arranged; a wrong one is none."""
    value = getattr(LAYERS[quantity], side)
    assert verdict(printed, value).verdict == "exact"
    wrong = verdict("48 C^2", value)
    assert (wrong.verdict, wrong.note) == ("does not follow", f"it is {value}")


@pytest.mark.parametrize(
    "text",
    [
        "", "(", ")", "2 +", "* 2", "--2", "1/0", "10^400", "9^9^9", "(1+1", "()", "floor", "a b c", "import os",
        "__import__('os')", "x.y", "9" * 41, "1" * 201, "2^-1", "2^(1/2)", "1,2,3(", "λ", "2^101", "⌋", "1 ^ ^ 2",
    ],
)  # fmt: skip
def test_what_is_no_formula(text: str) -> None:
    """Each is refused, with examples or a way out, and nothing is run."""
    with pytest.raises(FormulaError):
        evaluate(text)


def test_a_power_of_letters_is_no_bomb() -> None:
    """(a + b + c + d)^99 has 176,851 summands: it is refused before it is multiplied out."""
    with pytest.raises(FormulaError, match="summands"):
        evaluate("(a+b+c+d)^99", letter=symbol)
    with pytest.raises(FormulaError, match="summands"):
        evaluate("((a+b)^5*(c+d)^5)^2", letter=symbol)


INTEGERS = st.integers(min_value=0, max_value=99).map(str)
SUMS = st.recursive(
    INTEGERS,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({''.join(parts)})"),
    max_leaves=8,
)


@given(SUMS)
def test_whole_sums_are_python_s(text: str) -> None:
    """Ours, read by hand, and Python's own agree on every sum of whole numbers."""
    assert evaluate(text) == eval(text)  # noqa: S307 - our own text, made above


@given(st.text(alphabet="0123456789+-*/^()., CHWfloor⌊⌋²·", max_size=30))
def test_any_text_has_a_value_or_an_error(text: str) -> None:
    """Nothing but an error of the family comes out of any text."""
    try:
        evaluate(text)
    except CnncalcError as error:
        assert error.code == "formula"  # noqa: PT017 - either outcome is right
