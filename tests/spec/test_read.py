"""Whole texts: the place of every slip, all of a file's slips at once, families, and texts that are made to hurt."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from cnncalc.errors import CnncalcError, UnknownLayer
from cnncalc.spec.files import families
from cnncalc.spec.problems import MOST_ERRORS
from cnncalc.spec.read import read_dict, read_line, read_spec

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
]


QUOTED = ["layers: 'relu HERE'\n", 'layers: "relu HERE"\n', "layers: [bn, 'relu HERE']\n", '{"layers": ["bn HERE"]}\n']
LOST = pytest.mark.xfail(
    strict=True, reason="a quoted pattern on one line is told at its quote: its raw text is never empty"
)


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("body", [*STYLES, *(pytest.param(body, marks=LOST) for body in QUOTED)])
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


def test_all_slips_at_once() -> None:
    """One of each kind, all in one file: each is told, in the order of the text where it is read in order."""
    text = (
        "name: n\ninput: 28x28\nrounding: up\nlayerz: 3\n"
        "blocks:\n  relu: [relu]\n  b: {parameters: [w], layers: [conv3-w, rleu]}\n"
        "layers:\n  - b\n  - b(8)\n  - conv: {out_channels: 8, kernel: 3}\n  - conv3-64 conx3-64\n"
        "  - {relu: , repeat: many}\n  - {relu: , from: nobody}\n  - a=relu\n  - a=relu\n"
    )
    errors = refused(text)
    told = {(error.code, error.where.line) for error in errors}
    header = {("bad-value", 3), ("unknown-key", 4)}
    blocks = {("bad-value", 6), ("unknown-layer", 7)}
    calls = {("missing-key", 9), ("missing-key", 11), ("unknown-key", 11), ("unknown-layer", 12)}
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


FAMILY = "name: x\nfamily: resnet-bottleneck\n"

MEMBERS = [
    ("name: x\nfamily: resnet-bottlenek\n", "bad-value", 2, "did you mean resnet-bottleneck?"),
    ("name: x\nfamily: ../families/resnet-bottleneck\n", "bad-value", 2, "no family is called"),
    ("name: x\nfamily: /etc/passwd\n", "bad-value", 2, "no family is called"),
    (f"{FAMILY}layers: [relu]\n", "bad-value", 2, "takes its layers from there"),
    (f"{FAMILY}set: [3]\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}set: {{n2: true}}\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}set: {{n2: 1.5}}\n", "bad-value", 3, "whole numbers"),
    (f"{FAMILY}input: 224\n", "bad-value", 3, "input"),
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


@pytest.mark.xfail(strict=True, reason="it is placed in the family's file, and followed by what comes of it there")
def test_a_parameter_that_a_family_lacks() -> None:
    """The slip is the member's: one error, at its own line."""
    (error,) = refused(f"{FAMILY}set: {{n9: 3}}\n")
    assert (error.where.file, error.where.line) == ("net.yaml", 3)


@pytest.mark.xfail(strict=True, reason="a member's blocks and parameters are read by nobody")
@pytest.mark.parametrize("key", ["blocks: {b: [relu]}", "parameters: {n9: 3}"])
def test_nothing_in_a_member_is_ignored(key: str) -> None:
    """A key is read, or refused."""
    refused(f"{FAMILY}{key}\n")


@pytest.mark.xfail(strict=True, reason="what a caller sets is not looked at: twice '8' is 88")
@pytest.mark.parametrize("value", ["8", True])
def test_what_a_caller_sets_is_a_number(value: Any) -> None:
    """From Python, too, a parameter is a whole number."""
    with pytest.raises(CnncalcError):
        read_spec(f"{HEAD}parameters: [width]\nlayers: [conv3-(2*width)]\n", set={"width": value})


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
}
SLOW = {
    "a pattern folded over two lines": lambda n: "layers: >\n  " + "relu " * n + "\n  relu\n",
    "a dangling from in a block": lambda n: "blocks: {b: [{relu: , from: nobody}]}\n" + CALLED.format(n),
}


SQUARE = pytest.mark.xfail(strict=True, reason="costs the square of its length")
TEXTS = [*LONG.values(), *(pytest.param(text, marks=SQUARE) for text in SLOW.values())]


@pytest.mark.parametrize("text", TEXTS, ids=[*LONG, *SLOW])
def test_texts_cost_their_length(text: Callable[[int], str]) -> None:
    """Eight times as long a text costs about eight times as much, not sixty-four."""
    assert cost(text(1_200)) < 24 * cost(text(150)) + 0.01


@pytest.mark.xfail(strict=True, reason="a body with a slip is read again at every call")
def test_a_slip_in_a_long_block_costs_no_more_than_the_block() -> None:
    """A block of three thousand layers with a slip at the end, called a hundred times, is read once or a few times."""
    text = "blocks:\n  b: " + "relu " * 3_000 + ")\n"
    assert cost(text + CALLED.format(100)) < 20 * cost(text + CALLED.format(1)) + 0.01
