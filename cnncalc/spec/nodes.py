"""The tree that a spec's text becomes: values, lists and dictionaries that know their line and column, from 1."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Scalar:
    """One value: `text` as written, without its quotes; `value` as the core schema reads it, for a key its text."""

    value: str | int | float | bool | None
    text: str
    plain: bool
    line: int
    column: int


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
