"""The tree that a spec's text becomes: values, lists and dictionaries that know their line and column, from 1."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass
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

    def spots(self, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return the line and column of characters of the value, counted from 0.

        A text that is folded over several lines keeps its order, so the character that has as many visible
        ones before it in the file is the one.
        """
        if not self.raw:
            start = self.column + (0 if self.plain else 1)
            return {offset: (self.line, start + offset) for offset in offsets}
        visible = [at for at, character in enumerate(self.raw) if not character.isspace()]
        breaks = [at for at, character in enumerate(self.raw) if character == "\n"]
        seen = [0, *accumulate(not character.isspace() for character in self.text)]
        return {offset: self._spot(visible[min(seen[offset], len(visible) - 1)], breaks) for offset in offsets}

    def _spot(self, at: int, breaks: list[int]) -> tuple[int, int]:
        row = bisect_left(breaks, at)
        return self.line + row, at - breaks[row - 1] if row else self.column + at


@dataclass
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass
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
