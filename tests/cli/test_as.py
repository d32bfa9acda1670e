"""`cnncalc table --as`: every format says the same numbers, and each difference is what its parts come to."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

import cnncalc
from cnncalc.claims.reconcile import NAMES
from cnncalc.cli import run
from cnncalc.errors import UsageError

TOOLS = {  # what the reconciliation is to cover
    *("torchvision", "torchinfo", "torchsummary", "ptflops", "thop", "fvcore", "torch.utils.flop_counter"),
    *("DeepSpeed", "Keras", "convnet-burden"),
}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a table prints to a pipe."""
    assert run(["table", *arguments]) == 0
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what the JSON says."""
    return json.loads(said(capsys, *arguments, "--format", "json"))


def test_all_covers_the_tools(capsys: pytest.CaptureFixture[str]) -> None:
    """Each tool, with the version that its rule was read from."""
    data = as_json(capsys, "vgg16", "--as", "all")
    tools = {line["tool"] for line in data["readings"]}
    assert not TOOLS - tools
    assert all(line["source"] and line["calls"] and line["prints"] for line in data["readings"])
    assert data["schema_version"] == 1


@pytest.mark.parametrize("spec", ["vgg16", "alexnet-onetower", "resnet50", "mobilenet_v2", "unet", "convnext_tiny"])
def test_differences_are_what_their_parts_come_to(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A number is the sum of its parts, and cnncalc's own and the difference."""
    for line in as_json(capsys, spec, "--as", "all")["readings"]:
        assert line["number"] == sum(part["number"] for part in line["parts"])
        assert line["number"] == line["computed"] + line["difference"]
        assert all(part["number"] for part in line["parts"])


@pytest.mark.parametrize("tool", ["torchinfo", "TORCHINFO", "keras", "torch.utils.flop_counter"])
def test_one_tool(tool: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One tool's numbers alone, by its name in any case."""
    lines = as_json(capsys, "vgg16", "--as", tool)["readings"]
    assert {line["tool"].lower() for line in lines} == {tool.lower()}


def test_csv_and_markdown_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Every number of the JSON is in the other formats."""
    lines = as_json(capsys, "vgg16", "--as", "all")["readings"]
    rows = list(csv.DictReader(io.StringIO(said(capsys, "vgg16", "--as", "all", "--format", "csv"))))
    assert [(row["reading"], int(row["number"])) for row in rows] == [
        (line["reading"], line["number"]) for line in lines
    ]
    for text in (said(capsys, "vgg16", "--as", "all", "--format", f) for f in ("markdown", "table")):
        assert all(f"{line['number']:,}" in text for line in lines)


def test_a_clause_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """What is more than the MACs is said with its number; what is not counted, by name."""
    text = said(capsys, "vgg16", "--as", "all")
    assert "MACs + 13,556,712 additions of biases" in text
    assert "not counted by it: maxpool" in text
    assert "no softmax1, which the loss has" in text


def test_in_python() -> None:
    """The same in Python: a line by the name of its reading."""
    found = cnncalc.reconcile(cnncalc.tally(cnncalc.load("vgg16")), "torchinfo")
    line = found["torchinfo, mult-adds"]
    assert (line.number, line.difference) == (15_483_821_032, 13_556_712)
    with pytest.raises(UsageError, match="no reading is called 'torchinfo'"):
        found["torchinfo"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("vgg16", "--as", "torchinf"), ("torchinf", "did you mean torchinfo?")),
        (("vgg16", "--as", ""), ("''", *NAMES)),
        (("vgg16", "--as", "thop", "--depth", "1", "--memory", "all"), ("--depth, --memory", "leave out --as")),
        (("vgg16", "--as", "thop", "--fit-in", "8GiB"), ("no tool looks at --fit-in",)),
        (("vgg16", "--as", "\x1b[31m"), ("no tool",)),
        (("vgg16", "--as", "all", "--input", "HxWx3"), ("not letters", "--input 224x224x3")),
        (("vgg16", "--as", "all", "--batch", "N"), ("not letters", "--batch 1")),
        (("vgg16", "--as", "all", "--format", "latex"), ("latex", "--format table")),
    ],
)
def test_what_cannot_be_said(
    arguments: tuple[str, ...], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A tool that nobody has read, letters, a format without a form: each told with a way out."""
    assert run(["table", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert all(word in err for word in words)


def test_odd_networks(capsys: pytest.CaptureFixture[str]) -> None:
    """A network without anything to count, one of one axis and one of three: numbers, no traceback."""
    for spec, size in (("relu", "1x1x1"), ("conv3-8 relu maxpool2 fc-2", "8x3"), ("conv3-8 bn gap", "4x4x4x1")):
        assert "cnncalc" in said(capsys, spec, "--input", size, "--as", "all")
