"""U-Net as its paper draws it: every number of figure 1."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import Ledger
from cnncalc.claims.published import judge
from cnncalc.errors import StrideMisfit

# Ronneberger, Fischer and Brox 2015, figure 1: down the left side, along the bottom, up the right side.
FIGURE_1 = [
    ("input", "572x572x1"),
    ("down1/conv1", "570x570x64"),
    ("down1/conv2", "568x568x64"),
    ("pool1", "284x284x64"),
    ("down2/conv1", "282x282x128"),
    ("down2/conv2", "280x280x128"),
    ("pool2", "140x140x128"),
    ("down3/conv1", "138x138x256"),
    ("down3/conv2", "136x136x256"),
    ("pool3", "68x68x256"),
    ("down4/conv1", "66x66x512"),
    ("down4/conv2", "64x64x512"),
    ("pool4", "32x32x512"),
    ("bottom/conv1", "30x30x1024"),
    ("bottom/conv2", "28x28x1024"),
    ("concat1", "56x56x1024"),
    ("double4/conv1", "54x54x512"),
    ("double4/conv2", "52x52x512"),
    ("concat2", "104x104x512"),
    ("double3/conv1", "102x102x256"),
    ("double3/conv2", "100x100x256"),
    ("concat3", "200x200x256"),
    ("double2/conv1", "198x198x128"),
    ("double2/conv2", "196x196x128"),
    ("concat4", "392x392x128"),
    ("double1/conv1", "390x390x64"),
    ("double1/conv2", "388x388x64"),
    ("output", "388x388x2"),
]

# The grey arrows, "copy and crop": what each concatenation puts side by side.
COPIES = [  # what is copied, cropped, beside what came up
    ("concat1", "down4/relu2", ("copy4", "up4"), "56x56x512"),
    ("concat2", "down3/relu2", ("copy3", "up3"), "104x104x256"),
    ("concat3", "down2/relu2", ("copy2", "up2"), "200x200x128"),
    ("concat4", "down1/relu2", ("copy1", "up1"), "392x392x64"),
]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The ledger of the paper's network."""
    return cnncalc.tally(cnncalc.load("unet"))


@pytest.mark.parametrize(("layer", "volume"), FIGURE_1, ids=[row[0] for row in FIGURE_1])
def test_figure_1(ledger: Ledger, layer: str, volume: str) -> None:
    """Each box has the size and the channels that stand at it."""
    assert str(ledger[layer].volume) == volume


@pytest.mark.parametrize(("join", "source", "pair", "volume"), COPIES, ids=[row[0] for row in COPIES])
def test_copy_and_crop(ledger: Ledger, join: str, source: str, pair: tuple[str, str], volume: str) -> None:
    """What goes across is cropped to what comes up, and stands before it."""
    assert ledger[join].inputs == pair
    assert ledger[pair[0]].inputs == (source,)
    assert [str(ledger[name].volume) for name in pair] == [volume, volume]


def test_parameters(ledger: Ledger) -> None:
    """Nobody printed them for this network: counted by hand, level by level."""
    widths = [64, 128, 256, 512, 1024]
    down = [
        _conv(3, before, after) + _conv(3, after, after) for before, after in zip([1, *widths], widths, strict=False)
    ]
    up = [
        _conv(2, 2 * width, width) + _conv(3, 2 * width, width) + _conv(3, width, width)
        for width in reversed(widths[:4])
    ]
    assert ledger.totals.parameters == sum(down) + sum(up) + _conv(1, 64, 2) == 31_030_658


def test_depth(ledger: Ledger) -> None:
    """Section 2: "In total the network has 23 convolutional layers", all of them on one path."""
    assert ledger.totals.depth == 23 == sum(row.node is not None and row.node.card.convolves for row in ledger.rows)


def test_even_sizes() -> None:
    """Section 2: every pooling needs an even size, so the paper's tile fits and its neighbours do not."""
    for size in (570, 571, 573, 574):
        with pytest.raises(StrideMisfit):
            cnncalc.load("unet", input=f"{size}x{size}x1")


def test_published_figures() -> None:
    """The one figure that the paper prints about the whole follows."""
    assert [judged.verdict.verdict for judged in judge(cnncalc.load("unet"))] == ["exact"]


def _conv(size: int, before: int, after: int) -> int:
    """Count weights and biases of a square convolution."""
    return (size * size * before + 1) * after
