"""Formulas: arithmetic as Python's own on whole numbers, and nothing else of Python."""

from __future__ import annotations

import operator
import time
import warnings
from contextlib import suppress
from functools import reduce
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import FormulaError
from cnncalc.sizes import LARGEST
from cnncalc.spec.formula import DEEPEST, LONGEST, evaluate, is_formula

NAMES = {"width": 64, "stride": 2, "i": 3, "growth_2": 32, "zero": 0}
SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod}


class Worked(NamedTuple):
    """A formula as text, its value worked out by hand, and whether no step of that broke a bound."""

    text: str
    value: int
    fits: bool = True


ATOMS = st.builds(lambda n: Worked(str(n), n), st.integers(0, 10**6)) | st.builds(
    lambda name: Worked(name, NAMES[name]), st.sampled_from(sorted(NAMES))
)
SPACES = st.sampled_from(["", " ", "  "])


def step(left: Worked, sign: str, right: Worked, space: str = "") -> Worked:
    """Work one sign out."""
    text = f"{left.text}{space}{sign}{space}{right.text}"
    if not (left.fits and right.fits) or (right.value == 0 and sign in {"//", "%"}):
        return Worked(text, 0, fits=False)
    value = SIGNS[sign](left.value, right.value)
    return Worked(text, value, fits=abs(value) <= LARGEST)


def trees(inner: st.SearchStrategy[Worked]) -> st.SearchStrategy[Worked]:
    """Put a sign between two formulas, each in its brackets, or a minus before one."""
    bracketed = inner.map(lambda worked: worked._replace(text=f"({worked.text})"))
    minus = bracketed.map(lambda worked: Worked(f"-{worked.text}", -worked.value, worked.fits))
    return st.builds(step, bracketed, st.sampled_from(sorted(SIGNS)), bracketed, SPACES) | minus


@st.composite
def flat(draw: st.DrawFn) -> Worked:
    """Draw a sum of products without brackets: products go first, both from left to right."""

    def product() -> Worked:
        parts = draw(st.lists(st.tuples(st.sampled_from(["*", "//", "%"]), ATOMS), max_size=4))
        first = draw(ATOMS)
        if draw(st.booleans()):
            first = Worked(f"-{first.text}", -first.value)
        return reduce(lambda left, part: step(left, *part), parts, first)

    others = [(draw(st.sampled_from("+-")), product()) for _ in range(draw(st.integers(0, 4)))]
    return reduce(lambda left, part: step(left, *part), others, product())


@settings(max_examples=500, deadline=None)
@given(st.recursive(ATOMS, trees, max_leaves=12) | flat())
def test_arithmetic_is_pythons(worked: Worked) -> None:
    """Signs bind and round as Python's; the sum by hand and Python's own agree, and so do the bounds of every step."""
    if worked.fits and len(worked.text) <= LONGEST:
        assert evaluate(worked.text, NAMES) == worked.value
        assert eval(worked.text, {}, dict(NAMES)) == worked.value  # noqa: S307 - our own digits, names and signs
    else:
        with pytest.raises(FormulaError):
            evaluate(worked.text, NAMES)


ROUNDED = [
    ("-7//2", -4),
    ("7//-2", -4),
    ("-7%2", 1),
    ("7%-2", -1),
    ("--7", 7),
    ("2-3-4", -5),
    ("2*3%4", 2),
    ("9//2*2", 8),
]


@pytest.mark.parametrize(("text", "value"), ROUNDED)
def test_negatives_round_down(text: str, value: int) -> None:
    """Python reference, 6.7: ``//`` rounds towards minus infinity and ``%`` has the sign of its right side."""
    assert evaluate(text, {}) == value


@pytest.mark.parametrize("text", [" width ", "\t4 * width", "(width\n+ 1)", "(((((width)))))"])
def test_spaces_and_brackets_are_free(text: str) -> None:
    """Blanks around signs change nothing; in brackets a formula may go over a line."""
    assert evaluate(text, NAMES) == evaluate("".join(text.split()), NAMES)


BOUNDS = [  # reads, does not read
    ("1" + " " * (LONGEST - 1), "1" + " " * LONGEST),
    (str(LARGEST), str(LARGEST + 1)),
    (f"-{LARGEST}", f"-{LARGEST}-1"),
    (f"{LARGEST}*1-1", f"{LARGEST}*2-{LARGEST}"),  # what comes of it would do, but not what is on the way
    ("-" * DEEPEST + "1", "-" * (DEEPEST + 1) + "1"),
    ("--1" + "+1" * (DEEPEST - 2), "---1" + "+1" * (DEEPEST - 2)),  # each sum is as deep as it has signs
    ("1" + "+1" * ((LONGEST - 1) // 2), "1" + "+1" * ((LONGEST + 1) // 2)),
    ("width//1", "width//zero"),
    ("width%1", "width%zero"),
]


@pytest.mark.parametrize(("reads", "does_not"), BOUNDS)
def test_bounds(reads: str, does_not: str) -> None:
    """Length, depth, every intermediate value and division end where they are said to end, not one before."""
    assert isinstance(evaluate(reads, NAMES), int)
    with pytest.raises(FormulaError):
        evaluate(does_not, NAMES)


HOSTILE = [
    *(
        "",
        " ",
        "()",
        "width width",
        "1 2",
        "4width",
        "width)",
        "(width",
        "1_000",
        "1__0",
        "0x10",
        "0b1",
        "0o7",
        "010",
        "1e3",
    ),
    *("1.5", "1j", "'a'", '"a"', "f'{width}'", "b'a'", "width.real", "width.__class__", "__import__('os')", "width()"),
    *("width(1)", "1(2)", "(1)(2)", "width[0]", "[1]", "{1}", "(1, 2)", "1,", "*width", "**width", "2**10", "2**9**9"),
    *("1/2", "1 << 9", "1 | 2", "1 & 2", "1 ^ 2", "~1", "+1", "1 @ 2", "1 < 2", "1 == 1", "not width", "width and 1"),
    *(
        "1 if width else 2",
        "1 in width",
        "width is 1",
        "(width := 1)",
        "lambda: 1",
        "lambda width: 1",
        "yield",
        "(yield)",
    ),
    *(
        "await width",
        "None",
        "True",
        "False",
        "...",
        "if",
        "width # 1",
        "width; 1",
        "width\n1",
        "1 +\n1",
        "width \\\n+ 1",
    ),
    *(
        "import os",
        "[width for width in (1,)]",
        "\x00",
        "width\x00",
        "\u0661",
        "width\u0661",
        "\uff11",
        "\u00b2",
        "wid\u0442h",
    ),
    *("\u2212 1", "4\u00d7width", "\ufb01", "\U0001d7d9", "9" * 190, "9" * 5000, "(" * 199),
    *("-" * 199, "1" + "*9" * 90, "(" * 10**6, "1+" * 10**6 + "1", "width" * 10**5),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile(text: str) -> None:
    """No call, attribute, power, text, comment, foreign digit or bomb: a short FormulaError, and no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FormulaError) as caught:
            evaluate(text, NAMES)
    assert len(str(caught.value)) < 300


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=14) | st.text("iwz19_+-*/%() .,[]:=\n'\"#@!\\", max_size=14))
def test_any_text_is_answered(text: str) -> None:
    """Whatever the text: a whole number, or letters that wait, or a FormulaError."""
    with suppress(FormulaError):
        evaluate(text, NAMES)


@pytest.mark.parametrize("text", ["widht", "2*widht", "width+height"])
def test_an_unknown_name(text: str) -> None:
    """A name without a value is said, with the nearest that has one, or all that have."""
    with pytest.raises(FormulaError) as caught:
        evaluate(text, NAMES)
    assert "has no value" in caught.value.message
    assert "width" in caught.value.ways_out[0]


FIELDS: list[tuple[str, dict[str, Any], bool]] = [
    ("width", {"width": 1}, True),
    ("width", {}, False),
    ("same", {"width": 1}, False),
    ("same_lower", {}, False),
    ("3x5", {}, False),
    ("1:2", {}, False),
    ("bilinear", {}, False),
    ("4*width", {}, True),
    (" 4 * width ", {}, True),
    ("(width)", {}, True),
    ("stride-1", {}, True),
    ("12", {}, False),
    ("1" + "+1" * ((LONGEST - 1) // 2), {}, True),
    ("1" + "+1" * ((LONGEST + 1) // 2), {}, False),  # longer than any formula
    (" " * LONGEST + "4*width", {}, True),  # blanks around it are none of it
]


@pytest.mark.parametrize(("text", "names", "meant"), FIELDS)
def test_which_texts_are_formulas(text: str, names: dict[str, int], meant: bool) -> None:  # noqa: FBT001 - a table
    """In a field, a known name or a sum is a formula; words and sizes such as `same` and `3x5` are what they are."""
    assert is_formula(text, names) is meant


@pytest.mark.parametrize("reader", [evaluate, is_formula])
def test_a_long_word_costs_no_more_than_its_letters(reader: Any) -> None:
    """Eight letters more before a stray sign cost nothing like 2^8 times as much."""

    def cost(letters: int) -> float:
        best = []
        for _ in range(3):
            start = time.process_time()
            with suppress(FormulaError):
                reader("a" * letters + "!", {})
            best.append(time.process_time() - start)
        return min(best)

    assert cost(20) < 20 * cost(12) + 1e-3
