"""DenseNet: each layer adds 32 channels to all that it reads."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.fold import fold

# Huang et al. 2016, table 1: layers of each dense block, k = 32; channels that leave blocks and transitions.
TABLE_1 = [  # depth, layers, channels of dense1, transition1, dense2, …
    ("densenet121", 121, (6, 12, 24, 16), (256, 128, 512, 256, 1024, 512, 1024)),
    ("densenet169", 169, (6, 12, 32, 32), (256, 128, 512, 256, 1280, 640, 1664)),
    ("densenet201", 201, (6, 12, 48, 32), (256, 128, 512, 256, 1792, 896, 1920)),
]
NAMES = [name for name, *_ in TABLE_1]
SIZES = (56, 28, 28, 14, 14, 7, 7)  # of dense1, transition1, dense2, …


@pytest.mark.parametrize(("name", "depth", "layers", "channels"), TABLE_1, ids=NAMES)
def test_a_column_of_table_1(name: str, depth: int, layers: tuple[int, ...], channels: tuple[int, ...]) -> None:
    """Each block and transition gives the printed size and its channels; two layers each, the name adds up."""
    ledger = cnncalc.tally(cnncalc.load(name))
    rows = fold(ledger, 1)
    ends = [f"{kind}{number}" for number in (1, 2, 3, 4) for kind in ("dense", "transition")][:-1]
    ends = [f"{end}_{layers[int(end[-1]) - 1]}" if "dense" in end else end for end in ends]
    volumes = [(size, size, count) for size, count in zip(SIZES, channels, strict=True)]
    assert [rows[end].output_shape for end in ends] == volumes
    assert ledger.totals.depth == depth == 1 + 2 * sum(layers) + 3 + 1


@pytest.mark.parametrize(("name", "depth", "layers", "channels"), TABLE_1, ids=NAMES)
def test_a_layer_adds_32_channels(name: str, depth: int, layers: tuple[int, ...], channels: tuple[int, ...]) -> None:  # noqa: ARG001 - a row has all
    """Inside a block every concatenation has 32 channels more than the one before."""
    ledger = cnncalc.tally(cnncalc.load(name))
    grown = [0]
    for row in ledger.rows:
        if row.type == "concat" and row.node is not None:
            grown.append(row.volume.channels)
            assert [volume.channels for volume in row.node.x] == [row.volume.channels - 32, 32]
    assert len(grown) - 1 == sum(layers)


def test_what_is_concatenated_is_never_copied_back() -> None:
    """The first layer of a block reads the transition, every other the concatenation before it."""
    ledger = cnncalc.tally(cnncalc.load("densenet121"))
    assert ledger["dense2_1/bn1"].inputs == ("transition1/pool1",)
    assert ledger["dense2_1/concat1"].inputs == ("transition1/pool1", "dense2_1/conv2")
    assert ledger["dense2_2/concat1"].inputs == ("dense2_1/concat1", "dense2_2/conv2")
