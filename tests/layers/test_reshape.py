"""Layers that move values about, the ones that normalise, and what every layer leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc import load
from cnncalc.errors import AxesMisfit, UnknownLayer
from cnncalc.layers import CARDS
from cnncalc.volume import parse_volume

ROWS = [  # source                            card       fields                       in         out
    ("CS231n: stretch to 3072 x 1", "flatten", {}, "32x32x3", "1x1x3072"),
    ("VGG: 7*7*512 = 25,088 into fc6", "flatten", {}, "7x7x512", "1x1x25088"),
    ("CS231n: common to zero pad the border", "zeropad", {"padding": 1}, "7x7x3", "9x9x3"),
    ("Keras ZeroPadding2D(((1, 0), (0, 1)))", "zeropad", {"padding": "1:0x0:1"}, "7x7x3", "8x8x3"),
    ("Keras ZeroPadding2D((1, 2))", "zeropad", {"padding": (1, 2)}, "7x7x3", "9x11x3"),
    ("PyTorch docs, Upsample(scale_factor=2)", "upsample", {"scale": 2}, "2x2x1", "4x4x1"),
    ("Keras UpSampling2D((1, 2))", "upsample", {"scale": (1, 2)}, "2x2x3", "2x4x3"),
    ("DeepLab, bilinear", "upsample", {"scale": 8, "mode": "bilinear"}, "28x28x21", "224x224x21"),
    ("Keras UpSampling3D(2)", "upsample", {"scale": 2}, "4x5x6x7", "8x10x12x7"),
    ("CS231n, CIFAR-10 example RELU", "relu", {}, "32x32x12", "32x32x12"),
    ("AlexNet NORM1", "lrn", {}, "27x27x96", "27x27x96"),
    ("VGG's last row", "softmax", {}, "1x1x1000", "1x1x1000"),
]


@pytest.mark.parametrize(("source", "kind", "fields", "x", "y"), ROWS)
def test_volumes(source: str, kind: str, fields: dict[str, Any], x: str, y: str) -> None:
    """What goes out is the source's; nothing is learned, stored or multiplied."""
    card, volume = CARDS[kind](**fields), parse_volume(x)
    card.check(volume)
    out = card.output(volume)
    assert str(out) == y, source
    assert {card.weights(volume), card.biases(volume), card.buffers(volume), card.macs(volume, out)} == {0}


def test_in_3d_too() -> None:
    """A rule that holds for two axes holds for one and for three."""
    for text, padded in (("7x3", "9x3"), ("7x7x7x3", "9x9x9x3")):
        assert str(CARDS["zeropad"](padding=1).output(parse_volume(text))) == padded


@pytest.mark.parametrize("kind", ["upsample", "zeropad", "adaptive_maxpool", "maxpool"])
def test_a_value_per_axis_needs_that_axis(kind: str) -> None:
    """Three values do not fit an image: the layer says how many axes there are."""
    card = CARDS[kind](**dict.fromkeys(CARDS[kind].required(), (1, 2, 3)))
    with pytest.raises(AxesMisfit, match="3 values, one per axis, but the input has 2"):
        card.output(parse_volume("7x7x3"))


CONVENTIONS = [  # what stands in CS231n's listings; what works in place; what is a non-linearity
    (
        "in_lecture",
        {"conv", "conv_transpose", "depthwise_conv", "fc", "maxpool", "avgpool", "global_avgpool"},
        {"relu", "lrn"},
    ),
    ("overwrites_input", {"relu", "dropout", "flatten", "softmax"}, {"conv", "maxpool", "batchnorm", "fc"}),
    ("nonlinear", {"relu", "tanh", "prelu", "leaky_relu"}, {"softmax", "dropout", "conv", "maxpool"}),
]


@pytest.mark.parametrize(("fact", "true", "false"), CONVENTIONS)
def test_what_conventions_go_by(fact: str, true: set[str], false: set[str]) -> None:
    """The memory conventions and the comparison of stacks stand on facts that each card states."""
    assert all(getattr(CARDS[kind], fact) for kind in true)
    assert not any(getattr(CARDS[kind], fact) for kind in false)


@pytest.mark.parametrize("text", ["konv3-64", "maxpol2", "swishh", "lstm-64", "attention"])
def test_an_unknown_layer_is_an_error(text: str) -> None:
    """A layer that nobody has described is never quietly free."""
    with pytest.raises(UnknownLayer) as caught:
        load(f"conv3-8 {text} fc-10", input="8x8x3")
    assert caught.value.ways_out


def test_cards_are_values() -> None:
    """A card is frozen, equal to its like, and refuses what it has no field for."""
    one, same, other = (CARDS["maxpool"](kernel_size=kernel) for kernel in (2, 2, 3))
    assert one == same != other
    assert len({one, same, other}) == 2
    with pytest.raises(AttributeError):
        one.kernel_size = 3
    for wrong in ({"kernal_size": 2}, {}, {"kernel_size": "2"}, {"kernel_size": 2.0}, {"kernel_size": 0}):
        with pytest.raises(ValueError, match="kern"):
            CARDS["maxpool"](**wrong)
