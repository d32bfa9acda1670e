"""`cnncalc table` from outside: every format says the same numbers, a terminal cuts none, a pipe gets no colours."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run

COUNTS = ("weights", "biases", "parameters", "buffers", "macs", "flops", "activation_values", "activation_bytes")
SHOWN = ("weights", "biases", "macs", "activation_values")
"""What a table for people has a column for."""

# The keys of the JSON, from what users and course autograders were promised. More may be added, none may go.
TOP = {"schema_version", "name", "input", "memory", "layers", "totals", "published"}
LAYER = {"name", "type", "inputs", "output_shape", *COUNTS, "receptive_field", "jump", "padding", "fit"}
TOTALS = {*COUNTS, "parameter_bytes"}
PUBLISHED = {"quantity", "printed", "source", "computed", "verdict", "reading"}

NETWORKS = ["vgg16", "alexnet", "lenet5", "zfnet", "mnist-keras"]
SMALL = ("conv5-6/p0 relu pool2 fc-10", "--input", "32x32x3")


def table(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a table prints to a pipe, which nothing else is printed beside."""
    assert run(["table", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "\x1b" not in said.out
    return said.out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what the JSON says."""
    return json.loads(table(capsys, *arguments, "--format", "json"))


# -- JSON --


@pytest.mark.parametrize("name", NETWORKS)
def test_json_has_the_promised_keys(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of them, in each row."""
    data = as_json(capsys, name)
    assert set(data) >= TOP
    assert data["schema_version"] == 1
    assert set(data["input"]) >= {"shape", "batch", "dtype"}
    assert all(set(row) >= LAYER for row in data["layers"])
    assert all(set(row["fit"]) >= {"exact", "lost"} for row in data["layers"])
    assert set(data["totals"]) >= TOTALS
    assert all(set(claim) >= PUBLISHED for claim in data["published"])


def test_json_of_vgg16_is_the_sample_that_was_promised(capsys: pytest.CaptureFixture[str]) -> None:
    """The first layer, the totals and the first claim, digit by digit."""
    data = as_json(capsys, "vgg16")
    conv1_1 = {
        "name": "conv1_1",
        "type": "conv",
        "inputs": ["input"],
        "output_shape": [224, 224, 64],
        "weights": 1728,
        "biases": 64,
        "parameters": 1792,
        "buffers": 0,
        "macs": 86704128,
        "flops": 173408256,
        "activation_values": 3211264,
        "activation_bytes": 12845056,
        "receptive_field": [3, 3],
        "jump": [1, 1],
        "padding": [1, 1],
    }
    totals = {
        "weights": 138344128,
        "biases": 13416,
        "parameters": 138357544,
        "buffers": 0,
        "macs": 15470264320,
        "activation_values": 15237608,
        "activation_bytes": 60950432,
        "parameter_bytes": 553430176,
    }
    claim = {"quantity": "parameters", "printed": "138M", "computed": 138357544, "verdict": "rounds to it"}
    assert (data["name"], data["memory"]) == ("vgg16", "lecture")
    assert data["input"] == {"shape": [224, 224, 3], "batch": 1, "dtype": "float32"}
    assert data["layers"][0]["name"] == data["layers"][0]["type"] == "input"
    assert {key: data["layers"][1][key] for key in conv1_1} == conv1_1
    assert {key: data["layers"][1]["fit"][key] for key in ("exact", "lost")} == {"exact": True, "lost": [0, 0]}
    assert {key: data["totals"][key] for key in totals} == totals
    assert {key: data["published"][0][key] for key in claim} == claim
    assert data["published"][0]["reading"] is None


@pytest.mark.parametrize("name", NETWORKS)
def test_the_rows_of_the_json_add_up(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Totals are sums of rows, parameters are weights and biases, bytes are four a value."""
    data = as_json(capsys, name)
    for count in COUNTS:
        assert sum(row[count] for row in data["layers"]) == data["totals"][count]
    for row in (*data["layers"], data["totals"]):
        assert row["parameters"] == row["weights"] + row["biases"]
        assert row["activation_bytes"] == 4 * row["activation_values"]
    assert data["totals"]["parameter_bytes"] == 4 * data["totals"]["parameters"]


def test_a_batch_multiplies_what_depends_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Totals of operations and activations; neither the rows nor the parameters."""
    one, twenty = as_json(capsys, *SMALL), as_json(capsys, *SMALL, "--batch", "20")
    assert twenty["layers"] == one["layers"]
    assert twenty["input"]["batch"] == 20
    for count in ("macs", "flops", "activation_values", "activation_bytes"):
        assert twenty["totals"][count] == 20 * one["totals"][count]
    for count in ("weights", "biases", "buffers", "parameter_bytes"):
        assert twenty["totals"][count] == one["totals"][count]


def test_twenty_large_images_stay_positive_and_exact(capsys: pytest.CaptureFixture[str]) -> None:
    """20 images of 600x600 through VGG-16 overflow 32 bits elsewhere."""
    once = as_json(capsys, "vgg16", "--input", "600x600x3", "--rounding", "floor")
    data = as_json(capsys, "vgg16", "--input", "600x600x3", "--rounding", "floor", "--batch", "20")
    macs = sum(row["macs"] for row in once["layers"])
    assert data["totals"]["macs"] == 20 * macs > 2**41
    assert min(min(row[count] for count in COUNTS) for row in data["layers"]) >= 0


@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("float32", 4), ("float16", 2), ("int8", 1)])
def test_a_dtype_changes_bytes_alone(dtype: str, size: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Values stay, bytes follow."""
    totals = as_json(capsys, *SMALL, "--dtype", dtype)["totals"]
    assert totals["activation_bytes"] == size * totals["activation_values"]
    assert totals["parameter_bytes"] == size * totals["parameters"]


def test_options_reach_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    """Another input, another rounding."""
    assert as_json(capsys, "vgg16", "--input", "256x256x3")["layers"][1]["output_shape"] == [256, 256, 64]
    floor, ceil = (as_json(capsys, "pool2", "--input", "7x7x3", "--rounding", how) for how in ("floor", "ceil"))
    assert [data["layers"][1]["output_shape"] for data in (floor, ceil)] == [[3, 3, 3], [4, 4, 3]]
    assert floor["layers"][1]["fit"]["lost"] == [1, 1]
    assert not floor["layers"][1]["fit"]["exact"]


def test_the_layout_turns_what_people_read(capsys: pytest.CaptureFixture[str]) -> None:
    """CxHxW in the table and the CSV; the JSON says what it means by order: H, W, C."""
    assert "6x28x28" in table(capsys, *SMALL, "--layout", "chw")
    assert "6x28x28" in table(capsys, *SMALL, "--layout", "chw", "--format", "csv")
    assert as_json(capsys, *SMALL, "--layout", "chw") == as_json(capsys, *SMALL)


# -- what people read, through a pipe --


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
def test_every_format_says_every_number(format: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: A002
    """Every name and every count that has a column, in full, in a line of its layer."""
    lines = re.sub(r"\\(?!\\)", "", table(capsys, name, "--format", format)).splitlines()
    for row in as_json(capsys, name)["layers"]:
        wanted = [row["name"], "x".join(map(str, row["output_shape"])), *(f"{row[count]:,}" for count in SHOWN)]
        assert any(set(wanted) <= set(re.split(r"[|&\s]+", line)) for line in lines), wanted


def test_the_text_shows_products_and_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """Weights as the lecture writes them, totals in every unit by its name, each claim with its verdict."""
    said = table(capsys, "vgg16")
    assert re.search(r"\(3\*3\*64\)\*64 = +36,864", said)
    assert "138M parameters" in said
    assert "61.0 MB = 58.1 MiB" in said
    assert "15,470,264,320" in said
    assert re.search("138M +parameters +rounds to it", said)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_columns_of_the_csv_add_up(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The csv module reads it; every row is as wide as its head; the last line is the sum of those before."""
    said = table(capsys, name, "--format", "csv")
    records = list(csv.DictReader(io.StringIO(said), strict=True))
    assert not any(None in record or None in record.values() for record in records)
    *layers, total = records
    data = as_json(capsys, name)
    assert [record["name"] for record in layers] == [row["name"] for row in data["layers"]]
    assert total["name"] == "total"
    for count in COUNTS:
        assert sum(int(record[count]) for record in layers) == int(total[count]) == data["totals"][count]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_markdown_is_a_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line of a table has as many cells as its rule, and bars inside cells are escaped."""
    said = table(capsys, name, "--format", "markdown")
    tables = [block.splitlines() for block in said.split("\n\n") if block.startswith("|")]
    assert len(tables[0]) == len(as_json(capsys, name)["layers"]) + 3
    for head, rule, *body in tables:
        assert re.fullmatch(r"\|(?: -+:? \|)+", rule)
        cells = [len(re.findall(r"(?<!\\)\|", line)) for line in (head, rule, *body)]
        assert len(set(cells)) == 1


@pytest.mark.parametrize("name", NETWORKS)
def test_the_latex_is_a_tabular(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One environment, as many columns as it declares, and nothing that LaTeX would take for a command."""
    said = table(capsys, name, "--format", "latex")
    (columns,) = re.findall(r"\\begin\{tabular\}\{([lr]+)\}", said)
    body = said.partition("\\toprule\n")[2].partition("\\end{tabular}")[0]
    rows = [line for line in body.splitlines() if not line.startswith("\\")]
    assert len(rows) == len(as_json(capsys, name)["layers"]) + 2
    for row in rows:
        assert row.endswith(r" \\")
        assert len(re.findall(r"(?<!\\)&", row)) == len(columns) - 1
    written = re.sub(r"\\[&%$#_{}]|\$(?:\\cdot|-)\$|\\text\w+\{\}", "", said.partition("\n")[2])
    assert not re.search(r"[_#$~^<>]|(?<!\\)%", written)
    assert said.count("{") == said.count("}")


def test_latex_of_a_wild_name_is_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a spec is called cannot end the table or write a file."""
    name = "a & b_c 100% $x$ {y} ~ ^ # \\input{/etc/passwd}"
    text = f"name: '{name}'\nsource: '{name}'\ninput: 9x9x3\nlayers: conv3-8\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    said = table(capsys, str(tmp_path / "net.yaml"), "--format", "latex")
    assert "\\input" not in said.partition("\n")[2]


# -- on a terminal --


def on_terminal(columns: int, *arguments: str, **environment: str) -> str:
    """Return what a command shows on a real pseudo-terminal, colour codes and all."""
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "cnncalc", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color", **environment},
    ):
        os.close(theirs)
        shown = b""
        while chunk := _read(mine):
            shown += chunk
    os.close(mine)
    return shown.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def without_codes(shown: str) -> str:
    """Return what a person sees."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


ON_TERMINAL = [("vgg16",), ("alexnet",), ("resnet50",), ("vgg16", "--input", "4096x4096x3", "--batch", "1000")]


@pytest.mark.parametrize("columns", [80, 100, 140])
@pytest.mark.parametrize("arguments", ON_TERMINAL, ids=" ".join)
def test_a_terminal_cuts_nothing(arguments: tuple[str, ...], columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No line is longer than the terminal, none ends in an ellipsis, and every number is there."""
    seen = without_codes(on_terminal(columns, "table", *arguments))
    assert max(map(len, seen.splitlines())) <= columns
    assert "…" not in seen
    words = set(re.split(r"[\s;]+", seen))
    data = as_json(capsys, *arguments)
    for row in (*data["layers"], data["totals"]):
        wanted = {f"{row[count]:,}" for count in SHOWN} | {row.get("name", "total")}
        assert not wanted - words - {word.rstrip(",") for word in words}
    for claim in data["published"]:
        assert " ".join(claim["printed"].split()) in " ".join(seen.split())


@pytest.mark.parametrize("columns", [80, 100])
def test_a_terminal_cuts_no_memory(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """All conventions, training and what fits: no line is too long, and every number is there."""
    options = ("vgg16", "--memory", "all", "--optimizer", "adam", "--fit-in", "24GiB")
    seen = without_codes(on_terminal(columns, "table", *options))
    assert max(map(len, seen.splitlines())) <= columns
    data = as_json(capsys, *options)
    wanted = {f"{number:,}" for layer in data["layers"] for number in layer["memory"].values()}
    wanted |= {f"{data['fit_in'][name]:,}" for name in ("limit_bytes", "batch", "bytes", "next_bytes")}
    wanted |= {f"{one['values']:,}" for one in data["memory"].values()}
    assert not wanted - set(re.split(r"[\s;:]+", seen))


def test_a_wide_terminal_has_a_line_per_layer() -> None:
    """At 140 columns each layer of AlexNet is one line, with its field."""
    seen = without_codes(on_terminal(140, "table", "alexnet"))
    assert re.search(r"^conv1 +conv F11 S4 P0 +55x55x96 .* 34,848 .* 105,415,200 +11x11\s*$", seen, re.MULTILINE)


def test_a_terminal_has_colours_unless_it_should_not() -> None:
    """Verdicts are green or red on a terminal; NO_COLOR and dumb terminals get none."""
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3|4|9|10)\d(?:;\d+)*m")
    assert colour.search(on_terminal(80, "table", "vgg16"))
    assert not colour.search(on_terminal(80, "table", "vgg16", NO_COLOR="1"))
    assert "\x1b" not in on_terminal(80, "table", "vgg16", TERM="dumb")


def test_a_terminal_shows_markup_as_text(tmp_path: Path) -> None:
    """Rich's markup in a spec is the user's text, on a terminal too; so are escapes, made visible."""
    text = "name: '[red]mine[/red] \u202e'\ninput: 9x9x3\nlayers: conv3-8\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    seen = without_codes(on_terminal(80, "table", str(tmp_path / "net.yaml")))
    assert "[red]mine[/red] \\u202e" in seen


def test_other_formats_are_the_same_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON and CSV are for programs wherever they go: no colours, no wrapping."""
    for format in ("json", "csv"):  # noqa: A001 - the option's name
        shown = on_terminal(40, "table", *SMALL, "--format", format).replace("\r\n", "\n")
        assert shown == table(capsys, *SMALL, "--format", format)


def test_json_says_what_must_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """In letters, the conditions; a network of numbers has none, and no key for them."""
    assert run(["table", "conv3-8/s2", "--input", "HxWx3", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["conditions"] == ["fits if H is odd", "fits if W is odd"]
    assert told["totals"]["weights"] == 3 * 3 * 3 * 8
    assert run(["table", "conv3-8", "--input", "5x5x3", "--format", "json"]) == 0
    assert "conditions" not in json.loads(capsys.readouterr().out)


def test_what_nobody_reads_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A layer that was left behind counts, and is said to lead nowhere; one output alone is no news."""
    path = tmp_path / "dead.yaml"
    path.write_text("name: dead\ninput: 8x8x3\nlayers:\n  - a: conv3-8\n  - b: conv3-16\n    from: input\n  - fc-10\n")
    assert run(["table", str(path)]) == 0
    assert "2 outputs, which no layer reads: a, fc1\n" in capsys.readouterr().out
    assert run(["table", "vgg16"]) == 0
    assert "no layer reads" not in capsys.readouterr().out
