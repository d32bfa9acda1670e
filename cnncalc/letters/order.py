"""Which of two formulas is smaller, and for which values of their letters."""

from __future__ import annotations

from typing import Any

import sympy

from cnncalc.letters.formula import Formula, settle
from cnncalc.sizes import LARGEST


def compared(left: Any, right: Any) -> tuple[Any, Any, str]:
    """Return right over left (None where left is 0), left minus right, and who is smaller when."""
    one, two = (side.expression if isinstance(side, Formula) else sympy.Integer(side) for side in (left, right))
    difference = sympy.expand(one - two)
    ratio = None if one == 0 else settle(sympy.cancel(two / one))
    return ratio, settle(difference), _who(difference)


def _who(difference: Any) -> str:
    """Say who is smaller: letters are 1 or more, so a polynomial in (letter − 1) without a minus is never negative."""
    if difference == 0:
        return "same"
    letters = sorted(difference.free_symbols, key=str)
    if letters and difference.is_polynomial(*letters):
        difference = sympy.Poly(difference, *letters).terms_gcd()[1].as_expr()  # what both share decides nothing
        letters = sorted(difference.free_symbols, key=str)
    if difference.is_number:
        return _side(positive=difference > 0)
    return _of_letters(difference, letters) if difference.is_polynomial(*letters) else "depends"


def _of_letters(difference: Any, letters: list[Any]) -> str:
    shifted = sympy.Poly(sympy.expand(difference.subs({x: x + 1 for x in letters}, simultaneous=True)), *letters)
    signs = {bool(coefficient > 0) for coefficient in shifted.coeffs()}
    if len(signs) == 1:
        equal_at_one = shifted.coeff_monomial(1) == 0
        return _side(positive=signs.pop()) + (f", same at {_ones(letters)}" if equal_at_one else "")
    return _of_one_letter(difference, letters[0]) if len(letters) == 1 else "depends"


def _of_one_letter(difference: Any, letter: Any) -> str:
    """Say from which value on which side is smaller: between its roots a polynomial keeps its sign."""
    polynomial = sympy.Poly(difference, letter)
    borders = sorted({int(sympy.floor(root)) for root in polynomial.real_roots() if 1 <= root < LARGEST})
    starts = [1, *(border + 1 for border in borders)]
    parts = []
    for start, end in zip(starts, [*borders, None], strict=True):
        if end is not None and end < start:
            continue
        side = _side(positive=polynomial.eval(start) > 0)
        parts.append(
            f"{side} from {letter} = {start} on" if end is None else f"{side} for {letter} = {_span(start, end)}"
        )
    return "; ".join(parts)


def _side(*, positive: Any) -> str:
    return "right" if positive else "left"


def _span(start: int, end: int) -> str:
    return str(start) if start == end else f"{start} to {end}"


def _ones(letters: list[Any]) -> str:
    return ", ".join(f"{letter} = 1" for letter in letters)
