"""Patterns: what they unroll to, what a repetition counts, and where a slip is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import FormulaError, NotationError, SpecError, TooLarge
from cnncalc.spec.notation import fill
from cnncalc.spec.pattern import DEEPEST, MAX_LAYERS, WIDTH, expand, read_call

SHORTS = st.sampled_from(
    ["relu", "conv3-64", "conv3x5-8/s2/p1:2", "fc-10", "maxpool3/s2", "conv3-(4*width)/s(i+1)", "b(1, k=2)"]
)
SPACES = st.sampled_from([" ", ", ", " -> ", "->", " → ", "\n  ", ",,", " \t "])


@st.composite
def patterns(draw: st.DrawFn, depth: int = 3) -> tuple[str, list[tuple[str, str | None, int, bool]]]:
    """Draw a pattern, and what it unrolls to: short form, name, round, whether it is repeated; by plain recursion."""
    text, pieces = "", []
    for number in range(draw(st.integers(0, 3))):
        text += draw(SPACES) if number else ""
        times = draw(st.none() | st.integers(2, 3))
        if depth and draw(st.booleans()):
            inner, body = draw(patterns(depth - 1))
            text += f"[{inner}]"
        else:
            short, name = draw(SHORTS), draw(st.none() | st.sampled_from(["a", "conv1_1", "b.2"]))
            text += f"{name}={short}" if name else short
            body = [(short, name, 0, False)]
        if times is not None:
            text += f"*{times}"
            body = [again(piece, round_) for round_ in range(times) for piece in body]
        pieces += body
    return text, pieces


def again(piece: tuple[str, str | None, int, bool], round_: int) -> tuple[str, str | None, int, bool]:
    """Return a piece in one round of a repetition, unless one further in has numbered it already."""
    short, name, _, repeated = piece
    return piece if repeated else (short, name, round_, True)


@settings(max_examples=150, deadline=None)
@given(patterns())
def test_a_pattern_unrolls_to_its_layers(drawn: tuple[str, list[Any]]) -> None:
    """Nested and repeated, with names, spaces, commas and arrows: what a recursion over the same tree gives."""
    text, pieces = drawn
    assert [(piece.short, piece.name, piece.round, piece.repeated) for piece in expand(text)] == pieces


@settings(max_examples=100, deadline=None)
@given(patterns())
def test_written_out_it_reads_the_same(drawn: tuple[str, list[Any]]) -> None:
    """A pattern hides nothing: its layers one after the other are a pattern for the same layers."""
    pieces = expand(drawn[0])
    flat = " ".join(f"{piece.name}={piece.short}" if piece.name else piece.short for piece in pieces)
    assert [(piece.short, piece.name) for piece in expand(flat)] == [(piece.short, piece.name) for piece in pieces]


@settings(max_examples=100, deadline=None)
@given(patterns())
def test_offsets_point_at_the_short_form(drawn: tuple[str, list[Any]]) -> None:
    """Every piece knows the character that it was written from."""
    assert all(drawn[0].startswith(piece.short, piece.offset) for piece in expand(drawn[0]))


REPEATS = [  # pattern, parameters, layers
    ("relu*n", {"n": 3}, 3),
    ("[relu]*n", {"n": 0}, 0),
    ("[relu bn]*(n-1)", {"n": 4}, 6),
    ("[relu]* (2*(n+1))", {"n": 1}, 4),
    ("[relu] * 2", {}, 2),
    ("[[relu]*n bn]*(n//2)", {"n": 4}, 10),
    ("[]*1000000000", {}, 0),
    ("relu*1", {}, 1),
]


@pytest.mark.parametrize(("pattern", "names", "layers"), REPEATS)
def test_repeats(pattern: str, names: dict[str, int], layers: int) -> None:
    """Times are a number, a parameter or a formula in brackets; under parameters they may come to nothing."""
    assert len(expand(pattern, names)) == layers


def test_i_counts_the_innermost_repetition() -> None:
    """``i`` starts from 0 in every innermost repetition, and at 0 outside."""
    rounds = [(piece.short, piece.round) for piece in expand("a [b [c]*2]*2 d")]
    assert rounds == [*[("a", 0), ("b", 0), ("c", 0), ("c", 1), ("b", 1), ("c", 0), ("c", 1)], ("d", 0)]


SLIPS = [  # pattern, where the slip is
    ("relu ]", 5),
    ("relu [conv3-64 [relu]*2", 5),
    ("[[relu]", 0),
    ("relu ) bn", 5),
    ("relu conv3-(2", 11),
    ("relu *2", 5),
    ("[relu]*-1", 6),
    ("[relu]*n", 5),
    ("[relu]*0", 5),
    ("bn relu*2x", 3),
    ("a==relu", 1),
    ("a= relu", 1),
    ("relu 2=relu", 6),
    ("relu [relu]*(1-2)", 10),
]


@pytest.mark.parametrize(("pattern", "offset"), SLIPS)
def test_slips(pattern: str, offset: int) -> None:
    """A slip is shown under the pattern, at its character, with a pattern that would do."""
    with pytest.raises(NotationError) as caught:
        expand(pattern)
    assert caught.value.offset == offset
    assert caught.value.formula == f"{pattern}\n{' ' * offset}^"
    assert caught.value.ways_out


def test_a_long_pattern_is_not_shown() -> None:
    """A pattern that is wider than a terminal is not printed back."""
    with pytest.raises(NotationError) as caught:
        expand("relu " * WIDTH + "]")
    assert caught.value.formula == ""
    assert caught.value.offset == 5 * WIDTH


@pytest.mark.parametrize("times", ["100001", "999999999", "1000000000", "9" * 400, "(100000+1)", "n"])
def test_too_many(times: str) -> None:
    """Over 100,000 layers are refused before they are there, wherever the number comes from."""
    start = time.process_time()
    for pattern in (f"relu [relu]*{times}", f"[[relu]*{times}]*9", f"relu*{times}"):
        with pytest.raises(TooLarge):
            expand(pattern, {"n": 10**9})
    assert time.process_time() - start < 1
    assert len(expand(f"[relu]*{MAX_LAYERS}")) == MAX_LAYERS


def test_nested_repeats_multiply_before_they_are_made() -> None:
    """Ten to the tenth is refused at the repetition that goes too far."""
    with pytest.raises(TooLarge) as caught:
        expand("[" * 10 + "relu" + "]*10" * 10)
    assert caught.value.offset == 10 + 4 + 4 * 5


FILLED = [  # short form, parameters, as if written
    ("conv3-width", {"width": 64}, "conv3-64"),
    ("conv3-width/s2", {"width": 64}, "conv3-64/s2"),
    ("conv3-(4*width)/s(stride)/g(width//2)", {"width": 64, "stride": 2}, "conv3-256/s2/g32"),
    ("conv(size)-(width*(i+1))", {"size": 5, "width": 8, "i": 2}, "conv5-24"),
    ("conv(a1)x(b1)-8/p(a1//2)x(b1//2)", {"a1": 1, "b1": 7}, "conv1x7-8/p0x3"),
    ("zero-shortcut-width", {"width": 64}, "zero-shortcut-64"),
    ("hard-sigmoid", {"width": 64}, "hard-sigmoid"),
    ("conv3-same", {"width": 64}, "conv3-same"),
]


@pytest.mark.parametrize(("short", "names", "written"), FILLED)
def test_formulas_in_short_forms(short: str, names: dict[str, int], written: str) -> None:
    """Brackets hold formulas anywhere; behind the last hyphen a parameter needs none."""
    assert fill(short, names)[:2] == (written, ())


def test_an_unknown_parameter_in_brackets() -> None:
    """Brackets must come to a number."""
    with pytest.raises(FormulaError, match="widht"):
        fill("conv3-(widht)", {"width": 64})


CALLS = [
    ("b", ("b", [])),
    ("b()", ("b", [])),
    ("b( 1 ,2*(3+4) , k = 5)", ("b", [(None, "1"), (None, "2*(3+4)"), ("k", " 5")])),
    ("b-2(k=1)", ("b-2", [("k", "1")])),
    ("c(1)", None),
    ("b3-64", None),
    ("b(1", None),
    ("b(1)/s2", None),
]


@pytest.mark.parametrize(("text", "call"), CALLS)
def test_calls(text: str, call: Any) -> None:
    """A block's name and its arguments, by position or by name; everything else is a layer."""
    assert read_call(text, {"b", "b-2"}) == call


@settings(max_examples=500, deadline=None)
@given(st.text("ab2[]()*=-,> →\n/\\'\"٣²", max_size=30))
def test_any_text_is_answered(text: str) -> None:
    """Pieces, or an error at a character of the text."""
    try:
        expand(text, {"a": 2})
    except SpecError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017 - most texts raise nothing


def cost(pattern: str) -> float:
    """Return the processor time that a pattern takes, at best."""
    times = []
    for _ in range(3):
        start = time.process_time()
        expand(pattern)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    "many",
    [
        lambda n: "relu " * n,
        lambda n: "[relu]" * n,
        lambda n: "conv3-(" + "(1)" * n + ") bn",
        lambda n: ("[" * DEEPEST + "relu" + "]*1" * DEEPEST) * (n // DEEPEST),
    ],
)
def test_long_patterns_cost_their_length(many: Any) -> None:
    """Eight times the pattern costs about eight times as much."""
    assert cost(many(16_000)) < 60 * cost(many(2_000)) + 0.01


def nested(layers: int, brackets: int) -> str:
    """Return layers in brackets in brackets, each of which repeats."""
    return "[" * brackets + "relu " * layers + "]*1" * brackets


@pytest.mark.parametrize("deeper", [1, 2, 10_000])
def test_how_deep_brackets_go(deeper: int) -> None:
    """As deep as is said, and not one deeper: that bracket is shown, however many there are."""
    assert [piece.short for piece in expand(nested(1, DEEPEST))] == ["relu"]
    with pytest.raises(NotationError) as caught:
        expand(nested(1, DEEPEST + deeper))
    assert (caught.value.message, caught.value.offset) == (f"brackets more than {DEEPEST} deep", DEEPEST)


def test_deep_patterns_cost_their_length() -> None:
    """At the deepest, eight times as many layers cost about eight times as much, not sixty-four."""
    assert cost(nested(1_600, DEEPEST)) < 30 * cost(nested(200, DEEPEST)) + 0.01


def test_brackets_cost_no_more_than_they_are() -> None:
    """Eight times as many brackets around the same layers cost about eight times as much."""
    assert cost(nested(800, DEEPEST)) < 30 * cost(nested(800, DEEPEST // 8)) + 0.01
