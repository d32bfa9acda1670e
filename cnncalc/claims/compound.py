"""Figures made of several numbers: `512x7x7x4096`, `3.6 x 10^9`, `3.6e9`, `10⁶`, `1/2`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.errors import UsageError
from cnncalc.sizes import product, ratio
from cnncalc.units import ABOUT, MOST_DIGITS, Figure, read_figure

if TYPE_CHECKING:
    from fractions import Fraction

_PRODUCT: Final = re.compile(r"[0-9][0-9,]*(?:\s*[x×*·]\s*[0-9][0-9,]*)+")
_POWER: Final = re.compile(
    rf"((?:{'|'.join(ABOUT)})?\s*[0-9.,]+)(?:\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*|[eE]\+?)([0-9]+)(.*)"
)
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED: Final = re.compile("(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_TENS: Final = re.compile(r"10\s*(?:\^|\*\*)\s*([0-9]+)")
_QUOTIENT: Final = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")


def read_compound(text: str) -> Figure | None:
    """Read a product, a power of ten or a quotient of at most 80 characters; None for anything else.

    Raises UsageError for a quotient of 0, a power of ten that is too large, a mantissa that is no figure.

    >>> read_compound("3.6x10⁹"), read_compound("7x7x512").value
    (Figure(digits=36, step=100000000, unit=None, approximate=False, open_zeros=False), 25088)
    """
    text = _RAISED.sub(lambda digits: f"^{digits[0].translate(_SUPERSCRIPT)}", text)
    if found := _POWER.fullmatch(text):
        mantissa = read_figure(found[1] + found[3])
        return mantissa._replace(step=_whole(mantissa.step * 10 ** _exponent(found[2], text)))
    if found := _TENS.fullmatch(text):
        return Figure(1, 10 ** _exponent(found[1], text))
    if found := _QUOTIENT.fullmatch(text):
        if int(found[2]) == 0:
            raise UsageError(f"{text!r} divides by 0", ways_out=("1/2",))
        value = ratio(int(found[1]), int(found[2]))
        return Figure(value.numerator, ratio(1, value.denominator))
    if _PRODUCT.fullmatch(text):
        factors = tuple(int(part.replace(",", "")) for part in re.split(r"\s*[x×*·]\s*", text))
        return Figure(product(factors), 1)
    return None


def _exponent(digits: str, text: str) -> int:
    if len(digits) > 2 or int(digits) > MOST_DIGITS:  # noqa: PLR2004 - 40 has two
        raise UsageError(f"{text!r} goes beyond 10^{MOST_DIGITS}", ways_out=("3.6 x 10^9", "3.6 billion"))
    return int(digits)


def _whole(step: int | Fraction) -> int | Fraction:
    return step.numerator if step.denominator == 1 else step
