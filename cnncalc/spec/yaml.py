"""Text to a tree of nodes that know their line and column.

Specs come from strangers, so only PyYAML's *events* are used: nothing is composed, constructed or evaluated, the tree
grows on a stack of our own, and every reading stops at a bound. The language is YAML without sharing: no anchors,
aliases, merge keys, tags or directives; one document; no key twice. Plain scalars follow the core schema of YAML 1.2,
section 10.3.2: ``010`` is ten, ``no`` and ``1:30`` are text. What PyYAML says about a slip is said again in words that
a student knows, at the place where the slip was made.

>>> from cnncalc.spec.nodes import find
>>> find(read_yaml("layers: [conv3-64, pool2]"), ("layers", 1))
Scalar(value='pool2', text='pool2', plain=True, line=1, column=20, raw='')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import yaml

from cnncalc.errors import TooLarge, Where, YamlError
from cnncalc.spec.characters import SHORTER, decode, forbidden, spot
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.spec.scalars import read_scalar
from cnncalc.spec.slips import GLUED, NO_ALIAS, NO_DIRECTIVE, NO_KEY, NO_TAG, ONE_DOCUMENT, QUOTE, cut_short, translate

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 32
MAX_NODES = 20_000
_Theirs: TypeAlias = Any  # PyYAML's events and marks: its two parsers share no useful types
ReadScalar: TypeAlias = Callable[[str, Where], str | int | float | bool | None]
LOADER: _Theirs = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some builds of PyYAML lack the C parser


def read_yaml(text: str | bytes, *, file: str | None = None, scalar: ReadScalar = read_scalar) -> Node:
    """Read one document; every error says where. Raises YamlError, BadValue, TooLarge, Unreadable.

    scalar  reads what stands without quotes
    """
    text = decode(text, file).removeprefix("\ufeff")
    if bad := forbidden(text):
        message = f"an invisible character, U+{ord(bad[0]):04X}, that a spec cannot hold"
        raise YamlError(message, where=spot(text[: bad.start()], file), ways_out=("delete it",))
    tree = Tree(text, file, scalar)
    for event in _events(tree):
        tree.take(event)
    if tree.root is None or (isinstance(tree.root, Scalar) and tree.root.plain and not tree.root.text):
        message = "the text is empty: there is nothing in it to read"
        raise YamlError(message, where=Where(file, 1, 1), ways_out=("{name: mine, input: 32x32x3, layers: conv3-64}",))
    return tree.root


# -- from events to a tree --

_GLUED_VALUE = re.compile(r"[\w.-]+:[\[{]")


class _Open:
    """A list or dictionary that is still open, and the key that waits for its value."""

    __slots__ = ("key", "node")

    def __init__(self, node: Sequence | Mapping) -> None:
        self.node = node
        self.key: Scalar | None = None

    @property
    def wants_key(self) -> bool:
        """Whether the next node is a key."""
        return isinstance(self.node, Mapping) and self.key is None


class Tree:
    """A tree that grows event by event."""

    def __init__(self, text: str, file: str | None, read: ReadScalar = read_scalar) -> None:
        self.text = text
        self.file = file
        self.read = read
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.reached = Where(file, 1, 1)

    def take(self, event: _Theirs) -> None:
        """Take one event."""
        where = self.reached = self.place(event.start_mark)
        if isinstance(event, yaml.NodeEvent):
            self.admit(event, where)
        if isinstance(event, yaml.ScalarEvent):
            self.put(self.scalar(event, where))
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open(event, where)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.put(self.stack.pop().node)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.start(event, where)

    def place(self, mark: _Theirs) -> Where:
        """Return a mark, which counts from 0, as a place, which counts from 1."""
        return Where(self.file, mark.line + 1, mark.column + 1)

    def start(self, event: _Theirs, where: Where) -> None:
        """Start the one document."""
        self.documents += 1
        if self.documents > 1:
            raise YamlError(ONE_DOCUMENT, where=where, ways_out=("delete everything from here on", QUOTE))
        if self.text.startswith("%", event.start_mark.index):
            raise YamlError(NO_DIRECTIVE, where=where, ways_out=("delete the line",))

    def admit(self, event: _Theirs, where: Where) -> None:
        """Refuse whatever makes nodes shared, typed or too many."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES:,} values", where=where, ways_out=(SHORTER,))
        if event.anchor is not None:
            raise YamlError(NO_ALIAS, where=where, ways_out=("write it out", QUOTE))
        if event.tag is not None:
            raise YamlError(NO_TAG, where=where, ways_out=("leave it out", QUOTE))

    def scalar(self, event: _Theirs, where: Where) -> Scalar:
        """Read a scalar; keys are text whatever they look like."""
        text, is_plain = event.value, event.implicit[0]
        if bad := forbidden(text):
            message = f"an escape writes U+{ord(bad[0]):04X}, which a spec cannot hold"
            raise YamlError(message, where=where, ways_out=("delete the escape", "single quotes, where `\\` is itself"))
        if is_plain and (glued := _GLUED_VALUE.match(text)):
            raise YamlError(GLUED, where=where, ways_out=(f"{cut_short(glued[0][:-1])} {glued[0][-1]}…",))
        is_text = not is_plain or (self.stack and self.stack[-1].wants_key)
        value = text if is_text else self.read(text, where)
        start, end = event.start_mark, event.end_mark
        raw = self.text[start.index : end.index] if end.line > start.line else ""
        if raw[:1] in {"|", ">"}:
            raw = raw[:1].replace(raw[0], " ") + " " * (raw.find("\n") - 1) + raw[raw.find("\n") :]
        elif raw and not is_plain:
            raw = " " + raw[1:]
        return Scalar(value, text, is_plain, where.line or 1, where.column or 1, raw)

    def open(self, event: _Theirs, where: Where) -> None:
        """Open a list or dictionary."""
        if self.stack and self.stack[-1].wants_key:
            message = "a key must be one word or text, not a list or a dictionary"
            raise YamlError(message, where=where, ways_out=(QUOTE, "key: value"))
        if len(self.stack) >= MAX_DEPTH:
            message = f"lists and dictionaries nested more than {MAX_DEPTH} deep"
            raise TooLarge(message, where=where, ways_out=(SHORTER,))
        kind = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
        self.stack.append(_Open(kind(where.line or 1, where.column or 1)))

    def put(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.key is not None:
            self.pair(top.node, top.key, node)
            top.key = None
        else:
            top.key = self.key(top.node, cast("Scalar", node))  # `open` lets no other key in

    def key(self, into: Mapping, key: Scalar) -> Scalar:
        """Return a key that may stand in this dictionary."""
        where = Where(self.file, key.line, key.column)
        if key.text in into.pairs:
            first = into.pairs[key.text][0].line
            message = f"the key `{cut_short(key.text)}` is already in line {first}"
            raise YamlError(message, where=where, ways_out=("delete one of the two", "another key"))
        if key.plain and key.text == "<<":
            raise YamlError("specs have no merge keys (`<<`)", where=where, ways_out=("write it out",))
        if key.plain and not key.text:
            raise YamlError(NO_KEY, where=where, ways_out=("key: value", QUOTE))
        return key

    def pair(self, into: Mapping, key: Scalar, value: Node) -> None:
        """Add a pair, unless it is ``{stride:2}``: to YAML a key ``stride:2`` without a value."""
        if key.plain and ":" in key.text and isinstance(value, Scalar) and value.plain and not value.text:
            ways_out = (cut_short(key.text.replace(":", ": ", 1)),)
            raise YamlError(GLUED, where=Where(self.file, key.line, key.column), ways_out=ways_out)
        into.pairs[key.text] = (key, value)


def _events(tree: Tree) -> Iterator[_Theirs]:
    """Yield PyYAML's events, and translate what it raises."""
    try:
        yield from yaml.parse(tree.text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise translate(error, tree) from None
    except (yaml.YAMLError, ValueError, OverflowError):  # the pure parser on "\UFFFFFFFF"
        message = "a character or number here is beyond what YAML can write"
        raise YamlError(message, where=tree.reached, ways_out=("delete it", "single quotes")) from None
