"""SqueezeNet 1.0 and 1.1: the paper's table 1, and what torchvision counts."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.claims.published import judge
from cnncalc.errors import ShapeError

# torchvision 0.15, meta of the weights: `num_params`, `_ops` (10^9 multiply-accumulates), `min_size`.
WEIGHTS = [  # num_params, _ops, min_size
    ("squeezenet1_0", 1_248_424, "0.819", 21),
    ("squeezenet1_1", 1_235_496, "0.349", 17),
]
NAMES = [name for name, *_ in WEIGHTS]

# Iandola et al. 2016, table 1: "#parameter before pruning".
TABLE_1 = [  # what comes in, squeeze, expand, parameters
    ("fire2", 96, 16, 64, 11_920),
    ("fire3", 128, 16, 64, 12_432),
    ("fire4", 128, 32, 128, 45_344),
    ("fire5", 256, 32, 128, 49_440),
    ("fire6", 256, 48, 192, 104_880),
    ("fire7", 384, 48, 192, 111_024),
    ("fire8", 384, 64, 256, 188_992),
    ("fire9", 512, 64, 256, 197_184),
]

# The paper's output sizes are those of an image of 227x227; torchvision's 224x224 lose two pixels in conv1.
SIZES = [  # 227, 224
    ("conv1", "111x111x96", "109x109x96"),
    ("pool1", "55x55x96", "54x54x96"),
    ("fire2", "55x55x128", "54x54x128"),
    ("fire4", "55x55x256", "54x54x256"),
    ("pool4", "27x27x256", "27x27x256"),
    ("fire8", "27x27x512", "27x27x512"),
    ("pool8", "13x13x512", "13x13x512"),
    ("conv10", "13x13x1000", "13x13x1000"),
    ("pool10", "1x1x1000", "1x1x1000"),
]

# squeezenet1_1 pools earlier: after fire3 and fire5.
EARLIER = [
    ("conv1", "111x111x64"),
    ("pool1", "55x55x64"),
    ("fire3", "55x55x128"),
    ("pool3", "27x27x128"),
    ("fire5", "27x27x256"),
    ("pool5", "13x13x256"),
    ("fire9", "13x13x512"),
    ("conv10", "13x13x1000"),
]

VERDICTS = {
    "squeezenet1_0": ["exact"] * 3 + ["rounds to it", "does not follow", "exact", "rounds to it", "exact"],
    "squeezenet1_1": ["exact", "rounds to it"],
}


@pytest.mark.parametrize(("name", "parameters", "gmacs", "smallest"), WEIGHTS, ids=NAMES)
def test_counts(name: str, parameters: int, gmacs: str, smallest: int) -> None:  # noqa: ARG001 - a row has all
    """Parameters are torchvision's to the digit, multiply-accumulates as it rounds them."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert totals.parameters == parameters
    assert cnncalc.verdict(f"{gmacs} GMACs", totals.macs, quantity="macs").verdict == "rounds to it"


@pytest.mark.parametrize(("name", "parameters", "gmacs", "smallest"), WEIGHTS, ids=NAMES)
def test_smallest_input(name: str, parameters: int, gmacs: str, smallest: int) -> None:  # noqa: ARG001 - a row has all
    """Every size from 64 down to torchvision's smallest is accepted, and none below."""
    assert [size for size in range(64, 0, -1) if _accepts(name, size)] == list(range(64, smallest - 1, -1))


@pytest.mark.parametrize(
    ("fire", "channels", "squeeze", "expand", "parameters"), TABLE_1, ids=[row[0] for row in TABLE_1]
)
def test_a_fire_of_table_1(fire: str, channels: int, squeeze: int, expand: int, parameters: int) -> None:
    """Each fire module has the parameters that the table prints, which are those of its three convolutions."""
    rows = cnncalc.tally(cnncalc.load("squeezenet1_0")).rows
    by_hand = (channels + 1) * squeeze + (squeeze + 1) * expand + (9 * squeeze + 1) * expand
    assert sum(row.parameters for row in rows if row.name.startswith(f"{fire}/")) == parameters == by_hand


@pytest.mark.parametrize(("layer", "printed", "ours"), SIZES, ids=[row[0] for row in SIZES])
def test_sizes(layer: str, printed: str, ours: str) -> None:
    """Table 1's volumes follow from 227x227; from the 224x224 it says, the first three are smaller."""
    assert _volume("squeezenet1_0", layer, "227x227x3") == printed
    assert _volume("squeezenet1_0", layer, "224x224x3") == ours


@pytest.mark.parametrize(("layer", "volume"), EARLIER, ids=[row[0] for row in EARLIER])
def test_earlier_pools(layer: str, volume: str) -> None:
    """In 1.1 the fires work on smaller volumes."""
    assert _volume("squeezenet1_1", layer, "224x224x3") == volume


@pytest.mark.parametrize("name", NAMES)
def test_depth(name: str) -> None:
    """Of the two expanding convolutions a path takes one: 1 + 8·2 + 1."""
    assert cnncalc.tally(cnncalc.load(name)).totals.depth == 18


@pytest.mark.parametrize("name", NAMES)
def test_published_figures(name: str) -> None:
    """All follow but the paper's 111x111, which needs another input."""
    assert [judged.verdict.verdict for judged in judge(cnncalc.load(name))] == VERDICTS[name]


def _volume(name: str, layer: str, image: str) -> str:
    """Return what a layer, or the last layer of a block, gives."""
    nodes = cnncalc.load(name, input=image).nodes
    return str([node.y for node in nodes if node.name == layer or node.name.startswith(f"{layer}/")][-1])


def _accepts(name: str, size: int) -> bool:
    try:
        cnncalc.load(name, input=f"{size}x{size}x3")
    except ShapeError:
        return False
    return True
