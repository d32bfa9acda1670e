"""A formula that writes itself: ``27·H·W·C²`` for people, ``27*H*W*C**2`` for programs, LaTeX for papers.

The letters of sizes stand before those of channels, as the lectures write them; a letter that every term has
stands before the bracket: ``C·(27·C + 3)``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from cnncalc.field import Field

_FIRST = {name: number for number, name in enumerate(("N", "D", "H", "W", "D′", "H′", "W′"))}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
        return str(_Printer().doprint(_arranged(self.expression)))

    __repr__ = __str__

    @property
    def plain(self) -> str:
        """The formula as JSON carries it: ``49*C**2``."""
        return str(_arranged(self.expression))

    @property
    def latex(self) -> str:
        """The formula in LaTeX."""
        return str(LatexPrinter({"mul_symbol": "dot"}).doprint(_arranged(self.expression)))

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def at(self, **values: int) -> int:
        """Return the value for numbers in place of the letters.

        Raises ValueError if a letter is left, if the value is not whole, or for numbers that no network has.
        """
        numbers = {symbol(name): sympy.Integer(value) for name, value in values.items()}
        own = {letter: sympy.Integer(values[str(letter)]) for letter in self.letters if str(letter) in values}
        result = self.expression.xreplace(own)
        if not result.is_Integer:
            msg = f"{self} has no whole value for {values}"
            raise ValueError(msg)
        for condition in self.conditions:
            if not condition.holds(numbers):
                msg = f"{self} has no value for {values}: {condition} does not hold at {condition.layer}"
                raise ValueError(msg)
        return int(result)

    @property
    def letters(self) -> list[Any]:
        """Its letters, sorted."""
        return sorted(self.expression.free_symbols, key=str)

    def __eq__(self, other: object) -> bool:
        theirs = other.expression if isinstance(other, Formula) else other
        return bool(sympy.expand(self.expression - theirs) == 0)

    def __hash__(self) -> int:
        return hash(sympy.expand(self.expression))

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
        return Field._make(int(part) if isinstance(part, sympy.Integer) else part for part in value)
    if isinstance(value, tuple):
        parts = (settle(part, conditions) for part in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _arranged(expression: Any) -> Any:
    """Put a letter that every term has before the bracket, and leave numbers inside: C·(27·C + 3)."""
    expanded = sympy.expand(expression)
    if not isinstance(expanded, sympy.Add):
        return expanded
    terms = [sympy.factor_terms(term).as_coeff_Mul()[1].as_powers_dict() for term in expanded.args]
    shared = [
        letter ** min(term.get(letter, 0) for term in terms)
        for letter in sorted(expanded.free_symbols, key=str)
        if all(term.get(letter, 0) >= 1 for term in terms)
    ]
    if not shared:
        return expanded
    outside = sympy.Mul(*shared)
    inside = sympy.expand(expanded / outside)
    return sympy.Mul(*shared, inside, evaluate=False)


def _rank(factor: Any) -> tuple[int, int, str]:
    """Numbers, then sizes, then channels, then brackets."""
    base = factor.as_base_exp()[0]
    if base.is_Symbol:
        return (1, _FIRST.get(str(base), len(_FIRST)), str(base))
    return (0 if base.is_number else 2, 0, str(base))


def _weight(term: Any) -> tuple[Any, ...]:
    """Higher powers first, sizes before channels before numbers."""
    powers = term.as_coeff_Mul()[1].as_powers_dict()
    ranks = sorted(_rank(letter) for letter in powers if not letter.is_number)
    degree = sum(power for letter, power in powers.items() if not letter.is_number)
    return (-degree if degree.is_number else 0, ranks) if ranks else (1, ranks)


class _Printer(StrPrinter):
    """Prints as people write: · for products, superscripts, floor brackets."""

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802 - sympy's names
        if expr.as_coeff_Mul()[0].is_negative:
            return f"−{self._print(-expr)}"
        numerator, denominator = sympy.fraction(expr)
        if denominator != 1:
            return self._over(numerator, denominator)
        factors = sorted(sympy.Mul.make_args(expr), key=_rank)
        return "·".join(self.parenthesize(factor, 50) for factor in factors)

    def _over(self, numerator: Any, denominator: Any) -> str:
        below: str = self._print(denominator)
        if isinstance(denominator, sympy.Add | sympy.Mul):
            below = f"({below})"
        return f"{self._side(numerator)}/{below}"

    def _side(self, expr: Any) -> str:
        text: str = self._print(expr)
        return f"({text})" if isinstance(expr, sympy.Add) else text

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: ARG002, N802
        """Write a sum; what has one denominator stands above one line: (H − F + 2·P)/S + 1."""
        shares: dict[Any, list[Any]] = {}
        for term in sorted(expr.args, key=_weight):
            numerator, denominator = sympy.fraction(term)
            shares.setdefault(denominator if denominator != 1 else term, []).append(numerator)
        parts = [self._share(1 if key in expr.args else key, terms) for key, terms in shares.items()]
        first = next((part for part in parts if part[0] != "−"), parts[0])
        parts.remove(first)
        return first + "".join(f" − {part[1:]}" if part[0] == "−" else f" + {part}" for part in parts)

    def _share(self, denominator: Any, numerators: list[Any]) -> str:
        if len(numerators) == 1:
            return str(self._print(numerators[0] / denominator))
        return self._over(sympy.Add(*numerators), denominator)

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002, N802
        base, exponent = expr.as_base_exp()
        if exponent.is_Integer and exponent > 1:
            return f"{self.parenthesize(base, 60)}{str(exponent).translate(_SUPERSCRIPTS)}"
        return str(super()._print_Pow(expr))

    def _print_floor(self, expr: Any) -> str:
        return f"⌊{self._print(sympy.together(expr.args[0]))}⌋"

    def _print_ceiling(self, expr: Any) -> str:
        return f"⌈{self._print(sympy.together(expr.args[0]))}⌉"

    def _print_Mod(self, expr: Any) -> str:  # noqa: N802
        return f"{self._side(expr.args[0])} mod {self._side(expr.args[1])}"

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return f"{int(expr):,}".replace("-", "−")

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        return f"{expr.p}/{expr.q}".replace("-", "−")
