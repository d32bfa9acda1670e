"""`cnncalc table` on memory: conventions side by side, the peak, training, what fits; every format, every slip."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run
from cnncalc.render.blocks import Block, write

NAMES = ["lecture", "inplace", "outputs", "buffers", "saved", "peak"]
SMALL = ("conv3-8 bn relu maxpool2 fc-10", "--input", "8x8x3")


def table(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a table prints, which nothing else is printed beside."""
    assert run(["table", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what the JSON says."""
    return json.loads(table(capsys, *arguments, "--format", "json"))


def test_all_conventions_of_vgg16(capsys: pytest.CaptureFixture[str]) -> None:
    """CS231n's rows come to 15,237,608 values, 58.1 MiB; with every convolution's input, to 24,319,464."""
    data = as_json(capsys, "vgg16", "--memory", "all")
    assert list(data["memory"]) == NAMES
    assert data["memory"]["lecture"]["values"] == 15_237_608
    assert data["memory"]["lecture"]["bytes"] == 60_950_432
    assert data["memory"]["buffers"]["values"] == 24_319_464
    assert data["memory"]["peak"]["values"] == 2 * 64 * 224 * 224
    assert (data["peak"]["layer"], data["peak"]["smallest"]["values"]) == ("conv1_2", 2 * 64 * 224 * 224)
    assert all(one["counts"] for one in data["memory"].values())
    assert data["totals"]["activation_values"] == 15_237_608


def test_all_conventions_are_those_asked_for_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Layer by layer and together, for a batch of another dtype."""
    options = (*SMALL, "--batch", "3", "--dtype", "float16")
    every = as_json(capsys, *options, "--memory", "all")
    for name in NAMES:
        one = as_json(capsys, *options, "--memory", name)
        assert one["memory"] == name
        assert every["memory"][name]["values"] == one["totals"]["activation_values"]
        assert every["memory"][name]["bytes"] == one["totals"]["activation_bytes"]
        told = [layer["activation_values"] for layer in one["layers"]]
        assert [layer["memory"][name] for layer in every["layers"]] == told
        together = max if name == "peak" else sum
        assert one["totals"]["activation_values"] == 3 * together(told)


def test_side_by_side_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    """The same numbers: a row per layer, then what each convention comes to, its bytes, and a sentence."""
    data = as_json(capsys, *SMALL, "--memory", "all")
    records = list(
        csv.DictReader(io.StringIO(table(capsys, *SMALL, "--memory", "all", "--format", "csv")), strict=True)
    )
    assert [int(records[-1][name]) for name in NAMES] == [data["memory"][name]["values"] for name in NAMES]
    assert [record["name"] for record in records] == [*(layer["name"] for layer in data["layers"]), "total"]
    for format in ("table", "markdown", "latex"):  # noqa: A001 - the option's name
        said = table(capsys, *SMALL, "--memory", "all", "--format", format)
        for layer in data["layers"]:
            (line,) = [line for line in said.splitlines() if layer["name"] in line.replace("|", " ").split()[:1]]
            assert [f"{layer['memory'][name]:,}" for name in NAMES] == line.replace("|", " ").replace("&", " ").strip(
                " \\").split()[-6:]  # fmt: skip
        for one in data["memory"].values():
            assert one["counts"].partition(";")[0] in said
            assert f"{one['values']:,}" in said
    said = table(capsys, *SMALL, "--memory", "all")
    assert "4.10 KB = 4 KiB" in said
    assert "the peak is at bn1" in said


@pytest.mark.parametrize("depth", ["0", "1"])
def test_side_by_side_folds(depth: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A block's row is its sum, its largest under `peak`; what they come to stays."""
    folded = as_json(capsys, "resnet18", "--memory", "all", "--depth", depth)
    assert folded["memory"] == as_json(capsys, "resnet18", "--memory", "all")["memory"]
    for name in NAMES[:-1]:
        assert depth == "0" or sum(row["memory"][name] for row in folded["layers"]) == folded["memory"][name]["values"]
    assert depth == "0" or max(row["memory"]["peak"] for row in folded["layers"]) == 1_605_632
    assert "together" in table(capsys, "resnet18", "--memory", "all", "--depth", depth)


def test_a_peak_says_where_it_is_and_what_order_could_save(capsys: pytest.CaptureFixture[str]) -> None:
    """The total is no sum, and says so."""
    said = table(capsys, "inception-reduced", "--memory", "peak")
    assert "max 476,672" in said
    assert "the first time at pool" in said
    assert "another order of the layers has a smaller peak: 401,408 values / image" in said
    data = as_json(capsys, "inception-reduced", "--memory", "peak")
    assert sorted(data["peak"]["smallest"]["order"]) == sorted(layer["name"] for layer in data["layers"][1:])
    assert data["totals"]["activation_values"] == 476_672


def test_a_search_that_is_given_up_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Forty paths that grow and then shrink: too many orders, and no number is made up."""
    paths = "".join(f"      - conv1-{50 + n} conv1-{1 + n}\n" for n in range(40))
    (tmp_path / "wide.yaml").write_text(f"name: wide\ninput: 1x1x3\nlayers:\n  - concat:\n{paths}", encoding="utf-8")
    assert "smaller peak: too many orders" in table(capsys, str(tmp_path / "wide.yaml"), "--memory", "peak")
    found = as_json(capsys, str(tmp_path / "wide.yaml"), "--memory", "peak")["peak"]
    assert (found["smallest"], found["not_searched"]) == (None, "too many orders")


def test_letters_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """A formula each; no order is searched for."""
    data = as_json(capsys, "vgg16", "--input", "HxWx3", "--memory", "all")
    assert data["memory"]["lecture"]["values"] == "607*H*W/2 + 9192"
    assert data["memory"]["peak"]["values"].startswith("Max(128*H*W")
    assert data["peak"]["smallest"] is None
    assert "letters" in data["peak"]["not_searched"]
    for memory in ("all", "peak", "saved"):
        said = table(capsys, "vgg16", "--input", "HxWx3", "--memory", memory, "--optimizer", "adam", "--batch", "N")
        assert "training with adam, N images" in said


def test_any_batch_fits_what_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """All layers frozen: no largest batch, and none is made up."""
    frozen = (*SMALL, "--freeze", "*", "--optimizer", "sgd", "--fit-in", "1MB")
    assert "1MB: any batch fits" in table(capsys, *frozen)
    assert as_json(capsys, *frozen)["fit_in"]["batch"] is None


@pytest.mark.parametrize("width", [30, 50, 79])
def test_what_does_not_fit_a_line_gets_two(width: int) -> None:
    """A row is what it is, and below it its numbers; sentences are wrapped; no word is lost."""
    rows = [("layer", "what", "values"), ("conv1", "a convolution of many words", "1,728"), ("total", "", "1,234,567")]
    block = Block(rows, above="a heading that is longer than thirty columns", below=["a sentence " * 9], flush=2)
    narrow, wide = (write([block], "table", columns) for columns in (width, None))
    assert max(map(len, narrow.splitlines())) <= width
    assert narrow.split() == wide.split()


def test_training(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the table in every format that people read; a key of its own in JSON; the table stays as it was."""
    plain = table(capsys, *SMALL)
    said = table(capsys, *SMALL, "--optimizer", "adam", "--batch", "4", "--fit-in", "1MB")
    told = as_json(capsys, *SMALL, "--optimizer", "adam", "--batch", "4", "--fit-in", "1MB")
    parts = {
        "parameters": 1530,
        "gradients": 1530,
        "optimizer_state": 3060,
        "buffers": 16,
        "saved_activations": 4 * 1472,
    }
    assert {name: told["training"][name] for name in parts} == parts
    assert told["training"]["total_values"] == sum(parts.values())
    assert told["training"]["total_bytes"] == 4 * sum(parts.values())
    fixed = 4 * (1530 + 1530 + 3060 + 16)
    assert told["fit_in"]["batch"] == (10**6 - fixed) // (4 * 1472)
    assert set(as_json(capsys, *SMALL)) == set(told) - {"training", "fit_in"}
    for format in ("table", "markdown", "latex"):  # noqa: A001 - the option's name
        text = table(capsys, *SMALL, "--optimizer", "adam", "--batch", "4", "--fit-in", "1MB", "--format", format)
        assert all(f"{n:,}" in text for n in (*parts.values(), told["fit_in"]["batch"], told["fit_in"]["next_bytes"]))
    assert plain.splitlines()[:5] == said.splitlines()[:5]


@pytest.mark.parametrize(("arguments", "status", "says"), [
    (("--fit-in", "9KB"), 1, "not even one image fits into 9KB"),
    (("--fit-in", "9KB", "--optimizer", "adam"), 1, "training with adam in float32 needs"),
    (("--fit-in", "24"), 2, "is no memory"),
    (("--fit-in", "24 Gigs"), 2, "no unit"),
    (("--fit-in", ""), 2, "no figure"),
    (("--optimizer", "lion"), 2, "no optimiser is called 'lion'"),
    (("--optimizer", ""), 2, "no optimiser is called ''"),
    (("--optimizer", "adam", "--dtype", "int8"), 2, "whole numbers"),
    (("--optimizer", "adam", "--format", "csv"), 2, "a CSV holds layers"),
    (("--memory", "every"), 2, "no memory convention is called 'every'"),
    (("--memory", "All"), 2, "no memory convention"),
    (("--memory", "all", "--dtype", "float12"), 2, "no dtype"),
])  # fmt: skip
def test_slips(arguments: tuple[str, ...], status: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """1 if nothing fits, 2 if the question cannot be read; one sentence on stderr with a way out, and no table."""
    assert run(["table", *SMALL, *arguments]) == status
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""
    assert "ways out: " in said.err
    assert "\x1b" not in said.err


def test_a_network_that_stops_fitting_is_shown_as_far_as_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """Under every convention too."""
    assert run(["table", "conv3-8 maxpool2", "--input", "7x7x3", "--memory", "all"]) == 1
    said = capsys.readouterr()
    assert "conv1" in said.out
    assert "stride-misfit" in said.err


def test_a_strange_limit_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An escape in a limit is shown, not obeyed."""
    assert run(["table", *SMALL, "--fit-in", "9\x1b[31mGB"]) == 2
    assert "\x1b" not in capsys.readouterr().err
