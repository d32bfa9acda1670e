"""Blocks: parameters, calls, names of what is inside, and how a slip inside one is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnncalc.errors import CnncalcError
from cnncalc.layers.conv import Conv
from cnncalc.spec.expand import DEEPEST
from cnncalc.spec.model import Entry
from cnncalc.spec.read import read_spec
from cnncalc.spec.trail import MAX_STEPS

HEAD = "name: n\ninput: 28x28x64\n"
BASIC = "blocks:\n  b: {parameters: {w: 64, s: 1}, layers: [conv3-w/s(s), relu]}\n"


def entries(text: str, **chosen: int) -> dict[str, Entry]:
    """Read a spec's layers, by name."""
    read = read_spec(HEAD + text, file="net.yaml", set=chosen).entries
    named = {entry.name: entry for entry in read}
    assert len(named) == len(read), "two layers share a name"
    return named


def widths(text: str, **chosen: int) -> list[tuple[int, int]]:
    """Return channels and stride of every convolution."""
    cards = [entry.card for entry in entries(text, **chosen).values()]
    return [(card.out_channels, card.stride) for card in cards if isinstance(card, Conv)]


def refused(text: str) -> tuple[CnncalcError, ...]:
    """Return what a spec is refused with; every error has its place and a way out."""
    with pytest.raises(CnncalcError) as caught:
        read_spec(HEAD + text, file="net.yaml")
    assert all(error.where.line and error.where.column and error.ways_out for error in caught.value.errors)
    return caught.value.errors


CALLS: list[tuple[str, tuple[int, int]]] = [
    ("b", (64, 1)),
    ("b()", (64, 1)),
    ("b(8)", (8, 1)),
    ("b(8, 2)", (8, 2)),
    ("b(8, s=2)", (8, 2)),
    ("b(s=2)", (64, 2)),
    ("'b( 2*(3+1) , s = 4//2 )'", (8, 2)),
    ("x: b(8, 2)", (8, 2)),
    ("x=b(8, 2)", (8, 2)),
    ("'[b(8, 2)]*1'", (8, 2)),
    ("{b: }", (64, 1)),
    ("{b: {w: 8}}", (8, 1)),
    ("{b: {w: 2*4, s: '2'}, name: x}", (8, 2)),
    ("add: ['b(8, 2)', [{b: {w: 8, s: 2}}]]", (8, 2)),
]


@pytest.mark.parametrize(("call", "card"), CALLS, ids=[row[0] for row in CALLS])
def test_calls(call: str, card: tuple[int, int]) -> None:
    """By position or name, in a pattern, under a name or in the long form, with defaults for the rest."""
    assert set(widths(f"{BASIC}layers:\n  - {call}\n")) == {card}


def test_parameters_reach_only_their_own_body() -> None:
    """A block sees its own parameters and the spec's, its own first; those of whoever calls it are not its."""
    blocks = (
        "parameters: {top: 5, w: 7}\nblocks:\n"
        "  inner: {parameters: {w: 1}, layers: [conv1-w, conv1-top]}\n"
        "  outer: {parameters: {w: 2, mine: 3}, layers: [conv1-mine, inner(2*w), conv1-w]}\n"
    )
    assert widths(blocks + "layers: [conv1-w, outer(10)]\n") == [(7, 1), (3, 1), (20, 1), (5, 1), (10, 1)]
    (error,) = refused(blocks.replace("conv1-top", "conv1-(mine)") + "layers: [outer]\n")
    assert error.code == "formula"
    assert "mine" in error.message


def test_a_spec_has_parameters_too() -> None:
    """Defaults are the spec's own, `set` in it comes before them, and a caller's choice before both."""
    text = "parameters: {w: 8, n: 1}\nset: {w: 16}\nlayers: ['[conv3-w]*n']\n"
    assert widths(text) == [(16, 1)]
    assert widths(text, w=32, n=2) == [(32, 1)] * 2


def test_i_counts_repetitions() -> None:
    """DenseNet's channels, Huang et al. 2016: growth·i more in every layer, in patterns and in long forms."""
    grown = [(8, 1), (16, 1), (24, 1)]
    assert widths("layers: '[conv3-(8*(i+1))]*3'\n") == grown
    assert widths(f"{BASIC}layers: '[b(8*(i+1))]*3'\n") == grown
    assert widths("layers: [{conv: {out_channels: 8*(i+1), kernel_size: 1}, repeat: 3}]\n") == grown
    assert widths(f"{BASIC}layers: [{{b: {{w: 8*(i+1)}}, repeat: 3}}, {{x: b(8), repeat: 0}}]\n") == grown


IN_PATHS = [
    ("conv1-(i+1)", [1, 2]),
    ("{x: conv1-(i+1)}", [1, 2]),
    ("x=conv1-(i+1)", [1, 2]),
    ("{conv: {out_channels: i+1, kernel_size: 1}}", [1, 2]),
    ("b(i+1)", [1, 2]),
    ("{b: {w: i+1}}", [1, 2]),
    ("{concat: [conv1-(i+1), identity]}", [1, 2]),  # a path in a path
    ("conv1-4*(i+1)", [4, 4, 4]),
    ("{conv: {out_channels: 4, kernel_size: 1}, repeat: i+1}", [4, 4, 4]),
    ("'conv1-(i+1)*2'", [1, 2, 1, 2]),  # the path's own repetition is further in
    ("b", [64, 64]),  # a block's body sees no round but its own
]


@pytest.mark.parametrize(("path", "channels"), IN_PATHS)
def test_i_counts_in_paths(path: str, channels: list[int]) -> None:
    """The innermost repetition around a path is that of the layer that joins it."""
    blocks = "blocks: {b: {parameters: {w: 64}, layers: [conv1-w]}}\n"
    found = widths(f"{blocks}layers: [{{concat: [{path}, identity], repeat: 2}}]\n")
    assert [width for width, _ in found] == channels


NAMES: list[tuple[str, list[str]]] = [
    ("[conv3-8 relu conv3-8 lrelu]", ["conv1", "relu1", "conv2", "relu2"]),
    ("[b, relu, b]", ["b1/conv1", "b1/relu1", "relu1", "b2/conv1", "b2/relu1"]),
    ("[x: b, b]", ["x/conv1", "x/relu1", "b1/conv1", "b1/relu1"]),
    ("['[x=conv3-8]*2', y=relu]", ["x_1", "x_2", "y"]),
    ("[{add: [x=conv3-64, identity], repeat: 2}]", ["x_1", "add1", "x_2", "add2"]),
    ("[{add: [[{y: relu}, x=conv3-64], identity], name: a, repeat: 2}]", ["y_1", "x_1", "a_1", "y_2", "x_2", "a_2"]),
    ("[{add: [x=conv3-64, identity]}, y=relu]", ["x", "add1", "y"]),
    ("[{x: conv3-8, repeat: 2}, {y: relu}]", ["x_1", "x_2", "y"]),
    ("['[x=b]*2']", ["x_1/conv1", "x_1/relu1", "x_2/conv1", "x_2/relu1"]),
    ("[{add: [conv3-64 relu, conv3-64, identity], name: sum}, relu]", ["conv1", "relu1", "conv2", "sum", "relu2"]),
    ("[conv3-8, conv1: conv3-8, conv3-8]", ["conv2", "conv1", "conv3"]),
    ("[{add: [relu, identity], name: relu1}, relu]", ["relu2", "relu1", "relu3"]),
]


@pytest.mark.parametrize(("layers", "names"), NAMES, ids=[row[0] for row in NAMES])
def test_names(layers: str, names: list[str]) -> None:
    """Counted by kind within a body, as given, numbered where repeated; a block's stand behind its own name."""
    assert list(entries(f"{BASIC}layers: {layers}\n")) == names


@pytest.mark.parametrize("layers", ["conv3-8 conv1=conv3-8", "'[x=conv3-8]*2 x_1=relu'", "[relu, 'relu1=relu']"])
def test_a_name_in_a_pattern_is_nobody_elses(layers: str) -> None:
    """No two layers come to the same name, and none reads itself."""
    assert all(name not in entry.inputs for name, entry in entries(f"layers: {layers}\n").items())


def test_blocks_with_digits_in_their_names() -> None:
    """Counting up blocks never comes to another block's name."""
    assert len(entries("blocks: {b: [relu], b1: [relu]}\nlayers: ['[b]*11', b1]\n")) == 12


SLIPS = [  # blocks and layers, from line 3 on; code, line, line of the call, part of the message
    ("layers: [c(3)]", "unknown-layer", 4, None, "'c'"),
    ("layers: [bb(3)]", "unknown-layer", 4, None, "'bb(3)'"),
    ("layers: ['b(1,2,3)']", "notation", 4, None, "b takes 2 parameters, not 3"),
    ("layers: [b(width=1)]", "unknown-key", 4, None, "b has no parameter 'width'"),
    ("layers: [{b: {t: 1}}]", "unknown-key", 4, None, "b has no parameter 't'"),
    ("layers: [{b: [1, 2]}]", "notation", 4, None, "b takes parameters by name"),
    ("layers: [{b: 3}]", "notation", 4, None, "b takes parameters by name"),
    ("layers: [{b: {w: 1.5}}]", "bad-value", 4, None, "w must be a whole number"),
    ("layers: [{b: {w: true}}]", "bad-value", 4, None, "w must be a whole number"),
    ("layers: [b(nope)]", "formula", 4, None, "'nope'"),
    ("layers: ['b(1,)']", "formula", 4, None, "''"),
    ("layers: ['b(0)']", "bad-value", 3, 4, "out_channels"),
    ("layers:\n  - relu\n  - x: b(0)", "bad-value", 3, 6, "out_channels"),
    ("layers: ['[b(0)]*16']", "bad-value", 3, 4, "out_channels"),
]


@pytest.mark.parametrize(("layers", "code", "line", "called", "says"), SLIPS, ids=[row[0] for row in SLIPS])
def test_slips(layers: str, code: str, line: int, called: int | None, says: str) -> None:
    """A wrong call is told at the call; what goes wrong inside at the block's line and the call's, once."""
    block = "blocks: {b: {parameters: {w: 64, s: 1}, layers: [conv3-(w)/s(s), relu]}}\n"
    (error,) = refused(f"{block}{layers}\n")
    assert (error.code, error.where.line, error.where.called) == (code, line, called)
    assert says in error.message


def test_missing_parameters() -> None:
    """What has no default must be given; the way out is how the block is called."""
    (error,) = refused("blocks: {b: {parameters: [w, s], layers: [conv3-w/s(s)]}}\nlayers: [b]\n")
    assert (error.code, error.message, error.ways_out) == ("missing-key", "b does not say its w and s", ("b(w, s)",))
    (error,) = refused("blocks: {b: {parameters: {w: , s: 1}, layers: [conv3-w/s(s)]}}\nlayers: [b(s=2)]\n")
    assert (error.message, error.ways_out) == ("b does not say its w", ("b(w, s=1)",))


@pytest.mark.parametrize("call", ["b(1, w=2)", "b(w=1, w=2)", "b(w=1, w=1)", "b(1, 2, s=2)", "b(w=1, s=1, w=2)"])
def test_a_parameter_given_twice(call: str) -> None:
    """One parameter has one value, as in Python's own calls."""
    (error,) = refused(f"{BASIC}layers: ['{call}']\n")
    assert (error.code, error.where.line, error.ways_out) == ("notation", 5, ("b(w=64, s=1)",))
    assert "twice" in error.message


@pytest.mark.parametrize("call", ["{y: b, share: x}", "{b: , name: y, share: x}", "{b: {w: 64}, share: x}"])
def test_sharing_a_block_is_refused(call: str) -> None:
    """A modifier is never ignored: a call with another's weights is no spec, in no form."""
    (error,) = refused(f"{BASIC}layers:\n  - x: b\n  - {call}\n")
    assert (error.code, error.where.line) == ("notation", 7)
    assert error.ways_out == ("share inside the block",)


def test_sharing_inside_a_block() -> None:
    """The way out leads out: a block's layer may use the weights of one around the call."""
    named = entries("blocks: {b: [{c: conv3-64, share: x}, relu]}\nlayers: [x: conv3-64, b, y: b]\n")
    assert {name: entry.share for name, entry in named.items() if entry.share} == {"b1/c": "x", "y/c": "x"}


DEFINITIONS: list[tuple[str, str, Any]] = [
    ("{relu: [relu]}", "is a layer already", "choose another name"),
    ("{Conv: [relu]}", "is a layer already", "choose another name"),
    ("{a b: [relu]}", "is no name for a block", "choose another name"),
    ("{1a: [relu]}", "is no name for a block", "choose another name"),
    ("{a/b: [relu]}", "is no name for a block", "choose another name"),
    ("{x: {layer: [relu]}}", "a block has the keys parameters and layers; here: layer", None),
    ("{x: {parameters: {w: 1}}}", "a block has the keys parameters and layers; here: parameters", None),
    ("{x: {parameters: 3, layers: relu}}", "parameters are names with defaults", None),
    ("{x: {parameters: [i], layers: relu}}", "'i' counts repetitions", None),
    ("{x: {parameters: [3], layers: relu}}", "'3' is no name for a parameter", None),
    ("{x: {parameters: {a-b: 1}, layers: relu}}", "'a-b' is no name for a parameter", None),
    ("{x: {parameters: {w: 1.5}, layers: relu}}", "the default of w must be a whole number to 10^9", "w: 64"),
    ("{x: {parameters: {w: 10000000000}, layers: relu}}", "the default of w must be a whole number to 10^9", "w: 64"),
    ("[x]", "blocks are keys", "blocks: {basic: {…}}"),
]


@pytest.mark.parametrize(("blocks", "says", "way_out"), DEFINITIONS, ids=[row[0] for row in DEFINITIONS])
def test_definitions(blocks: str, says: str, way_out: str | None) -> None:
    """A block's name, keys, parameters and defaults; each slip where it is, even if nobody calls the block."""
    (error,) = refused(f"blocks: {blocks}\nlayers: [relu]\n")
    assert (error.where.line, says in error.message) == (3, True)
    assert way_out is None or error.ways_out[0] == way_out


@pytest.mark.parametrize(
    ("blocks", "chain"),
    [("{a: [a]}", "a → a"), ("{a: [relu, b], b: [{x: c}], c: [{add: [a, identity]}]}", "a → b → c → a")],
)
def test_a_block_that_calls_itself(blocks: str, chain: str) -> None:
    """Directly or through others: refused with the chain of calls."""
    (error,) = refused(f"blocks: {blocks}\nlayers: [a, a]\n")
    assert (error.code, error.message) == ("wiring", f"the block a calls itself: {chain}")
    assert error.where.called == 4


def chain(blocks: int, calling: str = "{}") -> str:
    """Write blocks that each call the next, and layers that call the first three times."""
    called = "".join(f"  b{n}: [{calling.format(f'b{n + 1}')}]\n" for n in range(blocks - 1))
    return f"blocks:\n{called}  b{blocks - 1}: [relu]\nlayers: [b0, b0, b0]\n"


TOO_DEEP = f"blocks and paths stand in each other more than {DEEPEST} deep"


@pytest.mark.parametrize("blocks", [DEEPEST + 1, 1_000])
def test_blocks_that_call_each_other_too_deep(blocks: int) -> None:
    """As deep as is said they are read; the first call that goes deeper is refused, once, at its own place."""
    assert len(entries(chain(DEEPEST))) == 3
    (error,) = refused(chain(blocks))
    assert (error.code, error.message) == ("too-large", TOO_DEEP)
    assert (error.where.line, error.where.called) == (3 + DEEPEST, 4 + blocks)


@pytest.mark.parametrize(("paths", "blocks"), [(1, 32), (2, 22), (5, 11)])
def test_blocks_in_paths_in_blocks(paths: int, blocks: int) -> None:
    """Calls and the paths that they stand in are counted together: with so many paths around each, so many blocks."""
    assert blocks + paths * (blocks - 1) <= DEEPEST < blocks + 1 + paths * blocks
    calling = "{}"
    for _ in range(paths):
        calling = f"{{{{concat: [{calling}, identity]}}}}"
    assert len(entries(chain(blocks, calling))) == 3 * (1 + paths * (blocks - 1))
    for more in (blocks + 1, DEEPEST):
        (error,) = refused(chain(more, calling))
        assert (error.code, error.message) == ("too-large", TOO_DEEP)
        assert error.where.called == 4 + more


STEPS = [  # how to take so many steps
    lambda n: f"layers: [{{relu: , repeat: {n - 1}}}]\n",  # the item, and every repetition
    lambda n: f"blocks: {{b: []}}\nlayers: [relu, '[b]*{n - 2}']\n",  # two items, and every call
    lambda n: f"blocks: {{b: [relu]}}\nlayers: ['[b]*{n // 2 - 1}', relu{', relu' * (n % 2)}]\n",  # and what is in it
]


@pytest.mark.parametrize("taking", STEPS)
def test_how_many_steps_a_spec_takes(taking: Callable[[int], str]) -> None:
    """Items, repetitions and calls are counted together, and as many as are said are read."""
    assert entries(taking(MAX_STEPS))
    (error,) = refused(taking(MAX_STEPS + 1))
    assert (error.code, error.message) == ("too-large", f"takes more than {MAX_STEPS:,} steps to unroll")


BOMBS = [  # how a block calls the next one ten times, and what is in the last
    ("'[b{}]*10'", "[relu]"),
    ("{{b{}: , repeat: 10}}", "[]"),
    ("{{concat: [b{0}, b{0}, b{0}, b{0}, b{0}, b{0}, b{0}, b{0}, b{0}, b{0}]}}", "['[relu]*1']"),
]


@pytest.mark.parametrize(("calling", "last"), BOMBS)
def test_bombs(calling: str, last: str) -> None:
    """Ten blocks, each calling the next ten times, are refused after 20,000 steps, whether anything is in them."""
    blocks = "".join(f"  b{n}: [{calling.format(n + 1)}]\n" for n in range(10))
    (error,) = refused(f"blocks:\n{blocks}  b10: {last}\nlayers: [b0]\n")
    assert error.code == "too-large"
    assert error.where.called == 15
