"""VGG-16 against the listing that everybody knows: CS231n, Convolutional Networks, "VGGNet in detail"."""

from __future__ import annotations

import json
from typing import Any

import pytest

import cnncalc

LISTING = [  # volume            memory   weights, as the notes write them
    ("input", (224, 224, 3), "150K", "", 0),
    ("conv1_1", (224, 224, 64), "3.2M", "(3*3*3)*64", 1_728),
    ("conv1_2", (224, 224, 64), "3.2M", "(3*3*64)*64", 36_864),
    ("pool1", (112, 112, 64), "800K", "", 0),
    ("conv2_1", (112, 112, 128), "1.6M", "(3*3*64)*128", 73_728),
    ("conv2_2", (112, 112, 128), "1.6M", "(3*3*128)*128", 147_456),
    ("pool2", (56, 56, 128), "400K", "", 0),
    ("conv3_1", (56, 56, 256), "800K", "(3*3*128)*256", 294_912),
    ("conv3_2", (56, 56, 256), "800K", "(3*3*256)*256", 589_824),
    ("conv3_3", (56, 56, 256), "800K", "(3*3*256)*256", 589_824),
    ("pool3", (28, 28, 256), "200K", "", 0),
    ("conv4_1", (28, 28, 512), "400K", "(3*3*256)*512", 1_179_648),
    ("conv4_2", (28, 28, 512), "400K", "(3*3*512)*512", 2_359_296),
    ("conv4_3", (28, 28, 512), "400K", "(3*3*512)*512", 2_359_296),
    ("pool4", (14, 14, 512), "100K", "", 0),
    ("conv5_1", (14, 14, 512), "100K", "(3*3*512)*512", 2_359_296),
    ("conv5_2", (14, 14, 512), "100K", "(3*3*512)*512", 2_359_296),
    ("conv5_3", (14, 14, 512), "100K", "(3*3*512)*512", 2_359_296),
    ("pool5", (7, 7, 512), "25K", "", 0),
    ("fc6", (1, 1, 4096), "4096", "7*7*512*4096", 102_760_448),
    ("fc7", (1, 1, 4096), "4096", "4096*4096", 16_777_216),
    ("fc8", (1, 1, 1000), "1000", "4096*1000", 4_096_000),
]
NAMES = [name for name, *_ in LISTING]
SUMMED = ("weights", "biases", "parameters", "buffers", "macs", "flops", "activation_values", "activation_bytes")


@pytest.fixture(scope="module")
def ledger() -> dict[str, Any]:
    """VGG-16's ledger, as a program reads it."""
    read: dict[str, Any] = json.loads(json.dumps(cnncalc.tally(cnncalc.load("vgg16")).to_dict()))
    return read


@pytest.fixture(scope="module")
def rows(ledger: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its rows, by name."""
    return {row["name"]: row for row in ledger["layers"]}


def test_the_rows_are_the_listing(ledger: dict[str, Any]) -> None:
    """The 22 lines of the listing follow each other as printed; between them stand only relu, dropout and softmax."""
    others = {row["type"] for row in ledger["layers"] if row["name"] not in NAMES}
    assert [row["name"] for row in ledger["layers"] if row["name"] in NAMES] == NAMES
    assert others == {"relu", "dropout", "softmax"}


@pytest.mark.parametrize("line", LISTING, ids=NAMES)
def test_a_line_of_the_listing(rows: dict[str, dict[str, Any]], line: tuple[Any, ...]) -> None:
    """Volume, weights and their product are the printed ones; the printed memory follows from the values held."""
    name, volume, memory, product, weights = line
    row = rows[name]
    height, width, channels = volume
    assert tuple(row["output_shape"]) == volume
    assert row["activation_values"] == height * width * channels
    assert cnncalc.verdict(memory, row["activation_values"], quantity="activation_values").follows
    assert (row["weights_written"], row["weights"]) == (product, weights)


def test_what_is_not_in_the_listing_holds_nothing_and_learns_nothing(rows: dict[str, dict[str, Any]]) -> None:
    """The listing leaves out relu, dropout and softmax, and so do its totals."""
    for name in rows.keys() - NAMES:
        assert (rows[name]["activation_values"], rows[name]["parameters"], rows[name]["macs"]) == (0, 0, 0)


def test_the_totals(ledger: dict[str, Any]) -> None:
    """Weights, biases, multiply-accumulates and values of VGG-16; the notes print 138M parameters."""
    totals = ledger["totals"]
    assert totals["weights"] == sum(weights for *_, weights in LISTING) == 138_344_128
    assert totals["biases"] == 13_416
    assert totals["macs"] == 15_470_264_320
    assert totals["activation_values"] == 15_237_608
    assert totals["parameter_bytes"] == 4 * totals["parameters"] == 4 * 138_357_544


@pytest.mark.parametrize("column", SUMMED)
def test_the_columns_add_up(ledger: dict[str, Any], column: str) -> None:
    """Each total is the sum of the rows above it."""
    assert sum(row[column] for row in ledger["layers"]) == ledger["totals"][column]


def test_the_notes_total_is_not_their_rows(ledger: dict[str, Any]) -> None:
    """The notes total 24M values, 93MB; their own rows add up to 15.2M, and the ledger keeps to the rows."""
    totals = ledger["totals"]
    assert cnncalc.verdict("15.2M", totals["activation_values"]).follows
    assert not cnncalc.verdict("24M", totals["activation_values"]).follows
    assert not cnncalc.verdict("93MB", totals["activation_bytes"]).follows


def test_what_one_value_of_the_last_pool_sees(rows: dict[str, dict[str, Any]]) -> None:
    """A value of pool5 sees 212x212 pixels, its neighbour the same 32 further on: Araujo et al. 2019, Distill."""
    assert rows["pool5"]["receptive_field"] == [212, 212]
    assert rows["pool5"]["jump"] == [32, 32]
