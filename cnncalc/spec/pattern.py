"""Patterns: ``[[conv3-64 relu]*2 maxpool2]*3 fc-10 softmax``. A pattern hides nothing: it expands to its layers.

    pattern   items apart by spaces, commas or arrows (``->``, ``→``)
    item      ``short``, ``name=short`` or ``[pattern]``, each with ``*times`` if it repeats
    short     a layer's short form, or a block and its parameters: ``bottleneck(64, stride=2)``

In a block, times may be a parameter or a formula in brackets, and a short form may hold them too:
``conv1-width``, ``conv3-(4*width)/s(stride)``; ``i`` counts the innermost repetition from 0.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import NamedTuple

from cnncalc.errors import NotationError, TooLarge
from cnncalc.letter import Letter
from cnncalc.sizes import Size
from cnncalc.spec.formula import evaluate
from cnncalc.volume import shorten

MAX_LAYERS = 100_000
"""No network has more; a pattern that expands to more is refused before it does."""

DEEPEST = 32
"""Brackets in a pattern go no deeper."""

WIDTH = 76
"""A pattern that is no longer is shown in an error, with a mark under the slip."""

BRACKETS = r"\((?:[^()]|\([^()]*\))*\)"
_TIMES = rf"\w+|{BRACKETS}"
_TOKEN = re.compile(
    rf"(?P<space>(?:\s|,|->|→)+)|(?P<open>\[)|(?P<close>\](?:\s*\*\s*(?P<times>{_TIMES}))?)"
    rf"|(?:(?P<name>[A-Za-z_][\w.]*)=)?(?P<short>(?:{BRACKETS}|(?!->)[^\s,\[\]→=*()])+)(?:\*(?P<repeat>{_TIMES}))?",
)
_CALL = re.compile(rf"(?P<block>[A-Za-z_][A-Za-z0-9_-]*)(?P<arguments>{BRACKETS})?", re.ASCII)


class Piece(NamedTuple):
    """One layer or call of an expanded pattern.

    round     how often the innermost repetition has been before
    repeated  whether there is a repetition around it
    """

    short: str
    name: str | None
    offset: int
    round: int = 0
    repeated: bool = False


def expand(pattern: str, names: Mapping[str, Size] | None = None) -> list[Piece]:
    """Unroll a pattern into its layers and calls, in order.

    Raises NotationError for a bracket without a partner, TooLarge for over 100,000 layers.

    >>> [piece.short for piece in expand("[conv3-8 relu]*2 fc-10")]
    ['conv3-8', 'relu', 'conv3-8', 'relu', 'fc-10']
    """
    stack: list[list[Piece]] = [[]]
    opened: list[int] = []
    for token in _tokens(pattern):
        if token["open"]:
            if len(opened) >= DEEPEST:
                raise _slip(pattern, token.start(), f"brackets more than {DEEPEST} deep", "fewer brackets")
            opened.append(token.start())
            stack.append([])
        elif token["close"]:
            if not opened:
                raise _slip(pattern, token.start(), "] closes nothing", "remove it, or open a [ before it")
            opened.pop()
            body = stack.pop()
            stack[-1] += _repeat(body, token["times"], names or {}, pattern, token.start(), len(stack[-1]))
        elif token["short"]:
            piece = Piece(token["short"], token["name"], token.start("short"))
            stack[-1] += _repeat([piece], token["repeat"], names or {}, pattern, token.start(), len(stack[-1]))
    if opened:
        raise _slip(pattern, opened[-1], "[ is never closed", "close it: [conv3-64 relu]*2")
    return stack[0]


def _tokens(pattern: str) -> list[re.Match[str]]:
    tokens, position = [], 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            text = shorten(pattern[position:], 20)
            way_out = (
                'in a list, quote a call with commas: "basic(64, 2)"' if "(" in text else "[conv3-64 relu]*2 fc-10"
            )
            raise _slip(pattern, position, f"{text!r} is no part of a pattern", way_out)
        tokens.append(token)
        position = token.end()
    return tokens


def _repeat(  # noqa: PLR0913 - where it stands, and how much there is already
    body: list[Piece], times: str | None, names: Mapping[str, Size], pattern: str, offset: int, before: int
) -> list[Piece]:
    if times is None:
        return body
    count = _count(times, names, pattern, offset)
    if before + len(body) * count > MAX_LAYERS:
        error = TooLarge(f"repeats to more than {MAX_LAYERS:,} layers", ways_out=("repeat fewer times",))
        error.offset = offset
        raise error
    inner = [piece for piece in body if not piece.repeated]
    if not inner:
        return body * count
    return [
        piece if piece.repeated else piece._replace(round=index, repeated=count > 1)
        for index in range(count)
        for piece in body
    ]


def _count(times: str, names: Mapping[str, Size], pattern: str, offset: int) -> int:
    if re.fullmatch("[0-9]{1,9}", times, re.ASCII):
        count = int(times)
    elif times.startswith("(") or times in names:
        count = evaluate(times, names)
        if isinstance(count, Letter):
            raise _slip(pattern, offset, f"cannot repeat {times} times", "give it a number: --set")
    else:
        count = -1 if not times.isdigit() else MAX_LAYERS + 1
    if count < 0 or (count == 0 and not names):
        message = f"cannot repeat {shorten(times)!r} times"
        raise _slip(pattern, offset, message, "repeat 1 or more times: [conv3-64 relu]*2")
    return count


def _slip(pattern: str, offset: int, message: str, way_out: str) -> NotationError:
    pointed = f"{pattern}\n{' ' * offset}^" if len(pattern) <= WIDTH else ""
    error = NotationError(message, formula=pointed, ways_out=(way_out,))
    error.offset = offset
    return error


def pattern_names(pattern: str) -> list[str]:
    """Return the names that a pattern gives its layers."""
    return [match[1] for match in re.finditer(r"(?:^|[\s,\[\]→>])([A-Za-z_][\w.]*)=", pattern)]


def read_call(text: str, blocks: Container[str]) -> tuple[str, list[tuple[str | None, str]]] | None:
    """Read a block's call, ``bottleneck(64, stride=2)``, into its name and its arguments; None for anything else.

    >>> read_call("bottleneck(64, stride=2)", {"bottleneck"})
    ('bottleneck', [(None, '64'), ('stride', '2')])
    """
    match = _CALL.fullmatch(text)
    if match is None or match["block"] not in blocks:
        return None
    inner = (match["arguments"] or "()")[1:-1].strip()
    arguments = [part.partition("=") for part in inner.split(",")] if inner else []
    return match["block"], [(key.strip(), value) if sign else (None, key.strip()) for key, sign, value in arguments]
