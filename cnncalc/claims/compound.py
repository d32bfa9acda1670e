"""Figures made of several numbers: `512x7x7x4096`, `1/2`."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.errors import UsageError
from cnncalc.sizes import product, ratio
from cnncalc.units import Figure

_PRODUCT: Final = re.compile(r"[0-9][0-9,]*(?:\s*[x×*·]\s*[0-9][0-9,]*)+")
_QUOTIENT: Final = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")


def read_compound(text: str) -> Figure | None:
    """Read a product or a quotient of at most 80 characters; None for anything else.

    Raises UsageError for a quotient of 0.

    >>> read_compound("1/2").value, read_compound("7x7x512").value
    (Fraction(1, 2), 25088)
    """
    if found := _QUOTIENT.fullmatch(text):
        if int(found[2]) == 0:
            raise UsageError(f"{text!r} divides by 0", ways_out=("1/2",))
        return Figure(int(found[1]), ratio(1, int(found[2])), whole=True)
    if _PRODUCT.fullmatch(text):
        factors = tuple(int(part.replace(",", "")) for part in re.split(r"\s*[x×*·]\s*", text))
        return Figure(product(factors), 1)
    return None
