"""Formulas as people print them: ``49 C^2``, ``27·H·W·C²``, ``(W-F+2P)/S+1``, ``24*10^6*4``.

    expression   numbers, names, + - * · × / ^ ** ², brackets; side by side is times: 49 HWC^2
    names        what the caller gives a value; else letters, one capital and maybe a digit each: HWC is H·W·C

Read into postfix by hand, never evaluated as code; length, depth and the size of every value are bounded. What is
poured in decides what comes out: integers give an exact number, Terms one that remembers its sum, letters a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cnncalc.errors import FormulaError
from cnncalc.sizes import ratio
from cnncalc.units import MOST_DIGITS
from cnncalc.volume import nearest, shorten

LONGEST: Final = 200
LARGEST: Final = 10**60
"""No value on the way is larger."""
_EXAMPLES: Final = ("49 C^2", "(W - F + 2P)/S + 1", "24*10^6*4")

_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGNS: Final = {"·": "*", "×": "*", "−": "-", "**": "^"}
_PRIORITY: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_.\-]*(?<![.\-]))|(?P<sign>\*\*|[-+*/^()·×−])"
)
_LETTERS: Final = re.compile(r"[A-Za-z][0-9]?")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Token(NamedTuple):
    """A number, a name or a sign of a postfix expression."""

    kind: str
    value: Any


def read(text: str, names: Mapping[str, Any] = {}) -> tuple[Token, ...]:  # noqa: B006 - never written to
    """Read an expression into postfix. Raises FormulaError.

    >>> [token.value for token in read("49 HW^2")]
    [49, 'H', '*', 'W', 2, '^', '*']
    """
    if len(text) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters: {shorten(text)!r}", ways_out=_EXAMPLES)
    out: list[Token] = []
    waiting: list[str] = []
    before = "start"
    for token in _tokens(text, names):
        if token.kind == "sign" and token.value not in "(":
            if token.value == ")":
                _close(out, waiting, before, text)
                before = "value"
                continue
            sign = token.value
            if before != "value":
                if sign != "-" or before == "neg":
                    raise _no_formula(text)
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
            waiting.append("(")
            before = "start"
        else:
            out.append(token)
            before = "value"
    if before != "value" or "(" in waiting:
        raise _no_formula(text)
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
    for kind, value in read(text, names):
        if kind == "number":
            stack.append(number(value))
        elif kind == "name":
            stack.append(_named(value, names, letter, text))
        elif value == "neg":
            stack.append(-stack.pop())
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(_bounded(_apply(value, left, right, text), text))
    return stack[0]


def letters_in(text: str) -> bool:
    """Whether a text is an expression with a letter in it."""
    try:
        return any(token.kind == "name" for token in read(text))
    except FormulaError:
        return False


def _tokens(text: str, names: Mapping[str, Any]) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _no_formula(text)
        kind, part = str(match.lastgroup), match[0]
        if kind == "name":
            part = _known(part, names)
            found.extend(_named_tokens(part, names, text))
        elif kind == "number":
            found.append(Token("number", _number(part, text)))
        elif kind == "power":
            found += [Token("sign", "^"), Token("number", int(part.translate(_SUPERSCRIPT)))]
        elif kind == "sign":
            found.append(Token("sign", _SIGNS.get(part, part)))
        at += len(part) if kind == "name" else len(match[0])
    return found


def _known(part: str, names: Mapping[str, Any]) -> str:
    """Return as much of a word as is a name: ``fc6.weights`` is one, ``C-1`` is a letter, a minus and a number."""
    if part in names:
        return part
    word = _WORD.match(part)
    return word[0] if word else part


def _named_tokens(part: str, names: Mapping[str, Any], text: str) -> list[Token]:
    if part in names:
        return [Token("name", part)]
    letters = _LETTERS.findall(part)
    if "".join(letters) != part or (len(letters) > 1 and not part.isupper() and len(part) > 4):  # noqa: PLR2004 - HWC2
        near = tuple(f"did you mean {name}?" for name in nearest(part, names)) or _EXAMPLES
        raise FormulaError(f"{shorten(part)!r} in {shorten(text)!r} has no value", ways_out=near)
    return [Token("name", letter) for letter in letters]


def _number(part: str, text: str) -> Any:
    whole, _, decimals = part.partition(".")
    digits = whole.replace(",", "") + decimals
    if len(digits) > MOST_DIGITS:
        raise FormulaError(f"{shorten(text)!r}: a number has at most {MOST_DIGITS} digits")
    value = int(digits)
    return value if not decimals else ratio(value, 10 ** len(decimals))


def _close(out: list[Token], waiting: list[str], before: str, text: str) -> None:
    if before != "value":
        raise _no_formula(text)
    _settle(out, waiting, 0)
    if not waiting:
        raise _no_formula(text)
    waiting.pop()


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
    if not isinstance(power, int) or not 0 <= power <= 100 or abs(_size(left)) ** power > LARGEST:  # noqa: PLR2004
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


def _bounded(value: Any, text: str) -> Any:
    if abs(_size(value)) > LARGEST:
        raise FormulaError(f"{shorten(text)!r} goes beyond 10^60", ways_out=("smaller numbers",))
    return value


def _no_formula(text: str) -> FormulaError:
    return FormulaError(f"{shorten(text)!r} is no formula", ways_out=_EXAMPLES)
