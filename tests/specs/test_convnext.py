"""ConvNeXt: the paper's table 9, and what torchvision counts."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.claims.published import judge
from cnncalc.errors import ShapeError
from cnncalc.window import Rounding

NAME = "convnext_tiny"

# Parameters: torchvision 0.15, `num_params`. FLOPs: Liu et al. 2022, table 1 and the authors' repository.
SIZES = [  # channels, blocks of the third stage, parameters, FLOPs
    ("tiny", 96, 9, 28_589_128, "4.5G"),
    ("small", 96, 27, 50_223_688, "8.7G"),
    ("base", 128, 27, 88_591_464, "15.4G"),
    ("large", 192, 27, 197_767_336, "34.4G"),
]

# Liu et al. 2022, table 9: stem and stages.
STAGES = [  # volume, blocks
    ("stem", "56x56x96", 1),
    ("res2", "56x56x96", 3),
    ("res3", "28x28x192", 3),
    ("res4", "14x14x384", 9),
    ("res5", "7x7x768", 3),
]


@pytest.mark.parametrize(("size", "c", "n", "parameters", "flops"), SIZES, ids=[row[0] for row in SIZES])
def test_counts(size: str, c: int, n: int, parameters: int, flops: str) -> None:
    """One spec has all four sizes: parameters are torchvision's to the digit, MACs the paper's FLOPs."""
    totals = cnncalc.tally(cnncalc.load(NAME, set={"c": c, "n": n})).totals
    assert totals.parameters == parameters, size
    assert cnncalc.verdict(flops, totals.macs).verdict == "rounds to it", size


def test_the_defaults_are_tiny() -> None:
    """The spec as it stands is the tiny one; torchvision's `_ops` is 4.456 (10^9 multiply-accumulates)."""
    totals = cnncalc.tally(cnncalc.load(NAME)).totals
    assert totals.parameters == 28_589_128
    assert cnncalc.verdict("4.456 GMACs", totals.macs, quantity="macs").verdict == "rounds to it"


@pytest.mark.parametrize(("stage", "volume", "blocks"), STAGES, ids=[row[0] for row in STAGES])
def test_stages(stage: str, volume: str, blocks: int) -> None:
    """Each stage of the table has its volume and its number of blocks."""
    nodes = [node for node in cnncalc.load(NAME).nodes if node.name.startswith(stage)]
    assert str(nodes[-1].y) == volume
    assert len({node.name.split("/")[0] for node in nodes}) == blocks


def test_a_block() -> None:
    """The first block: 7x7 depthwise, normalisation, four times as many channels and back, and a scale for each."""
    ledger = cnncalc.tally(cnncalc.load(NAME))
    c = 96
    rows = {
        "dwconv1": 7 * 7 * c + c,
        "ln1": 2 * c,
        "conv1": c * 4 * c + 4 * c,
        "gelu1": 0,
        "conv2": 4 * c * c + c,
        "scale1": c,
        "add1": 0,
    }
    block = {row.name.removeprefix("res2_1/"): row.parameters for row in ledger.rows if row.name.startswith("res2_1/")}
    assert block == rows


def test_smallest_input() -> None:
    """Stem and downsampling take 4·2·2·2 pixels: torchvision's smallest input, rounded down, is 32."""
    assert [size for size in range(48, 16, -1) if _accepts(size, "floor")] == list(range(48, 31, -1))
    assert [size for size in range(70, 16, -1) if _accepts(size, "exact")] == [64, 32]


def test_depth() -> None:
    """Three in each of 18 blocks, the stem, three downsamplings and the fully connected layer."""
    assert cnncalc.tally(cnncalc.load(NAME)).totals.depth == 59 == 18 * 3 + 1 + 3 + 1


def test_published_figures() -> None:
    """All follow; the authors' repository cuts 28.6M to 28M where the paper rounds it to 29M."""
    verdicts = [judged.verdict.verdict for judged in judge(cnncalc.load(NAME))]
    assert verdicts == ["exact", "rounds to it", "rounds to it", "rounds to it", "truncated"]


def _accepts(size: int, rounding: Rounding) -> bool:
    try:
        cnncalc.load(NAME, input=f"{size}x{size}x3", rounding=rounding)
    except ShapeError:
        return False
    return True
