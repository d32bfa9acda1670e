"""Numbers that a user types: read exactly, pointed at where they slip, bounded, written exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import UsageError
from cnncalc.worked.values import jsonable, plain, read_values, require_common, write_number

READ: list[tuple[Any, Any, tuple[int, ...]]] = [  # given, nested, sizes
    ("0..8", list(range(9)), (9,)),
    (" 3 .. 1 ", [3, 2, 1], (3,)),
    ("-1..1", [-1, 0, 1], (3,)),
    ("[[0,1],[2,3]]", [[0, 1], [2, 3]], (2, 2)),
    ("[[0 1] [2 3]]", [[0, 1], [2, 3]], (2, 2)),
    ("[0 1] [2 3]", [[0, 1], [2, 3]], (2, 2)),
    ("[0,1],[2,3]", [[0, 1], [2, 3]], (2, 2)),
    ("0 1; 2 3", [[0, 1], [2, 3]], (2, 2)),
    ("0, 1; 2, 3;", [[0, 1], [2, 3]], (2, 2)),
    ("[0 1; 2 3]", [[0, 1], [2, 3]], (2, 2)),
    ("[[[1,2]],[[3,4]]]", [[[1, 2]], [[3, 4]]], (2, 1, 2)),
    ("[[1 2 3]]", [[1, 2, 3]], (1, 3)),
    ("7", [7], (1,)),
    (".01 0.5 1. +2 −3", [Fraction(1, 100), Fraction(1, 2), 1, 2, -3], (5,)),
    ("1/9 -2/4 .5/2", [Fraction(1, 9), Fraction(-1, 2), Fraction(1, 4)], (3,)),
    ([[0, 1], (2, 3)], [[0, 1], [2, 3]], (2, 2)),
    (
        [0.1, Decimal("0.25"), Fraction(1, 3), "1/7"],
        [Fraction(1, 10), Fraction(1, 4), Fraction(1, 3), Fraction(1, 7)],
        (4,),
    ),
    (5, [5], (1,)),
]


@pytest.mark.parametrize(("given", "nested", "sizes"), READ, ids=[str(row[0]) for row in READ])
def test_what_is_read(given: Any, nested: Any, sizes: tuple[int, ...]) -> None:
    """Every way of writing gives the same exact numbers; decimals are the decimals that stand there."""
    found = read_values(given, "input")
    assert (found.nested(), found.sizes) == (nested, sizes)
    assert all(type(number) is int or number.denominator > 1 for number in found.flat)


def test_numbers_of_an_array_library_are_numbers() -> None:
    """In lists, and rows that are arrays."""
    np = pytest.importorskip("numpy")
    for numbers in ([[np.int64(0), np.float32(1)], [2, 3]], [np.arange(2), np.arange(2, 4)]):
        assert read_values(numbers, "input").flat == (0, 1, 2, 3)


@pytest.mark.parametrize("text", ["5-3 1 2", "1 1+1", "[[1,2],[3-4,5]]", "1/2-1/3"])
def test_a_sum_is_not_taken_for_two_numbers(text: str) -> None:
    """Neither worked out nor cut in two."""
    with pytest.raises(UsageError, match="sums are not worked out"):
        read_values(text, "input")


def test_arrays_are_lists_too() -> None:
    """An array of numpy is read as its numbers."""
    np = pytest.importorskip("numpy")
    assert read_values(np.eye(2), "input").nested() == [[1, 0], [0, 1]]
    with pytest.raises(UsageError, match="4,000,000 values"):
        read_values(np.zeros((2000, 2000)), "input")


SLIPS: list[tuple[Any, str]] = [  # given, words of the message
    ("", "holds no numbers"),
    ("[]", "character 2: these brackets are empty"),
    ("1 2 x", "character 5: 'x' is no number"),
    ("1e9", "character 1: '1e9'"),
    ("1..2..3", "character 1"),
    ("3..", "character 1"),
    ("0x10", "character 1"),
    ("1_000", "character 1"),
    ("٣", "character 1"),
    ("1/0", "divides by 0"),
    ("1/2/3", "character 1"),
    ("nan", "'nan' is no number"),
    ("1" * 21, "no number of up to 20 digits"),
    ("1,,2", "character 3: no number stands before this ,"),
    (",1", "character 1: no number stands before this ,"),
    ("1,", "nothing follows the comma"),
    ("[1,]", "character 4: no number stands before this ]"),
    (";1", "character 1: no number stands before this ;"),
    ("1;;2", "character 3: no number stands before this ;"),
    ("[1", "character 3: a bracket is still open"),
    ("1]", "character 2: this ] closes nothing"),
    ("[[1;2],[3;4]]", "character 4: a ; stands inside brackets"),
    ("[[[[1]]]]", "more than 3 brackets"),
    ("[[1,2],[3]]", "the first has 2, row 2 has 1"),
    ("1 2; 3", "the first has 2, row 2 has 1"),
    ("1 [2]", "rows and single numbers"),
    ("__import__('os')", "is no number"),
    ("0..99999", "100,000 values; 4,096"),
    ("-99999999999999999999..99999999999999999999", "4,096"),
    ("[" * 300_000, "300,000 characters"),
    ("1 " * 5000, "5,000 values"),
    ([[[[1]]]], "more than 3 levels"),
    ([1, [2]], "rows and single numbers"),
    ([float("nan")], "not nan"),
    ([float("inf")], "not inf"),
    ([1e300], "not 1e"),
    ([Decimal("1e999999999")], "not a longer one"),
    ([Decimal("nan")], "not a longer one"),
    ([10**100_000], "not a longer one"),
    ([True], "not True"),
    ([None], "not None"),
    (["1 2"], "not '1 2'"),
    ({"a": 1}, "not {'a': 1}"),
    ([[]], "holds no numbers"),
]


@pytest.mark.parametrize(
    ("given", "words"),
    SLIPS,
    ids=[str(row[0])[:20] if not isinstance(row[0], list) else f"{number}" for number, row in enumerate(SLIPS)],
)
def test_what_is_refused(given: Any, words: str) -> None:
    """Quickly, at its place, with a way out."""
    before = process_time()
    with pytest.raises(UsageError) as caught:
        read_values(given, "input")
    assert process_time() - before < 1
    assert words in str(caught.value)
    assert caught.value.ways_out


def test_the_slip_is_pointed_at() -> None:
    """A caret stands below the very character, in long texts too."""
    with pytest.raises(UsageError) as caught:
        read_values("1 " * 100 + "two 3", "filter")
    line, caret = caught.value.formula.splitlines()
    assert line[caret.index("^") :].startswith("two")
    assert "character 201" in caught.value.message


def test_examples_are_read() -> None:
    """The ways out of a slip are no slips."""
    with pytest.raises(UsageError) as caught:
        read_values("two", "filter")
    assert all(read_values(way.strip("'"), "filter").flat for way in caught.value.ways_out)


def test_a_list_that_holds_itself() -> None:
    """It ends."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UsageError, match="more than 3 levels"):
        read_values(endless, "input")


WRITTEN = [
    (Fraction(1811, 1000), "1.811"),
    (Fraction(-1, 3), "−1/3"),
    (-5, "−5"),
    (0, "0"),
    (Fraction(-1, 20), "−0.05"),
    (Fraction(5, 2), "2.5"),
]


@pytest.mark.parametrize(("number", "text"), WRITTEN)
def test_what_is_written(number: Any, text: str) -> None:
    """Decimals where they end, quotients where they do not."""
    assert write_number(number) == text


@given(st.fractions(-(10**40), 10**40, max_denominator=10**6))
def test_nothing_is_rounded(number: Fraction) -> None:
    """What is written is the number again: as text, and as JSON."""
    assert Fraction(plain(number)) == number
    assert Fraction(str(jsonable(number))) == number


def test_sums_that_nobody_reads() -> None:
    """Quotients of many primes are refused before their sum has thousands of digits."""
    primes = [prime for prime in range(2, 400) if all(prime % divisor for divisor in range(2, prime))]
    with pytest.raises(UsageError, match="over 36 digits"):
        require_common([Fraction(1, prime) for prime in primes], "filter")
    require_common([Fraction(1, prime) for prime in primes[:10]], "filter")


class Large:
    """An array that would fill the memory as a list."""

    size = 10**8

    def tolist(self) -> list[int]:
        """Be too late."""
        pytest.fail("it became a list before it was counted")


def test_large_arrays_in_a_list_are_refused_as_they_are() -> None:
    """Before they become lists of numbers."""
    for rows in ([Large()], [[Large()]], Large()):
        with pytest.raises(UsageError, match="100,000,000 values"):
            read_values(rows, "input")
