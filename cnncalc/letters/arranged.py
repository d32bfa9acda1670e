"""In which order a formula is written, as the lectures do: numbers, sizes, channels; high powers first.

A letter that every term has stands before the bracket: ``C·(27·C + 3)``.
"""

from __future__ import annotations

from typing import Any

import sympy

_FIRST = {name: number for number, name in enumerate(("N", "D", "H", "W", "D′", "H′", "W′"))}


def arranged(expression: Any) -> Any:
    """Put what every term has before the bracket and below the line, and leave numbers inside: C·(27·C + 3)/4."""
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
    inside = sympy.expand(expanded / sympy.Mul(*shared))
    below = {sympy.fraction(term)[1] for term in sympy.Add.make_args(inside)}
    under = below.pop() if len(below) == 1 else sympy.Integer(1)
    if under != 1:
        shared.append(1 / under)
    return sympy.Mul(*shared, sympy.expand(inside * under), evaluate=False)


def rank(factor: Any) -> tuple[int, int, str]:
    """Numbers, then sizes, then channels, then brackets."""
    base = factor.as_base_exp()[0]
    if base.is_Symbol:
        return (1, _FIRST.get(str(base), len(_FIRST)), str(base))
    return (0 if base.is_number else 2, 0, str(base))


def weight(term: Any) -> tuple[Any, ...]:
    """Higher powers first, sizes before channels before numbers."""
    powers = term.as_coeff_Mul()[1].as_powers_dict()
    ranks = sorted(rank(letter) for letter in powers if not letter.is_number)
    degree = sum(power for letter, power in powers.items() if not letter.is_number)
    return (-degree if degree.is_number else 0, ranks) if ranks else (1, ranks)
