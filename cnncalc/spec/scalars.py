"""Plain scalars as the core schema of YAML 1.2 reads them, section 10.3.2: ``010`` is ten, ``no`` is text."""

from __future__ import annotations

import re
from math import isfinite

from cnncalc.errors import BadValue, TooLarge, Where

MAX_DIGITS = 30
MAX_FLOAT = 40  # characters

_WORDS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.title(), word.upper())
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_scalar(text: str, where: Where) -> str | int | float | bool | None:
    """Read a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return _int(text, where)
    if _FLOAT.fullmatch(text) or _NO_NUMBER.fullmatch(text):
        return _float(text, where)
    return text


def _int(text: str, where: Where) -> int:
    """Read an integer: decimal, 0o17 or 0x1F."""
    if len(text.lstrip("+-").removeprefix("0o").removeprefix("0x")) > MAX_DIGITS:
        message = f"a number of more than {MAX_DIGITS} digits"
        raise TooLarge(message, where=where, ways_out=("a number to 10^9", f"quotes, if it is text: {_cut(text)}"))
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _float(text: str, where: Where) -> float:
    """Read a decimal fraction, finite only."""
    if len(text) > MAX_FLOAT:
        message = f"a number of more than {MAX_FLOAT} characters"
        raise TooLarge(message, where=where, ways_out=("a shorter number: 0.1", f"quotes, if it is text: {_cut(text)}"))
    if _NO_NUMBER.fullmatch(text) or not isfinite(float(text)):
        message = f"{text} is no number that a spec can hold"
        raise BadValue(message, where=where, ways_out=("a number: 0.1", f'quotes, if it is text: "{text}"'))
    return float(text)


def _cut(text: str) -> str:
    return f'"{text[:8]}…"'
