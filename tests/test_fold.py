"""Folded tables: a row per block with its sums, at every depth the same totals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.cli.table import chosen
from cnncalc.errors import UsageError
from cnncalc.fold import BLOCK, fold
from cnncalc.ledger import Ledger, tally
from cnncalc.network import build
from cnncalc.spec.read import read_spec

SPEC = """
name: nested
input: 16x16x8
blocks:
  inner: {parameters: [w], layers: [conv3-w, bn, relu]}
  outer: {parameters: [w], layers: [{add: ['inner(w) inner(w)', conv1-w], name: sum}, relu]}
  lone: [maxpool2]
layers:
  - stem=conv3-8
  - '[stage=outer(8)]*2'
  - lone
  - {skip: conv1-8, from: stage_1}
  - gap fc-10
"""
COUNTS = ("weights", "biases", "parameters", "buffers", "macs", "flops", "activation_values", "activation_bytes")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Tally a network of blocks in blocks."""
    return tally(build(read_spec(SPEC)), batch=3)


def test_depth_0_is_the_totals_alone(ledger: Ledger) -> None:
    """No row, and the totals of the whole."""
    folded = fold(ledger, 0)
    assert (folded.rows, folded.totals) == ((), ledger.totals)
    whole = ledger.to_dict()
    assert folded.to_dict() == {**whole, "layers": []}


def test_depth_1_is_a_row_per_block(ledger: Ledger) -> None:
    """Blocks stand for their layers, where they stood; single layers stay what they are."""
    rows = fold(ledger, 1).rows
    assert [row.name for row in rows] == ["input", "stem", "stage_1", "stage_2", "lone1", "skip", "pool1", "fc1"]
    assert [row.type for row in rows] == ["input", "conv", BLOCK, BLOCK, BLOCK, "conv", "global_avgpool", "fc"]
    inputs = {row.name: row.inputs for row in rows}
    assert inputs == {
        "input": (),
        "stem": ("input",),
        "stage_1": ("stem",),
        "stage_2": ("stage_1",),
        "lone1": ("stage_2",),
        "skip": ("stage_1",),
        "pool1": ("skip",),
        "fc1": ("pool1",),
    }


def test_depth_2_opens_the_outer_blocks(ledger: Ledger) -> None:
    """One level more: what is in the block, with the blocks in it folded."""
    rows = fold(ledger, 2).rows
    assert [row.name for row in rows if row.name.startswith("stage_1/")] == [
        f"stage_1/{name}" for name in ("inner1", "inner2", "conv1", "sum", "relu1")
    ]
    assert {row.name: row.inputs for row in rows}["stage_1/sum"] == ("stage_1/inner2", "stage_1/conv1")


def test_a_block_has_its_layers_sums(ledger: Ledger) -> None:
    """Every count of a folded row is added up by hand from its layers; volume and field are those of its last."""
    own = [row for row in ledger.rows if row.name.startswith("stage_2/")]
    folded = fold(ledger, 1)["stage_2"]
    for count in COUNTS:
        assert getattr(folded, count) == sum(getattr(row, count) for row in own)
    assert (folded.volume, folded.fields) == (own[-1].volume, own[-1].fields)
    assert (folded.settings, folded.weights_written, folded.fit()["exact"]) == ({}, "", True)
    assert folded.to_dict()["type"] == BLOCK


def test_deep_enough_changes_nothing(ledger: Ledger) -> None:
    """At the depth of the deepest layer every row is as it was."""
    assert fold(ledger, 3).rows == ledger.rows
    assert fold(ledger, 99).rows == ledger.rows


def test_a_layer_that_reads_one_twice_still_does() -> None:
    """X + x has two inputs at any depth."""
    twice = tally(build(read_spec("name: n\ninput: 4x4x4\nlayers: [a=relu, {add: [identity, identity]}]\n")))
    assert fold(twice, 1)["add1"].inputs == twice["add1"].inputs == ("a", "a")


@pytest.mark.parametrize("depth", [-1, -(10**9)])
def test_a_negative_depth(ledger: Ledger, depth: int) -> None:
    """There is nothing above the totals."""
    with pytest.raises(UsageError) as caught:
        fold(ledger, depth)
    assert caught.value.ways_out


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["relu", "conv3-8", "a", "b", "'[a]*2'", "x=b"]), min_size=1, max_size=5, unique=True),
    st.integers(1, 4),
)
def test_sums_stay_at_every_depth(layers: list[str], depth: int) -> None:
    """However blocks nest: rows add up to the unfolded ones', and every input is a row that stands before."""
    blocks = "blocks: {a: [conv3-8, relu], b: [a, {add: [a, identity]}]}"
    text = f"name: n\ninput: 8x8x8\n{blocks}\nlayers: [{', '.join(layers)}]\n"
    whole = tally(build(read_spec(text)))
    folded = fold(whole, depth)
    for count in COUNTS:
        assert sum(getattr(row, count) for row in folded.rows) == sum(getattr(row, count) for row in whole.rows)
    seen: set[str] = set()
    for row in folded.rows:
        assert seen.issuperset(row.inputs)
        assert row.name not in seen
        assert row.name.count("/") < depth
        seen.add(row.name)
    assert folded.rows[-1].volume == whole.rows[-1].volume


def test_resnet50_has_sixteen_blocks() -> None:
    """He et al. 2015, table 1: 3 + 4 + 6 + 3 blocks between conv1 and the average pool."""
    folded = fold(tally(cnncalc.load("resnet50")), 1)
    assert sum(row.type == BLOCK for row in folded.rows) == 3 + 4 + 6 + 3


PAIRS = [(None, {}), ([], {}), (["n=3", "growth=0"], {"n": 3, "growth": 0})]


@pytest.mark.parametrize(("pairs", "values"), PAIRS)
def test_parameters_on_the_command_line(pairs: list[str] | None, values: dict[str, int]) -> None:
    """``--set NAME=N`` is a name and a whole number."""
    assert chosen(pairs) == values


@pytest.mark.parametrize("pair", ["n", "n=", "n=x1", "n=1.5", "n=1e3", "n=\u0663", "n=" + "9" * 11, "n==3"])
def test_no_parameter(pair: str) -> None:
    """Anything else is told what one looks like."""
    with pytest.raises(UsageError) as caught:
        chosen([pair])
    assert caught.value.ways_out == ("--set growth=12",)
