"""What may stand where a SPEC is expected: pipes, devices, folders, bytes. None is waited for, none is a traceback.

Each runs in a process of its own; some would hang or crash the one that asks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PATIENCE = 60
"""Seconds after which a process is given up; each takes a fraction of one."""

ESCAPES = "\x1b\x9b\x07\r\u202e\u2066\u200b\ufeff\u2028\x00\x7f"
"""What could steer a terminal or turn a line around."""

GOOD = "input: 9x9x3\nlayers: conv3-8\n"


def cnncalc(*arguments: str | bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run one command line in a folder."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def refused(code: str, spec: str | bytes, folder: Path) -> str:
    """Return what `table` says to people about a SPEC, once it is sure to be one of our errors, and safe to show."""
    done = cnncalc("table", spec, folder=folder)
    said = done.stderr.decode()
    assert said.startswith(f"{code}: ")
    assert done.returncode == 2
    assert done.stdout == b""
    assert "ways out: " in said
    assert "Traceback" not in said
    assert not set(said) & set(ESCAPES)
    return said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
@pytest.mark.parametrize("name", ["pipe.yaml", "./pipe"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    """A FIFO that nobody writes to would block for ever."""
    os.mkfifo(tmp_path / name)
    said = refused("unreadable", name, folder=tmp_path)
    assert "no regular file" in said


@pytest.mark.parametrize(
    "name",
    [
        "folder.yaml",
        "./folder",
        "folder/",
        ".",
        "..",
    ],
)
def test_a_folder_is_no_spec(name: str, tmp_path: Path) -> None:
    """A folder is said to be no regular file."""
    (tmp_path / name).mkdir(exist_ok=True)
    assert "no regular file" in refused("unreadable", name, folder=tmp_path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no devices in /dev")
@pytest.mark.parametrize("name", ["zero.yaml", "/dev/zero"])
def test_a_device_is_not_read(name: str, tmp_path: Path) -> None:
    """/dev/zero never ends; a link to it ends in .yaml."""
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    assert "no regular file" in refused("unreadable", name, folder=tmp_path)


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere/net.yaml", "./nowhere", "vgg16.yml"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    """A path that leads nowhere is said to, not taken for a layer."""
    assert "No such file" in refused("unreadable", name, folder=tmp_path)


@pytest.mark.parametrize("name", ["a" * 5_000 + ".yaml", "a/" * 2_500 + "a.yaml"])
def test_a_path_of_5_000_characters(name: str, tmp_path: Path) -> None:
    """The message cuts it short."""
    assert len(refused("unreadable", name, folder=tmp_path)) < 500


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "mine.yaml").write_text("name: mine\n" + GOOD, encoding="utf-8")
    (tmp_path / "mine.yaml").chmod(0)
    assert "denied" in refused("unreadable", "mine.yaml", folder=tmp_path)


CONTENTS = [
    (b"#" * 300 * 1024, "unreadable", "262,144 bytes"),
    (b"name: \xff\n", "unreadable", "net.yaml:1:7: the byte 0xFF is not UTF-8"),
    (b"name: a\nlayers: caf\xe9\n", "unreadable", "net.yaml:2:12: the byte 0xE9 is not UTF-8"),
    (("name: mine\n" + GOOD).encode("utf-16"), "unreadable", "net.yaml:1:1"),
    (b"name: a\x00b\n", "yaml", "net.yaml:1:8"),
    (b"name: a\x1b]0;owned\x07\n", "yaml", "net.yaml:1:8"),
    (b"layers: " + b"[" * 30_000, "too-large", "net.yaml:1:40"),
    (b"", "yaml", "net.yaml:1:1"),
    (b"\x89PNG\r\n\x1a\n", "unreadable", "net.yaml:1:1"),
]


@pytest.mark.parametrize(("raw", "code", "says"), CONTENTS, ids=[row[2] for row in CONTENTS])
def test_a_file_of_anything(raw: bytes, code: str, says: str, tmp_path: Path) -> None:
    """Too long, not UTF-8, a picture, nothing: the place is said where there is one, at the byte."""
    (tmp_path / "net.yaml").write_bytes(raw)
    said = refused(code, "net.yaml", folder=tmp_path)
    assert says in said


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
@pytest.mark.parametrize(
    ("argument", "code"),
    [
        (b"\xff.yaml", "unreadable"),
        (b"a\x1b[31m.yaml", "unreadable"),
        (b"\xff", "unknown-layer"),
        (b"relu \xff", "unknown-layer"),
    ],
)
def test_arguments_that_are_no_text(argument: bytes, code: str, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 come in as lone surrogates, and could not be printed."""
    assert "\\" in refused(code, argument, folder=tmp_path)
    done = cnncalc("table", argument, "--format", "json", folder=tmp_path)
    assert json.loads(done.stderr)["errors"][0]["code"] == code


STEERING = ["\x1b[31mred", "\u202eexe.yaml", "\u2066x\u2069", "zero\u200bwidth", "line\u2028break", "\x9b31m"]


@pytest.mark.parametrize(
    "format",
    ["table", "json", "csv", "markdown", "latex"],
)
def test_a_name_that_steers_the_terminal_is_disarmed(format: str, tmp_path: Path) -> None:  # noqa: A002
    """Bidi characters are legal text: what a spec calls itself, its source and its claims are shown escaped."""
    claim = "published: [{quantity: macs, printed: 1M, source: 'x \u202e y'}]\n"
    name = "name: 'safe\u202efas \u2066 \u200b'\nsource: '\u202e[bold red]x[/] \u2067'\n"
    (tmp_path / "net.yaml").write_text(name + GOOD + claim, encoding="utf-8")
    done = cnncalc("table", "net.yaml", "--format", format, folder=tmp_path)
    assert done.returncode == 0
    said = done.stdout.decode()
    assert not set(said) & set(ESCAPES)
    if format == "json":
        assert json.loads(said)["name"] == "safe\u202efas \u2066 \u200b"


@pytest.mark.parametrize("name", STEERING, ids=range(len(STEERING)))
def test_a_layer_that_steers_the_terminal_is_disarmed(name: str, tmp_path: Path) -> None:
    """What a message quotes is shown escaped."""
    said = cnncalc("table", f"conv3-64 {name}", "--input", "9x9x3", folder=tmp_path).stderr.decode()
    assert "Traceback" not in said
    assert not set(said) & set(ESCAPES)


def test_markup_is_text(tmp_path: Path) -> None:
    """What looks like rich's markup is the user's text."""
    (tmp_path / "net.yaml").write_text("name: '[bold red]mine[/bold red]'\n" + GOOD, encoding="utf-8")
    assert "[bold red]mine[/bold red]" in cnncalc("table", "net.yaml", folder=tmp_path).stdout.decode()
