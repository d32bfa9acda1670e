"""Named conventions: other numbers for the same network, each printed by someone."""

from __future__ import annotations

from fractions import Fraction

import pytest

import cnncalc
from cnncalc.claims.readings import CONVENTIONS, READINGS
from cnncalc.ledger import COUNTED, Totals

KNOWN = [  # spec, reading, what it gives: who printed it
    ("vgg16", "parameters of convolutions", 14_714_688),  # Keras, VGG16(include_top=False): total params
    ("vgg16", "parameters of FC layers", 102_764_544 + 16_781_312 + 4_097_000),  # Keras, VGG16: fc1, fc2, predictions
    ("vgg16", "MACs of convolutions", 15_346_630_656),  # fvcore 0.1.5.post20221221, by_operator: conv
    ("vgg16", "MACs of FC layers", 123_633_664),  # the same: linear
    ("alexnet-onetower", "MACs of convolutions", 655_566_528),
    ("alexnet-onetower", "MACs of FC layers", 58_621_952),
    ("resnet50-v15", "MACs of convolutions", 4_087_136_256),
    ("mobilenet_v2", "MACs of convolutions", 299_494_272),
    ("vgg16", "2 per MAC", 30_940_528_640),  # torch 2.13.0, FlopCounterMode
    ("vgg16", "2 per MAC alone", 30_940_528_640),
    ("vgg16", "MACs and biases", 15_483_821_032),  # ptflops 0.7.5, aten back end
    ("vgg16", "MACs as FLOPs", 15_470_264_320),  # DeepSpeed 0.19.8, MACs
    ("alexnet", "parameters without groups", 62_378_344),  # learnopencv.com, Number of Parameters in a CNN
    ("mobilenet_v2", "parameters and buffers", 3_538_984),  # Keras, MobileNetV2: total params
    ("vgg16", "weights alone", 138_357_544 - 13_416),  # 13,416: 4,224 filters and 9,192 units of fc6, fc7 and fc8
    ("vgg16", "parameters counted as weights", 138_357_544),
    ("vgg16", "without the input", 15_237_608 - 224 * 224 * 3),
    ("vgg16", "bytes without the input", 4 * (15_237_608 - 224 * 224 * 3)),
    ("vgg16", "values and gradients", 2 * 15_237_608),
    ("vgg16", "bytes and gradients", 2 * 60_950_432),
    ("vgg16", "all FLOPs", 30_940_528_640 + 18_149_815),  # ReLU 13,555,712; pools 3·1,530,368; softmax 2,999
]


@pytest.mark.parametrize(("spec", "reading", "value"), KNOWN)
def test_known(spec: str, reading: str, value: int) -> None:
    """Each convention gives what someone who follows it prints."""
    assert READINGS[reading].value(cnncalc.tally(cnncalc.load(spec))) == value


def test_groups_ignored() -> None:
    """AlexNet's conv2, conv4 and conv5, in two groups, count twice: weights and MACs alike."""
    ledger = cnncalc.tally(cnncalc.load("alexnet"))
    grouped = [ledger[name] for name in ("conv2", "conv4", "conv5")]
    for quantity in ("weights", "macs"):
        (reading,) = (one for one in CONVENTIONS if one.name.endswith("without groups") and one.quantity == quantity)
        more = sum(getattr(row, quantity) for row in grouped)
        assert reading.value(ledger) == getattr(ledger.totals, quantity) + more


def test_a_k_of_1024() -> None:
    """131.9·2^20 parameters are 138 million: a figure of 132M is consistent with M as 1024²."""
    ledger = cnncalc.tally(cnncalc.load("vgg16"))
    reading = READINGS["parameters, M as 1024²"]
    assert reading.value(ledger) == Fraction(138_357_544 * 10**6, 2**20)
    found = cnncalc.verdict("132M", ledger.totals.parameters, readings=[(reading.name, reading.value(ledger))])
    assert found.verdict == "consistent with parameters, M as 1024²"


def test_each_names_its_quantity() -> None:
    """A reading is another number for something that totals hold; its name is its key, and it says what it counts."""
    quantities = {*COUNTED, "parameters", "parameter_bytes"}
    assert {one.quantity for one in READINGS.values()} <= quantities
    assert all(hasattr(Totals, quantity) for quantity in quantities)
    assert all(name == one.name and one.says and one.source for name, one in READINGS.items())


def test_a_batch_repeats_operations_and_not_parameters() -> None:
    """Two images: twice the operations and values, and as many parameters."""
    network = cnncalc.load("mobilenet_v2")
    one, two = cnncalc.tally(network), cnncalc.tally(network, batch=2)
    for reading in READINGS.values():
        times = 1 if reading.quantity in ("weights", "parameters", "parameter_bytes") else 2
        assert reading.value(two) == times * reading.value(one), reading.name


def test_shared_weights_are_stored_once() -> None:
    """A layer that uses another's weights multiplies by them again, and stores none; torchsummary lists them again."""
    layers = ["a=conv3-8", {"name": "b", "conv": {"out_channels": 8, "kernel_size": 3, "padding": 1}, "share": "a"}]
    ledger = cnncalc.tally(cnncalc.load({"name": "twice", "input": "4x4x8", "layers": layers}))
    assert READINGS["parameters of convolutions"].value(ledger) == 584
    assert READINGS["MACs of convolutions"].value(ledger) == 2 * 576 * 16
    assert READINGS["torchinfo, params"].value(ledger) == 584
    assert READINGS["torchsummary, params"].value(ledger) == 2 * 584
