"""x ≡ r mod m, solved and joined: every answer is held against all whole numbers of a range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.congruence import Congruence, NoSolution, solve

MODULI = st.integers(1, 30)


def members(congruence: Congruence, stop: int) -> list[int]:
    """List the numbers of a class from 0 on."""
    return [number for number in range(stop) if number % congruence.modulus == congruence.remainder]


@given(st.integers(-40, 40), st.integers(-40, 40), MODULI)
def test_solve(factor: int, target: int, modulus: int) -> None:
    """a·x ≡ b mod m: the class holds the x that brute force finds, and NoSolution is raised if it finds none."""
    found = [x for x in range(2 * modulus) if (factor * x - target) % modulus == 0]
    if not found:
        with pytest.raises(NoSolution):
            solve(factor, target, modulus)
        return
    solved = solve(factor, target, modulus)
    assert members(solved, 2 * modulus) == found
    assert 0 <= solved.remainder < solved.modulus


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 10)), min_size=2, max_size=4))
def test_and_also(pairs: list[tuple[int, int]]) -> None:
    """Classes joined, whatever their moduli share, hold what is in all of them: the Chinese remainder theorem."""
    classes = [Congruence(remainder % modulus, modulus) for remainder, modulus in pairs]
    found = [x for x in range(2 * 2_520) if all(x % modulus == remainder for remainder, modulus in classes)]
    first, *others = classes
    try:
        for other in others:
            first = first.and_also(other)
    except NoSolution:
        assert found == []
        return
    assert found == list(range(first.remainder, 2 * 2_520, first.modulus))  # lcm(1, …, 10) = 2,520


@given(st.integers(0, 60), MODULI, st.integers(-200, 200))
def test_at_least(remainder: int, modulus: int, low: int) -> None:
    """The smallest number of a class from a bound on, found by counting up."""
    congruence = Congruence(remainder % modulus, modulus)
    assert congruence.at_least(low) == next(x for x in range(low, low + modulus) if x % modulus == remainder % modulus)


@given(st.integers(-40, 40), st.integers(-40, 40))
def test_solve_without_a_modulus(factor: int, target: int) -> None:
    """a·x = b, modulo 0: one number, all of them, or none."""
    found = [x for x in range(-40, 41) if factor * x == target]
    if not found:
        with pytest.raises(NoSolution):
            solve(factor, target, 0)
        return
    assert solve(factor, target, 0) == (Congruence(0, 1) if len(found) > 1 else Congruence(found[0], 0))


@given(st.integers(0, 60), MODULI, st.integers(0, 60))
def test_a_number_and_a_class(remainder: int, modulus: int, number: int) -> None:
    """A single number is in a class or not, whichever comes first; and it is no larger than it is."""
    pair = (Congruence(number, 0), Congruence(remainder % modulus, modulus))
    for one, other in (pair, pair[::-1]):
        if number % modulus == remainder % modulus:
            assert one.and_also(other) == pair[0]
        else:
            with pytest.raises(NoSolution):
                one.and_also(other)
    assert pair[0].and_also(pair[0]) == pair[0]
    assert pair[0].at_least(number) == number
    with pytest.raises(NoSolution):
        pair[0].at_least(number + 1)


WRITTEN = [
    (Congruence(572, 0), "H = 572"),
    (Congruence(0, 1), "any H"),
    (Congruence(0, 2), "H is even"),
    (Congruence(1, 2), "H is odd"),
    (Congruence(3, 4), "H ≡ 3 mod 4"),
    (Congruence(0, 32), "H ≡ 0 mod 32"),
]


@pytest.mark.parametrize(("congruence", "words"), WRITTEN)
def test_words(congruence: Congruence, words: str) -> None:
    """Two has words of its own."""
    assert congruence.write("H") == words


def test_hostile_numbers() -> None:
    """Numbers near 10^9, and far beyond, are solved at once."""
    prime, other = 999_999_937, 999_999_929
    assert solve(2, 1, prime) == Congruence((prime + 1) // 2, prime)
    joined = Congruence(1, prime).and_also(Congruence(2, other))
    assert (joined.modulus, joined.remainder % prime, joined.remainder % other) == (prime * other, 1, 2)
    assert solve(10**30, 10**30, 10**30 + 1) == Congruence(1, 10**30 + 1)
    with pytest.raises(NoSolution):
        solve(0, 1, 10**30)
