"""The largest of some counts in letters: those that another is never below fall out, and a Max holds the rest.

Letters are 1 or more, and so is every ⌊…⌋ that is a size. A sum without a minus in (letter − 1) is never negative;
where ⌊u⌋ stands behind a minus, u may stand for it. What this does not settle stays in the Max.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import sympy

from cnncalc.letters.formula import Formula, settle


class Max(sympy.Function):
    """The largest, once all are numbers; sympy's own compares each with each before, which takes minutes."""

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, *sizes: Any) -> Any:
        """Return the largest number; None lets letters wait."""
        return max(sizes) if all(size.is_number for size in sizes) else None

    def _sympystr(self, printer: Any) -> str:
        return f"Max({', '.join(printer._print(part) for part in self.args)})"  # noqa: SLF001 - sympy's own way


def largest(sizes: Iterable[Any]) -> Any:
    """Return the largest of some counts: one of them, or a Max of those that it may be."""
    sizes = tuple(sizes)
    written = any(isinstance(size, Formula) for size in sizes)
    found: list[tuple[Any, dict[Any, Any]]] = []
    for size in dict.fromkeys(size.expression if isinstance(size, Formula) else sympy.sympify(size) for size in sizes):
        terms = sympy.expand(size).as_coefficients_dict()
        if not any(_never_below(other, terms) for _, other in found):
            found = [one for one in found if not _never_below(terms, one[1])]
            found.append((size, terms))
    most = found[0][0] if len(found) == 1 else Max(*(size for size, _ in found))
    return settle(most) if written else most


def _never_below(left: dict[Any, Any], right: dict[Any, Any]) -> bool:
    """Whether the left is at least the right; False where that cannot be told at a glance."""
    difference = {term: left.get(term, 0) - right.get(term, 0) for term in {**left, **right}}
    return any(_never_negative(difference, unfloored=unfloored) for unfloored in (False, True))


def _never_negative(terms: dict[Any, Any], *, unfloored: bool) -> bool:
    total: Counter[Any] = Counter()
    for term, factor in terms.items():
        for power, coefficient in _from_one(term, unfloored=unfloored and factor < 0):
            total[power] += factor * coefficient
    return all(coefficient >= 0 for coefficient in total.values())


@cache
def _from_one(term: Any, *, unfloored: bool) -> tuple[tuple[Any, Any], ...]:
    """Return a product's terms in (letter − 1): each letter, and each floor that stays, is 1 or more."""
    if unfloored:
        term = term.replace(sympy.floor, lambda inner: inner)
    atoms = {*term.atoms(sympy.Function), *term.free_symbols}
    shifted = sympy.expand(term.xreplace({atom: _stand_in(atom) + 1 for atom in atoms}))  # the outermost first
    return tuple(shifted.as_coefficients_dict().items())


@cache
def _stand_in(atom: Any) -> Any:
    """Return the symbol that stands for what is above 1 in a letter or a floor."""
    return sympy.Dummy(str(atom), nonnegative=True)
