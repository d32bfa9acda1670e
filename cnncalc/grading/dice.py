"""Numbers that only look drawn by chance: the same seed gives the same ones on every machine and Python.

`random` promises that for `random()` alone; what `choice` and `shuffle` make of it has changed between versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

_BITS = 64


class Dice:
    """A stream of numbers for a seed and what they are for, each stream its own.

    The n-th number is the first 64 bits, big-endian, of SHA-256 over ``label␟label␟…␟n`` in UTF-8.

    >>> dice = Dice("7", "q1")
    >>> [dice.below(6) for _ in range(8)]
    [1, 2, 5, 1, 3, 4, 0, 5]
    """

    def __init__(self, *labels: str) -> None:
        self._label = "␟".join(labels)
        self._thrown = 0

    def below(self, n: int) -> int:
        """Return one of 0 … n − 1, each as likely: what would favour the small ones is thrown again."""
        most = 2**_BITS - 2**_BITS % n
        while True:
            digest = sha256(f"{self._label}␟{self._thrown}".encode("utf-8", "surrogatepass")).digest()
            self._thrown += 1
            number = int.from_bytes(digest[: _BITS // 8], "big")
            if number < most:
                return number % n

    def choice(self, values: Sequence[T]) -> T:
        """Return one of them."""
        return values[self.below(len(values))]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """Return them in another order. Source: Knuth, The Art of Computer Programming 2, algorithm 3.4.2P."""
        found = list(values)
        for last in range(len(found) - 1, 0, -1):
            other = self.below(last + 1)
            found[last], found[other] = found[other], found[last]
        return found
