"""The text of a list of numbers: 0..8, [[0,1],[2,3]] or rows with a ; between them, read exactly.

    values = run | rows
    run    = integer '..' integer                         0..8
    rows   = row (';' row)*                               1 1 2 4; 5 6 7 8
    row    = item ([','] item)*
    item   = number | '[' row ']'                         [[0, 1], [2, 3]]
    number = [sign] (digits ['.' [digits]] | '.' digits) ['/' digits]    −1, 0.04, .5, 1/9

Nothing is evaluated, and what is too long is refused before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.errors import UsageError
from cnncalc.volume import MAX_AXES, shorten

Number: TypeAlias = int | Fraction
"""A whole number, or an exact quotient where it is none."""

MOST = 4096
"""Values of one list: more than anyone follows sum by sum."""
DIGITS = 20
"""Digits of one number, before the point and behind it."""
_LONGEST = 64 * MOST
_FEW = f"[0-9]{{1,{DIGITS}}}"
_NUMBER = rf"[+−-]?(?:{_FEW}(?:\.(?:{_FEW})?)?|\.{_FEW})(?:/{_FEW})?(?![\w./])"
_TOKEN = re.compile(rf"\s*([\[\],;]|{_NUMBER})", re.ASCII)
_RUN = re.compile(rf"\s*([+−-]?{_FEW})\s*\.\.\s*([+−-]?{_FEW})\s*", re.ASCII)
EXAMPLES = ("0..8", "[[0,1],[2,3]]", "'1 1 2 4; 5 6 7 8'", ".01 .5 1/9")


def parse_run(text: str) -> tuple[int, int] | None:
    """Return the ends of a run such as 0..8, or None for any other text."""
    run = _RUN.fullmatch(text) if len(text) <= _LONGEST else None
    return (_integer(run[1]), _integer(run[2])) if run else None


def _integer(text: str) -> int:
    return int(text.replace("−", "-"))


def parse_numbers(text: str, what: str) -> list[Any]:
    """Return nested lists of Numbers. Raises UsageError with the place of the slip."""
    if len(text) > _LONGEST:
        message = f"the {what} is a text of {len(text):,} characters; {_LONGEST:,} is the most that is read"
        raise UsageError(message, ways_out=(f"at most {MOST:,} numbers",))
    rows: list[Any] = [[]]
    stack: list[list[Any]] = [rows[0]]
    before = ";"
    for part, at in _tokens(_without_frame(text), what):
        if _clash(before, part, len(stack)):
            raise _slip(text, at, what, _clash(before, part, len(stack)))
        if part == "[":
            stack[-1].append([])
            stack.append(stack[-1][-1])
        elif part == "]":
            stack.pop()
        elif part == ";":
            rows.append([])
            stack = [rows[-1]]
        elif part != ",":
            stack[-1].append(_number(part, text, at, what))
        before = part
    if len(stack) > 1 or before == ",":
        raise _slip(text, len(text), what, "a bracket is still open" if len(stack) > 1 else "nothing follows the comma")
    if len(rows) > 1:
        return rows if rows[-1] else rows[:-1]
    return rows[0][0] if len(rows[0]) == 1 and isinstance(rows[0][0], list) else rows[0]


def _clash(before: str, part: str, depth: int) -> str:
    """Say why a part cannot stand behind the one before, so deep inside brackets; nothing if it can."""
    if part in ",;]" and before in ",[":
        return f"no number stands before this {part}" if part != "]" or before == "," else "these brackets are empty"
    if part in ",;" and before == ";":
        return f"no number stands before this {part}"
    if part == "]" and depth == 1:
        return "this ] closes nothing"
    if part == ";" and depth > 1:
        return "a ; stands inside brackets of their own"
    return f"more than {MAX_AXES} brackets inside each other" if part == "[" and depth > MAX_AXES else ""


def _without_frame(text: str) -> str:
    """Return ``[1 2; 3 4]`` without its brackets, every character in its place."""
    inner = text.strip()
    if ";" in inner and inner[0] == "[" and inner[-1] == "]" and inner.count("[") == 1:
        return text.replace("[", " ").replace("]", " ")
    return text


def _tokens(text: str, what: str) -> Iterator[tuple[str, int]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        if at and text[at] in "+-−" and text[at - 1] not in " \t\r\n[],;":
            raise _slip(text, at, what, "sums are not worked out: a blank before a sign, or the sum's value")
        found = _TOKEN.match(text, at)
        if not found:
            at += len(text[at:]) - len(text[at:].lstrip())
            word = re.split(r"[\s\[\],;]", text[at:], maxsplit=1)[0]
            raise _slip(text, at, what, f"{shorten(word, 20)!r} is no number of up to {DIGITS} digits")
        yield found[1], found.start(1)
        at = found.end()


def _slip(text: str, at: int, what: str, says: str) -> UsageError:
    """Point at the very character."""
    first = max(0, at - 30)
    line = text[first : at + 30].replace("\n", " ").replace("\t", " ")
    message = f"the {what}, character {at + 1}: {says}"
    return UsageError(message, formula=f"{line}\n{' ' * (at - first)}^", ways_out=EXAMPLES)


def _number(token: str, text: str, at: int, what: str) -> Number:
    over, _, under = token.replace("−", "-").partition("/")
    if under and int(under) == 0:
        raise _slip(text, at, what, f"{token} divides by 0")
    return whole(Fraction(over) / int(under or 1))


def whole(number: Fraction) -> Number:
    """Return a whole number as an int."""
    return number.numerator if number.denominator == 1 else number
