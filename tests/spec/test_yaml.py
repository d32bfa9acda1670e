"""Text to nodes: the core schema of YAML 1.2, places, refusals, and what students do to YAML."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.errors import BadValue, CnncalcError, TooLarge, Unreadable, Where, YamlError
from cnncalc.spec import yaml as module
from cnncalc.spec.characters import MAX_BYTES
from cnncalc.spec.nodes import Mapping, Scalar, Sequence, find, plain
from cnncalc.spec.slips import translate
from cnncalc.spec.yaml import Tree, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADERS = [getattr(yaml, name) for name in ("CSafeLoader", "SafeLoader") if hasattr(yaml, name)]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def _parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run every test with the C parser, if there is one, and with the pure one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LOADER", request.param)
        yield


def refused(text: str | bytes, kind: type[CnncalcError] = YamlError) -> CnncalcError:
    """Return the error that a text is refused with."""
    with pytest.raises(CnncalcError) as caught:
        read_yaml(text, file="net.yaml")
    assert type(caught.value) is kind
    assert caught.value.where.file == "net.yaml"
    assert "\n" not in caught.value.message
    return caught.value


def place(error: CnncalcError) -> tuple[int | None, int | None]:
    """Return line and column."""
    return error.where.line, error.where.column


# -- values: YAML 1.2, section 10.3.2, "Tag Resolution"; the rows marked 1.1 mean something else to YAML 1.1 --

VALUES: list[tuple[str, object]] = [
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("~", None),
    ("", None),
    ("nUll", "nUll"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    ("tRue", "tRue"),
    ("no", "no"),  # 1.1: False
    ("yes", "yes"),  # 1.1: True
    ("on", "on"),  # 1.1: True
    ("off", "off"),  # 1.1: False
    ("y", "y"),
    ("0", 0),
    ("-19", -19),
    ("+12", 12),
    ("010", 10),  # 1.1: 8
    ("0o17", 15),
    ("0o18", "0o18"),
    ("0x3A", 58),
    ("0x1F", 31),
    ("-0x1F", "-0x1F"),
    ("0b11", "0b11"),  # 1.1: 3
    ("1_000", "1_000"),  # 1.1: 1000
    ("1:30", "1:30"),  # 1.1: 90
    ("2001-12-14", "2001-12-14"),  # 1.1: a date
    ("=", "="),
    ("٣", "٣"),  # a digit to Python, text to YAML
    ("9" * 30, 10**30 - 1),
    ("0.", 0.0),
    ("-0.0", -0.0),
    (".5", 0.5),
    ("+12e03", 12000.0),
    ("-2E+05", -200000.0),
    ("1e3", 1000.0),  # 1.1: text
    ("1.5e-3", 0.0015),
    ("e3", "e3"),
    (".", "."),
    ("1.2.3", "1.2.3"),
    ("'12'", "12"),
    ('"null"', "null"),
    ("'~'", "~"),
    ('""', ""),
    ("conv3-64", "conv3-64"),
    ("[1, two, ]", [1, "two"]),
    ("{a: , b}", {"a": None, "b": None}),
]


@pytest.mark.parametrize(("written", "meant"), VALUES)
def test_value(written: str, meant: object) -> None:
    """A scalar means what the core schema says, and 1 is not True."""
    read = plain(read_yaml(f"a: {written}\n"))
    assert read == {"a": meant}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(meant)


@pytest.mark.parametrize("written", [".inf", "-.inf", "+.INF", ".Inf", ".nan", ".NaN", ".NAN", "1e999", "-1e999"])
def test_no_number(written: str) -> None:
    """Infinity and not-a-number are numbers to YAML, and nothing that a spec can hold."""
    assert place(refused(f"a: {written}", BadValue)) == (1, 4)
    assert plain(read_yaml(f"a: '{written}'")) == {"a": written}


@pytest.mark.parametrize("written", ["1" * 31, "-" + "1" * 31, "0x" + "f" * 31, "0." + "1" * 39, "1e" + "1" * 39])
def test_long_numbers(written: str) -> None:
    """A number of more digits than any network has is refused before it is computed."""
    assert place(refused(f"a: {written}", TooLarge)) == (1, 4)


@pytest.mark.parametrize(("written", "key"), [("010", "010"), ("true", "true"), ("'no'", "no"), (".inf", ".inf")])
def test_keys_are_text(written: str, key: str) -> None:
    """A key is its text, whatever it looks like."""
    assert plain(read_yaml(f"{written}: 1")) == {key: 1}


# -- places --


def test_places() -> None:
    """Every node and every key knows its line and column, counted in characters from 1."""
    root = read_yaml("# 網\nname: é\nlayers:\n  - {é😀: [1, 'x']}\n")
    assert isinstance(root, Mapping)
    assert (root.line, root.column) == (2, 1)
    key, layers = root.pairs["layers"]
    assert (key.line, key.column, key.value) == (3, 1, "layers")
    assert isinstance(layers, Sequence)
    assert (layers.line, layers.column) == (4, 3)
    assert find(root, ("layers", 0, "é😀", 1)) == Scalar("x", "x", plain=False, line=4, column=14, raw="")
    assert find(root, ("layers", 0, "é😀", 0)) == Scalar(1, "1", plain=True, line=4, column=11, raw="")


@pytest.mark.parametrize("written", [
    "relu bn",
    "relu\n  bn",
    "'relu\n  bn'",
    '"relu\n\n    bn"',
    "|\n  relu\n  bn",
    "|2-\n  relu\n    bn\n",
    ">\n  relu\n  bn\n\n  gap",
    "'relu bn'",
    '"relu bn"',
])  # fmt: skip
def test_characters_know_their_places(written: str) -> None:
    """Every visible character of a text is found where it stands in the file, however the text is written."""
    source = f"a: {written}\n"
    text = find(read_yaml(source), ("a",))
    assert isinstance(text, Scalar)
    offsets = [offset for offset, character in enumerate(text.text) if not character.isspace()]
    spots, lines = text.spots(offsets), source.split("\n")
    places = [spots[offset] for offset in offsets]
    assert [lines[line - 1][column - 1] for line, column in places] == [*"".join(text.text.split())]
    assert places == sorted(set(places))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    """The line ends of three systems mean the same."""
    root = read_yaml(f"a: 1{end}b: [2,{end}  3]{end}")
    assert plain(root) == {"a": 1, "b": [2, 3]}
    assert find(root, ("b", 1)).line == 3
    assert place(refused(f"a: 1{end}b: \x07")) == (2, 4)


@pytest.mark.parametrize(
    ("path", "column"),
    [((), 1), (("a",), 4), (("a", 1, "b"), 12), (("a", 9), 4), (("a", -1), 4), (("a", 1, "b", "c"), 12), ((0,), 1)],
)
def test_find(path: tuple[str | int, ...], column: int) -> None:
    """A path leads to the deepest node that it reaches."""
    assert find(read_yaml("a: [1, {b: 2}]"), path).column == column


def test_marks_of_text() -> None:
    """Bytes, a byte order mark and `---` change nothing but the line."""
    assert plain(read_yaml("\ufeffa: é")) == plain(read_yaml("\ufeffa: é".encode())) == {"a": "é"}
    assert plain(read_yaml("--- # net\na: 1\n...\n")) == {"a": 1}
    assert find(read_yaml("\ufeffa: 1"), ("a",)).column == 4


def test_text_blocks() -> None:
    """Text blocks are text, also where they look like numbers."""
    assert plain(read_yaml("a: |\n  12\nb: >\n  x\n  y\n")) == {"a": "12\n", "b": "x y\n"}


# -- refusals --

SLIPS = [  # text, line, column, words of the message, a way out
    # no sharing, no types, one document
    ("a: &b 1", 1, 4, "anchors", "write it out"),
    ("a: [*b]", 1, 5, "aliases", "write it out"),
    ("a: * b", 1, 4, "aliases", 'quote it: "…"'),
    ("a: & b", 1, 4, "anchors", 'quote it: "…"'),
    ("a: 1\n<<: {b: 1}", 2, 1, "merge keys", "write it out"),
    ("a: !!str 1", 1, 4, "tags", "leave it out"),
    ("a: !mine {}", 1, 4, "tags", "leave it out"),
    ("a: ! x", 1, 4, "tags", "leave it out"),
    ("a: !x!y z", 1, 4, "tags", 'quote it: "…"'),
    ("a: !<x", 1, 4, "tags", 'quote it: "…"'),
    ("%YAML 1.2\n---\na: 1", 1, 1, "directives", "delete the line"),
    ("%TAG ! x\n---\na: 1", 1, 1, "directives", "delete the line"),
    ("%mine\n---\na: 1", 1, 1, "directives", "delete the line"),
    ("a: 1\n---\nb: 2", 2, 1, "second document", None),
    ("a: 1\nb:\n  c: 1\n'a': 2", 4, 1, "`a` is already in line 1", None),
    ("", 1, 1, "empty", None),
    ("# nothing\n", 1, 1, "empty", None),
    ("---\n", 1, 1, "empty", None),
    ("[a]: 1", 1, 1, "a key must be", None),
    ("? {a: 1}\n: 2", 1, 3, "a key must be", None),
    (": 1", 1, 1, "no key before the colon", None),
    ("a: 1\n? \n: b", 2, 2, "no key before the colon", None),
    ("{: 1}", 1, 2, "no key before the colon", None),
    # characters
    ("a: \0", 1, 4, "U+0000", "delete it"),
    ("a: 1\nb: \x07", 2, 4, "U+0007", "delete it"),
    ("a: \ud800", 1, 4, "U+D800", "delete it"),
    ("a: 1\u2028b: 2", 1, 5, "U+2028", "delete it"),
    ("a: 1\x85b: 2", 1, 5, "U+0085", "delete it"),
    ("a: x\ufeffy", 1, 5, "U+FEFF", "delete it"),
    ('a: "\\e[2J"', 1, 4, "U+001B", None),
    # tabs
    ("a:\n\tb: 1", 2, 1, "a tab; YAML indents with spaces", "two spaces"),
    ("a:\n  - b\n\t- c", 3, 1, "a tab; YAML indents with spaces", "two spaces"),
    ("a:\n  b: 1\n  \tc: 2\n", 3, 3, "a tab; YAML indents with spaces", "two spaces"),
    ("-\ta: 1", 1, 2, "a tab; YAML indents with spaces", "two spaces"),
    # brackets and commas
    ("a: {b: 1 c: 2}", 1, 10, "comma", "a comma between the entries"),
    ("a: [1 2, {x: 1} 3]", 1, 17, "comma", "a comma between the entries"),
    ("- {b: 1\n  c: 2}", 2, 3, "or the bracket of line 1 is not closed", None),
    ("a: [1,\n  2\nb: 3\n", 3, 1, "or the bracket of line 1 is not closed", None),
    ("a: [1, {b: 2}\n", 1, 4, "never closed", "close it with `]` or `}`"),
    ("a: {b: [", 1, 8, "never closed", None),
    ("a: [b\n---\nc", 1, 4, "never closed", None),
    ("[", 1, 1, "never closed", None),
    ("a: [1}", 1, 6, "`}` cannot close the `[` of line 1", None),
    ("a: {b: 1]", 1, 9, "`]` cannot close the `{` of line 1", None),
    ("a: ]", 1, 4, "`]` comes where a value should stand", None),
    ("...", 1, 1, "`.` comes where a value should stand", None),
    ("a: [1,,2]", 1, 7, "`,` comes where a value should stand", None),
    ("- [conv3-64 relu]*2", 1, 18, "after the closing `]`", 'quote it: "[conv3-64 relu]*2"'),
    ("a: [b]*2  # twice\nc: 1", 1, 7, "after the closing `]`", 'quote it: "[b]*2"'),
    ("- [a, b] x 3", 1, 10, "after the closing `]`", 'quote it: "[a, b] x 3"'),
    ("- [a, b]* 3", 1, 9, "after the closing `]`", 'quote it: "[a, b]* 3"'),
    ("[b]*2", 1, 4, "after the closing `]`", 'quote it: "[b]*2"'),
    ("a: [[b]*2, c]", 1, 8, "after the closing `]`", 'quote it: "…"'),
    ("- [\n  b]*2", 2, 5, "after the closing `]`", 'quote it: "…"'),
    ('- ["b"]*2', 1, 8, "after the closing `]`", "quote it: '[\"b\"]*2'"),
    ('a: "b" c', 1, 8, "after the closing quote", "quote it: '\"b\" c'"),
    # quotes and colons
    ('a: "b\nc: 1', 1, 4, "quote is never closed", "close the quote"),
    ("a: 'b", 1, 4, "quote is never closed", "close the quote"),
    ('a: "b\n---\nc', 1, 4, "quote is never closed", "close the quote"),
    ('a: "\\x1"', 1, 7, "escape", "single quotes"),
    ("conv:{k: 3}", 1, 1, "space is missing after the colon", "conv: {…"),
    ("- conv:[3,4]", 1, 3, "space is missing after the colon", "conv: […"),
    ("a: {stride:2}", 1, 5, "space is missing after the colon", "stride: 2"),
    ("a:1\nb: 2", 1, 1, "space is missing after the colon", "a: 1"),
    ("a: 1\n  \nb:2\n", 3, 1, "space is missing after the colon", "b: 2"),
    ("a: 1\nb\nc: 2", 2, 1, "a colon and a value are missing", "key: value"),
    ("a\nb: 1", 1, 1, "a colon and a value are missing", "key: value"),
    ("a: b: c", 1, 5, "second colon", 'quote it: "b: c"'),
    (f"a: b: {'c' * 99}", 1, 5, "second colon", 'quote it: "…"'),
    ("k" * 1100 + ": 1", 1, 1101, "a key of more than 1,024", None),
    # indentation and the rest
    ("a: 1\n  b: 2", 2, 3, "indented deeper", None),
    ("a:\n    b: 1\n  c: 2", 3, 3, "does not fit the lines above", "start it in the same column as its neighbours"),
    ("- a\nb: 1", 2, 1, "does not fit the lines above", None),
    ("  a: 1\nb: 2", 2, 1, "does not fit the lines above", None),
    ("a: - b", 1, 4, "a list with `-`", None),
    ("a: ? b", 1, 4, "`?` cannot stand here", None),
    ("a: @b", 1, 4, "cannot start with this character", 'quote it: "…"'),
    ("a: |x", 1, 5, "text block", None),
]


@pytest.mark.parametrize(("text", "line", "column", "words", "way_out"), SLIPS)
def test_slip(text: str, line: int, column: int, words: str, way_out: str | None) -> None:
    """Every slip is named in plain words, at its place, with a way out where there is one."""
    error = refused(text)
    assert words in error.message
    assert place(error) == (line, column)
    assert way_out is None or way_out in error.ways_out


QUOTABLE = [slip for slip in SLIPS if slip[4] and slip[4].startswith("quote it: ") and "…" not in slip[4]]


@pytest.mark.parametrize(("text", "way_out"), [(text, way_out or "") for text, *_, way_out in QUOTABLE])
def test_quotes_help(text: str, way_out: str) -> None:
    """A way out that quotes a value, put in its place, is read as that very value."""
    quoted = way_out.removeprefix("quote it: ")
    value = quoted[1:-1]
    assert value in str(plain(read_yaml(text.replace(value, quoted))))


@pytest.mark.parametrize(
    "text", ['a: "\\q"', 'a: "\\uD800"', 'a: "\\UFFFFFFFF"', "%YAML 1." + "1" * 5000 + "\n---\na", "a: b\n%x\n"]
)
def test_parsers_differ(text: str) -> None:
    """Where the parsers differ in words and columns, both still refuse with a place."""
    assert refused(text).where.line


def test_unknown_words_pass() -> None:
    """A message that nobody has translated is handed on."""
    mark = yaml.Mark("", 0, 0, 0, "", 0)
    error = yaml.MarkedYAMLError(None, None, "the moon is full", mark)
    said = translate(error, Tree("a", "net.yaml"))  # no text makes PyYAML say this
    assert (said.message, said.where) == ("not YAML: the moon is full", Where("net.yaml", 1, 1))


def test_strangers_text_is_cut() -> None:
    """A message quotes a stranger's key in one short line."""
    key = "x\\n" * 300
    assert len(refused(f'? "{key}"\n: 1\n? "{key}"\n: 2\n').message) < 100


# -- bounds --


def test_bytes() -> None:
    """What is not UTF-8 is refused at its place."""
    error = refused("a: 1\nbé: ".encode() + b"\xe9", Unreadable)
    assert place(error) == (2, 5)
    assert "0xE9" in error.message


@pytest.mark.parametrize("text", ["a" * 262_145, "é" * 131_073, b"a" * 262_145])
def test_size(text: str | bytes) -> None:
    """One byte over 256 KiB is too much, 256 KiB are not."""
    assert "262,144" in refused(text, Unreadable).message
    assert plain(read_yaml(text[:131_072])) is not None


def test_depth() -> None:
    """Thirty-two levels are read, the thirty-third is refused."""
    assert plain(read_yaml("[" * 32 + "]" * 32)) is not None
    assert place(refused("[" * 33 + "]" * 33, TooLarge)) == (1, 33)
    assert place(refused("- " * 33, TooLarge)) == (1, 65)


def test_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of 999 entries is 1,000 nodes; one more than the bound is refused."""
    assert module.MAX_NODES == 20_000
    monkeypatch.setattr(module, "MAX_NODES", 1_000)
    assert plain(read_yaml("[" + "1," * 999 + "]")) == [1] * 999
    assert place(refused("[" + "1," * 1_000 + "]", TooLarge)) == (1, 2_000)


MERGE_BOMB = "".join(
    f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 6)}]}}\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)
)
PIECES = [
    *("[", "{", "- ", "? ", "- ? ", "&a ", "*a ", "!!!", "!a ", '"', "'", ": ", "a: ", "a: \n", "[a, ", "{a, "),
    *("[[]", "[a]: ", "[? ", "{? ", "[\n", "|\n", "a b ", "a\n", "\n", " ", "\t", "\r", "#", "%a\n", "---\n"),
    *('"a\n', '{"a":', "a:\n ", "- a\n", "9", "1e", "-", "1.", "a", "\\", '"\\n', "]", "}", ",", "a: 1\n  "),
]
BOMBS = [
    MERGE_BOMB,
    "[" * 30_000,
    "".join(f"{i}: 1\n" for i in range(9_000)),
    "[" + "a" * 262_000 + "]*2",
    "a: " + "b: " * 80_000,
    "1" * 262_000 + "x",
]


def outcome(text: str | bytes) -> object:
    """Return plain data, or the error that a text is refused with; nothing but our own errors is caught."""
    try:
        return plain(read_yaml(text))
    except CnncalcError as error:
        return error


def assert_swift(text: str) -> None:
    """Assert that a text is answered at once, in few words; the bound leaves slow machines twenty times the time."""
    start = time.process_time()
    answer = outcome(text)
    assert time.process_time() - start < 4
    if isinstance(answer, CnncalcError):
        assert len(str(answer)) < 400


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_no_repetition_is_slow(piece: str) -> None:
    """Whatever fills 256 KiB is answered at once; 64 KiB for the pure parser, which reads evenly but slowly."""
    size = MAX_BYTES if module.LOADER.__name__.startswith("C") else 65_536
    assert_swift((piece * size)[:size])


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: repr(text[:6]))
def test_no_bomb_goes_off(text: str) -> None:
    """What blows up other readers is answered at once."""
    assert_swift(text)


# -- properties --

SANE = st.text(
    st.characters(
        min_codepoint=0x20,
        max_codepoint=0xD7FF,
        exclude_characters="\x7f\u2028\u2029\ufeff",
        exclude_categories=["Cc", "Cs"],
    )
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30) + 1, 10**30 - 1) | SANE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(SANE.filter(lambda key: len(key) < 200), inner, max_size=4)
    ),
    max_leaves=20,
)
SPEC = "name: net\ninput: [3, 224, 224]\nlayers:\n  - conv3-64\n  - {conv2d: {kernel_size: 3}}\n  - \"[a, 'b']*2\"\n"
SPICE = st.sampled_from(
    [*"[]{}:,-?!&*#|>%@`'\"\\\t\r\n ~<=.0é\ufeff\ud800\0", "\n  ", "- ", ": ", "<<: ", "---\n", "...\n", "0x", "\\U"]
)
SAME_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def answered(text: str | bytes) -> None:
    """Read a text, and let nothing out but our own errors, each with a place."""
    answer = outcome(text)
    if isinstance(answer, CnncalcError):
        assert None not in answer.where[1:3]
        answer = str(answer)
    json.dumps(answer, ensure_ascii=False).encode()


@SAME_FIXTURE
@given(DATA)
def test_json_is_yaml(data: object) -> None:
    """YAML 1.2, section 1.2: JSON is YAML, so what `json` writes is read as what it was."""
    text = json.dumps(data, ensure_ascii=False)
    assert plain(read_yaml(text)) == data
    assert plain(read_yaml(json.dumps(data, ensure_ascii=False, indent=2).encode())) == data


@SAME_FIXTURE
@given(st.text() | st.binary() | st.lists(SPICE, max_size=12).map("".join))
def test_any_text_is_answered(text: str | bytes) -> None:
    """Random text and bytes are read or refused, never more."""
    answered(text)


@SAME_FIXTURE
@given(st.lists(st.tuples(st.integers(0, len(SPEC)), st.integers(0, 3), SPICE), min_size=1, max_size=4))
def test_mutated_specs_are_answered(slips: list[tuple[int, int, str]]) -> None:
    """A spec with a few characters cut or put in is read or refused, never more."""
    text = SPEC
    for start, cut, spice in slips:
        text = text[:start] + spice + text[start + cut :]
    answered(text)
