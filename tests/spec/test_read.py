"""Whole texts: the place of every slip, all of a file's slips at once, families, and texts that are made to hurt."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import cnncalc
from cnncalc.errors import CnncalcError, UnknownKey, UnknownLayer
from cnncalc.layers.conv import Conv
from cnncalc.spec.files import families
from cnncalc.spec.line import read_line
from cnncalc.spec.problems import MOST_ERRORS
from cnncalc.spec.read import read_dict, read_spec

HEAD = "name: n\ninput: 28x28x64\n"


def refused(text: str, *, file: str = "net.yaml") -> tuple[CnncalcError, ...]:
    """Return the errors that a text is refused with."""
    with pytest.raises(CnncalcError) as caught:
        read_spec(text, file=file)
    return caught.value.errors


STYLES = [  # how a pattern over several lines may stand in YAML; HERE is a layer that nobody knows
    "layers: relu HERE relu\n",
    "layers: relu\n  relu HERE relu\n",
    "layers:\n  relu\n  HERE\n",
    "layers:\n  - relu relu\n    bn\n\n    bn HERE relu\n",
    "layers:\n  - 'relu\n     bn HERE'\n",
    'layers:\n  - "relu\n\n    bn\n    HERE relu"\n',
    "layers: |\n  relu\n  bn HERE\n  relu\n",
    "layers: |\n  HERE\n  relu\n",
    "layers:\n  - |\n    relu\n      bn HERE\n",
    "layers:\n  - |-\n\n\n    HERE\n",
    "layers:\n  - |+  # why\n    relu\n    HERE\n\n\n",
    "layers:\n  - >2\n     relu\n     HERE\n",
    "layers:\n  - >-   # folded\n    relu\n    bn HERE relu\n    relu\n",
    "layers: >\n  [relu bn]*2\n  [HERE]*2\n",
    "layers:\n  - x:\n      HERE\n",
    "layers:\n  - x: >\n      HERE\n",
    "layers:\n  - add:\n    - relu\n    - bn\n      a=HERE\n",
    "layers: [relu, bn\n  HERE, relu]\n",
    "blocks:\n  b: relu\n     HERE\nlayers: '[b]*16'\n",
    "blocks:\n  b:\n    parameters: {w: 1}\n    layers: |\n      relu\n      bn HERE\nlayers:\n  - relu\n  - x: b\n",
    "layers: 'relu HERE'\n",
    'layers: "relu HERE"\n',
    "layers: 'HERE'\n",
    "layers: [bn, 'relu HERE']\n",
    'layers: [bn, "relu bn [relu HERE]*2"]\n',
    "layers:\n  - x: 'HERE'\n",
    "layers:\n  - add: [ 'relu', \"relu a=HERE\" ]\n",
    '{"layers": ["bn HERE"]}\n',
]


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("body", STYLES)
def test_the_place_of_a_slip(body: str, eol: str) -> None:
    """Plain, quoted, folded or literal, over lines or not: the line and column are where the word stands."""
    text = HEAD + body if not body.startswith("{") else body.replace("{", '{"name": "n", "input": "8x8x8", ', 1)
    before = text[: text.index("HERE")].split("\n")
    (error,) = refused(text.replace("HERE", "zzzz").replace("\n", eol))
    assert isinstance(error, UnknownLayer)
    assert (error.where.line, error.where.column) == (len(before), len(before[-1]) + 1)


def test_a_pattern_slip_is_placed_too() -> None:
    """A bracket that is not closed, on the third line of a pattern."""
    (error,) = refused(f"{HEAD}layers:\n  - relu\n    bn [relu\n    bn\n")
    assert (error.code, error.where.line, error.where.column) == ("notation", 5, 8)


def test_a_newcomer_finds_the_line() -> None:
    """A typo in a residual block's branch: the message says the word, its line, and the line that calls the block."""
    text = (
        "name: mine\ninput: 32x32x3\nblocks:\n  basic:\n    parameters: {width: 16}\n    layers:\n"
        "      - add:\n          - conv3-width bn relu\n            conv3-width bm\n"
        "          - identity\n      - relu\n"
        "layers:\n  - conv3-16 bn relu\n  - '[basic(16)]*3'\n  - gap fc-10 softmax\n"
    )
    (error,) = refused(text, file="mine.yaml")
    assert str(error).startswith(
        "unknown-layer: mine.yaml:9:25, called in line 14: no layer is called 'bm'\n  ways out: "
    )


HEADERS: list[Any] = [  # lines 3 and 4; what is wrong with them
    ("rounding: floor\nsource: us\n", set()),
    ("rounding: up\nlayerz: 3\n", {("bad-value", 3), ("unknown-key", 4)}),
]


@pytest.mark.parametrize(("lines", "header"), HEADERS)
def test_all_slips_at_once(lines: str, header: set[tuple[str, int]]) -> None:
    """One of each kind, all in one file: each is told, in the order of the text where it is read in order."""
    text = (
        f"name: n\ninput: 28x28\n{lines}"
        "blocks:\n  relu: [relu]\n  b: {parameters: [w], layers: [conv3-w, rleu]}\n"
        "layers:\n  - b\n  - b(8)\n  - conv: {out_channels: 8, kernel: 3}\n  - conv3-64 conx3-64\n"
        "  - {relu: , repeat: many}\n  - {relu: , from: nobody}\n  - a=relu\n  - a=relu\n"
    )
    errors = refused(text)
    told = {(error.code, error.where.line) for error in errors}
    blocks = {("bad-value", 6), ("unknown-layer", 7)}
    calls = {("missing-key", 9), ("unknown-key", 11), ("unknown-layer", 12)}
    rest = {("formula", 13), ("wiring", 14), ("bad-value", 16)}
    assert told == header | blocks | calls | rest
    assert len(errors) == len(header | blocks | calls | rest)


def test_no_more_slips_than_anyone_reads() -> None:
    """Of a hundred slips the first twenty are told."""
    errors = refused(HEAD + "layers:\n" + "  - zzzz\n" * 100)
    assert [error.where.line for error in errors] == list(range(4, 4 + MOST_ERRORS))


@pytest.mark.parametrize(
    "slip", ["zzzz", "conv0-8/p0", "{relu: , from: nobody}", "{conv: {}}", "conv3-(zz)", "add", "a==relu"]
)
def test_a_slip_in_a_block_is_told_once(slip: str) -> None:
    """However often the block is called, and from wherever."""
    text = f"{HEAD}blocks:\n  b:\n    - {slip}\n  c: [b, b]\nlayers: ['[b]*16', c, {{x: b, repeat: 3}}]\n"
    errors = refused(text)
    assert len(errors) == (2 if slip == "{conv: {}}" else 1)
    assert {(error.where.line, error.where.called) for error in errors} == {(5, 7)}


def test_a_block_with_a_slip_keeps_its_names() -> None:
    """What reads a call of a block with a slip is no slip of its own."""
    (error,) = refused(f"{HEAD}blocks: {{b: [relu, rleu]}}\nlayers: [x: b, y: b, {{relu: , from: y}}]\n")
    assert error.code == "unknown-layer"


@pytest.mark.parametrize(
    "layers",
    [
        "[a=rleu, {relu: , from: a}]",
        "[rleu, {relu: , from: relu1}]",
        "['[a=relu rleu]*3', {relu: , from: a_3}]",
        "[{a: rleu}, 'b=relu', {add: , from: [a, b]}]",
    ],
)
def test_what_reads_a_layer_with_a_slip_has_none(layers: str) -> None:
    """A layer that could not be read may have had the name."""
    (error,) = refused(f"{HEAD}layers: {layers}\n")
    assert (error.code, error.message) == ("unknown-layer", "no layer is called 'rleu'")


def test_a_name_of_nobody_is_told_beside_other_slips() -> None:
    """No layer that could not be read can have had it."""
    first, second = refused(f"{HEAD}layers: [rleu, {{relu: , from: nobody}}]\n")
    assert (first.code, second.code) == ("unknown-layer", "wiring")


def test_a_call_is_looked_at_even_if_the_block_has_a_slip() -> None:
    """A body is read once; every call of it still says what it must."""
    block = "blocks: {b: {parameters: [w], layers: [conv3-w, rleu]}}\n"
    errors = refused(f"{HEAD}{block}layers:\n  - b(8)\n  - b\n  - b(zz)\n  - b(8, 9)\n  - b(8)\n")
    assert [(error.code, error.where.line) for error in errors] == [
        ("unknown-layer", 3),
        ("missing-key", 6),
        ("formula", 7),
        ("notation", 8),
    ]


FAMILY = "name: x\nfamily: resnet-bottleneck\n"

MEMBERS: list[Any] = [
    ("name: x\nfamily: resnet-bottlenek\n", "bad-value", 2, "did you mean resnet-bottleneck?"),
    ("name: x\nfamily: ../families/resnet-bottleneck\n", "bad-value", 2, "no family is called"),
    ("name: x\nfamily: /etc/passwd\n", "bad-value", 2, "no family is called"),
    (f"{FAMILY}layers: [relu]\n", "bad-value", 3, "takes its layers from there"),
    (f"{FAMILY}blocks: {{b: [relu]}}\n", "bad-value", 3, "takes its blocks from there"),
    (f"{FAMILY}parameters: {{n9: 3}}\n", "bad-value", 3, "takes its parameters from there"),
    (f"{FAMILY}parameters: [n2]\n", "bad-value", 3, "takes its parameters from there"),
    (f"{FAMILY}layers:\n  - relu\n", "bad-value", 3, "takes its layers from there"),
    (f"{FAMILY}blocks:\n  b: relu\n", "bad-value", 3, "takes its blocks from there"),
    (f"{FAMILY}parameters:\n  n9: 3\n", "bad-value", 3, "takes its parameters from there"),
    (f"{FAMILY}set: [3]\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}set: {{n2: true}}\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}set: {{n2: 1.5}}\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}input: 224\n", "bad-value", 3, "input: must be text"),
    ("name: x\ninput: 224\nlayers: [relu]\n", "bad-value", 2, "input: must be text"),
]


@pytest.mark.parametrize(("text", "code", "line", "says"), MEMBERS)
def test_members_of_families(text: str, code: str, line: int, says: str) -> None:
    """A family is a packaged name and never a path; what a member sets are whole numbers."""
    error = refused(text)[0]
    assert (error.code, error.where.file, error.where.line) == (code, "net.yaml", line)
    assert says in str(error)


def test_a_member_is_its_familys_layers() -> None:
    """The family gives layers, input and rounding; the member's own input and parameters come first."""
    assert "resnet-bottleneck" in families()
    own = read_spec(f"{FAMILY}input: 32x32x3\nset: {{n2: 1}}\n")
    other = read_spec(FAMILY, set={"n2": 1})
    assert [entry.name for entry in own.entries] == [entry.name for entry in other.entries]
    assert len(own.entries) < len(read_spec(FAMILY).entries)
    assert (str(own.input), str(other.input), own.rounding) == ("32x32x3", "224x224x3", "floor")


def test_a_parameter_that_a_family_lacks() -> None:
    """The slip is the member's: one error for each name, at its own place, with the names that there are."""
    errors = refused(f"{FAMILY}set:\n  n9: 3\n  n2: 3\n  groups_: 2\n")
    assert [(error.code, error.message) for error in errors] == [
        ("unknown-key", "there is no parameter 'n9'"),
        ("unknown-key", "there is no parameter 'groups_'"),
    ]
    assert [error.where[:3] for error in errors] == [("net.yaml", 4, 3), ("net.yaml", 6, 3)]
    assert "n2" in errors[0].ways_out
    assert errors[1].ways_out == ("did you mean groups?",)


def test_a_parameter_that_a_family_has() -> None:
    """Another key's slip makes no name unknown."""
    (error,) = refused(f"{FAMILY}rounding: up\nset: {{n2: 1}}\n")
    assert (error.code, error.where.line) == ("bad-value", 3)


def test_a_spec_sets_its_own_parameters() -> None:
    """A spec that is no member is held against its own names."""
    (error,) = refused(f"{HEAD}parameters: {{width: 8}}\nset: {{widht: 9}}\nlayers: [conv3-width]\n")
    assert (error.code, error.where.line, error.where.column) == ("unknown-key", 4, 7)
    assert error.ways_out == ("did you mean width?",)


DOUBLED = {"name": "n", "input": "8x8x8", "parameters": ["width"], "layers": ["conv3-(2*width)"]}


@pytest.mark.parametrize("value", ["8", "", "KK", "width", True, False, 1.5, 8.0, None, -1, 10**9 + 1, [8], b"8"])
def test_what_a_caller_sets_is_a_number(value: Any) -> None:
    """From Python, too, a parameter is a whole number: twice '8' is no 88."""
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(DOUBLED, set={"width": value})
    assert caught.value.message.startswith("the parameter width ")
    assert caught.value.ways_out


@pytest.mark.parametrize(("value", "channels"), [(8, "16"), (10**6, "2000000"), ("K", "2*K")])
def test_what_a_caller_may_set(value: Any, channels: str) -> None:
    """A whole number, or a single letter that leaves it open."""
    card = cnncalc.load(DOUBLED, set={"width": value}).nodes[0].card
    assert isinstance(card, Conv)
    assert str(card.out_channels) == channels


def test_the_same_spec_as_dict_and_line() -> None:
    """A dict of the same keys and a one-line network read as a file does; one door, one set of slips."""
    layers = "[conv3-64 relu]*2 gap fc-10"
    one = read_spec(f"{HEAD}layers: '{layers}'\n")
    assert [entry[:3] for entry in read_dict({"name": "n", "input": "28x28x64", "layers": layers}).entries] == [
        e[:3] for e in one.entries
    ]
    assert [entry[:3] for entry in read_line(layers).entries] == [entry[:3] for entry in one.entries]
    for reading in (
        lambda: read_line("[relu]*0"),
        lambda: read_line("zzzz"),
        lambda: read_dict({"name": "n", "layers": ["zzzz"]}),
    ):
        with pytest.raises(CnncalcError):
            reading()


@pytest.mark.parametrize("line", ["", " ", "[]", "[[]*3]*2", ", ->"])
def test_a_line_without_layers(line: str) -> None:
    """No layer is one slip."""
    with pytest.raises(CnncalcError) as caught:
        read_line(line)
    assert len(caught.value.errors) == 1


@pytest.mark.parametrize("line", ["zzzz", "conv3-$0", "conv0-8/p0", "[relu", "relu*1000000", "[relu]*0"])
def test_a_slip_in_a_line_is_told_once(line: str) -> None:
    """A line that is one slip has one."""
    with pytest.raises(CnncalcError) as caught:
        read_line(line)
    assert len(caught.value.errors) == 1


def cost(text: str) -> float:
    """Return the processor time that a text takes to be read or refused, at best."""
    times = []
    for _ in range(2):
        start = time.process_time()
        with suppress(CnncalcError):
            read_spec(HEAD + text)
        times.append(time.process_time() - start)
    return min(times)


CALLED = "layers: ['[b]*{}']\n"
LONG = {
    "layers": lambda n: "layers: [" + "relu, " * n + "]\n",
    "calls": lambda n: "blocks: {b: [relu, {add: [conv3-64, identity]}]}\n" + CALLED.format(n),
    "references": lambda n: "blocks: {b: [{relu: , from: input}]}\n" + CALLED.format(n),
    "names": lambda n: "layers:\n" + "".join(f"  - a{i}: relu\n" for i in range(n)),
    "backwards": lambda n: (
        "layers:\n" + "".join(f"  - {{a{i}: relu, from: a{i + 1}}}\n" for i in range(n)) + f"  - a{n}: relu\n"
    ),
    "a pattern folded over two lines": lambda n: "layers: >\n  " + "relu " * n + "\n  relu\n",
    "a dangling from in a block": lambda n: "blocks: {b: [{relu: , from: nobody}]}\n" + CALLED.format(n),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_texts_cost_their_length(text: Callable[[int], str]) -> None:
    """Eight times as long a text costs about eight times as much, not sixty-four."""
    assert cost(text(1_200)) < 24 * cost(text(150)) + 0.01


def test_a_slip_in_a_long_block_costs_no_more_than_the_block() -> None:
    """A block of three thousand layers with a slip at the end, called a hundred times, is read once or a few times."""
    text = "blocks:\n  b: " + "relu " * 3_000 + ")\n"
    assert cost(text + CALLED.format(100)) < 20 * cost(text + CALLED.format(1)) + 0.01


@pytest.mark.parametrize("slip", ["'[[relu bn]*90 zzzz]*1000'", "'[zzzz relu]*50000'", "[zzzz, '[relu bn]*50000']"])
def test_a_slip_is_told_before_a_pattern_is_unrolled(slip: str) -> None:
    """A hundred thousand layers around a slip cost a small part of building them."""
    assert cost(f"layers: {slip}\n") < cost("layers: '[relu bn]*50000'\n") / 4


@pytest.mark.parametrize(
    ("line", "given", "unheard"),
    [
        ("conv3-8", {"a": 1}, "a"),
        ("conv3-k relu", {"k": 8, "q": 3}, "q"),
        ("relu conv3-k", {"k": 8, "relu": 3}, "relu"),  # a word of the line, and no letter
        ("conv3-8", {"8": 3}, "8"),
        ("conv3-8", {f"n{number}": 1 for number in range(1_000)}, "n0"),
    ],
)
def test_a_letter_that_a_line_has_not_is_told(line: str, given: dict[str, int], unheard: str) -> None:
    """Whoever sets it believes that it counts."""
    with pytest.raises(UnknownKey, match=f"no letter '{unheard}' to set"):
        cnncalc.load(line, input="8x8x3", set=given)


def test_a_letter_that_one_side_has_is_set_for_both() -> None:
    """Two networks side by side: K counts filters on the left, and nothing on the right; Q on neither."""
    found = cnncalc.compare("conv3-K relu", "conv3-8", input="8x8x3", set={"K": 4})
    assert found["weights"].ratio == 2
    with pytest.raises(UnknownKey, match="no letter 'Q' to set"):
        cnncalc.compare("conv3-K relu", "conv3-8", input="8x8x3", set={"K": 4, "Q": 4})


@pytest.mark.parametrize(("line", "given"), [("[conv3-(8*n)]*2", {"n": 2}), ("conv3-a conv3-b", {"b": 2, "a": 1})])
def test_letters_that_a_line_has_are_set(line: str, given: dict[str, int]) -> None:
    """Each is heard, in brackets too."""
    assert "Letter" not in repr(read_line(line, set=given).entries)


@pytest.mark.parametrize(
    ("parameters", "given", "way_out"),
    [("{}", {"a": 1}, "set nothing: it has no parameters"), ("[w]", {}, "set w=64"), ("{w: 8}", {"q": 1}, "set w=8")],
)
def test_what_a_spec_has_to_set_is_said(parameters: str, given: dict[str, int], way_out: str) -> None:
    """The names, as whoever loads the spec gives them."""
    with pytest.raises(CnncalcError) as caught:
        read_spec(f"{HEAD}parameters: {parameters}\nlayers: [relu]\n", set=given)
    assert caught.value.ways_out == (way_out,)
