"""The numbers, names and signs of a printed formula: HWC is three letters, 2·W a product, ² a power."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cnncalc.errors import FormulaError
from cnncalc.powers import split_power
from cnncalc.sizes import ratio
from cnncalc.units import MOST_DIGITS
from cnncalc.volume import nearest, shorten

EXAMPLES: Final = ("49 C^2", "(W - F + 2P)/S + 1", "24*10^6*4")

_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGNS: Final = {"·": "*", "×": "*", "−": "-", "**": "^", "⌋": ")"}
_CLOSED_BY: Final = {"(": ")", "⌊": "⌋"}
_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE]\+?[0-9]{1,3}(?![A-Za-z0-9_.]))?)|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<floor>floor(?=\s*\()|⌊)|(?P<name>[A-Za-z_][A-Za-z0-9_.\-]*(?<![.\-]))|(?P<sign>\*\*|[-+*/^()·×−⌋])"
)
_TIMES: Final = re.compile(r"(?<=[0-9A-Z)⁰¹²³⁴⁵⁶⁷⁸⁹])[ ]*x[ ]*(?=[0-9A-Z(])")  # HxWxC, but not w0x + w1y
_LETTERS: Final = re.compile(r"[A-Za-z][0-9]?")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Token(NamedTuple):
    """A number, a name or a sign of a postfix expression."""

    kind: str
    value: Any


def tokens(text: str, names: Mapping[str, Any]) -> list[Token]:
    """Cut an expression into numbers, names and signs. Raises FormulaError."""
    text = _TIMES.sub("*", text)
    _require_pairs(text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise no_formula(text)
        kind, part = str(match.lastgroup), match[0]
        if kind == "name":
            part = _known(part, names)
            found.extend(_named_tokens(part, names, text))
        elif kind == "number":
            found.append(Token("number", _number(part, text)))
        elif kind == "power":
            found += [Token("sign", "^"), Token("number", int(part.translate(_SUPERSCRIPT)))]
        elif kind == "floor":
            found += [Token("sign", "floor"), *([Token("sign", "(")] if part == "⌊" else [])]
        elif kind == "sign":
            found.append(Token("sign", _SIGNS.get(part, part)))
        at += len(part) if kind == "name" else len(match[0])
    return found


def _require_pairs(text: str) -> None:
    """Raise FormulaError where a bracket is closed by another kind: (7/2⌋."""
    opened = []
    for sign in text:
        if sign in _CLOSED_BY:
            opened.append(_CLOSED_BY[sign])
        elif sign in _CLOSED_BY.values() and (not opened or opened.pop() != sign):
            raise no_formula(text)


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
        near = tuple(f"did you mean {name}?" for name in nearest(part, names)) or EXAMPLES
        raise FormulaError(f"{shorten(part)!r} in {shorten(text)!r} has no value", ways_out=near)
    return [Token("name", letter) for letter in letters]


def _number(part: str, text: str) -> Any:
    part, power = split_power(part)
    whole, _, decimals = part.partition(".")
    digits = whole.replace(",", "") + decimals
    if len(digits) > MOST_DIGITS:
        raise FormulaError(f"{shorten(text)!r}: a number has at most {MOST_DIGITS} digits")
    value = int(digits) * 10**power
    return ratio(value, 10 ** len(decimals)) if decimals else value


def no_formula(text: str) -> FormulaError:
    """Return the error for a text that is no formula."""
    return FormulaError(f"{shorten(text)!r} is no formula", ways_out=EXAMPLES)
