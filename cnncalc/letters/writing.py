"""How a formula is written: ``27·H·W·C²`` for people, ``27*H*W*C**2`` for programs, LaTeX for papers.

All three in one order, that of `arranged`; what has one denominator stands above one line: ``(H − F + 2·P)/S + 1``.
"""

from __future__ import annotations

import re
from typing import Any

import sympy
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from cnncalc.letters.arranged import arranged, rank, weight

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NOBODY = "_writes_itself"


class ForPeople(StrPrinter):
    """Writes · for products, superscripts, floor brackets, commas between thousands."""

    printmethod = _NOBODY  # what a class of formula says of itself is for `str`
    times = "·"
    minus, negative = "−", "−"
    names = {"Max": "max", "Min": "min", "GreatestCommonDivisor": "gcd"}  # noqa: RUF012 - never changed

    def write(self, expression: Any) -> str:
        """Return an expression as text."""
        return str(self.doprint(arranged(expression)))

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802 - sympy's names
        if expr.as_coeff_Mul()[0].is_negative:
            return f"{self.negative}{self._print(-expr)}"
        above, below = sympy.fraction(expr)
        if below != 1:
            return self._over(above, below)
        factors = sorted(sympy.Mul.make_args(expr), key=rank)
        return self.times.join(self.parenthesize(factor, PRECEDENCE["Mul"]) for factor in factors)

    def _over(self, above: Any, below: Any) -> str:
        if below == 1:
            return str(self._print(above))
        text: str = self._print(below)
        text = f"({text})" if isinstance(below, sympy.Add | sympy.Mul | sympy.Mod) else text
        return f"{self._side(above)}/{text}"

    def _side(self, expr: Any) -> str:
        text: str = self._print(expr)
        return f"({text})" if isinstance(expr, sympy.Add) else text

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: ARG002, N802
        """Write a sum; what has one denominator stands above one line, and what is added before what is not."""
        shares: dict[Any, list[Any]] = {}
        for term in sorted(expr.args, key=weight):
            above, below = sympy.fraction(term)
            shares.setdefault((below, term if below == 1 else None), []).append(above)
        parts = [self._share(below, aboves) for (below, _), aboves in shares.items()]
        first = next((part for part in parts if not part[0]), parts[0])
        parts.remove(first)
        start = (self.negative if first[0] else "") + first[1]
        return start + "".join(f" {self.minus if less else '+'} {text}" for less, text in parts)

    def _share(self, below: Any, aboves: list[Any]) -> tuple[bool, str]:
        """Return whether it is taken away, and what stands above one line."""
        less = all(above.as_coeff_Mul()[0].is_negative for above in aboves)
        return less, self._over(sympy.Add(*(-above if less else above for above in aboves)), below)

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002, N802
        base, exponent = expr.as_base_exp()
        if exponent.is_negative:
            return self._over(sympy.Integer(1), base**-exponent)
        return self._power(self.parenthesize(base, PRECEDENCE["Pow"]), self._print(exponent))

    def _power(self, base: str, exponent: str) -> str:
        return f"{base}{exponent.translate(_SUPERSCRIPTS)}"

    def _print_floor(self, expr: Any) -> str:
        return f"⌊{self._print(sympy.together(expr.args[0]))}⌋"

    def _print_ceiling(self, expr: Any) -> str:
        return f"⌈{self._print(sympy.together(expr.args[0]))}⌉"

    def _print_Mod(self, expr: Any) -> str:  # noqa: N802
        return f"{self._side(expr.args[0])} mod {self._side(expr.args[1])}"

    def _called(self, expr: Any) -> str:
        parts = [self._print(part) for part in sorted(expr.args, key=weight)]
        return f"{self.names[type(expr).__name__]}({', '.join(parts)})"

    _print_Max = _print_Min = _print_GreatestCommonDivisor = _called  # noqa: N815

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return f"{int(expr):,}".replace("-", "−")

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        return f"{expr.p}/{expr.q}".replace("-", "−")


class ForPrograms(ForPeople):
    """Writes what Python and sympy read."""

    times = "*"
    minus, negative = "-", "-"
    names = {"Max": "Max", "Min": "Min", "GreatestCommonDivisor": "gcd"}  # noqa: RUF012 - never changed

    def _power(self, base: str, exponent: str) -> str:
        return f"{base}**{exponent}"

    def _print_floor(self, expr: Any) -> str:
        return f"floor({self._print(sympy.together(expr.args[0]))})"

    def _print_ceiling(self, expr: Any) -> str:
        return f"ceiling({self._print(sympy.together(expr.args[0]))})"

    def _print_Mod(self, expr: Any) -> str:  # noqa: N802
        return f"Mod({self._print(expr.args[0])}, {self._print(expr.args[1])})"

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return str(int(expr))

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        return f"{expr.p}/{expr.q}"


class ForPapers(ForPrograms):
    """Writes LaTeX that needs no package."""

    times = r" \cdot "
    negative = "- "
    names = {"Max": r"\max", "Min": r"\min", "GreatestCommonDivisor": r"\gcd"}  # noqa: RUF012 - never changed

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:  # noqa: FBT001, FBT002 - sympy's own
        """Put brackets around what binds less."""
        text: str = super().parenthesize(item, level, strict)
        return rf"\left{text[:-1]}\right)" if text != self._print(item) else text

    def _over(self, above: Any, below: Any) -> str:
        return str(self._print(above)) if below == 1 else rf"\frac{{{self._print(above)}}}{{{self._print(below)}}}"

    def _side(self, expr: Any) -> str:
        return self.parenthesize(expr, PRECEDENCE["Mul"])

    def _power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def _print_floor(self, expr: Any) -> str:
        return rf"\left\lfloor{{{self._print(sympy.together(expr.args[0]))}}}\right\rfloor"

    def _print_ceiling(self, expr: Any) -> str:
        return rf"\left\lceil{{{self._print(sympy.together(expr.args[0]))}}}\right\rceil"

    def _print_Mod(self, expr: Any) -> str:  # noqa: N802
        return rf"{self._side(expr.args[0])} \bmod {self._side(expr.args[1])}"

    def _called(self, expr: Any) -> str:
        name, inner = super()._called(expr)[:-1].split("(", 1)
        return rf"{name}\left({inner}\right)"

    _print_Max = _print_Min = _print_GreatestCommonDivisor = _called  # noqa: N815

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        return f"{self.negative if expr.p < 0 else ''}\\frac{{{abs(expr.p)}}}{{{expr.q}}}"

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        return re.sub("([0-9]+)$", r"_{\1}", str(expr.name)).replace("′", "'")
