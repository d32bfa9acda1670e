"""ShuffleNet V2: the paper's table 5, and what torchvision counts."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.claims.published import judge

NAME = "shufflenet_v2_x1_0"

# torchvision 0.15, meta of the weights: `num_params`, `_ops` (10^9 multiply-accumulates).
WIDTHS = [  # stage 2, conv5, num_params, _ops
    ("x0_5", 48, 1024, 1_366_792, "0.04"),
    ("x1_0", 116, 1024, 2_278_604, "0.145"),
    ("x1_5", 176, 1024, 3_503_624, "0.296"),
    ("x2_0", 244, 2048, 7_393_996, "0.583"),
]

# Ma et al. 2018, table 5, 1x: what each stage gives, and how often its unit stands there.
STAGES = [  # volume, units
    ("conv1", "112x112x24", 1),
    ("stage2", "28x28x116", 4),
    ("stage3", "14x14x232", 8),
    ("stage4", "7x7x464", 4),
    ("conv5", "7x7x1024", 1),
]


@pytest.mark.parametrize(("name", "c", "last", "parameters", "gmacs"), WIDTHS, ids=[row[0] for row in WIDTHS])
def test_counts(name: str, c: int, last: int, parameters: int, gmacs: str) -> None:
    """One spec has all four widths: parameters to torchvision's digit, multiply-accumulates as it rounds them."""
    totals = cnncalc.tally(cnncalc.load(NAME, set={"c": c, "last": last})).totals
    assert totals.parameters == parameters, name
    assert cnncalc.verdict(f"{gmacs} GMACs", totals.macs, quantity="macs").verdict == "rounds to it", name


def test_the_defaults_are_x1_0() -> None:
    """The spec as it stands is the network that it is named after."""
    assert cnncalc.tally(cnncalc.load(NAME)).totals.parameters == 2_278_604


@pytest.mark.parametrize(("stage", "volume", "units"), STAGES, ids=[row[0] for row in STAGES])
def test_stages(stage: str, volume: str, units: int) -> None:
    """Each stage of the table has its volume and its number of units."""
    nodes = [node for node in cnncalc.load(NAME).nodes if node.name.startswith(stage)]
    assert str(nodes[-1].y) == volume
    assert len({node.name.split("/")[0] for node in nodes}) == units


def test_a_unit() -> None:
    """Half of the channels pass by: figure 3 (c) learns on 58 of stage 2's 116."""
    network = cnncalc.load(NAME)
    assert [network[f"stage2_1/{name}"].y.channels for name in ("split1", "conv1", "conv2", "concat1")] == [58] * 3 + [
        116
    ]
    assert network["stage2_1/split1"].inputs == network["stage2_1/split2"].inputs == ("stage2/shuffle1",)


def test_smallest_input() -> None:
    """A single pixel is enough, as torchvision's `min_size` says: every window is padded."""
    assert cnncalc.load(NAME, input="1x1x3").nodes


def test_depth() -> None:
    """1x1, depthwise and 1x1 in each of 16 units, conv1, conv5 and the fully connected layer."""
    assert cnncalc.tally(cnncalc.load(NAME)).totals.depth == 51 == 16 * 3 + 3


def test_published_figures() -> None:
    """The paper's 146M FLOPs are not the 145M that its table gives."""
    verdicts = [judged.verdict.verdict for judged in judge(cnncalc.load(NAME))]
    assert verdicts == ["exact", "rounds to it", "does not follow", "rounds to it"]
