"""Inception v3: the volumes of its modules, and what torchvision and Keras count, with the training head or without."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc import Ledger
from cnncalc.claims.published import judge
from cnncalc.errors import ShapeError

NAME = "inception_v3"

# torchvision's inception.py, the comments between the layers of `_forward`.
VOLUMES = [
    ("conv1a", "149x149x32"),
    ("conv2a", "147x147x32"),
    ("conv2b", "147x147x64"),
    ("pool3a", "73x73x64"),
    ("conv3b", "73x73x80"),
    ("conv4a", "71x71x192"),
    ("pool5a", "35x35x192"),
    ("mixed5b", "35x35x256"),
    ("mixed5c", "35x35x288"),
    ("mixed5d", "35x35x288"),
    ("mixed6a", "17x17x768"),
    ("mixed6b", "17x17x768"),
    ("mixed6e", "17x17x768"),
    ("mixed7a", "8x8x1280"),
    ("mixed7b", "8x8x2048"),
    ("mixed7c", "8x8x2048"),
    ("pool1", "1x1x2048"),
    ("fc1", "1x1x1000"),
]

# Convolutions on the longest path of each module, and how many of them follow each other.
LONGEST = [("stem", 5, 1), ("35x35", 3, 3), ("to 17x17", 3, 1), ("17x17", 5, 4), ("to 8x8", 4, 1), ("8x8", 3, 2)]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The ledger of the network as it is used."""
    return cnncalc.tally(cnncalc.load(NAME))


def test_counts(ledger: Ledger) -> None:
    """Without the head, timm prints 23.8M parameters and torchvision `_ops` of 5.713 (10^9 multiply-accumulates)."""
    assert ledger.totals.parameters == 23_834_568
    assert cnncalc.verdict("5.713 GMACs", ledger.totals.macs, quantity="macs").verdict == "rounds to it"


def test_the_auxiliary_head(ledger: Ledger) -> None:
    """The `num_params` of torchvision, 27161264, count the head that is there for training only."""
    training = cnncalc.tally(cnncalc.load(NAME, train=True))
    head = [row for row in training.rows if row.name.startswith("aux/")]
    assert training.totals.parameters == 27_161_264
    by_hand = (768 + 2) * 128 + (5 * 5 * 128 + 2) * 768 + (768 + 1) * 1000
    assert sum(row.parameters for row in head) == by_hand == 27_161_264 - ledger.totals.parameters
    assert [str(row.volume) for row in head if row.type in {"avgpool", "conv", "fc"}] == [
        "5x5x768", "5x5x128", "1x1x768", "1x1x1000",
    ]  # fmt: skip
    assert head[0].inputs == ("mixed6e/concat1",)


def test_keras_counts_what_is_stored(ledger: Ledger) -> None:
    """Its total, 23,851,784, is without the gammas of batch normalisation, and with its running mean and variance."""
    gammas = sum(row.weights for row in ledger.rows if row.type == "batchnorm")
    assert ledger.totals.parameters - gammas + ledger.totals.buffers == 23_851_784


@pytest.mark.parametrize(("layer", "volume"), VOLUMES, ids=[row[0] for row in VOLUMES])
def test_volumes(ledger: Ledger, layer: str, volume: str) -> None:
    """Layers and modules give torchvision's volumes."""
    rows = [row for row in ledger.rows if row.name == layer or row.name.startswith(f"{layer}/")]
    assert str(rows[-1].volume) == volume


def test_every_window_fits(ledger: Ledger) -> None:
    """299 is chosen well: no window of the network leaves a pixel over."""
    assert all(row.fit()["exact"] for row in ledger.rows)


def test_smallest_input() -> None:
    """Rounded down as PyTorch does, sizes from 99 down to torchvision's `min_size`, 75, are accepted, none below."""
    assert [size for size in range(99, 60, -1) if _accepts(size)] == list(range(99, 74, -1))


def test_depth(ledger: Ledger) -> None:
    """48 with the fully connected layer; the paper calls its network 42 layers deep and does not say what it counts."""
    assert ledger.totals.depth == 48 == sum(depth * times for _, depth, times in LONGEST) + 1


def test_published_figures() -> None:
    """All follow but the paper's 42 layers; its 5 billion are 5.7, cut off."""
    verdicts = [judged.verdict.verdict for judged in judge(cnncalc.load(NAME))]
    assert verdicts == ["rounds to it", "rounds to it", "truncated", "does not follow", "exact"]


def _accepts(size: int) -> bool:
    try:
        cnncalc.load(NAME, input=f"{size}x{size}x3", rounding="floor")
    except ShapeError:
        return False
    return True
