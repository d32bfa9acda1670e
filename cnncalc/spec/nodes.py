"""The tree that a spec's text becomes: values, lists and dictionaries that know their line and column, from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Scalar:
    """One value.

    value  as the core schema reads it; for a key, its text
    text   as written, without its quotes
    raw    as it stands in the file, if it goes over several lines
    """

    value: str | int | float | bool | None
    text: str
    plain: bool
    line: int
    column: int
    raw: str = ""

    def spot(self, offset: int) -> tuple[int, int]:
        """Return the line and column of a character of the value, counted from 0.

        A text that is folded over several lines keeps its order, so the character that has as many visible
        ones before it in the file is the one.
        """
        if not self.raw:
            return self.line, self.column + (0 if self.plain else 1) + offset
        before = sum(not character.isspace() for character in self.text[:offset])
        spot = next((at for at, seen in _visible(self.raw) if seen == before), 0)
        above = self.raw[:spot].split("\n")
        return self.line + len(above) - 1, len(above[-1]) + (self.column if len(above) == 1 else 1)


def _visible(raw: str) -> Iterator[tuple[int, int]]:
    """Yield where each visible character stands, and how many stand before it."""
    seen = 0
    for at, character in enumerate(raw):
        if not character.isspace():
            yield at, seen
            seen += 1


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A dictionary; every key keeps its own place."""

    line: int
    column: int
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """Return plain dictionaries, lists and values. A tree is at most `MAX_DEPTH` deep, and so is this recursion."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.pairs.items()}


def find(node: Node, path: tuple[str | int, ...]) -> Node:
    """Return the deepest node that the path of keys and indexes reaches: the place to put an error."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.pairs:
            node = node.pairs[step][1]
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            break
    return node
