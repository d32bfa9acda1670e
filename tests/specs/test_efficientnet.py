"""EfficientNet-B0: the paper's table 1, and what torchvision and Keras count."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import Ledger
from cnncalc.claims.published import judge

# Tan and Le 2019, table 1; a stage's volume has the next stage's resolution and its own channels.
STAGES = [  # volume, filters of its layers, channels squeezed to
    ("stage1", "112x112x32", [], []),
    ("stage2", "112x112x16", [3], [32 // 4]),
    ("stage3", "56x56x24", [3, 3], [16 // 4, 24 // 4]),
    ("stage4", "28x28x40", [5, 5], [24 // 4, 40 // 4]),
    ("stage5", "14x14x80", [3, 3, 3], [40 // 4, 80 // 4, 80 // 4]),
    ("stage6", "14x14x112", [5, 5, 5], [80 // 4, 112 // 4, 112 // 4]),
    ("stage7", "7x7x192", [5, 5, 5, 5], [112 // 4, 192 // 4, 192 // 4, 192 // 4]),
    ("stage8", "7x7x320", [3], [192 // 4]),
    ("stage9", "7x7x1280", [], []),
]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The ledger of EfficientNet-B0."""
    return cnncalc.tally(cnncalc.load("efficientnet_b0"))


def test_counts(ledger: Ledger) -> None:
    """In torchvision 0.15 `num_params` is 5288548 and `_ops` 0.386 (10^9 multiply-accumulates)."""
    assert ledger.totals.parameters == 5_288_548
    assert cnncalc.verdict("0.386 GMACs", ledger.totals.macs, quantity="macs").verdict == "rounds to it"


def test_keras_counts_what_is_stored(ledger: Ledger) -> None:
    """Its total is parameters, buffers, and what normalises the image: a mean and a variance per channel, a count."""
    assert ledger.totals.parameters + ledger.totals.buffers + 2 * 3 + 1 == 5_330_571


@pytest.mark.parametrize(("stage", "volume", "filters", "squeezed"), STAGES, ids=[row[0] for row in STAGES])
def test_stages(ledger: Ledger, stage: str, volume: str, filters: list[int], squeezed: list[int]) -> None:
    """Each stage of the table has its volume, layers and filters, and squeezes to a quarter of what came in."""
    rows = [row for row in ledger.rows if row.name.split("/")[0] == stage]
    assert str(rows[-1].volume) == volume
    assert [row.settings["kernel_size"][0] for row in rows if row.type == "depthwise_conv"] == filters
    assert [row.volume.channels for row in rows if row.name.endswith("/se/fc1")] == squeezed


def test_smallest_input() -> None:
    """A single pixel is enough, as torchvision's `min_size` says: every window is padded."""
    assert cnncalc.load("efficientnet_b0", input="1x1x3").nodes


def test_depth(ledger: Ledger) -> None:
    """The longest path goes through the squeezing: 4 in the first MBConv, 5 in each of the 15 others, 3 around them."""
    assert ledger.totals.depth == 82 == 4 + 15 * 5 + 3


def test_published_figures() -> None:
    """All follow: torchvision's, the paper's 5.3M and 0.39B, and MathWorks' depth."""
    verdicts = [judged.verdict.verdict for judged in judge(cnncalc.load("efficientnet_b0"))]
    assert verdicts == ["exact", "rounds to it", "rounds to it", "rounds to it", "exact"]
