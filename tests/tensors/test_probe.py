"""What the middle output sees, touched pixel by pixel, is what the rules say: at borders, in gaps, on odd networks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import cnncalc
from cnncalc.network import build
from cnncalc.spec.model import INPUT, Spec
from cnncalc.tensors import confirm
from cnncalc.view import View

NONE = [None, None]
BILINEAR = {"upsample": {"scale": 1, "mode": "bilinear"}}
SEEN: list[tuple[str, str, list[Any], list[list[int | None]]]] = [  # drawn on squared paper
    ("a stride over the filter leaves gaps", "9x1", ["upconv2-1/s3/p0"], [[4, 4]]),  # outputs 12, 13 of pixel 4
    ("a gap", "8x1", ["upconv2-1/s3/p1"], [NONE]),  # 24 − 2 outputs; the middle, 11, is 12 with its padding
    ("one stamp or two", "7x1", ["upconv3-1/s2/p0"], [[3, 3]]),  # 7 = 2·3 + 1: the even ones have two
    ("a dilated stamp skips every other", "6x1", ["upconv2-1/s2/p0/d2"], [[2, 3]]),  # 6 = 2·3 = 2·2 + 2
    ("dilated stamps leave odd places empty", "5x1", ["upconv2-1/s2/p0/d2", "crop1"], [NONE]),
    ("bilinear, the same size", "5x1", [BILINEAR], [[2, 2]]),
    ("bilinear by 3: the centre of a pixel", "5x1", ["upsample3/bilinear"], [[2, 2]]),
    ("shares of unequal length", "7x1", ["adaptive-avgpool3"], [[2, 4]]),  # ⌊7/3⌋ to ⌈14/3⌉ − 1
    ("shares of one pixel", "5x1", ["adaptive-maxpool7"], [[2, 2]]),  # ⌊15/7⌋ to ⌈20/7⌉ − 1
    ("a crop's border is a border", "10x1", ["crop2", "maxpool4/s2/p1"], [[4, 5]]),
    ("nothing but padding", "3x1", ["conv1-1/s2/p2", "zero-shortcut-1/s3"], [NONE]),  # places −2 and 4 of −2 0 2 4
    ("no column where no row is", "2x9x1", ["conv1-1/s3/p2/floor", "crop1x3"], [NONE, NONE]),  # row −2 of −2 1
    ("a tap in a hole", "3x1", ["upconv1-1/s2/p0", "conv2-1/p0/d2"], [NONE]),  # 0 · 1 · 2 under taps at 1 and 3
]


@pytest.mark.parametrize("row", SEEN, ids=lambda row: row[0])
def test_borders_gaps_and_holes(row: tuple[str, str, list[Any], list[list[int | None]]]) -> None:
    """Hand counts: the pixels that the middle output of the last layer sees."""
    _, x, layers, pixels = row
    found = confirm(cnncalc.load({"name": "odd", "input": x, "layers": layers}), field=True)
    assert found.layers[-1].measured["pixels_seen"] == pixels
    assert found.confirmed


def test_channels_that_are_left_behind() -> None:
    """Of 1x1 and 5x5 side by side, the first channel sees a pixel: no more is touched, and that is confirmed."""
    layers = [{"a": "conv1-1", "from": "input"}, {"b": "conv5-1", "from": "input"}]
    layers += [{"both": "concat", "from": ["a", "b"]}, {"one": "slice0-1"}]
    found = confirm(cnncalc.load({"name": "two", "input": "9x9x1", "layers": layers}), field=True)
    assert [layer.measured["pixels_seen"][0] for layer in found.layers] == [[4, 4], [2, 6], [2, 6], [4, 4]]
    assert found.confirmed


def test_nan_of_its_own_is_not_touched() -> None:
    """A window over nothing but padding has the maximum −∞, whose normalisation is NaN: touching shows nothing."""
    found = confirm(cnncalc.load("maxpool1/s1/p1 ln", input="3x3x2"), field=True)
    assert found.confirmed
    assert ["pixels_seen" in layer.measured for layer in found.layers] == [True, False]


def test_a_view_with_a_slip_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stamp that is said to reach one pixel too few."""
    monkeypatch.setattr("cnncalc.layers.transposed.ConvTranspose.views", lambda *_: (View(1),))
    found = confirm(cnncalc.load("upconv3-1/s1/p1", input="9x1"), field=True)
    assert found.layers[0].differing == ("pixels_seen",)


def test_random_networks() -> None:
    """Every number of random networks, with their fields, is met."""
    pytest.importorskip("onnx")
    from random_graphs import graphs  # noqa: PLC0415 - behind importorskip

    settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])(given(graphs())(_confirms))()


def _confirms(graph: Any) -> None:
    network = build(Spec("graph", graph.volumes[INPUT], tuple(graph.entries)))
    found = confirm(network, field=True)
    assert [(layer.name, layer.differing) for layer in found.layers if layer.differing] == []
    assert found.confirmed
