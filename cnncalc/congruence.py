"""Which whole numbers leave which remainder: x ≡ r mod m, solved and joined. Plain integers only."""

from __future__ import annotations

from math import gcd
from typing import NamedTuple


class NoSolution(ValueError):
    """No whole number meets the congruences."""


class Congruence(NamedTuple):
    """All whole numbers that leave `remainder` when divided by `modulus`: 1 is all of them, 0 the remainder alone."""

    remainder: int
    modulus: int

    def and_also(self, other: Congruence) -> Congruence:
        """Return the numbers that are in both: the Chinese remainder theorem.

        Raises NoSolution if there are none.

        >>> Congruence(1, 2).and_also(Congruence(2, 3))
        Congruence(remainder=5, modulus=6)
        """
        if self.modulus == 0:
            return self._if_in(other)
        step = solve(self.modulus, other.remainder - self.remainder, other.modulus)
        modulus = self.modulus * step.modulus
        found = self.remainder + self.modulus * step.remainder
        return Congruence(found % modulus if modulus else found, modulus)

    def _if_in(self, other: Congruence) -> Congruence:
        """Return the single number that this is, if the other class has it too."""
        solve(other.modulus, self.remainder - other.remainder, 0)
        return self

    def at_least(self, low: int) -> int:
        """Return the smallest number of the class from `low` on.

        Raises NoSolution if there is none.

        >>> Congruence(1, 3).at_least(2)
        4
        """
        if self.modulus == 0:
            if self.remainder < low:
                raise NoSolution
            return self.remainder
        return low + (self.remainder - low) % self.modulus

    def write(self, name: str) -> str:
        """Say which numbers these are: ``H is odd``, ``H ≡ 3 mod 4``."""
        if self.modulus == 1:
            return f"any {name}"
        if self.modulus == 0:
            return f"{name} = {self.remainder}"
        if self.modulus == 2:  # noqa: PLR2004 - two has words of its own
            return f"{name} is {'odd' if self.remainder else 'even'}"
        return f"{name} ≡ {self.remainder} mod {self.modulus}"


ANY = Congruence(0, 1)
"""Every whole number."""


def solve(factor: int, target: int, modulus: int) -> Congruence:
    """Return all x with factor·x ≡ target mod modulus; modulo 0, with factor·x = target.

    Raises NoSolution if there are none.

    >>> solve(2, -4, 3)   # 7x7, F=3, S=3: P = 1, 4, 7
    Congruence(remainder=1, modulus=3)
    """
    shared = gcd(factor, modulus)
    if shared == 0:
        if target:
            raise NoSolution
        return ANY
    if target % shared:
        raise NoSolution
    if modulus == 0:
        return Congruence(target // factor, 0)
    smaller = modulus // shared
    return Congruence(target // shared * pow(factor // shared, -1, smaller) % smaller if smaller > 1 else 0, smaller)
