"""The Inception module and GoogLeNet, against table 1 of the paper and the decks."""

from __future__ import annotations

from typing import NamedTuple

import pytest

import cnncalc
from cnncalc import Ledger
from cnncalc.fold import fold


class Line(NamedTuple):
    """A row of table 1 that learns something: its type, output size, params and ops as printed, and ours."""

    name: str
    volume: str
    params: str
    weights: int
    ops: str
    macs: int


# Szegedy et al. 2014, Going Deeper with Convolutions, table 1.
TABLE_1 = [
    Line("conv1", "112x112x64", "2.7K", 9_408, "34M", 118_013_952),
    Line("conv2", "56x56x192", "112K", 114_688, "360M", 359_661_568),  # with its 1x1
    Line("inception_3a", "28x28x256", "159K", 163_328, "128M", 128_049_152),
    Line("inception_3b", "28x28x480", "380K", 388_096, "304M", 304_267_264),
    Line("inception_4a", "14x14x512", "364K", 375_552, "73M", 73_608_192),
    Line("inception_4b", "14x14x512", "437K", 448_512, "88M", 87_908_352),
    Line("inception_4c", "14x14x512", "463K", 509_440, "100M", 99_850_240),
    Line("inception_4d", "14x14x528", "580K", 604_672, "119M", 118_515_712),
    Line("inception_4e", "14x14x832", "840K", 867_328, "170M", 169_996_288),
    Line("inception_5a", "7x7x832", "1072K", 1_042_432, "54M", 51_079_168),
    Line("inception_5b", "7x7x1024", "1388K", 1_442_816, "71M", 70_697_984),
    Line("fc", "1x1x1000", "1000K", 1_024_000, "1M", 1_024_000),
]
LINES = [line.name for line in TABLE_1]

# Table 1 again: what the pools leave.
POOLS = [
    ("pool1", "56x56x64"),
    ("pool2", "28x28x192"),
    ("pool3", "14x14x480"),
    ("pool4", "7x7x832"),
    ("avgpool", "1x1x1024"),
]

# What of module 3a the reductions save, path by path: weights.
PATHS = [  # naive, reduced
    ("1x1", 1 * 1 * 192 * 64, 1 * 1 * 192 * 64),
    ("3x3", 3 * 3 * 192 * 128, 1 * 1 * 192 * 96 + 3 * 3 * 96 * 128),
    ("5x5", 5 * 5 * 192 * 32, 1 * 1 * 192 * 16 + 5 * 5 * 16 * 32),
    ("pool", 0, 1 * 1 * 192 * 32),
]


@pytest.fixture(scope="module")
def folded() -> Ledger:
    """GoogLeNet with a row per module, the 1x1 in front of conv2 added to it."""
    ledger = fold(cnncalc.tally(cnncalc.load("googlenet")), 1)
    reduce2, conv2 = ledger["reduce2"], ledger["conv2"]
    summed = conv2._replace(weights=reduce2.weights + conv2.weights, macs=reduce2.macs + conv2.macs)
    rows = tuple(summed if row.name == "conv2" else row for row in ledger.rows)
    return Ledger(ledger.network, rows, ledger.totals, ledger.batch, ledger.dtype, ledger.memory)


@pytest.mark.parametrize("line", TABLE_1, ids=LINES)
def test_a_row_of_table_1(folded: Ledger, line: Line) -> None:
    """Output size, weights and multiply-accumulates of each row."""
    row = folded[line.name]
    assert (str(row.volume), row.weights, row.macs) == (line.volume, line.weights, line.macs)


@pytest.mark.parametrize(("name", "volume"), POOLS)
def test_a_pool_of_table_1(folded: Ledger, name: str, volume: str) -> None:
    """Pools round up: nothing of the image is lost on the way to 7x7."""
    assert str(folded[name].volume) == volume


def test_the_rows_are_the_network(folded: Ledger) -> None:
    """Nothing else learns or multiplies: the rows' sums are the totals, but for the biases."""
    assert sum(line.weights for line in TABLE_1) == folded.totals.weights == 6_990_272
    assert sum(line.macs for line in TABLE_1) == folded.totals.macs


def test_the_papers_ops_follow_but_for_two_rows() -> None:
    """The 7x7 costs 118M, not 34M, and 5a 51M, not 54M; every other row's ops are ours."""
    wrong = {line.name for line in TABLE_1 if not cnncalc.verdict(line.ops, line.macs, quantity="macs").follows}
    assert wrong == {"conv1", "inception_5a"}


def test_the_papers_params_do_not_follow() -> None:
    """Three of the printed params are the weights, cut off in K of 1,024; in K of 1,000 only 1000K is, roughly."""
    ours = {line.name for line in TABLE_1 if f"{line.weights // 1024}K" == line.params}
    assert ours == {"conv2", "inception_3a", "fc"}
    assert {line.name for line in TABLE_1 if cnncalc.verdict(line.params, line.weights).follows} == {"fc"}


def test_where_the_ops_err_the_params_do_too() -> None:
    """The ops printed for the 7x7 and for 5a are the params printed beside them, K of 1,024, times the places."""
    assert cnncalc.verdict("34M", 27 * 1024 // 10 * 112 * 112, quantity="macs").follows
    assert cnncalc.verdict("54M", 1072 * 1024 * 7 * 7, quantity="macs").follows


def test_googlenet() -> None:
    """22 layers deep, 6,998,552 parameters; the two heads for training add 6.4 million and nothing to the depth."""
    alone, trained = (cnncalc.tally(cnncalc.load("googlenet", train=train)) for train in (False, True))
    assert (alone.totals.depth, alone.totals.parameters) == (22, 6_998_552)
    heads = [1 * 1 * channels * 128 + 128 + 4 * 4 * 128 * 1024 + 1024 + 1024 * 1000 + 1000 for channels in (512, 528)]
    assert trained.totals.parameters - alone.totals.parameters == sum(heads) == 6_379_728
    assert trained.totals.depth == 22
    for head, channels in (("auxiliary1", 512), ("auxiliary2", 528)):
        assert trained[f"{head}/pool1"].output_shape == (4, 4, channels)


def test_torchvisions_heads() -> None:
    """torchvision, `googlenet(aux_logits=True)`: 13,004,888 parameters; the heads see 4x4 on any input."""
    assert cnncalc.tally(cnncalc.load("googlenet-torchvision", train=True)).totals.parameters == 13_004_888


def test_torchvision_has_3x3_for_5x5() -> None:
    """The same modules with 3x3 in the third path: (25 - 9) · in · out weights fewer in each."""
    paper, theirs = (fold(cnncalc.tally(cnncalc.load(name)), 1) for name in ("googlenet", "googlenet-torchvision"))
    spared = {"3a": 16 * 32, "3b": 32 * 96, "4a": 16 * 48, "4b": 24 * 64, "4c": 24 * 64, "4d": 32 * 64,
              "4e": 32 * 128, "5a": 32 * 128, "5b": 48 * 128}  # fmt: skip
    for module, filters in spared.items():
        name = f"inception_{module}"
        batch_norm = theirs[name].biases  # a gamma for every beta
        assert paper[name].weights - theirs[name].weights + batch_norm == (5 * 5 - 3 * 3) * filters


def test_average_pooling_instead_of_a_fully_connected_layer() -> None:
    """CS7015, lecture 11: flattened, 7x7x1024 would need 49M weights; pooled, 1024 values need 1M.

    The product is 50.2M: 49 · 1,024 · 1,000 is 49M only with M = 1,024,000.
    """
    flat, pooled = (cnncalc.load(line, input="7x7x1024") for line in ("fc-1000", "avgpool7/s1 fc-1000"))
    weights = cnncalc.tally(flat).totals.weights
    assert weights == 7 * 7 * 1024 * 1000 == 50_176_000
    assert cnncalc.verdict("49M", weights).verdict == "does not follow"
    assert str(pooled["pool1"].y) == "1x1x1024"
    assert cnncalc.tally(pooled).totals.weights * 49 == weights


@pytest.mark.parametrize(("name", "volume", "parameters", "macs"), [
    ("inception-naive", "28x28x416", 387_296, 303_464_448),
    ("inception-reduced", "28x28x256", 163_696, 128_049_152),
])  # fmt: skip
def test_naive_against_reduced(name: str, volume: str, parameters: int, macs: int) -> None:
    """Reductions in front of 3x3 and 5x5, and behind the pool, save 58% of parameters and multiply-accumulates."""
    ledger = cnncalc.tally(cnncalc.load(name))
    assert str(ledger.rows[-1].volume) == volume
    assert (ledger.totals.parameters, ledger.totals.macs) == (parameters, macs)


def test_what_the_reductions_save() -> None:
    """Path by path, the weights add up; the naive module's 416 channels grow in every module, as the pool keeps 192."""
    naive, reduced = (cnncalc.tally(cnncalc.load(name)) for name in ("inception-naive", "inception-reduced"))
    assert naive.totals.weights == sum(ours for _, ours, _ in PATHS)
    assert reduced.totals.weights == sum(theirs for *_, theirs in PATHS)
    assert naive["concat1"].inputs == ("relu1", "relu2", "relu3", "pool")
    assert naive["concat1"].volume.channels - naive.network.input.channels == 64 + 128 + 32


def test_the_module_is_3a() -> None:
    """The module on its own is the network's 3a, layer by layer."""
    alone, inside = cnncalc.tally(cnncalc.load("inception-reduced")), cnncalc.tally(cnncalc.load("googlenet"))
    for row in alone.rows[1:]:
        there = inside[f"inception_3a/{row.name}"]
        assert (there.volume, there.parameters, there.macs) == (row.volume, row.parameters, row.macs)
