"""What PyYAML says about a slip, said again in words that a student knows, at the place where the slip was made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnncalc.errors import Where, YamlError

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

    from cnncalc.spec.yaml import Tree

NO_ALIAS = "specs have no anchors or aliases (`&` and `*`)"
NO_TAG = "specs have no tags (`!`)"
NO_DIRECTIVE = "specs have no directives (lines that start with `%`)"
ONE_DOCUMENT = "a second document starts here, and a spec is one document"
GLUED = "a space is missing after the colon"
NO_KEY = "there is no key before the colon"
QUOTE = 'quote it: "…"'
_SHOWN = 40  # characters of a stranger's text in a message
# Patterns that are compiled once something is wrong.
_STARTED = "alias|anchor|tag|directive|simple key|scanning a quoted"  # blame where it began
_PREFIX = r" *(?:- +)*(?:[\w.-]+: +)?"  # what stands before a value
_NO_SPACE = r" *(?:- +)*[\w.-]+:[^\s:]"
_QUOTABLE = 60
_LONGEST_KEY = 1_024


class _Slip:
    """What PyYAML says, and the line that it says it about. Its two parsers use different words."""

    def __init__(self, error: yaml.MarkedYAMLError, tree: Tree) -> None:
        self.tree = tree
        self.said = f"{error.context}: {error.problem}"
        self.began: Any = error.context_mark
        self.mark: Any = error.problem_mark
        if self.began and re.search(_STARTED, error.context or ""):
            self.mark = self.began
        self.lines = [*tree.text.splitlines(), ""]
        self.row = min(self.mark.line, len(self.lines) - 1)
        self.line = self.lines[self.row]
        self.before = self.line[: self.mark.column]
        self.rest = tree.text[self.mark.index :].strip()

    def error(self, message: str, *ways_out: str, mark: Any = None, row: int | None = None) -> YamlError:
        """Return the error, at the mark or at the first word of a row."""
        where = self.tree.place(mark or self.mark)
        if row is not None:
            where = Where(self.tree.file, row + 1, len(self.lines[row]) - len(self.lines[row].lstrip()) + 1)
        return YamlError(message, where=where, ways_out=ways_out)


def translate(error: yaml.MarkedYAMLError, tree: Tree) -> YamlError:
    """Return what the first reading that knows the slip says, or PyYAML's own words."""
    slip = _Slip(error, tree)
    for reading in _READINGS:
        if found := reading(slip):
            return found
    for pattern, message, ways_out in _SAYINGS:
        if pattern.search(slip.said):
            return slip.error(message, *ways_out)
    return slip.error("not YAML: " + cut_short(slip.said.split(": ", 1)[1]), QUOTE)


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
    prefix = re.match(_PREFIX, line)
    value = line[prefix.end() if prefix else 0 :].split(" #", 1)[0].rstrip()
    if len(value) > _QUOTABLE or "',' or" in said or value[:1] not in {"[", "{", '"', "'"}:
        return QUOTE
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
        return slip.error(f"`{first}` comes where a value should stand", QUOTE)
    if first in "]}":
        opened, closer = "[]" if first == "}" else "{}"
        return slip.error(f"`{first}` cannot close the `{opened}` of line {slip.began.line + 1}", f"`{closer}` here")
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
        way_out = f"quote it: {_quoted(value)}" if len(value) <= _QUOTABLE else QUOTE
        return slip.error("a second colon in one line; a value that holds `: ` needs quotes", way_out)
    if slip.mark.column >= _LONGEST_KEY:
        return slip.error(f"a key of more than {_LONGEST_KEY:,} characters", "a shorter key")
    above = max((row for row in range(slip.row) if slip.lines[row].strip()), default=slip.row)
    if ":" not in slip.lines[above] or re.match(_NO_SPACE, slip.lines[above]):
        return _no_colon(slip, above)
    message = "this line is indented deeper than the line above, which has its value already"
    column = len(slip.lines[above]) - len(slip.lines[above].lstrip()) + 1
    return slip.error(message, f"start it in column {column}, as the line above", row=slip.row)


def _no_colon(slip: _Slip, row: int) -> YamlError:
    """Return the error of a line that should be ``key: value``."""
    glued = re.match(_NO_SPACE, slip.lines[row])
    if glued:
        fixed = glued[0][:-1] + " " + slip.lines[row][glued.end() - 1 :]
        return slip.error(GLUED, cut_short(fixed), row=row)
    return slip.error("a colon and a value are missing in this line", "key: value", row=row)


def _unfinished_key(slip: _Slip) -> YamlError | None:
    """Find a line without a colon among lines that have one, or without a key before it."""
    if "could not find expected ':'" in slip.said:
        return _no_colon(slip, slip.row)
    keyless = slip.rest.startswith(":") and re.search("block mapping|node content", slip.said)
    return slip.error(NO_KEY, "key: value", QUOTE) if keyless else None


_READINGS: tuple[Callable[[_Slip], YamlError | None], ...] = (_tab, _goes_on, _unfinished_key, _bracket, _colon)

_SAYINGS = tuple(
    (re.compile(pattern), message, ways_out)
    for pattern, message, ways_out in (
        ("quoted scalar: found unexpected (end|document)", "this quote is never closed", ("close the quote",)),
        ("unexpected ':'", GLUED, ("key: value",)),
        ("cannot start any token", "a value cannot start with this character", (QUOTE,)),
        ("sequence entries", "a list with `-` starts on a line of its own", ("a new line before `-`", "[a, b]")),
        ("mapping keys", "`?` cannot stand here", (QUOTE,)),
        ("an alias|an anchor", NO_ALIAS, (QUOTE,)),
        ("tag", NO_TAG, (QUOTE,)),
        ("directive", NO_DIRECTIVE, ("delete the line",)),
        ("escape|hex", "an unknown escape after `\\` in double quotes", ("single quotes", "`\\\\` for one `\\`")),
        ("block scalar", "a text block starts with `|` or `>` and a new line", (QUOTE,)),
        (
            "block (collection|mapping)|document start",
            "this line does not fit the lines above: its indentation is off, or keys and `-` are mixed",
            ("start it in the same column as its neighbours",),
        ),
    )
)


def cut_short(text: str) -> str:
    """Return a stranger's text fit for a message: one short line."""
    text = " ".join(text[: 2 * _SHOWN].split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
