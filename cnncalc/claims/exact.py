"""Numbers of a sum written as a slide would: a fraction that ends within six places in full, 1.811."""

from __future__ import annotations

from typing import Any, Final

from cnncalc.term import write_number

_PLACES: Final = 6


def ends(value: Any) -> bool:
    """Whether a number ends within six places behind the point."""
    return bool((10**_PLACES * value).denominator == 1)


def write_exact(value: Any) -> str:
    """Write a fraction that ends within six places in full; any other number as a lecture does.

    >>> from fractions import Fraction
    >>> write_exact(Fraction(1811, 1000)), write_exact(Fraction(7, 3)), write_exact(4096)
    ('1.811', '2.33', '4,096')
    """
    if getattr(value, "denominator", 1) == 1 or not ends(value):
        return write_number(value)
    places = next(n for n in range(_PLACES + 1) if (10**n * value).denominator == 1)
    whole, rest = divmod(abs(10**places * value).numerator, 10**places)
    return f"{'−' if value < 0 else ''}{whole:,}.{rest:0{places}d}"
