"""Which whole numbers leave which remainder: x ≡ r mod m, solved and joined. Plain integers only."""

from __future__ import annotations

from math import gcd
from typing import NamedTuple


class NoSolution(ValueError):
    """No whole number meets the congruences."""


class Congruence(NamedTuple):
    """All whole numbers that leave `remainder` when divided by `modulus`; modulus 1 is all of them."""

    remainder: int
    modulus: int

    def and_also(self, other: Congruence) -> Congruence:
        """Return the numbers that are in both: the Chinese remainder theorem.

        Raises NoSolution if there are none.

        >>> Congruence(1, 2).and_also(Congruence(2, 3))
        Congruence(remainder=5, modulus=6)
        """
        step = solve(self.modulus, other.remainder - self.remainder, other.modulus)
        modulus = self.modulus * step.modulus
        return Congruence((self.remainder + self.modulus * step.remainder) % modulus, modulus)

    def at_least(self, low: int) -> int:
        """Return the smallest number of the class from `low` on.

        >>> Congruence(1, 3).at_least(2)
        4
        """
        return low + (self.remainder - low) % self.modulus

    def write(self, name: str) -> str:
        """Say which numbers these are: ``H is odd``, ``H ≡ 3 mod 4``."""
        if self.modulus == 1:
            return f"any {name}"
        if self.modulus == 2:  # noqa: PLR2004 - two has words of its own
            return f"{name} is {'odd' if self.remainder else 'even'}"
        return f"{name} ≡ {self.remainder} mod {self.modulus}"


def solve(factor: int, target: int, modulus: int) -> Congruence:
    """Return all x with factor·x ≡ target mod modulus.

    Raises NoSolution if there are none.

    >>> solve(2, -4, 3)   # 7x7, F=3, S=3: P = 1, 4, 7
    Congruence(remainder=1, modulus=3)
    """
    shared = gcd(factor, modulus)
    if target % shared:
        raise NoSolution
    smaller = modulus // shared
    return Congruence(target // shared * pow(factor // shared, -1, smaller) % smaller if smaller > 1 else 0, smaller)
