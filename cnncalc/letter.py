"""A letter where a number could stand: ``conv7-C``, ``HxWxC``. It waits; only `letters` knows what to do with it.

A letter is one letter and maybe a digit: C, K, k, C2. So a parameter's name with a slip in it stays a slip.
"""

from __future__ import annotations

import re
from typing import Any

from cnncalc.sizes import Size, teach

LETTER = "[A-Za-wyz][0-9]?"
"""How a letter is written; x stands between sizes."""


class Letter:
    """A letter, or a small sum of them that nobody has worked out: an operator and its two sides."""

    __slots__ = ("left", "right", "sign", "size")

    def __init__(self, sign: str, left: Any, right: Any = None) -> None:
        self.sign = sign
        self.left = left
        self.right = right
        self.size: int = 1 + sum(side.size for side in (left, right) if isinstance(side, Letter))

    @classmethod
    def named(cls, name: str) -> Letter:
        """Return the letter of this name."""
        return cls("", name)

    def __add__(self, other: Size) -> Letter:
        return Letter("+", self, other)

    def __radd__(self, other: Size) -> Letter:
        return Letter("+", other, self)

    def __sub__(self, other: Size) -> Letter:
        return Letter("-", self, other)

    def __rsub__(self, other: Size) -> Letter:
        return Letter("-", other, self)

    def __mul__(self, other: Size) -> Letter:
        return Letter("*", self, other)

    def __rmul__(self, other: Size) -> Letter:
        return Letter("*", other, self)

    def __floordiv__(self, other: Size) -> Letter:
        return Letter("//", self, other)

    def __rfloordiv__(self, other: Size) -> Letter:
        return Letter("//", other, self)

    def __mod__(self, other: Size) -> Letter:
        return Letter("%", self, other)

    def __rmod__(self, other: Size) -> Letter:
        return Letter("%", other, self)

    def __neg__(self) -> Letter:
        return Letter("-", 0, self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Letter) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[Any, ...]:
        return (self.sign, self.left, self.right)

    def __str__(self) -> str:
        if not self.sign:
            return str(self.left)
        return f"({self.left} {self.sign} {self.right})"

    __repr__ = __str__


class _Answers:
    """How letters answer the questions of `sizes`, as long as they wait: they write the question down."""

    @staticmethod
    def quotient(a: Size, b: Size) -> Letter:
        return Letter("/", a, b)

    @staticmethod
    def least(a: Size, b: Size) -> Letter:
        return Letter("min", a, b)

    @staticmethod
    def greatest(a: Size, b: Size) -> Letter:
        return Letter("max", a, b)

    @staticmethod
    def common_divisor(a: Size, b: Size) -> Letter:
        return Letter("gcd", a, b)

    ratio = quotient


teach(Letter, _Answers())


def read_letter(text: str) -> Letter | None:
    """Return the letter that a text is, or None."""
    return Letter.named(text) if re.fullmatch(LETTER, text, re.ASCII) else None
