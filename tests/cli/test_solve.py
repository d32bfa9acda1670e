"""`cnncalc solve`: the largest whole value of a parameter, for people and for programs."""

from __future__ import annotations

import json

import pytest

from cnncalc.api import load
from cnncalc.cli import run
from cnncalc.ledger import tally

HALF = ["solve", "mobilenet_v1", "--free", "width", "--at-most", "parameters=1.34M"]


def test_a_half_of_mobilenet(capsys: pytest.CaptureFixture[str]) -> None:
    """Howard et al. 2017, table 6: a width multiplier of 0.5 has 1.3 million parameters and 149 million mult-adds."""
    assert run(HALF) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "width = 16"
    assert lines[1].startswith("  1.33M parameters: ")
    assert any("149M MACs" in line or "150M MACs" in line for line in lines)
    assert lines[-1] == "width = 17 has more than 1,340,000 parameters"


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The value, the next one with what it breaks, and the totals."""
    assert run([*HALF, "--at-most", "macs=10G", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema_version"], told["parameter"], told["value"]) == (1, "width", 16)
    assert told["next"] == {"value": 17, "quantity": "parameters", "most": 1_340_000}
    assert told["totals"]["parameters"] <= 1_340_000


def test_more_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """Other parameters and another input are kept while one is free."""
    assert run([*HALF, "--set", "deep=0", "--input", "128x128x3", "--rounding", "floor", "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)["value"]
    counted = [tally(load("mobilenet_v1", set={"width": width, "deep": 0})).totals.parameters for width in range(1, 40)]
    assert value == sum(parameters <= 1_340_000 for parameters in counted)


def test_no_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """A bound that nothing keeps is no mistake in the question: status 1."""
    assert run([*HALF[:4], "--at-most", "parameters=1"]) == 1
    said = capsys.readouterr()
    assert "even width = 1 has 38,172 parameters, more than 1" in said.err
    assert "ways out: parameters=38172" in said.err


@pytest.mark.parametrize(("arguments", "words"), [
    ([*HALF[:4], "--at-most", "size=1"], "is no bound"),
    ([*HALF[:4], "--at-most", "parameters=1MB"], "not counted in bytes"),
    (HALF[:4], "missing option '--at-most'"),
    ([*HALF[:2], *HALF[4:]], "missing option '--free'"),
    (["solve", "mobilenet_v1", "--free", "with", *HALF[4:]], "did you mean width?"),
    (["solve", "vgg16", "--free", "width", *HALF[4:]], "no parameter 'width'"),
    ([*HALF, "--set", "deep=many"], "--set"),
])  # fmt: skip
def test_what_cannot_be_solved(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Told on stderr, with a way out."""
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, words in said.err, "ways out" in said.err) == ("", True, True)


def test_a_letter_of_a_one_line_network(capsys: pytest.CaptureFixture[str]) -> None:
    """A letter is open already: 28·K parameters, so 178,571 is the largest K for five million."""
    assert run(["solve", "conv3-K", "--free", "K", "--input", "32x32x3", "--at-most", "parameters=5M"]) == 0
    assert capsys.readouterr().out.startswith("K = 178571\n")
