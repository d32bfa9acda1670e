"""What must hold for letters, so that a network can be had: this divides that, two sizes agree, one is large enough.

A condition that always holds is none; one that never does is found where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import lcm
from typing import Any, NamedTuple, TypeAlias

import sympy

from cnncalc.congruence import Congruence, NoSolution, solve
from cnncalc.letters.formula import Formula

LONGEST_TURN = 4096
"""Floors repeat themselves after so many values of a letter; one that takes longer is left as it stands."""


class Divides(NamedTuple):
    """`divisor` divides `number`."""

    layer: str
    number: Any
    divisor: Any

    def __str__(self) -> str:
        divisor = f"({Formula(self.divisor)})" if isinstance(self.divisor, sympy.Mod) else f"{Formula(self.divisor)}"
        if sympy.sympify(self.number).is_number:
            return f"{divisor} divides {Formula(self.number)}"
        return f"{Formula(self.number)} ≡ 0 mod {divisor}"

    def holds(self, values: Mapping[Any, int]) -> bool:
        """Whether it does for these values; True as long as a letter has none."""
        number, divisor = (sympy.sympify(side).xreplace(values) for side in self[1:])
        return not (number.is_number and divisor.is_number) or bool(divisor != 0 and number % divisor == 0)

    def congruence(self) -> tuple[str, Congruence] | None:
        """Return the values of its letter, if it is a·letter + b ≡ 0 mod m. Raises NoSolution."""
        number, divisor = sympy.expand(self.number), sympy.sympify(self.divisor)
        letter = _only_letter(number)
        if letter is None or not divisor.is_Integer:
            return None
        factor, shift = number.coeff(letter, 1), number.coeff(letter, 0)
        if factor * letter + shift != number or not (factor.is_Rational and shift.is_Rational):
            return None
        scale = int(sympy.ilcm(factor.q, shift.q))
        return str(letter), solve(int(factor * scale), int(-shift * scale), int(divisor) * scale)


class Equal(NamedTuple):
    """Two sizes are the same."""

    layer: str
    left: Any
    right: Any

    def __str__(self) -> str:
        one, other = sorted((self.left, self.right), key=lambda side: not getattr(side, "free_symbols", ()))
        return f"{Formula(one)} = {Formula(other)}"  # letters first: H = 20

    def holds(self, values: Mapping[Any, int]) -> bool:
        """Whether it does for these values; True as long as a letter has none."""
        difference = (sympy.sympify(self.left) - self.right).xreplace(values)
        return not difference.is_number or bool(difference == 0)

    def congruence(self) -> tuple[str, Congruence] | None:
        """Return the values of its letter, if they are one, or one residue class. Raises NoSolution."""
        difference = sympy.expand(self.left - sympy.sympify(self.right))
        letter = _only_letter(difference)
        found = None if letter is None else _zeros(difference, letter)
        return None if found is None else (str(letter), found)


class AtLeast(NamedTuple):
    """`number` is 0 or more."""

    layer: str
    number: Any

    def __str__(self) -> str:
        terms = sympy.Add.make_args(sympy.expand(self.number))
        less = [-term for term in terms if term.could_extract_minus_sign()]
        more = [term for term in terms if not term.could_extract_minus_sign()]
        left, right = (Formula(sympy.Add(*side)) for side in (more, less))
        return f"{right} ≤ {left}" if left.expression.is_number else f"{left} ≥ {right}"

    def holds(self, values: Mapping[Any, int]) -> bool:
        """Whether it does for these values; True as long as a letter has none."""
        number = self.number.xreplace(values)
        return not number.is_number or bool(number >= 0)

    def congruence(self) -> None:
        """Return None: these values have a smallest one instead."""
        return

    def least(self) -> tuple[str, int] | None:
        """Return the smallest value of its letter, if it is a letter less a number."""
        shift, letter = self.number.as_coeff_Add()
        return (str(letter), -int(shift)) if letter.is_Symbol else None

    def most(self) -> tuple[str, int] | None:
        """Return the largest value of its letter, if it is a number less a letter."""
        shift, rest = self.number.as_coeff_Add()
        return (str(-rest), int(shift)) if (-rest).is_Symbol else None


Condition: TypeAlias = Divides | Equal | AtLeast


def bounded(layer: str, number: Any) -> Iterator[AtLeast]:
    """Yield what makes a size 0 or more: ⌊(H − 3)/2⌋ if H ≥ 3, the smaller of two if both are. Nothing if it always is.

    Dividing by a positive number and ⌊…⌋ change no answer, so both are taken off from outside.
    """
    pending = [sympy.sympify(number)]
    while pending:
        above, below = sympy.fraction(sympy.together(pending.pop()))
        shift, rest = sympy.expand(above).as_coeff_Add()
        factor, core = rest.as_coeff_Mul()
        low = sympy.ceiling(-shift / factor) if factor.is_positive else None
        if not below.is_positive or low is None or not isinstance(core, sympy.Symbol | sympy.floor | sympy.Min):
            if not (above / below).is_nonnegative:
                yield AtLeast(layer, above if below.is_positive else above / below)
        elif core.is_Symbol:
            yield from [AtLeast(layer, core - low)] if low > 1 else []
        else:
            pending += [part - low for part in core.args]


def _only_letter(number: Any) -> Any:
    letters = number.free_symbols
    return next(iter(letters)) if len(letters) == 1 else None


@lru_cache(maxsize=256)
def _zeros(number: Any, letter: Any) -> Congruence | None:
    """Return where a sum of the letter and of floors of it is 0; None if that is not a single class.

    Floors of a·letter + b repeat themselves, but for a slope: one turn of values decides all.
    Raises NoSolution if it is 0 nowhere.
    """
    floors = list(number.atoms(sympy.floor))
    inner = [floor.args[0] for floor in floors]
    straight = number.xreplace(dict(zip(floors, inner, strict=True)))
    slopes = [sympy.diff(part, letter) for part in (*inner, sympy.expand(straight))]
    turn = lcm(*(int(slope.q) for slope in slopes if slope.is_Rational))
    if not all(slope.is_Rational for slope in slopes) or turn > LONGEST_TURN:
        return None
    rise = slopes[-1] * turn
    values = {start: number.xreplace({letter: sympy.Integer(start)}) for start in range(1, turn + 1)}
    if rise == 0:
        return _class_of([start for start, value in values.items() if value == 0], turn)
    turns = {start: -value / rise for start, value in values.items()}
    zeros = [start + turn * int(count) for start, count in turns.items() if count.is_Integer and count >= 0]
    if not zeros:
        raise NoSolution
    return Congruence(zeros[0], 0) if len(zeros) == 1 else None


def _class_of(starts: list[int], turn: int) -> Congruence | None:
    """Return the residue class that these numbers of one turn are, if they are one."""
    if not starts:
        raise NoSolution
    modulus = turn // len(starts)
    found = Congruence(starts[0] % modulus, modulus)
    return found if starts == list(range(found.at_least(1), turn + 1, modulus)) else None
