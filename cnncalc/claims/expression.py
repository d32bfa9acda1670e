"""Formulas as people print them: ``49 C^2``, ``27·H·W·C²``, ``(W-F+2P)/S+1``, ``24*10^6*4``.

    expression   numbers, names, + - * · × / ^ ** ², brackets, floor(…) or ⌊…⌋; side by side is times: 49 HWC^2
    names        what the caller gives a value; else letters, one capital and maybe a digit each: HWC is H·W·C

Read into postfix by hand, never evaluated as code; length, depth and the size of every value are bounded. What is
poured in decides what comes out: integers give an exact number, Terms one that remembers its sum, letters a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Rational
from typing import Any, Final, NamedTuple

from cnncalc.claims.tokens import EXAMPLES, Token, no_formula, tokens
from cnncalc.errors import FormulaError
from cnncalc.sizes import ratio
from cnncalc.term import Term
from cnncalc.volume import nearest, shorten

LONGEST: Final = 200
MOST_SUMMANDS: Final = 500
LARGEST: Final = 10**60
"""No value on the way is larger."""
_PRIORITY: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4, "floor": 5}


def read(text: str, names: Mapping[str, Any] = {}) -> tuple[Token, ...]:
    """Read an expression into postfix. Raises FormulaError.

    >>> [token.value for token in read("49 HW^2")]
    [49, 'H', '*', 'W', 2, '^', '*']
    """
    if len(text) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters: {shorten(text)!r}", ways_out=EXAMPLES)
    out: list[Token] = []
    waiting: list[str] = []
    before = "start"
    for token in tokens(text, names):
        if token.kind == "sign" and token.value not in {"(", "floor"}:
            if token.value == ")":
                _close(out, waiting, before, text)
                before = "value"
                continue
            sign = token.value
            if before != "value":
                if sign != "-" or before == "neg":
                    raise no_formula(text)
                waiting.append("neg")
                before = "neg"
                continue
            _settle(out, waiting, _PRIORITY[sign] + (sign == "^"))
            waiting.append(sign)
            before = "sign"
            continue
        if before == "value":
            _settle(out, waiting, _PRIORITY["*"])
            waiting.append("*")
        if token.kind == "sign":
            waiting.append(token.value)
            before = "start"
        else:
            out.append(token)
            before = "value"
    if before != "value" or "(" in waiting:
        raise no_formula(text)
    out.extend(Token("sign", sign) for sign in reversed(waiting))
    return tuple(out)


def evaluate(
    text: str,
    *,
    names: Mapping[str, Any] | None = None,
    number: Callable[[Any], Any] = lambda value: value,
    letter: Callable[[str], Any] | None = None,
) -> Any:
    """Return the value of an expression.

    names    what a name stands for
    number   how a number is poured: as it is, or as a Term
    letter   what a letter without a value becomes; without it, that is an error
    Raises FormulaError.

    >>> evaluate("24*10^6*4"), evaluate("14,197,122/21,841 - 650")
    (96000000, Fraction(472, 21841))
    """
    names = names or {}
    stack: list[Any] = []
    terms: list[Terms] = []  # of the value once it is multiplied out: a power can have millions
    for kind, value in read(text, names):
        if kind == "number":
            stack.append(number(value))
            terms.append(Terms(1, 1))
        elif kind == "name":
            stack.append(_named(value, names, letter, text))
            terms.append(Terms(1, 1))
        elif value == "neg":
            stack.append(-stack.pop())
        elif value == "floor":
            stack.append(_floored(stack.pop()))
        else:
            right, left = stack.pop(), stack.pop()
            behind, before = terms.pop(), terms.pop()
            numbers = hasattr(left, "numerator") and hasattr(right, "numerator")
            terms.append(Terms(1, 1) if numbers else _multiplied_out(value, before, behind, right, text))
            stack.append(_bounded(_apply(value, left, right, text), text))
    whole = isinstance(stack[0], Rational) and stack[0].denominator == 1
    return int(stack[0]) if whole else stack[0]


class Terms(NamedTuple):
    """How many terms a value may have above and below its fraction line, once it is multiplied out."""

    above: int
    below: int


def _multiplied_out(sign: str, left: Terms, right: Terms, value: Any, text: str) -> Terms:
    """Count the terms of a sum, product, quotient or power, before anybody multiplies it out.

    (H + W + C)^40 has 861 different terms, a sum of ten fractions thousands. Raises FormulaError for too many.
    """
    if sign in {"+", "-"}:
        found = Terms(left.above * right.below + right.above * left.below, left.below * right.below)
    elif sign == "*":
        found = Terms(left.above * right.above, left.below * right.below)
    elif sign == "/":
        found = Terms(left.above * right.below, left.below * right.above)
    else:
        power = min(abs(getattr(value, "numerator", 1)), MOST_SUMMANDS)
        found = Terms(left.above**power, left.below**power)
    if found.above * found.below > MOST_SUMMANDS:
        message = f"{shorten(text)!r} has more than {MOST_SUMMANDS:,} summands once it is multiplied out"
        raise FormulaError(message, ways_out=("smaller powers",))
    return found


def _close(out: list[Token], waiting: list[str], before: str, text: str) -> None:
    if before != "value":
        raise no_formula(text)
    _settle(out, waiting, 0)
    if not waiting:
        raise no_formula(text)
    waiting.pop()
    if waiting and waiting[-1] == "floor":
        out.append(Token("sign", waiting.pop()))


def _settle(out: list[Token], waiting: list[str], priority: int) -> None:
    """Take out the signs that bind at least as strongly, down to a bracket."""
    while waiting and waiting[-1] != "(" and _PRIORITY[waiting[-1]] >= priority:
        out.append(Token("sign", waiting.pop()))


def _named(name: str, names: Mapping[str, Any], letter: Callable[[str], Any] | None, text: str) -> Any:
    if name in names:
        return names[name]
    if letter is None:
        near = tuple(f"did you mean {other}?" for other in nearest(name, names))
        raise FormulaError(f"{name!r} in {shorten(text)!r} has no value", ways_out=near or ("a number in its place",))
    return letter(name)


def _apply(sign: str, left: Any, right: Any, text: str) -> Any:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if sign == "/":
        if right == 0:
            raise FormulaError(f"{shorten(text)!r} divides by 0", ways_out=("divide by 1 or more",))
        return _over(left, right)
    power = getattr(right, "value", right)
    if not isinstance(power, int) or power < 0:
        raise FormulaError(f"{shorten(text)!r}: a power is a whole number from 0 on", ways_out=("1/2^3",))
    if power > 100 or abs(_size(left)) ** power > LARGEST:  # noqa: PLR2004
        raise FormulaError(f"{shorten(text)!r} goes beyond 10^60", ways_out=("a smaller power",))
    return left**power


def _over(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return ratio(left, right) if left % right else left // right
    return left / right


def _size(value: Any) -> Any:
    """Return how large a number is; a letter counts as small."""
    plain = getattr(value, "value", value)
    return plain if hasattr(plain, "numerator") and isinstance(getattr(plain, "numerator", None), int) else 1


def _floored(value: Any) -> Any:
    if not isinstance(value, Term) or value.value % 1 == 0:
        return value if isinstance(value, Term) else value // 1
    return Term(value.value // 1, f"⌊{value.letters}⌋", f"⌊{value.digits}⌋")


def _bounded(value: Any, text: str) -> Any:
    if abs(_size(value)) > LARGEST:
        raise FormulaError(f"{shorten(text)!r} goes beyond 10^60", ways_out=("smaller numbers",))
    return value
