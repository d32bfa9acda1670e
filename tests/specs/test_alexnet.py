"""AlexNet as lectures and papers tell it: one listing, five networks."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import Ledger

# CS109 Data Science, Deep Learning II, the AlexNet case study (after CS231n); weights are F·F·C·K of what it prints.
LISTING = [  # volume          weights
    ("input", (227, 227, 3), 0),
    ("conv1", (55, 55, 96), 11 * 11 * 3 * 96),
    ("pool1", (27, 27, 96), 0),
    ("norm1", (27, 27, 96), 0),
    ("conv2", (27, 27, 256), 5 * 5 * 96 * 256),
    ("pool2", (13, 13, 256), 0),
    ("norm2", (13, 13, 256), 0),
    ("conv3", (13, 13, 384), 3 * 3 * 256 * 384),
    ("conv4", (13, 13, 384), 3 * 3 * 384 * 384),
    ("conv5", (13, 13, 256), 3 * 3 * 384 * 256),
    ("pool3", (6, 6, 256), 0),
    ("fc6", (1, 1, 4096), 6 * 6 * 256 * 4096),
    ("fc7", (1, 1, 4096), 4096 * 4096),
    ("fc8", (1, 1, 1000), 4096 * 1000),
]
NAMES = [name for name, *_ in LISTING]

# Krizhevsky, Sutskever and Hinton 2012, figure 2: "the number of neurons in the network's remaining layers".
NEURONS = [  # printed, ours
    ("conv1", 253_440, 290_400),  # the figure's is 55x48x96; 55x55x96 are more
    ("conv2", 186_624, 186_624),
    ("conv3", 64_896, 64_896),
    ("conv4", 64_896, 64_896),
    ("conv5", 43_264, 43_264),
    ("fc6", 4_096, 4_096),
    ("fc7", 4_096, 4_096),
    ("fc8", 1_000, 1_000),
]

COUNTS = [  # parameters, macs, what fc6 sees, why
    ("alexnet", 60_965_224, 724_406_816, (6, 6, 256), "two groups halve conv2, conv4 and conv5"),
    ("alexnet-cs231n", 62_378_344, 1_135_256_096, (6, 6, 256), "the same without groups"),
    ("alexnet-boxes", 62_378_344, 3_041_370_656, (6, 6, 256), "conv2 at 55x55, conv3 at 27x27: nothing more to learn"),
    ("alexnet-cs7015", 28_823_912, 614_310_432, (2, 2, 256), "without padding fc6 sees 1,024 values, not 9,216"),
    ("alexnet-onetower", 61_100_840, 714_188_480, (6, 6, 256), "64 and 192 filters instead of 96 and 256"),
]


@pytest.fixture(scope="module")
def listed() -> Ledger:
    """The ledger of the lectures' AlexNet."""
    return cnncalc.tally(cnncalc.load("alexnet-cs231n"))


def test_the_rows_are_the_listing(listed: Ledger) -> None:
    """The 14 lines of the listing follow each other as printed; between them stand only relu, dropout and softmax."""
    assert [row.name for row in listed.rows if row.name in NAMES] == NAMES
    assert {row.type for row in listed.rows if row.name not in NAMES} == {"relu", "dropout", "softmax"}


@pytest.mark.parametrize(("name", "volume", "weights"), LISTING, ids=NAMES)
def test_a_line_of_the_listing(listed: Ledger, name: str, volume: tuple[int, ...], weights: int) -> None:
    """Each volume is the printed one, and so are the weights that the printed sizes make."""
    row = listed[name].to_dict()
    assert (tuple(row["output_shape"]), row["weights"]) == (volume, weights)


@pytest.mark.parametrize(("name", "parameters", "macs", "seen", "why"), COUNTS, ids=[name for name, *_ in COUNTS])
def test_five_alexnets(name: str, parameters: int, macs: int, seen: tuple[int, ...], why: str) -> None:
    """Each telling has its own counts, for one reason."""
    ledger = cnncalc.tally(cnncalc.load(name))
    node = ledger["fc6"].node
    assert node is not None
    assert (ledger.totals.parameters, ledger.totals.macs, node.x.shape) == (parameters, macs, seen), why


@pytest.mark.parametrize(("name", "printed", "ours"), NEURONS)
def test_the_neurons_of_the_paper(name: str, printed: int, ours: int) -> None:
    """The outputs of every layer of the paper's figure are its neurons, but for the first."""
    ledger = cnncalc.tally(cnncalc.load("alexnet"))
    assert ledger[name].activation_values == ours
    assert (printed == ours) is (name != "conv1")


def test_the_sum_of_the_neurons() -> None:
    """The abstract's 650,000 neurons are nearer to 55x55 places in conv1 than to the figure's own numbers."""
    assert sum(ours for *_, ours in NEURONS) == 659_272
    assert sum(printed for _, printed, _ in NEURONS) == 622_312


def test_groups_see_half() -> None:
    """In the paper's network the filters of conv2, conv4 and conv5 see the maps of one GPU: half the weights."""
    grouped, whole = (cnncalc.tally(cnncalc.load(name)) for name in ("alexnet", "alexnet-cs231n"))
    for row in grouped.rows:
        half = row.name in {"conv2", "conv4", "conv5"}
        if row.type == "conv":
            assert row.weights * (2 if half else 1) == whole[row.name].weights


def test_norm_and_pool_change_places() -> None:
    """The paper normalises before it pools, the lectures after."""
    for name, first, second in (("alexnet", "norm1", "pool1"), ("alexnet-cs231n", "pool1", "norm1")):
        order = [node.name for node in cnncalc.load(name).nodes]
        assert order.index(first) + 1 == order.index(second)


def test_the_input_that_the_paper_prints_does_not_fit() -> None:
    """At the paper's 224 the first layer takes 54.25 places; the lectures' 227 is the way out."""
    with pytest.raises(cnncalc.errors.StrideMisfit, match="does not tile") as error:
        cnncalc.load("alexnet", input="224x224x3")
    assert "54.25" in error.value.formula
    assert any("227" in way_out for way_out in error.value.ways_out)
