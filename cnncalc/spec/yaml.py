"""Text to a tree of nodes that know their line and column.

Specs come from strangers, so only PyYAML's *events* are used: nothing is composed, constructed or evaluated, the tree
grows on a stack of our own, and every reading stops at a bound. The language is YAML without sharing: no anchors,
aliases, merge keys, tags or directives; one document; no key twice. Plain scalars follow the core schema of YAML 1.2,
section 10.3.2: ``010`` is ten, ``no`` and ``1:30`` are text. What PyYAML says about a slip is said again in words that
a student knows, at the place where the slip was made.

>>> find(read_yaml("layers: [conv3-64, pool2]"), ("layers", 1))
Scalar(value='pool2', text='pool2', plain=True, line=1, column=20)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import yaml

from cnncalc.errors import BadValue, TooLarge, Unreadable, Where, YamlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES = 262_144
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_DIGITS = 30
MAX_FLOAT = 40  # characters
_Theirs: TypeAlias = Any  # PyYAML's events and marks: its two parsers share no useful types
LOADER: _Theirs = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some builds of PyYAML lack the C parser


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


def read_yaml(text: str | bytes, *, file: str | None = None) -> Node:
    """Read one document; every error says where. Raises YamlError, BadValue, TooLarge, Unreadable."""
    text = _decode(text, file).removeprefix("\ufeff")
    if bad := _FORBIDDEN.search(text):
        message = f"an invisible character, U+{ord(bad[0]):04X}, that a spec cannot hold"
        raise YamlError(message, where=_spot(text[: bad.start()], file), ways_out=("delete it",))
    tree = _Tree(text, file)
    for event in _events(tree):
        tree.take(event)
    if tree.root is None or (isinstance(tree.root, Scalar) and tree.root.plain and not tree.root.text):
        raise YamlError("the text is empty: there is nothing in it to read", where=Where(file, 1, 1))
    return tree.root


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


# -- from bytes to characters --

# What YAML does not call printable, a byte order mark inside the text, and the line breaks that YAML 1.2 dropped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


_SHOWN = 40  # characters of a stranger's text in a message


def _decode(text: str | bytes, file: str | None) -> str:
    """Return the text, once it is known to be short enough and UTF-8."""
    size = len(text)  # before anything is copied
    if isinstance(text, str) and size <= MAX_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise Unreadable(f"the text is larger than {MAX_BYTES:,} bytes", where=Where(file, 1, 1))
    try:
        return text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError as error:
        where = _spot(error.object[: error.start].decode("utf-8"), file)
        message = f"the byte 0x{error.object[error.start]:02X} is not UTF-8"
        raise Unreadable(message, where=where, ways_out=("save the file as UTF-8",)) from None


def _spot(before: str, file: str | None) -> Where:
    """Return the place right after some text."""
    lines = re.split("\r\n|\r|\n", before)
    return Where(file, len(lines), len(lines[-1]) + 1)


def _short(text: str) -> str:
    """Return a stranger's text fit for a message: one short line."""
    text = " ".join(text[: 2 * _SHOWN].split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# -- from text to values: YAML 1.2, section 10.3.2 --

_WORDS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.title(), word.upper())
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _value(text: str, where: Where) -> str | int | float | bool | None:
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
        raise TooLarge(f"a number of more than {MAX_DIGITS} digits", where=where)
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _float(text: str, where: Where) -> float:
    """Read a decimal fraction, finite only."""
    if len(text) > MAX_FLOAT:
        raise TooLarge(f"a number of more than {MAX_FLOAT} characters", where=where)
    if _NO_NUMBER.fullmatch(text) or not isfinite(float(text)):
        raise BadValue(f"{text} is no number that a spec can hold", where=where)
    return float(text)


# -- from events to a tree --

_NO_ALIAS = "specs have no anchors or aliases (`&` and `*`)"
_NO_TAG = "specs have no tags (`!`)"
_NO_DIRECTIVE = "specs have no directives (lines that start with `%`)"
_ONE_DOCUMENT = "a second document starts here, and a spec is one document"
_GLUED = "a space is missing after the colon"
_NO_KEY = "there is no key before the colon"
_QUOTE = 'quote it: "…"'
_GLUED_VALUE = re.compile(r"[\w.-]+:[\[{]")


@dataclass(slots=True)
class _Open:
    """A list or dictionary that is still open, and the key that waits for its value."""

    node: Sequence | Mapping
    key: Scalar | None = None

    @property
    def wants_key(self) -> bool:
        """Whether the next node is a key."""
        return isinstance(self.node, Mapping) and self.key is None


class _Tree:
    """A tree that grows event by event."""

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.file = file
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
            raise YamlError(_ONE_DOCUMENT, where=where)
        if self.text.startswith("%", event.start_mark.index):
            raise YamlError(_NO_DIRECTIVE, where=where, ways_out=("delete the line",))

    def admit(self, event: _Theirs, where: Where) -> None:
        """Refuse whatever makes nodes shared, typed or too many."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES:,} values", where=where)
        if event.anchor is not None:
            raise YamlError(_NO_ALIAS, where=where, ways_out=("write it out", _QUOTE))
        if event.tag is not None:
            raise YamlError(_NO_TAG, where=where, ways_out=("leave it out", _QUOTE))

    def scalar(self, event: _Theirs, where: Where) -> Scalar:
        """Read a scalar; keys are text whatever they look like."""
        text, is_plain = event.value, event.implicit[0]
        if bad := _FORBIDDEN.search(text):
            raise YamlError(f"an escape writes U+{ord(bad[0]):04X}, which a spec cannot hold", where=where)
        if is_plain and (glued := _GLUED_VALUE.match(text)):
            raise YamlError(_GLUED, where=where, ways_out=(f"{_short(glued[0][:-1])} {glued[0][-1]}…",))
        is_text = not is_plain or (self.stack and self.stack[-1].wants_key)
        value = text if is_text else _value(text, where)
        return Scalar(value, text, is_plain, where.line or 1, where.column or 1)

    def open(self, event: _Theirs, where: Where) -> None:
        """Open a list or dictionary."""
        if self.stack and self.stack[-1].wants_key:
            raise YamlError("a key must be one word or text, not a list or a dictionary", where=where)
        if len(self.stack) >= MAX_DEPTH:
            raise TooLarge(f"lists and dictionaries nested more than {MAX_DEPTH} deep", where=where)
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
            raise YamlError(f"the key `{_short(key.text)}` is already in line {first}", where=where)
        if key.plain and key.text == "<<":
            raise YamlError("specs have no merge keys (`<<`)", where=where, ways_out=("write it out",))
        if key.plain and not key.text:
            raise YamlError(_NO_KEY, where=where)
        return key

    def pair(self, into: Mapping, key: Scalar, value: Node) -> None:
        """Add a pair, unless it is ``{stride:2}``: to YAML a key ``stride:2`` without a value."""
        if key.plain and ":" in key.text and isinstance(value, Scalar) and value.plain and not value.text:
            ways_out = (_short(key.text.replace(":", ": ", 1)),)
            raise YamlError(_GLUED, where=Where(self.file, key.line, key.column), ways_out=ways_out)
        into.pairs[key.text] = (key, value)


def _events(tree: _Tree) -> Iterator[_Theirs]:
    """Yield PyYAML's events, and translate what it raises."""
    try:
        yield from yaml.parse(tree.text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _translate(_Slip(error, tree)) from None
    except (yaml.YAMLError, ValueError, OverflowError):  # the pure parser on "\UFFFFFFFF"
        raise YamlError("a character or number here is beyond what YAML can write", where=tree.reached) from None


# -- from PyYAML's messages to a student's --

_STARTED = re.compile("alias|anchor|tag|directive|simple key|scanning a quoted")  # blame where it began
_PREFIX = re.compile(r" *(?:- +)*(?:[\w.-]+: +)?")  # what stands before a value
_NO_SPACE = re.compile(r" *(?:- +)*[\w.-]+:[^\s:]")
_QUOTABLE = 60
_LONGEST_KEY = 1_024


class _Slip:
    """What PyYAML says, and the line that it says it about. Its two parsers use different words."""

    def __init__(self, error: yaml.MarkedYAMLError, tree: _Tree) -> None:
        self.tree = tree
        self.said = f"{error.context}: {error.problem}"
        self.began: _Theirs = error.context_mark
        self.mark: _Theirs = error.problem_mark
        if self.began and _STARTED.search(error.context or ""):
            self.mark = self.began
        self.lines = [*tree.text.splitlines(), ""]
        self.row = min(self.mark.line, len(self.lines) - 1)
        self.line = self.lines[self.row]
        self.before = self.line[: self.mark.column]
        self.rest = tree.text[self.mark.index :].strip()

    def error(self, message: str, *ways_out: str, mark: _Theirs = None, row: int | None = None) -> YamlError:
        """Return the error, at the mark or at the first word of a row."""
        where = self.tree.place(mark or self.mark)
        if row is not None:
            where = Where(self.tree.file, row + 1, len(self.lines[row]) - len(self.lines[row].lstrip()) + 1)
        return YamlError(message, where=where, ways_out=ways_out)


def _translate(slip: _Slip) -> YamlError:
    """Return what the first reading that knows the slip says, or PyYAML's own words."""
    for reading in _READINGS:
        if found := reading(slip):
            return found
    for pattern, message, ways_out in _SAYINGS:
        if pattern.search(slip.said):
            return slip.error(message, *ways_out)
    return slip.error("not YAML: " + _short(slip.said.split(": ", 1)[1]))


def _tab(slip: _Slip) -> YamlError | None:
    """Find indentation by tabs; editors hide it."""
    indent = re.match("[ -]*\t", slip.line)
    if not indent and "tab character" not in slip.said and not slip.line.startswith("\t", slip.mark.column):
        return None
    column = indent.end() if indent else slip.mark.column + 1
    where = Where(slip.tree.file, slip.row + 1, column)
    return YamlError("a tab; YAML indents with spaces", where=where, ways_out=("two spaces",))


def _goes_on(slip: _Slip) -> YamlError | None:
    """Find text after a closing bracket or quote: ``[conv3-64 relu]*2``."""
    inside = "expected ',' or" in slip.said and not slip.rest.startswith("*")
    if inside or not re.search("block (collection|mapping)|document start|an alias|',' or", slip.said):
        return None
    closed = slip.before.rstrip()
    if not closed.endswith(("]", "}", '"', "'")):
        return None
    name = "quote" if closed[-1] in "\"'" else f"`{closed[-1]}`"
    return slip.error(f"text goes on after the closing {name}", _quote_value(slip.line, slip.said))


def _quote_value(line: str, said: str) -> str:
    """Return the value of this line in quotes, where a line holds it whole."""
    prefix = _PREFIX.match(line)
    value = line[prefix.end() if prefix else 0 :].split(" #", 1)[0].rstrip()
    if len(value) > _QUOTABLE or "',' or" in said or value[:1] not in {"[", "{", '"', "'"}:
        return _QUOTE
    return "quote it: " + _quoted(value)


def _quoted(value: str) -> str:
    """Return a value in the quotes that it needs."""
    return "'" + value.replace("'", "''") + "'" if '"' in value or "\\" in value else f'"{value}"'


def _bracket(slip: _Slip) -> YamlError | None:
    """Find brackets that stay open or meet the wrong partner, and commas that are missing between entries."""
    if not re.search("',' or|node content", slip.said):
        return None
    first = slip.rest[:1]
    if slip.tree.stack and (not first or slip.rest.startswith(("---", "..."))):
        return _unclosed(slip)
    if "node content" in slip.said:
        return slip.error(f"`{first}` comes where a value should stand", _QUOTE)
    if first in "]}":
        return slip.error(f"`{first}` cannot close the `{'[{'[first == ']']}` of line {slip.began.line + 1}")
    return _comma(slip)


def _comma(slip: _Slip) -> YamlError:
    """Return the error of two entries side by side, at the second: before its key, if it has one."""
    since = f", or the bracket of line {slip.began.line + 1} is not closed" if slip.began.line < slip.row else ""
    error = slip.error(f"a comma is missing before this{since}", "a comma between the entries")
    word = re.split(r"[\s,]", slip.before)[-1] if slip.rest.startswith(":") else ""
    error.where = Where(slip.tree.file, slip.row + 1, slip.mark.column + 1 - len(word))
    return error


def _unclosed(slip: _Slip) -> YamlError:
    """Return the error of a bracket that nothing closes, at the bracket; only our own stack knows it for sure."""
    error = slip.error("this bracket is never closed", "close it with `]` or `}`")
    opened = slip.tree.stack[-1].node
    error.where = Where(slip.tree.file, opened.line, opened.column)
    return error


def _colon(slip: _Slip) -> YamlError | None:
    """Tell a colon too many from a space or a colon too few, and from a line too far to the right."""
    if "mapping values are not allowed" not in slip.said:
        return None
    if stray := re.search(r": +", slip.before):
        value = slip.line[stray.end() :].rstrip()
        way_out = f"quote it: {_quoted(value)}" if len(value) <= _QUOTABLE else _QUOTE
        return slip.error("a second colon in one line; a value that holds `: ` needs quotes", way_out)
    if slip.mark.column >= _LONGEST_KEY:
        return slip.error(f"a key of more than {_LONGEST_KEY:,} characters")
    above = max((row for row in range(slip.row) if slip.lines[row].strip()), default=slip.row)
    if ":" not in slip.lines[above] or _NO_SPACE.match(slip.lines[above]):
        return _no_colon(slip, above)
    return slip.error("this line is indented deeper than the line above, which has its value already", row=slip.row)


def _no_colon(slip: _Slip, row: int) -> YamlError:
    """Return the error of a line that should be ``key: value``."""
    glued = _NO_SPACE.match(slip.lines[row])
    if glued:
        fixed = glued[0][:-1] + " " + slip.lines[row][glued.end() - 1 :]
        return slip.error(_GLUED, _short(fixed), row=row)
    return slip.error("a colon and a value are missing in this line", "key: value", row=row)


def _unfinished_key(slip: _Slip) -> YamlError | None:
    """Find a line without a colon among lines that have one, or without a key before it."""
    if "could not find expected ':'" in slip.said:
        return _no_colon(slip, slip.row)
    keyless = slip.rest.startswith(":") and re.search("block mapping|node content", slip.said)
    return slip.error(_NO_KEY) if keyless else None


_READINGS: tuple[Callable[[_Slip], YamlError | None], ...] = (_tab, _goes_on, _unfinished_key, _bracket, _colon)

_SAYINGS = tuple(
    (re.compile(pattern), message, ways_out)
    for pattern, message, ways_out in (
        ("quoted scalar: found unexpected (end|document)", "this quote is never closed", ("close the quote",)),
        ("unexpected ':'", _GLUED, ("key: value",)),
        ("cannot start any token", "a value cannot start with this character", (_QUOTE,)),
        ("sequence entries", "a list with `-` starts on a line of its own", ("a new line before `-`", "[a, b]")),
        ("mapping keys", "`?` cannot stand here", (_QUOTE,)),
        ("an alias|an anchor", _NO_ALIAS, (_QUOTE,)),
        ("tag", _NO_TAG, (_QUOTE,)),
        ("directive", _NO_DIRECTIVE, ("delete the line",)),
        ("escape|hex", "an unknown escape after `\\` in double quotes", ("single quotes", "`\\\\` for one `\\`")),
        ("block scalar", "a text block starts with `|` or `>` and a new line", (_QUOTE,)),
        (
            "block (collection|mapping)|document start",
            "this line does not fit the lines above: its indentation is off, or keys and `-` are mixed",
            ("start it in the same column as its neighbours",),
        ),
    )
)
