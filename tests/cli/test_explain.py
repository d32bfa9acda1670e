"""`cnncalc explain`: every number of a layer as letters = digits = value."""

from __future__ import annotations

import json

import pytest

from cnncalc.cli import run

CONV1 = """\
conv1 (conv)
  output H′          (H − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55
  output W′          (W − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55
  output C′          K = 96
  weights            (F·F·C)·K = (11·11·3)·96 = 34,848
  biases             K = 96
  buffers            0
  macs               (F·F·C)·K·H′·W′ = (11·11·3)·96·55·55 = 105,415,200
  flops              2·(F·F·C)·K·H′·W′ = 2·(11·11·3)·96·55·55 = 210,830,400
  receptive field H  r + (F − 1)·j = 1 + (11 − 1)·1 = 11
  jump H             j·S = 1·4 = 4
  receptive field W  r + (F − 1)·j = 1 + (11 − 1)·1 = 11
  jump W             j·S = 1·4 = 4
  source: CS231n, Conv Layer summary; groups: Krizhevsky et al. 2012.
"""


def test_alexnets_first_layer(capsys: pytest.CaptureFixture[str]) -> None:
    """Golden."""
    assert run(["explain", "alexnet", "conv1"]) == 0
    assert capsys.readouterr() == (CONV1, "")


def test_all_layers(capsys: pytest.CaptureFixture[str]) -> None:
    """One paragraph each, in order."""
    assert run(["explain", "lenet5"]) == 0
    heads = [part.split("\n")[0] for part in capsys.readouterr().out.split("\n\n")]
    assert (heads[0], heads[-1]) == ("C1 (conv)", "softmax1 (softmax)")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Quantity, writing, value."""
    assert run(["explain", "vgg16", "fc6", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    numbers = {number["quantity"]: number for number in told["layers"][0]["numbers"]}
    assert told["schema_version"] == 1
    assert numbers["weights"]["value"] == 102_760_448  # CS231n: 7*7*512*4096
    assert numbers["weights"]["written"] == "H·W·C·K = 7·7·512·4096 = 102,760,448"


def test_another_input_and_rounding(capsys: pytest.CaptureFixture[str]) -> None:
    """As `table` takes them."""
    assert run(["explain", "maxpool3/s2", "--input", "8x8x3", "--rounding", "floor"]) == 0
    assert "⌊(H − F + 2·P)/S⌋ + 1 = ⌊(8 − 3 + 2·0)/2⌋ + 1 = 3" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "status", "words"), [
    (["explain", "vgg16", "conv1_3"], 2, "did you mean conv"),
    (["explain", "conv3-K", "--input", "HxWxC"], 2, "cnncalc table writes the formulas"),
    (["explain", "maxpool2", "--input", "7x7x3"], 1, "stride-misfit"),
    (["explain"], 2, "missing argument"),
])  # fmt: skip
def test_what_cannot_be_explained(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told on stderr, with a way out."""
    assert run(arguments) == status
    said = capsys.readouterr()
    assert (said.out, words in said.err, "ways out" in said.err) == ("", True, True)


def test_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    """A spec's parameters can be set where a spec is read."""
    assert run(["explain", "mobilenet_v1", "conv1", "--set", "width=8"]) == 0
    assert "K = 8" in capsys.readouterr().out
