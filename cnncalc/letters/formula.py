"""A formula: exact, over letters, with what must hold of them; it writes itself for people, programs and papers."""

from __future__ import annotations

from functools import cache
from numbers import Integral, Rational
from typing import Any

import sympy

from cnncalc.errors import NoValue
from cnncalc.field import Field
from cnncalc.letters.writing import ForPapers, ForPeople, ForPrograms

_PADDING = "P"
"""The one letter that may be 0, here as on slides."""


@cache
def symbol(name: str) -> Any:
    """Return the sympy symbol of a letter: a positive whole number."""
    return sympy.Symbol(name, integer=True, positive=True)


class Formula:
    """An exact formula over letters.

    str(formula)   as people write it; .plain as programs read it; .latex for papers
    at(H=224)      its value
    conditions     what must hold of the letters: whatever says `holds(values)`
    """

    __slots__ = ("conditions", "expression")

    def __init__(self, expression: Any, conditions: tuple[Any, ...] = ()) -> None:
        self.expression = sympy.sympify(expression)
        self.conditions = conditions

    def __str__(self) -> str:
        return ForPeople().write(self.expression)

    __repr__ = __str__

    @property
    def plain(self) -> str:
        """The formula as JSON carries it: ``49*C**2``."""
        return ForPrograms().write(self.expression)

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return ForPapers().write(self.expression)

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def at(self, **values: int) -> int:
        """Return the value for numbers in place of the letters.

        Raises NoValue if a letter is left, if the value is not whole, or for numbers that no network has.
        """
        for name, value in values.items():
            whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not whole or value < (0 if name == _PADDING else 1):
                message = f"{self} has no value for {name} = {value!r}: a letter is a whole number from 1"
                raise NoValue(message, ways_out=(f"{name}=1",))
        numbers = {symbol(name): sympy.Integer(int(value)) for name, value in values.items()}
        own = {letter: sympy.Integer(int(values[str(letter)])) for letter in self.letters if str(letter) in values}
        result = self.expression.xreplace(own)
        if not result.is_Integer:
            raise NoValue(
                f"{self} has no whole value for {values}",
                ways_out=(f"numbers for {', '.join(map(str, self.letters))}",),
            )
        for condition in self.conditions:
            if not condition.holds(numbers):
                message = f"{self} has no value for {values}: {condition} does not hold at {condition.layer}"
                raise NoValue(message, ways_out=(f"numbers for which {condition}",))
        return int(result)

    @property
    def letters(self) -> list[Any]:
        """Its letters, sorted."""
        return sorted(self.expression.free_symbols, key=str)

    def __eq__(self, other: object) -> bool:
        theirs = other.expression if isinstance(other, Formula) else other
        if not isinstance(theirs, (Rational, sympy.Expr)):
            return NotImplemented
        return bool(_evened(self.expression - theirs) == 0)

    def __hash__(self) -> int:
        return hash(_evened(self.expression))

    def __add__(self, other: Any) -> Any:
        return self._with(self.expression + _expression(other), other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(self.expression - _expression(other), other)

    def __rsub__(self, other: Any) -> Any:
        return self._with(_expression(other) - self.expression, other)

    def __mul__(self, other: Any) -> Any:
        return self._with(self.expression * _expression(other), other)

    __rmul__ = __mul__

    def _with(self, result: Any, other: Any) -> Any:
        """Settle what was made of two formulas; it has a value where both have."""
        return settle(result, tuple(dict.fromkeys((*self.conditions, *conditions_of(other)))))


def _expression(value: Any) -> Any:
    return value.expression if isinstance(value, Formula) else value


def conditions_of(value: Any) -> tuple[Any, ...]:
    """Return what must hold so that a formula has a value; a number always has."""
    return value.conditions if isinstance(value, Formula) else ()


def settle(value: Any, conditions: tuple[Any, ...] = ()) -> Any:
    """Return a number as an int, a formula as a Formula under these conditions, and tuples piece by piece."""
    if isinstance(value, sympy.Integer):
        return int(value)
    if isinstance(value, sympy.Basic):
        return Formula(value, conditions)
    if isinstance(value, Field):
        return Field._make(settle(part, conditions) for part in value)
    if isinstance(value, tuple):
        parts = (settle(part, conditions) for part in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _evened(expression: Any) -> Any:
    """Multiply out, inside floors too, and take whole numbers out of them: equal formulas become the same one."""
    return sympy.expand(sympy.expand(expression).replace(sympy.floor, sympy.floor))
