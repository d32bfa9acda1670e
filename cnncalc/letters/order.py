"""Which of two formulas is smaller, and for which values of their letters."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import lcm
from typing import Any, TypeAlias

import sympy

from cnncalc.letters.conditions import LONGEST_TURN
from cnncalc.letters.formula import Formula, conditions_of, settle
from cnncalc.sizes import LARGEST

_ANY = (1, None)

Bounds: TypeAlias = Mapping[str, tuple[int, int | None]]
"""The smallest and the largest value of letters; 1 and None, as large as one likes, of those that are not there."""


def compared(left: Any, right: Any, bounds: Bounds | None = None) -> tuple[Any, Any, str]:
    """Return right over left (None where left is 0), left minus right, and who is smaller when, within the bounds."""
    one, two = (side.expression if isinstance(side, Formula) else sympy.Integer(side) for side in (left, right))
    difference = sympy.expand(one - two)
    conditions = (*conditions_of(left), *conditions_of(right))
    ratio = None if one == 0 else settle(sympy.cancel(two / one), conditions)
    return ratio, settle(difference, conditions), _who(difference, bounds or {})


def _who(difference: Any, bounds: Bounds) -> str:
    """Say who is smaller: a polynomial in what letters are above their least, without a minus, is never negative."""
    if difference == 0:
        return "same"
    letters = sorted(difference.free_symbols, key=str)
    if letters and difference.is_polynomial(*letters):
        difference = sympy.Poly(difference, *letters).terms_gcd()[1].as_expr()  # what both share decides nothing
        letters = sorted(difference.free_symbols, key=str)
    if difference.is_number:
        return _side(positive=difference > 0)
    if difference.is_polynomial(*letters):
        return _of_letters(difference, letters, bounds)
    return _of_floors(difference, bounds) or _of_sizes(difference, bounds) or "depends"


def _of_floors(difference: Any, bounds: Bounds) -> str | None:
    """Say who is smaller where floors of one letter stand: C = 4·q + r leaves none of ⌊C/4⌋, whatever r is."""
    inner = [floor.args[0] for floor in difference.atoms(sympy.floor)]
    within = set().union(*(part.free_symbols for part in inner))
    slopes = [sympy.diff(part, letter) for part in inner for letter in within]
    if len(within) != 1 or not all(slope.is_Rational for slope in slopes):
        return None
    turn = lcm(*(int(slope.q) for slope in slopes))
    if turn > LONGEST_TURN:
        return None
    (letter,), q = within, sympy.Dummy("q", integer=True, positive=True)
    low, _ = bounds.get(str(letter), _ANY)
    starts = range(low, low + turn)  # every number from there on is start + turn·(q − 1), with q from 1 on
    parts = [sympy.expand(difference.xreplace({letter: start + turn * (q - 1)})) for start in starts]
    if not all(part.is_polynomial(*part.free_symbols) for part in parts):
        return None
    sides = {_who(part, bounds) for part in parts}
    return sides.pop() if len(sides) == 1 and sides <= {"left", "right", "same"} else None


def _of_sizes(difference: Any, bounds: Bounds) -> str | None:
    """Say who is smaller where floors of several letters stand: what each is above its least is never negative."""
    rooms: dict[Any, Any] = {}
    for atom in difference.atoms(sympy.floor) | difference.free_symbols:
        low = _least(atom, bounds)
        if low is None:
            return None
        rooms[atom] = low + sympy.Dummy(str(atom), nonnegative=True)
    raised = sympy.expand(difference.xreplace(rooms))  # the outermost floors first
    signs = {bool(factor > 0) for factor in raised.as_coefficients_dict().values()}
    alike = len(signs) == 1 and raised.is_polynomial(*raised.free_symbols)
    return _side(positive=signs.pop()) if alike and raised.as_coefficients_dict().get(1) else None


def _least(size: Any, bounds: Bounds) -> Any:
    """Return the least of a sum of letters and floors without a minus before them; None if there is one."""
    if size.is_number or size.is_Symbol:
        return size if size.is_number else bounds.get(str(size), _ANY)[0]
    if isinstance(size, sympy.floor):
        low = _least(size.args[0], bounds)
        return None if low is None else sympy.floor(low)
    if size.is_Pow:
        low = _least(size.base, bounds) if size.exp.is_Integer and size.exp > 0 else None
        return None if low is None or low < 0 else low**size.exp
    if not (size.is_Add or size.is_Mul):
        return None
    total = sympy.Integer(0)
    for term, factor in sympy.expand(size).as_coefficients_dict().items():
        lows = [_least(part, bounds) for part in sympy.Mul.make_args(term)]
        if not term.is_number and (factor < 0 or any(low is None or low < 0 for low in lows)):
            return None
        total += factor * sympy.Mul(*lows)
    return total


def _of_letters(difference: Any, letters: list[Any], bounds: Bounds) -> str:
    lows = {x: bounds.get(str(x), _ANY)[0] for x in letters}
    raised = sympy.expand(difference.subs({x: x + low for x, low in lows.items()}, simultaneous=True))
    shifted = sympy.Poly(raised, *letters)
    signs = {bool(coefficient > 0) for coefficient in shifted.coeffs()}
    if len(signs) == 1:
        ties = _ties(shifted.monoms(), [f"{x} = {low}" for x, low in lows.items()])
        return _side(positive=signs.pop()) + (f", same at {ties}" if ties else "")
    if len(letters) > 1:
        return "depends"
    return _of_one_letter(difference, letters[0], *bounds.get(str(letters[0]), _ANY))


def _of_one_letter(difference: Any, letter: Any, low: int, high: int | None) -> str:
    """Say from which value on which side is smaller: between its roots a polynomial keeps its sign."""
    polynomial, last = sympy.Poly(difference, letter), LARGEST if high is None else high
    borders = {int(sympy.floor(root)) for root in polynomial.real_roots() if low <= root < LARGEST}
    starts = sorted({low, *borders, *(border + 1 for border in borders)})  # a border may be a tie: it stands alone
    runs: list[tuple[int, str]] = []
    for start in starts:
        who = _sign(polynomial.eval(start))
        if (not runs or runs[-1][1] != who) and start <= last:
            runs.append((start, who))
    if len(runs) == 1:
        return runs[0][1]
    ends = [start - 1 for start, _ in runs[1:]]
    parts = [f"{who} for {letter} = {_span(start, end)}" for (start, who), end in zip(runs, ends, strict=False)]
    start, who = runs[-1]
    return "; ".join(
        (*parts, f"{who} from {letter} = {start} on" if high is None else f"{who} for {letter} = {_span(start, high)}")
    )


def _sign(difference: Any) -> str:
    return "same" if difference == 0 else _side(positive=difference > 0)


def _side(*, positive: Any) -> str:
    return "right" if positive else "left"


def _span(start: int, end: int) -> str:
    return str(start) if start == end else f"{start} to {end}"


def _ties(powers: list[tuple[int, ...]], least: list[str]) -> str:
    """Name the fewest letters whose being least makes every summand of a sum without minus 0, each such choice."""
    for count in (1, 2, 3, len(least)):  # choices double with every letter: past three, all of them or none
        chosen = [
            some for some in combinations(range(len(least)), count) if all(any(p[i] for i in some) for p in powers)
        ]
        if chosen:
            return " or ".join(", ".join(least[i] for i in some) for some in chosen)
    return ""
