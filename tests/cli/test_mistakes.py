"""What tired students write: each slip is said in its line, with a way out that lets them go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cnncalc.cli import run


class Mistake(NamedTuple):
    """A slip in a spec: what it is called, the code and line it is refused with, what helps; `bug`: not yet."""

    name: str
    text: str
    code: str
    line: int
    helps: str
    bug: str = ""


def spec(layer: str, *more: str, input: str = "32x32x3") -> str:  # noqa: A002 - the spec language's word
    """Return a spec of one layer, in line 4."""
    return "\n".join(("name: mine", f"input: {input}", "layers:", f"  - {layer}", *more)) + "\n"


MISTAKES = (
    # YAML
    Mistake("a missing comma", spec("conv: {out_channels: 64 kernel_size: 3}"), "yaml", 4, "a comma between"),
    Mistake("a missing comma later", spec("conv: {out_channels: 64, kernel_size: 3 bias: no}"), "yaml", 4, "a comma"),
    Mistake("a missing brace", spec("conv: {out_channels: 64, kernel_size: 3", "  - relu"), "yaml", 4, "close it"),
    Mistake("a missing bracket", "name: a\ninput: 9x9x3\nlayers: [conv3-64, relu\n", "yaml", 3, "close it with `]`"),
    Mistake("a missing quote", spec("'conv3-64 relu"), "yaml", 4, "close the quote"),
    Mistake("a tab", "name: a\ninput: 9x9x3\nlayers:\n\t- relu\n", "yaml", 4, "two spaces"),
    Mistake("a tab in a mapping", spec("conv:", "\t\tout_channels: 3"), "yaml", 5, "two spaces"),
    Mistake("no space after a colon", "name:mine\ninput: 9x9x3\nlayers: relu\n", "yaml", 1, "name: mine"),
    Mistake("no space after a later colon", "name: a\ninput:9x9x3\nlayers: relu\n", "yaml", 2, "input: 9x9x3"),
    Mistake("no space in braces", spec("conv: {out_channels:64, kernel_size: 3}"), "yaml", 4, "out_channels: 64"),
    Mistake("no space after a layer's colon", spec("conv:3-64"), "notation", 4, "conv3-64"),
    Mistake("an unquoted pattern", spec("[conv3-64 relu]*2"), "yaml", 4, 'quote it: "[conv3-64 relu]*2"'),
    Mistake(
        "an unquoted pattern alone", "name: a\ninput: 9x9x3\nlayers: [relu]*2\n", "yaml", 3, 'quote it: "[relu]*2"'
    ),
    Mistake("a line too far right", "name: a\n input: 9x9x3\nlayers: relu\n", "yaml", 2, "indented"),
    Mistake("a line too far left", spec("relu", " - relu"), "yaml", 5, "same column"),
    Mistake("a key twice", spec("conv: {out_channels: 64, out_channels: 3}"), "yaml", 4, "already"),
    Mistake("two specs in one file", spec("relu", "---", "name: b"), "yaml", 5, "one document"),
    Mistake("an anchor", spec("&c conv3-64"), "yaml", 4, "write it out"),
    Mistake("an empty file", "", "yaml", 1, "empty"),
    # keys
    Mistake("kernal_size", spec("conv: {out_channels: 64, kernal_size: 3}"), "unknown-key", 4, "mean kernel_size?"),
    Mistake("nam", spec("{conv: {out_channels: 64, kernel_size: 3}, nam: a}"), "notation", 4, "did you mean name?"),
    Mistake("kernal", spec("conv: {out_channels: 64, kernal: 3}"), "unknown-key", 4, "kernel_size"),
    Mistake("kernel", spec("conv: {out_channels: 64, kernel: 3}"), "unknown-key", 4, "mean kernel_size?"),
    Mistake("strides", spec("conv: {out_channels: 64, kernel_size: 3, strides: 2}"), "unknown-key", 4, "mean stride?"),
    Mistake("filters", spec("conv: {filters: 64, kernel_size: 3}"), "unknown-key", 4, "out_channels"),
    Mistake(
        "an activation in a layer",
        spec("conv: {out_channels: 64, kernel_size: 3, activation: relu}"),
        "unknown-key",
        4,
        "the keys",
    ),
    Mistake(
        "a key of nothing",
        spec("relu", "epochs: 10"),
        "unknown-key",
        5,
        "published",
    ),
    Mistake("layer for layers", "name: a\ninput: 9x9x3\nlayer: relu\n", "unknown-key", 3, "mean layers?"),
    Mistake("no input", "name: a\nlayers: relu\n", "missing-key", 1, "input: 224x224x3"),
    Mistake("no name", "input: 9x9x3\nlayers: relu\n", "missing-key", 1, "add name"),
    Mistake("no layers", "name: a\ninput: 9x9x3\n", "missing-key", 1, "layers: [conv3-64, relu]"),
    Mistake("no kernel", spec("conv: {out_channels: 64}"), "missing-key", 4, "add kernel_size"),
    Mistake("layers alone", "- conv3-64\n- relu\n", "notation", 1, "input: 32x32x3"),
    Mistake(
        "a mapping that is not indented", spec("conv:", "    out_channels: 3"), "notation", 4, "conv: {out_channels"
    ),
    Mistake(
        "two layers in one item", spec("conv: {out_channels: 64, kernel_size: 3}", "    relu:"), "notation", 4, "relu"
    ),
    # the names of layers
    Mistake("Conv2D", spec("Conv2D: {out_channels: 64, kernel_size: 3}"), "unknown-layer", 4, "did you mean conv?"),
    Mistake("MaxPool2D", spec("MaxPool2D: {kernel_size: 2}"), "unknown-layer", 4, "did you mean maxpool?"),
    Mistake("a word", spec("convolution3-64"), "unknown-layer", 4, "did you mean conv?"),
    Mistake("rely", spec("rely"), "unknown-layer", 4, "did you mean relu?"),
    Mistake("a layer by call", spec("conv(64, 3)"), "notation", 4, "conv3-64"),
    # the short form
    Mistake("conv: 3-64", spec("conv: 3-64"), "unknown-layer", 4, "conv3-64"),
    Mistake("a space for the hyphen", spec("conv3 64"), "missing-key", 4, "conv3-64"),
    Mistake("no filters", spec("conv3"), "missing-key", 4, "conv3-64"),
    Mistake("no filters, under a name", spec("conv1: conv3"), "missing-key", 4, "conv3-64"),
    Mistake("no size", spec("conv64"), "bad-value", 4, "conv3-64"),
    Mistake("no features", spec("fc"), "missing-key", 4, "fc-10"),
    Mistake("an even filter", spec("conv4-64"), "bad-value", 4, "conv4-64/p0"),
    Mistake("a suffix of nothing", spec("conv3-64/q2"), "notation", 4, "/s /p"),
    Mistake("a suffix twice", spec("conv3-64/s2/s4"), "notation", 4, "/s"),
    Mistake("a bracket too many", spec('"[conv3-64 relu]]*2"'), "notation", 4, "remove it"),
    Mistake("a bracket too few", spec('"[[conv3-64 relu]*2"'), "notation", 4, "close it"),
    Mistake("an x for times", spec('"[conv3-64 relu]x2"'), "unknown-layer", 4, "*2"),
    Mistake("no times", spec('"[conv3-64 relu]*0"'), "notation", 4, "1 or more times"),
    Mistake("times in words", spec('"[conv3-64 relu]*n"'), "notation", 4, "1 or more times"),
    # values
    Mistake(
        "a quoted number",
        spec("conv: {out_channels: '64', kernel_size: 3}"),
        "bad-value",
        4,
        "without quotes",
    ),
    Mistake(
        "negative padding",
        spec("conv: {out_channels: 9, kernel_size: 3, padding: -1}"),
        "bad-value",
        4,
        "from 0",
    ),
    Mistake("negative padding, short", spec("conv3-64/p-1"), "bad-value", 4, "from 0"),
    Mistake("a stride of 0", spec("maxpool: {kernel_size: 3, stride: 0}"), "bad-value", 4, "from 1"),
    Mistake("a stride of 0, short", spec("maxpool3/s0"), "bad-value", 4, "from 1"),
    Mistake("a fractional kernel", spec("maxpool: {kernel_size: 2.5}"), "bad-value", 4, "whole number"),
    Mistake("a fractional kernel, short", spec("conv2.5-64"), "bad-value", 4, "whole number"),
    Mistake("true for a number", spec("maxpool: {kernel_size: true}"), "bad-value", 4, "whole number"),
    Mistake(
        "a word for padding",
        spec("conv: {out_channels: 9, kernel_size: 3, padding: sam}"),
        "bad-value",
        4,
        "same",
    ),
    Mistake("a rate in percent", spec("dropout: {rate: 50}"), "bad-value", 4, "0 to below 1"),
    Mistake("no channels", spec("relu", input="224"), "bad-value", 2, "224x224x3"),
    Mistake("a list for the input", spec("relu", input="[224, 224, 3]"), "bad-value", 2, "224x224x3"),
    Mistake("commas in the input", spec("relu", input="224,224,3"), "bad-value", 2, "224x224x3"),
    Mistake("an empty axis", spec("relu", input="224x0x3"), "bad-value", 2, "224x224x3"),
    Mistake("rounding up", spec("relu", "rounding: up"), "bad-value", 5, "exact, floor or ceil"),
    Mistake(
        "a figure without quotes",
        spec("relu", "published:", "  - {quantity: macs, printed: 1000, source: me}"),
        "bad-value",
        6,
        '"1000"',
    ),
    # names
    Mistake("a name twice", spec("c=relu", "  - c=relu"), "bad-value", 5, "c_2"),
    Mistake("input for a name", spec("input=relu"), "bad-value", 4, "another name"),
    Mistake("a name with a space", spec("first layer: relu"), "bad-value", 4, "letters, digits"),
    # shapes
    Mistake("a filter larger than the input", spec("conv11-96/p0", input="7x7x3"), "filter-too-large", 4, "filter 7"),
    Mistake("a stride that does not fit", spec("maxpool3/s2"), "stride-misfit", 4, "input 33x33"),
    Mistake("AlexNet at 224", spec("conv11-96/s4/p0", input="224x224x3"), "stride-misfit", 4, "input 227x227"),
    Mistake("groups that do not divide", spec("conv3-64/g2"), "group-misfit", 4, "groups 1"),
    Mistake(
        "channels first",
        spec("conv11-96/s4/p0", input="3x227x227"),
        "filter-too-large",
        4,
        "227x227x3",
    ),
)

LEGAL = {
    "Linear": spec("Linear: {out_features: 10}"),
    "channels first, where nothing fails": spec("conv3-64", input="3x224x224"),
    "capitals": spec("CONV3-64 ReLU MaxPool2 FC-10 Softmax"),
    "a rectangular filter": spec("conv: {out_channels: 9, kernel_size: [3, 5], padding: [1, 2]}"),
    "a rectangular filter, long and written": spec("conv: {out_channels: 9, kernel_size: 3x5, padding: 1x2}"),
    "a vector": spec("fc-10", input="1x1x784"),
    "one layer, no list": "name: a\ninput: 9x9x3\nlayers: conv3-64\n",
    "brackets around the input": spec("relu", input='"[32x32x3]"'),
}


def rows() -> Iterator[Any]:
    """Return the mistakes as pytest takes them."""
    for mistake in MISTAKES:
        marks = [pytest.mark.xfail(strict=True, reason=mistake.bug)] if mistake.bug else []
        yield pytest.param(mistake, id=mistake.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("mistake", list(rows()))
def test_a_slip_is_said_with_a_way_out(mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The code, the line, what helps, a way out, and the exit status that goes with it."""
    path = tmp_path / "net.yaml"
    path.write_text(mistake.text, encoding="utf-8")
    status = run(["table", str(path), "--format", "json"])
    errors = json.loads(capsys.readouterr().err)["errors"]
    assert status == (1 if mistake.code in {"stride-misfit", "filter-too-large", "group-misfit"} else 2)
    assert (mistake.code, mistake.line) in [(error["code"], error["where"]["line"]) for error in errors]
    assert mistake.helps in "\n".join(" · ".join((error["message"], *error["ways_out"])) for error in errors)
    assert all(error["ways_out"] for error in errors)
    assert all(error["where"]["file"] == str(path) for error in errors)


@pytest.mark.parametrize("text", LEGAL.values(), ids=[name.replace(" ", "-") for name in LEGAL])
def test_what_looks_like_a_slip_and_is_none(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Spellings that the lectures use are legal."""
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["table", str(path)]) == 0, capsys.readouterr().err


ONE = [
    "conv1: conv3",
    "rely",
    "conv: {out_channels: 64, kernal_size: 3}",
]


@pytest.mark.parametrize("layer", ONE)
def test_one_slip_is_one_error(layer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever makes one slip reads of one."""
    path = tmp_path / "net.yaml"
    path.write_text(spec(layer), encoding="utf-8")
    run(["table", str(path), "--format", "json"])
    assert len(json.loads(capsys.readouterr().err)["errors"]) == 1


@pytest.mark.parametrize(
    "pattern", ["relu relu1=tanh tanh", "relu1=tanh relu", "[a=relu]*2 a_1=tanh", "a_1=tanh [a=relu]*2"]
)
def test_counted_names_make_way_for_given_ones(pattern: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No two layers have one name, and a layer that was given a name has it."""
    assert run(["table", pattern, "--input", "9x9x3", "--format", "json"]) == 0
    layers = json.loads(capsys.readouterr().out)["layers"]
    names = [layer["name"] for layer in layers]
    assert len(set(names)) == len(names)
    assert next(layer["type"] for layer in layers if layer["name"] in {"relu1", "a_1"}) == "tanh"


def test_all_slips_of_a_file_are_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every slip of a file in one run, in the order of the text; of more than twenty, the first twenty."""
    path = tmp_path / "net.yaml"
    path.write_text(spec("rely", "  - conv3-64/q", "  - maxpool: {kernel: 2}"), encoding="utf-8")
    assert run(["table", str(path), "--format", "json"]) == 2
    lines = [error["where"]["line"] for error in json.loads(capsys.readouterr().err)["errors"]]
    assert lines == sorted(lines)
    assert set(lines) == {4, 5, 6}
    path.write_text(spec("rely1", *(f"  - rely{number}" for number in range(2, 30))), encoding="utf-8")
    assert run(["table", str(path), "--format", "json"]) == 2
    assert len(json.loads(capsys.readouterr().err)["errors"]) == 20


def test_a_shape_error_shows_the_table_up_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The layers before the misfit are on stdout, the misfit on stderr with its sum; files have the error alone."""
    path = tmp_path / "net.yaml"
    path.write_text(spec("first=conv3-64 relu", "  - second=maxpool3/s2"), encoding="utf-8")
    assert run(["table", str(path)]) == 1
    said = capsys.readouterr()
    assert "1,728" in said.out
    *layers, stopped = said.out.splitlines()
    assert "second" not in "".join(layers)
    assert stopped == f"stopped at second ({path}:5:12): these are the layers before it, and their sums"
    assert f"stride-misfit: second ({path}:5:12)" in said.err
    assert "(32 − 3 + 2·0)/2 + 1 = 15.5" in said.err
    for format in ("json", "csv", "markdown", "latex"):  # noqa: A001 - the option's name
        assert run(["table", str(path), "--format", format]) == 1
        assert capsys.readouterr().out == ""


def test_set_says_a_name_once(capsys: pytest.CaptureFixture[str]) -> None:
    """As a spec does: of two values none is chosen."""
    assert run(["table", "conv3-K", "--set", "K=4", "--set", "K=5", "--input", "8x8x3"]) == 2
    assert "'K' twice" in capsys.readouterr().err


def test_a_slip_in_a_block_of_text_has_its_own_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern may take several lines; a slip in the second is not in the first."""
    path = tmp_path / "net.yaml"
    path.write_text("name: a\ninput: 9x9x3\nlayers: |\n  conv3-64 relu\n  rely\n", encoding="utf-8")
    run(["table", str(path), "--format", "json"])
    where = json.loads(capsys.readouterr().err)["errors"][0]["where"]
    assert (where["line"], where["column"]) == (5, 3)
