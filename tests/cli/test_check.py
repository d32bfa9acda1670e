"""`cnncalc check` from outside: the lectures' own questions, with their exit statuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cnncalc.cli import run


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the status and the answer of a check; nothing goes to stderr."""
    status = run(["check", *arguments])
    said = capsys.readouterr()
    assert said.err == ""
    assert "\x1b" not in said.out
    return status, said.out


def window(capsys: pytest.CaptureFixture[str], line: str) -> Any:
    """Return a window's JSON, with its exit status beside."""
    status, out = ask(capsys, *line.split(), "--format", "json")
    return {**json.loads(out), "status": status}


# CS231n, "Spatial arrangement" and "The brain view": W, F, S, P and what comes out.
LECTURE: list[tuple[str, str, list[int] | None, int]] = [
    # question                                     exact    output      status
    ("--input 7x7 --filter 3 --stride 1", "5", [5, 5], 0),
    ("--input 7x7 --filter 3 --stride 2", "3", [3, 3], 0),
    ("--input 7x7 --filter 3 --stride 3", "7/3", None, 1),
    ("--input 7x7 --filter 3 --stride 1 --pad 1", "7", [7, 7], 0),
    ("--input 10 --filter 3 --stride 2", "9/2", None, 1),
    ("--input 5 --filter 3 --pad 1", "5", [5], 0),
    ("--input 5 --filter 3 --stride 2 --pad 1", "3", [3], 0),
    ("--input 32x32x3 --filter 5", "28", [28, 28], 0),
    ("--input 32x32x3 --filter 5 --pad 2", "32", [32, 32], 0),
    ("--input 227x227x3 --filter 11 --stride 4", "55", [55, 55], 0),
    ("--input 224x224x3 --filter 11 --stride 4", "217/4", None, 1),
    ("--input 7x7 --filter 7", "1", [1, 1], 0),
    ("--input 7x7 --filter 9", "-1", None, 1),
    ("--input 7x7 --filter 3 --dilation 2", "3", [3, 3], 0),
    ("--input 7x9 --filter 3x5 --stride 2", "3", [3, 3], 0),
    ("--input 8x8 --filter 2 --stride 2 --pad same", "4", [4, 4], 0),
    ("--input 8x8 --filter 2 --pad valid", "7", [7, 7], 0),
    ("--input 8x8x8x1 --filter 2x2x2 --stride 2", "4", [4, 4, 4], 0),
]


@pytest.mark.parametrize(("line", "exact", "output", "status"), LECTURE, ids=[row[0] for row in LECTURE])
def test_the_lectures_windows(
    line: str, exact: str, output: list[int] | None, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exact quotient, the output if it fits, and the exit status."""
    found = window(capsys, line)
    assert (found["exact"], found["output"], found["fits"], found["status"]) == (exact, output, not status, status)
    assert found["schema_version"] == 1


def test_the_json_of_a_misfit_is_the_promised_one(capsys: pytest.CaptureFixture[str]) -> None:
    """What floor and ceil would give, what they lose, and ways out."""
    found = window(capsys, "--input 7x7 --filter 3 --stride 3")
    promised = {"fits": False, "exact": "7/3", "output": None, "floor": [2, 2], "ceil": [3, 3], "lost": [1, 1]}
    assert {key: found[key] for key in promised} == promised
    assert found["ways_out"]


def test_a_misfit_says_its_sum(capsys: pytest.CaptureFixture[str]) -> None:
    """Letters, digits and value; what floor and ceil do to which pixels; ways out."""
    status, said = ask(capsys, *["--input", "7x7", "--filter", "3", "--stride", "3"])
    assert status == 1
    assert "(W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/3 + 1 = 2.33" in said
    assert "does not fit" in said
    assert re.search(r"floor +2x2.*last row.*last column.*never read", said)
    assert re.search(r"ceil +3x3.*2 rows.*2 columns.*not there", said)
    assert "ways out" in said


def test_alexnet_at_224_is_offered_227(capsys: pytest.CaptureFixture[str]) -> None:
    """54.25 places; 227 gives 55."""
    status, said = ask(capsys, *["--input", "224x224x3", "--filter", "11", "--stride", "4"])
    assert status == 1
    assert "= 54.25" in said
    assert "227x227 → 55x55" in said


WAYS = {"input": "--input", "padding": "--pad", "stride": "--stride", "filter": "--filter"}
MISFITS = [
    "--input 7x7 --filter 3 --stride 3",
    "--input 224x224 --filter 11 --stride 4",
    "--input 10 --filter 3 --stride 2",
    "--input 7x7 --filter 9",
    "--input 5x9 --filter 2x3 --stride 2x4",
    "--input 12x12x12x1 --filter 5x5x5 --stride 4",
    "--input 22x22 --filter 3 --stride 4 --dilation 3",
    "--input 100 --filter 7 --stride 10 --pad 2",
]


@pytest.mark.parametrize("line", MISFITS)
def test_ways_out_lead_out(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each way out, put into the question, fits and gives what it said it gives."""
    question = dict(zip(line.split()[::2], line.split()[1::2], strict=True))
    tried = 0
    for way in window(capsys, line)["ways_out"]:
        if found := re.fullmatch(r"(\w+) (\S+) → (\S+)", way):
            knob, value, output = found.groups()
            channels = "x1" if knob == "input" and question["--input"].count("x") == 3 else ""
            again = question | {WAYS[knob]: value + channels}
            answer = window(capsys, " ".join(word for pair in again.items() for word in pair))
            assert answer["fits"], way
            assert "x".join(map(str, answer["output"])) == output
            tried += 1
    assert tried


# -- every window of a network --


def test_every_window_of_vgg16_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """13 convolutions and 5 pools, a line each."""
    status, said = ask(capsys, "vgg16")
    assert status == 0
    assert "every stride fits" in said
    assert said.count("  fits") == 18
    data = json.loads(ask(capsys, "vgg16", "--format", "json")[1])
    assert data["schema_version"] == 1
    assert data["fits"] is True
    assert len(data["windows"]) == 18
    assert {"layer", "fits", "exact", "output", "floor", "ceil", "lost", "ways_out"} <= set(data["windows"][0])


def test_a_network_on_a_size_that_does_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    """All misfits are said, not only the first: 225 leaves a pixel over at pool1, then goes on with floor."""
    status, said = ask(capsys, "vgg16", "--input", "239x239x3")
    assert status == 1
    data = json.loads(ask(capsys, "vgg16", "--input", "239x239x3", "--format", "json")[1])
    misfits = [found["layer"] for found in data["windows"] if not found["fits"]]
    assert misfits == ["pool1", "pool2", "pool3", "pool4"]
    assert all(name in said for name in misfits)
    assert "4 of 18 do not fit" in said


def test_a_network_that_floors_says_what_it_drops(capsys: pytest.CaptureFixture[str]) -> None:
    """A one-line network is checked too."""
    status, said = ask(capsys, "maxpool2", "--input", "7x7x3")
    assert status == 1
    assert "3.5" in said
    assert "never read" in said


# -- questions that cannot be read --

UNREADABLE = {
    "": "--input 7x7 --filter 3",
    "--input 7x7": "--input 7x7 --filter 3",
    "--filter 3": "--input 7x7 --filter 3",
    "--input 7x7 --filter 0": "filter",
    "--input 7x7 --filter 3 --stride 0": "stride 1",
    "--input 7x7 --filter 3 --stride=-1": "stride 1",
    "--input 7x7 --filter 2.5": "filter",
    "--input 7x7 --filter three": "filter",
    "--input 7x0 --filter 3": "7x7",
    "--input 7x7x7x7x7 --filter 3": "7x7",
    "--input 7x7 --filter 3 --pad 1:2:3": "before:after",
    "--input 7x7 --filter 3 --pad=-1": "pad 1",
    "--input 7x7 --filter 3x3x3x3": "filter",
    f"--input {'9' * 400} --filter 3": "7x7",
    f"--input 7 --filter {'7x' * 5_000}7": "filter",
    f"--input 7 --filter 3 --stride {'9' * 400}": "stride",
    "nope.yaml": "cnncalc list",
    "conv3-64": "--input 32x32x3",
}


@pytest.mark.parametrize(("line", "helps"), UNREADABLE.items(), ids=[line[:60] for line in UNREADABLE])
def test_a_question_that_cannot_be_read(line: str, helps: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, nothing on stdout, a few words with a way out on stderr; the same as JSON."""
    assert run(["check", *line.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "ways out" in said.err
    assert helps in said.err
    assert len(said.err) < 1_500
    assert run(["check", *line.split(), "--format", "json"]) == 2
    (error,) = json.loads(capsys.readouterr().err)["errors"]
    assert set(error) >= {"code", "where", "message", "formula", "ways_out"}


@pytest.mark.parametrize("setting", [["--stride", "1"], ["--pad", "0"], ["--dilation", "1"], ["--output", "5"]])
def test_a_network_takes_no_setting_of_a_window(setting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Not one that a window has anyway: it would look as if the network had been held against it."""
    assert run(["check", "vgg16", *setting]) == 2
    said = capsys.readouterr()
    assert (said.out, "brings its own windows" in said.err) == ("", True)
