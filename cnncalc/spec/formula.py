"""Small integer formulas inside specs: ``4*width``, ``growth*(i+1)``. Read, never evaluated as code.

    formula   names, whole numbers, + − * // %, brackets

Python's own parser reads the text; a walk over the tree knows these and nothing else. Length, depth and
the size of every intermediate value are bounded, so no formula is a bomb.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Final

from cnncalc.errors import FormulaError
from cnncalc.letter import Letter, read_letter
from cnncalc.sizes import LARGEST, Size
from cnncalc.volume import nearest, shorten

LONGEST: Final = 200
DEEPEST: Final = 100

OPERATORS: Final[dict[type[ast.operator], Callable[[Size, Size], Size]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


class Parameters(dict[str, Size]):
    """The names of a spec that has parameters or blocks. A small letter beside them is a slip, a capital stays open.

    Elsewhere, as in a one-line network, any letter stays open.
    """


class Chosen(dict[str, Size]):
    """Numbers that whoever loads a one-line network puts for its letters; `heard` are those that were asked for."""

    def __init__(self, names: Mapping[str, Size], heard: set[str] | None = None) -> None:
        super().__init__(names)
        self.heard = set() if heard is None else heard

    def __getitem__(self, name: str) -> Size:
        """Return a number, and remember that it was asked for."""
        self.heard.add(name)
        return super().__getitem__(name)


def together(names: Mapping[str, Size], more: Mapping[str, Size]) -> dict[str, Size]:
    """Put names together; `more` has the last word. With parameters among them they are parameters."""
    if isinstance(names, Chosen):
        return Chosen({**names, **more}, names.heard)
    if isinstance(names, Parameters) or isinstance(more, Parameters):
        return Parameters({**names, **more})
    return {**names, **more}


_CHARACTERS = re.compile(r"(?:[\s+\-*/%()]|[A-Za-z_]\w*+|[0-9]++(?!\w))++", re.ASCII)  # possessive: never tried again
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def is_formula(text: str, names: Mapping[str, Size]) -> bool:
    """Whether a text in a field is meant as a formula: a known name, a letter, or some joined by operators.

    ``same`` and ``3x5`` are not.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return False
    if _NAME.fullmatch(text):
        return text in names or read_letter(text) is not None
    return bool(_CHARACTERS.fullmatch(text) and re.search(r"[\w)]\s*(\*|\+|-|//|%)\s*[\w(]|^\(", text))


def evaluate(text: str, names: Mapping[str, Size]) -> Size:
    """Return the value of a formula, its names looked up.

    A single letter without a value stays a letter, beside `Parameters` a capital only.
    Raises FormulaError for anything but a small formula.

    >>> evaluate("growth*(i+1)", {"growth": 32, "i": 2})
    96
    """
    if len(text) > LONGEST:
        message = f"a formula has at most {LONGEST} characters: {shorten(text)}"
        raise FormulaError(message, ways_out=("work a part of it out", "a parameter for a part of it"))
    if not _CHARACTERS.fullmatch(text):
        raise _no_formula(text)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _no_formula(text) from None
    return _value(tree, names, text, 0)


def _value(tree: ast.expr, names: Mapping[str, Size], text: str, depth: int) -> Size:
    if depth > DEEPEST:
        raise FormulaError(f"brackets more than {DEEPEST} deep: {shorten(text)}", ways_out=("fewer brackets",))
    value: Size
    if isinstance(tree, ast.Constant) and type(tree.value) is int:
        value = tree.value
    elif isinstance(tree, ast.Name):
        value = _named(tree.id, names, text)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        value = -_value(tree.operand, names, text, depth + 1)
    elif isinstance(tree, ast.BinOp) and type(tree.op) in OPERATORS:
        left, right = (_value(side, names, text, depth + 1) for side in (tree.left, tree.right))
        value = _applied(tree.op, left, right, text)
    else:
        raise _no_formula(text)
    if isinstance(value, int) and abs(value) > LARGEST:
        raise FormulaError(f"{shorten(text)!r} goes beyond 10^9", ways_out=("use smaller numbers",))
    if isinstance(value, Letter) and value.size > LONGEST:
        raise FormulaError(f"{shorten(text)!r} has too many letters", ways_out=("give some of them numbers: --set",))
    return value


def _applied(sign: ast.operator, left: Size, right: Size, text: str) -> Size:
    if type(right) is int and right == 0 and isinstance(sign, (ast.FloorDiv, ast.Mod)):
        raise FormulaError(f"{shorten(text)!r} divides by 0", ways_out=("divide by 1 or more",))
    return OPERATORS[type(sign)](left, right)


def _named(name: str, names: Mapping[str, Size], text: str) -> Size:
    if name in names:
        return names[name]
    letter = read_letter(name)
    if letter and not (name[0].islower() and isinstance(names, Parameters)):
        return letter
    known = ", ".join(sorted(names)) or "no name has one here"
    ways_out = tuple(f"did you mean {near}?" for near in nearest(name, names)) or (f"known: {known}",)
    if letter:
        ways_out += (f"a letter that stays open is a capital: {name.upper()}",)
    raise FormulaError(f"{shorten(name)!r} in {shorten(text)!r} has no value", ways_out=ways_out)


def _no_formula(text: str) -> FormulaError:
    message = f"{shorten(text)!r} is no formula"
    return FormulaError(message, ways_out=("names, whole numbers, + - * // % and brackets: 4*width",))
