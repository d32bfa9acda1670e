"""(W − F + 2P)/S + 1 read backwards: each answer is held against every value of a range, placed step by step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.backwards import UNKNOWNS, divisors, which
from cnncalc.errors import UsageError
from cnncalc.window import Sides, Window

RANGE = 60
ZEROS = st.integers(0, 4)
WINDOWS = st.builds(
    Window, st.integers(1, 7), st.integers(1, 7), ZEROS | st.builds(Sides, ZEROS, ZEROS), st.integers(1, 3)
)


def places(size: int, window: Window) -> int:
    """Place windows one stride apart and count them; 0 unless the last ends exactly at the padded axis' end."""
    before, after = window.padding if isinstance(window.padding, Sides) else (window.padding, window.padding)
    end, count = 1 + (window.kernel_size - 1) * window.dilation, 1
    while end < before + size + after:
        end, count = end + window.stride, count + 1
    return count if end == before + size + after else 0


def tried(unknown: str, value: Any, size: int, window: Window) -> int:
    """Count the places under one value of the unknown."""
    return places(value, window) if unknown == "input" else places(size, window._replace(**{unknown: value}))


def brute(unknown: str, size: int, window: Window) -> dict[int, int]:
    """Try every value of the unknown up to RANGE; return those that fit, with the places that they give."""
    counted = {
        value: tried(unknown, value, size, window) for value in range(0 if unknown == "padding" else 1, RANGE + 1)
    }
    return {value: count for value, count in counted.items() if count}


@pytest.mark.parametrize("unknown", UNKNOWNS)
@settings(max_examples=120)
@given(size=st.integers(1, 30), window=WINDOWS)
def test_answers_are_all_there_are(unknown: str, size: int, window: Window) -> None:
    """The values listed are the first that fit, their class has all the others, and their outputs are counted."""
    answer, found = which(unknown, size, window), brute(unknown, size, window)
    if unknown == "padding" and not found:
        assert all(isinstance(value, Sides) for value in answer.values)  # see below
        return
    assert answer.fits is bool(found)
    assert list(answer.values) == list(found)[: len(answer.values)]
    assert answer.endless or len(answer.values) == len(found)
    if answer.congruence:
        remainder, modulus = answer.congruence
        least, most = min(found), max(found) if unknown == "kernel_size" else RANGE
        assert list(found) == [value for value in range(least, most + 1) if value % modulus == remainder]
    if answer.output:
        assert list(answer.output) == [str(found[value]) for value in answer.values]
    assert all(str(value) in answer.says for value in answer.values) or answer.says.startswith("any S")


@given(st.integers(1, 30), WINDOWS)
def test_asymmetric_paddings(size: int, window: Window) -> None:
    """Where no equal padding fits, those that differ by one at the two ends are listed, the smallest first."""
    if brute("padding", size, window):
        return
    fitting = [Sides(total // 2, total - total // 2) for total in range(2 * RANGE)]
    found = {pair: count for pair in fitting if (count := tried("padding", pair, size, window))}
    answer = which("padding", size, window)
    assert list(answer.values) == list(found)[: len(answer.values)] != []
    assert list(answer.output) == [str(found[value]) for value in answer.values]
    assert answer.says.startswith("no equal padding fits")


@settings(max_examples=300)
@given(st.sampled_from(UNKNOWNS), st.integers(1, 20), WINDOWS, st.integers(2, 12))
def test_for_an_output(unknown: str, size: int, window: Window, wanted: int) -> None:
    """Asked for an output size, the one value that gives it is found; brute force finds no other."""
    found = [value for value, count in brute(unknown, size, window).items() if count == wanted]
    answer = which(unknown, size, window, wanted)
    if unknown == "padding" and not found and answer.fits:
        (pair,) = answer.values
        assert isinstance(pair, Sides)
        assert (pair.after - pair.before, tried(unknown, pair, size, window)) == (1, wanted)
        return
    assert [value for value in answer.values if value <= RANGE] == found
    assert not answer.fits or answer.output == (str(wanted),)


# CS231n's and the classics' questions
ASKED = [
    ({"input": "7x7", "kernel_size": 3, "stride": 3, "padding": "?"}, (1, 4, 7), "P ≡ 1 mod 3"),
    ({"input": "7x7", "kernel_size": 5, "stride": 2, "padding": "?"}, (0, 1, 2), "any P"),
    ({"input": "8x8", "kernel_size": 5, "stride": 2, "padding": "?"}, (Sides(0, 1),), "if and only if W is odd"),
    ({"input": "8x8", "kernel_size": 4, "stride": 2, "padding": "?"}, (0, 1, 2), "any P"),
    ({"input": "7x7", "kernel_size": 4, "stride": 2, "padding": "?"}, (Sides(0, 1),), "if and only if W is even"),
    ({"input": "7x7", "kernel_size": 3, "stride": "?"}, (1, 2, 4), "S divides 4"),
    ({"input": "227x227x3", "kernel_size": 11, "stride": "?"}, (1, 2, 3, 4, 6), "S divides 216"),
    ({"input": "32x32", "kernel_size": 5, "padding": "?", "output": 32}, (2,), "P = 2 gives 32"),
    ({"input": "?", "kernel_size": 11, "stride": 4, "output": 55}, (227,), "W = 227 gives 55"),
    ({"input": "224x224", "kernel_size": "?", "stride": 2, "padding": 3, "output": 112}, (8,), "F = 8 gives 112"),
    ({"input": 32, "kernel_size": 5, "stride": 2, "padding": "?", "output": 16}, (Sides(1, 2),), "P = 1:2 gives 16"),
    ({"input": "3x3", "kernel_size": 3, "stride": "?"}, (1, 2, 3), "any S"),
    ({"input": "2x2", "kernel_size": 3, "stride": "?"}, (), "no S fits"),
    ({"input": 4, "kernel_size": "?", "stride": 5, "dilation": 5}, (), "no F fits"),
    ({"input": 8, "kernel_size": "?", "output": 100}, (), "no F gives 100"),
]


@pytest.mark.parametrize(("question", "values", "words"), ASKED)
def test_the_lectures_questions(question: dict[str, Any], values: tuple[Any, ...], words: str) -> None:
    """Answers begin as worked out by hand, and say their rule."""
    answer = cnncalc.which(**question)
    assert answer.values[: len(values)] == values
    assert words in answer.says
    assert answer.fits is bool(values)


def test_any_padding_if_and_only_if_the_input_is_odd() -> None:
    """F = 5, S = 2: brute force over inputs and paddings agrees with the sentence."""
    for size in range(1, 40):
        answer = which("padding", size, Window(5, 2))
        fits = [padding for padding in range(3, 20) if places(size, Window(5, 2, padding))]
        assert (fits == list(range(3, 20))) is (answer.congruence is not None) is (size % 2 == 1)


@pytest.mark.parametrize("question", [
    {"kernel_size": "?", "stride": 999_999_937, "input": 10**9, "padding": 10**9},
    {"kernel_size": 3, "stride": "?", "input": 10**9, "padding": 10**9},
    {"kernel_size": 3, "stride": 3, "input": 10**9, "padding": "?"},
    {"kernel_size": 10**9, "stride": 10**9, "input": "?", "dilation": 10**9},
    {"kernel_size": 10**9, "stride": 2, "input": 1, "padding": "?", "output": 10**9},
])  # fmt: skip
def test_hostile_sizes(question: dict[str, Any]) -> None:
    """Sizes of 10^9 are answered in closed form, not by a walk through them."""
    assert len(str(cnncalc.which(**question).to_dict())) < 2_000


@given(st.integers(1, 3_000))
def test_divisors(number: int) -> None:
    """All of them, in order."""
    assert list(divisors(number)) == [d for d in range(1, number + 1) if number % d == 0]


@pytest.mark.parametrize("question", [
    {"input": 7, "kernel_size": 3},
    {"input": 7, "kernel_size": "?", "stride": "?"},
    {"input": "7x9", "kernel_size": 3, "stride": "?"},
    {"input": 7, "kernel_size": "?", "output": "abc"},
    {"input": 7, "kernel_size": "?", "output": 0},
    {"input": 7, "kernel_size": 3, "padding": "?", "stride": -1},
])  # fmt: skip
def test_questions_that_cannot_be_read(question: dict[str, Any]) -> None:
    """Nothing asked, two things at once, axes that differ, no output size: told, with a way out."""
    with pytest.raises(UsageError) as caught:
        cnncalc.which(**question)
    assert caught.value.ways_out


def test_an_unknown_that_is_none() -> None:
    """Nobody can ask for the dilation."""
    with pytest.raises(UsageError, match="cannot ask for dilation"):
        which("dilation", 7, Window(3))


EDGES = [
    ("a filter as large as its input: any stride gives 1", {"input": 3, "kernel_size": 3, "stride": "?", "output": 1}),
    ("10^9 is a size, too", {"input": "?", "kernel_size": 10**9, "stride": 7}),
]


@pytest.mark.parametrize(("what", "question"), EDGES)
def test_the_edges(what: str, question: dict[str, Any]) -> None:
    """What fits is found where it is the last that may."""
    assert cnncalc.which(**question).fits, what


def test_no_answer_beyond_what_can_be_asked() -> None:
    """An answer can be given back to `check`."""
    answer = cnncalc.which(input="?", kernel_size=3, stride=10**9, output=10**9)
    assert all(value <= 10**9 for value in answer.values)


def test_an_output_whose_axes_differ() -> None:
    """One padding cannot give 16x20 from 32x32: told, as axes that differ are elsewhere."""
    with pytest.raises(UsageError):
        cnncalc.which(input="32x32", kernel_size=5, stride=2, padding="?", output="16x20")


@pytest.mark.parametrize("question", [
    {"input": "?", "kernel_size": 5, "stride": 2},  # every W fits: ⌈W/2⌉
    {"input": 12, "kernel_size": "?", "stride": 2},  # so does every F
])  # fmt: skip
def test_same_padding_fits_whatever_it_pads(question: dict[str, Any]) -> None:
    """Same padding follows the value that is asked for, or is refused."""
    try:
        assert cnncalc.which(**question, padding="same").values[:3] == (1, 2, 3)
    except UsageError:
        return
