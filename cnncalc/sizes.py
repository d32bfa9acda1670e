"""The few questions about a size that `+ − * // %` cannot ask, put so that every reading can answer.

A rule is poured with Python integers, `Term`s, sympy symbols or NumPy integer arrays. It may not say
``if a < b``: a symbol does not know, an array knows a million answers. It says ``least(a, b)``.
A reading that is not an integer answers through `teach`; arrays answer through their own namespace.
"""

from __future__ import annotations

import math
from typing import Any, Protocol, TypeAlias

Size: TypeAlias = Any
"""An int, a Term, a sympy expression or an integer array: whatever `+ − * // %` work on."""

LARGEST = 10**9
"""No count in a spec is larger: it keeps every sum printable and every mistake visible."""


class Answers(Protocol):
    """How one reading answers."""

    def least(self, a: Size, b: Size) -> Size:
        """Return the smaller of the two."""

    def greatest(self, a: Size, b: Size) -> Size:
        """Return the larger of the two."""

    def common_divisor(self, a: Size, b: Size) -> Size:
        """Return the greatest common divisor."""

    def ratio(self, a: Size, b: Size) -> Size:
        """Return a/b, exactly."""


class _Integers:
    """Plain counting."""

    least = staticmethod(min)
    greatest = staticmethod(max)
    common_divisor = staticmethod(math.gcd)

    @staticmethod
    def ratio(a: int, b: int) -> Size:
        from fractions import Fraction  # noqa: PLC0415 - 5 ms that only a misfit needs

        return Fraction(a, b)


class _Arrays:
    """A million sizes at once, in whatever namespace the array brings along."""

    def __init__(self, namespace: Any) -> None:
        self.least = namespace.minimum
        self.greatest = namespace.maximum
        self.common_divisor = getattr(namespace, "gcd", None)
        self.ratio = namespace.divide


_INTEGERS = _Integers()
_TAUGHT: list[tuple[type, Answers]] = []


def teach(kind: type, answers: Answers) -> None:
    """Let sizes of this kind answer for themselves. Done once, by the module that knows the kind."""
    _TAUGHT.append((kind, answers))


def _answers(a: Size, b: Size) -> Any:
    for number in (a, b):
        for kind, answers in _TAUGHT:
            if isinstance(number, kind):
                return answers
        if hasattr(number, "__array_namespace__"):
            return _Arrays(number.__array_namespace__())
    return _INTEGERS


def least(a: Size, b: Size) -> Size:
    """Return the smaller size."""
    return _answers(a, b).least(a, b)


def greatest(a: Size, b: Size) -> Size:
    """Return the larger size."""
    return _answers(a, b).greatest(a, b)


def common_divisor(a: Size, b: Size) -> Size:
    """Return the greatest common divisor of two sizes."""
    return _answers(a, b).common_divisor(a, b)


def ratio(a: Size, b: Size) -> Size:
    """Return a/b exactly: a Fraction for integers."""
    return _answers(a, b).ratio(a, b)


def quotient(a: Size, b: Size) -> Size:
    """Return a/b where b is known to divide a, or must: integers are cut, letters keep the plain fraction."""
    exactly = getattr(_answers(a, b), "quotient", None)
    return a // b if exactly is None else exactly(a, b)


def ceiling(a: Size, b: Size) -> Size:
    """Return ⌈a/b⌉ with whole numbers only: ⌊(a + b − 1)/b⌋.

    >>> ceiling(7, 2)
    4
    """
    return a if type(b) is int and b == 1 else (a + b - 1) // b


def is_open(size: Size) -> bool:
    """Whether a letter stands in a size, so that nobody can say how large it is."""
    return bool(getattr(size, "free_symbols", ()))


def product(sizes: tuple[Size, ...]) -> Size:
    """Multiply sizes from left to right; the product of none is 1.

    >>> product((3, 3, 64))
    576
    """
    result: Size = 1
    for size in sizes:
        result = result * size
    return result
