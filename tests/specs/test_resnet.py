"""ResNet and what it is measured against: plain networks, its two shortcuts, its wider descendants."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.fold import fold
from cnncalc.spec.files import SHELF

# He et al. 2015, table 1: blocks of each stage, FLOPs (multiply-adds) in billions as printed.
TABLE_1 = [  # blocks, layers of a block, depth, printed, ours
    ("resnet18", (2, 2, 2, 2), 2, 18, "1.8", 1_814_073_344),
    ("resnet34", (3, 4, 6, 3), 2, 34, "3.6", 3_663_761_408),  # cut off; with shortcuts A it rounds, see below
    ("resnet50", (3, 4, 6, 3), 3, 50, "3.8", 3_857_973_248),  # cut off
    ("resnet101", (3, 4, 23, 3), 3, 101, "7.6", 7_570_194_432),
    ("resnet152", (3, 8, 36, 3), 3, 152, "11.3", 11_282_415_616),
]

# He et al. 2015, table 1: what leaves each stage of the 50-layer network.
STAGES = [
    ("conv1", "112x112x64"),
    ("pool1", "56x56x64"),
    *((f"conv2_{block}", "56x56x256") for block in (1, 2, 3)),
    *((f"conv3_{block}", "28x28x512") for block in (1, 2, 3, 4)),
    *((f"conv4_{block}", "14x14x1024") for block in (1, 2, 3, 4, 5, 6)),
    *((f"conv5_{block}", "7x7x2048") for block in (1, 2, 3)),
    ("avgpool", "1x1x2048"),
    ("fc", "1x1x1000"),
]

# The decks' plain and residual networks, He et al. 2015, figure 3; "3.6 billion FLOPs".
FIGURE_3 = [  # parameters, macs, why
    ("plain34", 21_623_848, 3_644_493_824, "no shortcuts"),
    ("resnet34-option-a", 21_623_848, 3_644_493_824, "identities and zeros cost nothing"),
    ("resnet34", 21_797_672, 3_663_761_408, "three 1x1 projections and their normalisations"),
    ("plain18", 11_515_688, 1_794_805_760, "no shortcuts"),
    ("resnet18", 11_689_512, 1_814_073_344, "three 1x1 projections and their normalisations"),
]

# He et al. 2015, section 4.2 and table 6: CIFAR-10.
CIFAR = [  # depth, printed, ours; the paper prints none for plain networks, which have as many
    ("plain20", 20, "0.27M", 269_722),
    ("resnet20", 20, "0.27M", 269_722),
    ("plain56", 56, "0.85M", 853_018),
    ("resnet56", 56, "0.85M", 853_018),
    ("resnet110", 110, "1.7M", 1_727_962),
]

# The same depth, counted by hand: parameters as torchvision says, macs by where the stride stands.
STRIDES = [  # on the 1x1, on the 3x3, depth
    ("resnet50", "resnet50-v15", 50),
    ("resnet101", "resnet101-v15", 101),
    ("resnet152", "resnet152-v15", 152),
]


@pytest.mark.parametrize(("name", "blocks", "layers", "depth", "printed", "macs"), TABLE_1, ids=[r[0] for r in TABLE_1])
def test_a_column_of_table_1(  # noqa: PLR0913 - a column has all
    name: str, blocks: tuple[int, ...], layers: int, depth: int, printed: str, macs: int
) -> None:
    """Each network is 1 + its blocks' layers + 1 deep, the number it is called by, and costs what the table prints."""
    ledger = cnncalc.tally(cnncalc.load(name))
    names = [f"conv{stage}_{block}" for stage, times in enumerate(blocks, start=2) for block in range(1, times + 1)]
    assert [row.name for row in fold(ledger, 1).rows if row.type == "block"] == names
    assert ledger.totals.depth == depth == 1 + layers * sum(blocks) + 1
    assert ledger.totals.macs == macs
    assert cnncalc.verdict(f"{printed} billion", macs, quantity="macs").follows


@pytest.mark.parametrize(("name", "volume"), STAGES, ids=[name for name, _ in STAGES])
def test_a_stage_of_resnet50(name: str, volume: str) -> None:
    """Each block of the 50-layer network gives the volume that table 1 prints for its stage."""
    assert str(fold(cnncalc.tally(cnncalc.load("resnet50")), 1)[name].volume) == volume


def test_resnet50_reads_in_under_forty_lines() -> None:
    """The family and its member together are a page."""
    files = (SHELF / "families" / "resnet-bottleneck.yaml", SHELF / "resnet50.yaml")
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) < 40


@pytest.mark.parametrize(("name", "parameters", "macs", "why"), FIGURE_3, ids=[row[0] for row in FIGURE_3])
def test_plain_and_residual(name: str, parameters: int, macs: int, why: str) -> None:
    """What plain and residual networks cost, to the digit."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert (totals.parameters, totals.macs) == (parameters, macs), why


@pytest.mark.parametrize("name", ["plain34", "resnet34-option-a"])
def test_the_decks_3_6_billion(name: str) -> None:
    """The figure's 3.6 billion is the plain network and the one with shortcuts A; projections make 3.7 of it."""
    macs, projected = (cnncalc.tally(cnncalc.load(network)).totals.macs for network in (name, "resnet34"))
    assert cnncalc.verdict("3.6 billion", macs, quantity="macs").verdict == "rounds to it"
    assert cnncalc.verdict("3.7 billion", projected, quantity="macs").verdict == "rounds to it"


def test_vgg19_needs_five_times_as_much() -> None:
    """He et al. 2015, section 3.3: 3.6 billion FLOPs are "only 18% of VGG-19 (19.6 billion FLOPs)" - 18.6%, cut off."""
    plain, vgg = (cnncalc.tally(cnncalc.load(name)).totals.macs for name in ("plain34", "vgg19"))
    assert cnncalc.verdict("19.6 billion", vgg, quantity="macs").verdict == "rounds to it"
    assert 100 * plain // vgg == 18


def test_only_the_first_blocks_project() -> None:
    """Option B projects where the volume changes: in ResNet-34 three times, in ResNet-50 once more, to widen."""
    for name, projected in (("resnet34", "345"), ("resnet34-option-a", "345"), ("resnet50", "2345")):
        shortcuts = [row.name for row in cnncalc.tally(cnncalc.load(name)).rows if "shortcut" in row.name]
        assert shortcuts == [f"conv{stage}_1/shortcut" for stage in projected]


@pytest.mark.parametrize(("name", "depth", "printed", "parameters"), CIFAR, ids=[row[0] for row in CIFAR])
def test_cifar(name: str, depth: int, printed: str, parameters: int) -> None:
    """6n + 2 layers, and the parameters of table 6."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert (totals.depth, totals.parameters) == (depth, parameters)
    assert cnncalc.verdict(printed, parameters).verdict == "rounds to it"


@pytest.mark.parametrize("stage", ["conv2", "conv3", "conv4"])
def test_a_stage_of_cifar(stage: str) -> None:
    """Section 4.2's table: 32x32, 16x16 and 8x8 maps, 16, 32 and 64 filters; every block gives the same."""
    volumes = {"conv2": "32x32x16", "conv3": "16x16x32", "conv4": "8x8x64"}
    rows = fold(cnncalc.tally(cnncalc.load("resnet20")), 1).rows
    assert [str(row.volume) for row in rows if row.name.startswith(f"{stage}_")] == [volumes[stage]] * 3


@pytest.mark.parametrize(("first", "second", "depth"), STRIDES, ids=[row[0] for row in STRIDES])
def test_where_the_stride_stands(first: str, second: str, depth: int) -> None:
    """On the 3x3 the stride leaves three 1x1 at full size, four times the places: the same layers, more to multiply."""
    ours, theirs = (cnncalc.tally(cnncalc.load(name)) for name in (first, second))
    assert (ours.totals.depth, ours.totals.parameters) == (theirs.totals.depth, theirs.totals.parameters)
    assert ours.totals.depth == depth
    more = {row.name: theirs[row.name].macs // row.macs for row in ours.rows if theirs[row.name].macs != row.macs}
    assert more == {f"conv{stage}_1/conv1": 4 for stage in (3, 4, 5)}


def test_keras_counts_what_is_stored() -> None:
    """Keras's total, 25,636,712, is parameters + buffers; its convolutions have 26,560 biases, the paper's none.

    A bias before a normalisation changes nothing, so the networks cost the same.
    """
    keras, paper = (cnncalc.tally(cnncalc.load(name)) for name in ("resnet50-keras", "resnet50"))
    biases = sum(row.volume.channels for row in keras.rows if row.type == "conv")
    assert biases == 26_560
    assert keras.totals.parameters == paper.totals.parameters + biases == 25_583_592
    assert keras.totals.buffers == 53_120
    assert keras.totals.parameters + keras.totals.buffers == 25_636_712
    assert [row.name for row in keras.rows] == [row.name for row in paper.rows]
    assert keras.totals.macs == paper.totals.macs


@pytest.mark.parametrize(("name", "seen"), [("wide_resnet50_2", 128), ("resnext50_32x4d", 4)])
def test_twice_the_width_inside(name: str, seen: int) -> None:
    """Both have 128 channels where ResNet-50 has 64; in ResNeXt each of the 3x3's 32 groups sees 4 of them."""
    ledger = cnncalc.tally(cnncalc.load(name))
    assert ledger["conv2_1/conv2"].output_shape == (56, 56, 128)
    assert ledger["conv2_1/conv2"].weights == 3 * 3 * seen * 128
    assert ledger["conv5_3/conv2"].output_shape == (7, 7, 1024)
    assert ledger.totals.depth == 50


def test_the_residual_block() -> None:
    """Two 3x3 on 64 channels; the shortcut and the addition have nothing to learn and nothing to multiply by."""
    ledger = cnncalc.tally(cnncalc.load("residual-block"))
    alone = cnncalc.tally(cnncalc.load("conv3-64 relu conv3-64 relu", input="56x56x64"))
    assert ledger.totals.parameters == alone.totals.parameters == 2 * (3 * 3 * 64 * 64 + 64)
    assert ledger.totals.macs == alone.totals.macs
    assert ledger["add1"].inputs == ("weight_layer2", "input")
    assert ledger.totals.flops - alone.totals.flops == 56 * 56 * 64
