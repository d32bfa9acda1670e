"""MobileNets V1, V2 and V3: the papers' tables, and what torchvision and Keras count."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import Ledger
from cnncalc.claims.published import judge

# torchvision 0.15, meta of the weights: `num_params`, `_ops` (10^9 multiply-accumulates); `min_size` is 1 for all.
WEIGHTS = [  # num_params, _ops
    ("mobilenet_v2", 3_504_872, "0.301"),
    ("mobilenet_v3_large", 5_483_032, "0.217"),
    ("mobilenet_v3_small", 2_542_856, "0.057"),
]

# Keras applications, "Total params": what batch normalisation stores is in them, its documentation's 4.3M and 3.5M.
KERAS = [("mobilenet_v1", 4_253_864), ("mobilenet_v2", 3_538_984)]

# Howard et al. 2017, tables 5, 6 and 7. The width is conv1's: 32 times the paper's multiplier.
SMALLER = [  # parameters of the spec, image, mult-adds, parameters
    ({}, "224x224x3", "569M", "4.2M"),
    ({"width": 24}, "224x224x3", "325M", "2.6M"),
    ({"width": 16}, "224x224x3", "149M", "1.3M"),
    ({"width": 8}, "224x224x3", "41M", "0.5M"),
    ({"deep": 0}, "224x224x3", "307M", "2.9M"),  # "shallow MobileNet"
    ({}, "192x192x3", "418M", "4.2M"),
    ({}, "160x160x3", "290M", "4.2M"),
    ({}, "128x128x3", "186M", "4.2M"),
]

# Howard et al. 2017, table 2: percent of mult-adds, and of weights without batch normalisation.
SHARES = [  # mult-adds, weights
    ("1x1 convolution", "94.86", "74.59"),
    ("3x3 depthwise convolution", "3.06", "1.06"),
    ("3x3 convolution", "1.91", "0.02"),  # printed: 1.19, with which the column does not add up to 100
    ("fully connected", "0.18", "24.33"),
]

# Howard et al. 2017, table 1: what the 13 depthwise separable convolutions give.
SEPARABLE = ["112x112x64", *["56x56x128"] * 2, *["28x28x256"] * 2, *["14x14x512"] * 6, *["7x7x1024"] * 2]

# Sandler et al. 2018, table 2: what the seven lines of bottlenecks give.
STAGES = ["112x112x16", "56x56x24", "28x28x32", "14x14x64", "14x14x96", "7x7x160", "7x7x320"]

# Howard et al. 2019, tables 1 and 2, line by line: filter, channels in the middle, SE, what comes out.
LARGE = [
    (3, 16, False, "112x112x16"),
    (3, 64, False, "56x56x24"),
    (3, 72, False, "56x56x24"),
    (5, 72, True, "28x28x40"),
    (5, 120, True, "28x28x40"),
    (5, 120, True, "28x28x40"),
    (3, 240, False, "14x14x80"),
    (3, 200, False, "14x14x80"),
    (3, 184, False, "14x14x80"),
    (3, 184, False, "14x14x80"),
    (3, 480, True, "14x14x112"),
    (3, 672, True, "14x14x112"),
    (5, 672, True, "7x7x160"),
    (5, 960, True, "7x7x160"),
    (5, 960, True, "7x7x160"),
]
SMALL = [
    (3, 16, True, "56x56x16"),
    (3, 72, False, "28x28x24"),
    (3, 88, False, "28x28x24"),
    (5, 96, True, "14x14x40"),
    (5, 240, True, "14x14x40"),
    (5, 240, True, "14x14x40"),
    (5, 120, True, "14x14x48"),
    (5, 144, True, "14x14x48"),
    (5, 288, True, "7x7x96"),
    (5, 576, True, "7x7x96"),
    (5, 576, True, "7x7x96"),
]

DEPTHS = [  # depth, how it comes about
    ("mobilenet_v1", 28, 1 + 13 * 2 + 1),
    ("mobilenet_v2", 53, 1 + 2 + 16 * 3 + 1 + 1),
    ("mobilenet_v3_large", 64, 1 + 2 + 14 * 3 + 8 * 2 + 1 + 2),  # an SE has two
    ("mobilenet_v3_small", 54, 1 + 2 + 10 * 3 + 9 * 2 + 1 + 2),
]

VERDICTS = {
    "mobilenet_v1": ["rounds to it", "rounds to it", "exact"],
    "mobilenet_v2": ["exact", "rounds to it", "truncated", "does not follow", "exact"],  # 3.4M: it is 3.50M
    "mobilenet_v3_large": ["exact", "rounds to it", "rounds to it", "truncated", "does not follow"],  # 219M: it is 217M
    "mobilenet_v3_small": ["exact", "rounds to it", "rounds to it", "truncated"],
}


@pytest.fixture(scope="module")
def v1() -> Ledger:
    """The ledger of the first MobileNet."""
    return cnncalc.tally(cnncalc.load("mobilenet_v1"))


@pytest.mark.parametrize(("name", "parameters", "gmacs"), WEIGHTS, ids=[row[0] for row in WEIGHTS])
def test_counts(name: str, parameters: int, gmacs: str) -> None:
    """Parameters are torchvision's to the digit, multiply-accumulates as it rounds them."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert totals.parameters == parameters
    assert cnncalc.verdict(f"{gmacs} GMACs", totals.macs, quantity="macs").verdict == "rounds to it"


@pytest.mark.parametrize("name", [row[0] for row in WEIGHTS])
def test_smallest_input(name: str) -> None:
    """A single pixel is enough: every window is padded."""
    assert cnncalc.load(name, input="1x1x3").nodes


@pytest.mark.parametrize(("name", "total"), KERAS)
def test_keras_counts_what_is_stored(name: str, total: int) -> None:
    """Its totals are parameters and buffers together."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert totals.parameters + totals.buffers == total


@pytest.mark.parametrize(("chosen", "image", "macs", "parameters"), SMALLER)
def test_smaller_mobilenets(chosen: dict[str, int], image: str, macs: str, parameters: str) -> None:
    """The paper's two multipliers are a parameter of the spec and an input, and give what it prints."""
    totals = cnncalc.tally(cnncalc.load("mobilenet_v1", set=chosen, input=image)).totals
    assert cnncalc.verdict(macs, totals.macs).verdict in {"rounds to it", "truncated"}
    assert cnncalc.verdict(parameters, totals.parameters).verdict == "rounds to it"


@pytest.mark.parametrize(("kind", "macs", "weights"), SHARES, ids=[row[0] for row in SHARES])
def test_shares(v1: Ledger, kind: str, macs: str, weights: str) -> None:
    """Table 2's percentages follow, but for one whose digits stand the wrong way round."""
    rows = [row for row in v1.rows if row.macs]
    ours = [row for row in rows if _kind(row) == kind]
    assert f"{100 * sum(row.macs for row in ours) / sum(row.macs for row in rows):.2f}" == macs
    assert f"{100 * sum(row.weights for row in ours) / sum(row.weights for row in rows):.2f}" == weights


def test_separable_convolutions(v1: Ledger) -> None:
    """The 13 of table 1 give its volumes, one after the other."""
    assert [str(row.volume) for row in v1.rows if row.name.endswith("/relu2")] == SEPARABLE


def test_stages() -> None:
    """The seven lines of V2's table 2 give its volumes."""
    nodes = cnncalc.load("mobilenet_v2").nodes
    ends = {node.name.split("/")[0]: str(node.y) for node in nodes if node.name.startswith("stage")}
    assert list(ends.values()) == STAGES


@pytest.mark.parametrize(("name", "table"), [("mobilenet_v3_large", LARGE), ("mobilenet_v3_small", SMALL)])
def test_the_tables_of_v3(name: str, table: list[tuple[int, int, bool, str]]) -> None:
    """Line by line: the depthwise filter, its channels, whether they are squeezed, and what the line gives."""
    network = cnncalc.load(name)
    names = [node.name for node in network.nodes]
    lines = []
    for depthwise in (node for node in network.nodes if node.name.endswith("/dw")):
        path = depthwise.name.removesuffix("dw")
        squeezed = f"{path}se/multiply1" in names
        kernel = depthwise.card.settings(depthwise.x)["kernel_size"][0]
        lines.append((kernel, depthwise.y.channels, squeezed, str(network[f"{path}project"].y)))
    assert lines == table


@pytest.mark.parametrize("name", ["mobilenet_v3_large", "mobilenet_v3_small"])
def test_squeezed_channels(name: str) -> None:
    """Squeeze-and-excitation has the channels that MobileNet's `make_divisible` gives for a quarter."""
    nodes = [node for node in cnncalc.load(name).nodes if node.name.endswith("/se/fc1")]
    assert nodes
    assert [node.y.channels for node in nodes] == [_make_divisible(node.x.channels // 4) for node in nodes]


@pytest.mark.parametrize(("name", "depth", "summed"), DEPTHS, ids=[row[0] for row in DEPTHS])
def test_depth(name: str, depth: int, summed: int) -> None:
    """The longest path takes every convolution, and goes through the squeezing."""
    assert cnncalc.tally(cnncalc.load(name)).totals.depth == depth == summed


@pytest.mark.parametrize("name", VERDICTS)
def test_published_figures(name: str) -> None:
    """All follow but two: the papers' tables and their networks differ a little."""
    assert [judged.verdict.verdict for judged in judge(cnncalc.load(name))] == VERDICTS[name]


def _kind(row: cnncalc.Row) -> str:
    if row.type == "fc":
        return "fully connected"
    if row.type == "depthwise_conv":
        return "3x3 depthwise convolution"
    return "1x1 convolution" if row.name.endswith("/pw") else "3x3 convolution"


def _make_divisible(channels: int) -> int:
    """Round to a multiple of 8, but never down by more than a tenth."""
    rounded = max(8, (channels + 4) // 8 * 8)
    return rounded + 8 if 10 * rounded < 9 * channels else rounded
