"""The command line from outside: helps, exit statuses, what goes to which stream, pipes that close early."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli import COMMANDS, run

PATIENCE = 60
"""Seconds after which a process is given up; each takes a fraction of one."""


def process(
    *arguments: str, stdout: int | None = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one command line in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "cnncalc", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
        check=False,
    )


# -- helps --


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_every_command_helps(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0, on stdout, in plain text, with what it says first in its docstring."""
    assert run(arguments) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("Usage: cnncalc")
    assert "\x1b" not in said.out


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """And what a SPEC is."""
    run(["--help"])
    said = capsys.readouterr().out
    assert all(re.search(rf"^ +{name} ", said, re.MULTILINE) for name in COMMANDS)
    assert "SPEC" in said


def test_the_helps_name_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that were promised."""
    promised = {
        "table": "--format --input --batch --dtype --memory --layout --rounding",
        "check": "--input --filter --stride --pad --dilation --format",
        "list": "--format",
        "schema": "--format",
    }
    for command, options in promised.items():
        run([command, "--help"])
        said = capsys.readouterr().out
        assert all(option in said for option in options.split())


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The package's own."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"cnncalc {cnncalc.__version__}\n"


def test_nothing_asked_is_helped() -> None:
    """A lone `cnncalc` shows the help, and no traceback."""
    done = process()
    assert "Traceback" not in done.stderr
    assert "Usage: cnncalc" in done.stdout + done.stderr
    assert done.returncode in {0, 2}


# -- exit statuses and streams --

STATUSES = {
    ("table", "vgg16"): 0,
    ("table", "conv3-8", "--input", "9x9x3"): 0,
    ("check", "--input", "7x7", "--filter", "3"): 0,
    ("check", "--input", "7x7", "--filter", "3", "--stride", "3"): 1,
    ("check", "vgg16"): 0,
    ("check", "maxpool2", "--input", "7x7x3"): 1,
    ("table", "maxpool2", "--input", "7x7x3"): 1,
    ("table", "maxpool9", "--input", "7x7x3"): 1,
    ("list",): 0,
    ("schema",): 0,
    ("table",): 2,
    ("table", "nope.yaml"): 2,
    ("table", "vgg17"): 2,
    ("table", ""): 2,
    ("table", "conv3-8"): 2,
    ("table", "rely", "--input", "9x9x3"): 2,
    ("table", "vgg16", "--input", "224"): 2,
    ("table", "vgg16", "--batch", "0"): 2,
    ("table", "vgg16", "--batch", "many"): 2,
    ("table", "vgg16", "--batch", "9" * 5_000): 2,
    ("table", "vgg16", "--dtype", "float12"): 2,
    ("table", "vgg16", "--memory", "perfect"): 2,
    ("table", "vgg16", "--layout", "nhwc"): 2,
    ("table", "vgg16", "--rounding", "up"): 2,
    ("table", "vgg16", "--format", "yaml"): 2,
    ("table", "vgg16", "--bogus"): 2,
    ("table", "vgg16", "vgg19"): 2,
    ("tables", "vgg16"): 2,
    ("--bogus",): 2,
}


@pytest.mark.parametrize(("arguments", "status"), STATUSES.items(), ids=[" ".join(key)[:60] for key in STATUSES])
def test_statuses_and_streams(arguments: tuple[str, ...], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """0 yes, 1 no, 2 not understood. Answers on stdout, errors on stderr with a way out, in either format."""
    assert run(list(arguments)) == status
    said = capsys.readouterr()
    assert bool(said.err) == (status == 2 or (status == 1 and arguments[0] == "table"))
    assert status == 2 or said.out or "maxpool" in arguments[1]
    assert not (status == 2 and said.out)
    assert not said.err or "ways out: " in said.err
    assert len(said.err) < 1_500
    assert "\x1b" not in said.out + said.err
    if said.err and "--format" not in arguments:
        assert run([*arguments, "--format", "json"]) == status
        for error in json.loads(capsys.readouterr().err)["errors"]:
            assert set(error) >= {"code", "where", "message", "formula", "ways_out"}
            assert set(error["where"]) >= {"file", "line", "column", "layer"}
            assert error["ways_out"]


def test_a_batch_of_10_to_the_4290(capsys: pytest.CaptureFixture[str]) -> None:
    """Python writes no integer of over 4,300 digits; it is refused before it comes to that, or written all the same."""
    assert run(["table", "conv3-64", "--input", "7x7x3", "--batch", "9" * 4_299]) in {0, 2}
    assert "internal" not in capsys.readouterr().err


@pytest.mark.parametrize("spelling", [["--format", "json"], ["--format=json"]])
def test_errors_are_json_however_it_was_asked_for(spelling: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Even where the command line itself is what cannot be read."""
    assert run(["table", *spelling, "--bogus"]) == 2
    assert json.loads(capsys.readouterr().err)["errors"][0]["code"] == "usage"


def test_a_word_that_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """It may have been meant for a layer, or for a packaged spec."""
    assert run(["table", "nope", "--input", "9x9x3"]) == 2
    said = capsys.readouterr().err
    assert "cnncalc formulas lists the layers" in said
    assert "cnncalc list names the packaged specs" in said


# -- pipes and encodings --


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`cnncalc table vgg16 | head -1`: the pipe is closed before anything is written."""
    for arguments in (("table", "vgg16"), ("schema",), ("list",), ("check", "vgg16"), ("--help",)):
        ours, theirs = os.pipe()
        os.close(ours)
        done = process(*arguments, stdout=theirs)
        os.close(theirs)
        assert done.stderr == ""
        assert done.returncode == 141  # as a shell says of a tool that SIGPIPE ended: neither yes nor no


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_said() -> None:
    """Status 2, no traceback."""
    with Path("/dev/full").open("wb") as full:
        done = process("table", "vgg16", stdout=full.fileno())
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the shell's way of closing a stream")
@pytest.mark.parametrize(
    "closed",
    [
        ">&-",
        "2>&-",
        ">&- 2>&-",
    ],
)
def test_a_stream_that_is_closed_is_no_traceback(closed: str) -> None:
    """A daemon may start without stdout or stderr."""
    for arguments in ("table vgg16", "table nope.yaml", "--help"):
        command = f'"$0" -m cnncalc {arguments} {closed}; echo "status $?"'
        done = subprocess.run(  # noqa: S603 - our own program
            ["/bin/sh", "-c", f"({command}) 3>&1", sys.executable],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        assert "AttributeError" not in done.stdout + done.stderr
        assert "status 2" in done.stdout or arguments != "table nope.yaml"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_without_a_minus_sign(encoding: str) -> None:
    """Windows pipes and old terminals cannot write every sign; what they cannot is written otherwise."""
    done = process(
        "check", "--input", "7x7", "--filter", "3", "--stride", "3", PYTHONIOENCODING=encoding, PYTHONUTF8="0"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "2.33" in done.stdout


def test_no_colours_into_a_pipe() -> None:
    """Not even when a terminal would have them; neither in helps nor in errors."""
    for arguments in (("table", "vgg16"), ("--help",), ("table", "--help"), ("table", "nope.yaml"), ("--bogus",)):
        done = process(*arguments, TERM="xterm-256color", COLORTERM="truecolor")
        assert "\x1b" not in done.stdout + done.stderr


# -- list and schema --


def test_every_listed_spec_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, input and source of each; the text and the JSON name the same."""
    assert run(["list", "--format", "json"]) == 0
    specs = json.loads(capsys.readouterr().out)["specs"]
    assert {"vgg16", "vgg19", "alexnet", "lenet5"} <= {spec["name"] for spec in specs}
    assert all(spec["source"] for spec in specs)
    assert run(["list"]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^{re.escape(spec['name'])} ", said, re.MULTILINE) for spec in specs)


def test_the_schema_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Draft 7."""
    jsonschema = pytest.importorskip("jsonschema")
    assert run(["schema"]) == 0
    jsonschema.Draft7Validator.check_schema(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("name", ["vgg16", "./specs/vgg16.yaml"])
def test_a_spec_by_name_and_by_path(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A packaged name works anywhere, a path where it leads somewhere."""
    monkeypatch.chdir(Path(__file__).parents[2])
    assert run(["table", name, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["parameters"] == 138357544
