"""`cnncalc grade` from outside: exit statuses, what it refuses, the bar on a terminal."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from cnncalc.cli import grade, run

SUBMISSIONS = Path(__file__).parents[1] / "grading" / "submissions"
DECKS = "assignments/decks"


@pytest.mark.parametrize("name", ["right.yaml", "sloppy.csv", "half.json", "hostile.yaml"])
def test_marks_are_an_answer(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0, right or wrong: the answer was given."""
    assert run(["grade", DECKS, str(SUBMISSIONS / name)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert " of 31" in said.out


REFUSED = [  # arguments, something in the message
    (["grade", "assignments/deck", str(SUBMISSIONS / "right.yaml")], "did you mean assignments/decks?"),
    (["grade", "nobody.yaml", str(SUBMISSIONS / "right.yaml")], "assignments/decks"),
    (["grade", "vgg16", str(SUBMISSIONS / "right.yaml")], "vgg16"),
    (["grade", DECKS, "nobody.yaml"], "there is no nobody.yaml"),
    (["grade", DECKS, str(SUBMISSIONS), "--resume"], "--out results"),
    (["grade", DECKS, str(SUBMISSIONS), "--format", "gradescope"], "--one"),
    (["grade", DECKS, str(SUBMISSIONS / "right.yaml"), "--out", "results"], "a folder of a class"),
    (["grade", DECKS, str(SUBMISSIONS / "right.yaml"), "--feedback", "all"], "'all'"),
    (["grade", DECKS], "SUBMISSION"),
]


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_what_cannot_be_read_is_said(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, on stderr, with a way out."""
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert "ways out:" in said.err


def test_a_broken_assignment_is_said_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The contract's errors, all at once."""
    path = tmp_path / "a.yaml"
    path.write_text("name: e\nquestions:\n  - {name: q}\n  - {name: r, quantity: depht}\n", encoding="utf-8")
    assert run(["grade", str(path), str(SUBMISSIONS / "right.yaml"), "--format", "json"]) == 2
    errors = json.loads(capsys.readouterr().err)["errors"]
    assert [(error["code"], error["where"]["line"]) for error in errors] == [("missing-key", 3), ("bad-value", 4)]


def test_a_folder_may_be_one_students(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Gradescope's `submission` is; --one says so."""
    (tmp_path / "answers.yaml").write_text("parameters: 760", encoding="utf-8")
    network = "name: x\ninput: 32x32x3\nlayers: '[conv3-16 relu maxpool2]*4 gap conv1-10'"
    (tmp_path / "small.yaml").write_text(network, encoding="utf-8")
    assert run(["grade", DECKS, str(tmp_path), "--one", "--format", "gradescope"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert results["score"] == 2 + 8  # the question; all that is required
    value = (3 * 3 * 3 * 16 + 16) + 3 * (3 * 3 * 16 * 16 + 16) + (16 * 10 + 10)
    assert results["leaderboard"] == [{"name": "parameters", "value": value, "order": "asc"}]


def test_a_network_alone_is_a_submission(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Where one design is asked for, a spec answers it, whatever its file is called."""
    path = tmp_path / "net.yaml"
    path.write_text("name: x\ninput: 32x32x3\nlayers: conv3-8", encoding="utf-8")
    assert run(["grade", DECKS, str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == 1 + 2 + 1 + 1


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, redrawn for each student; the marks on stdout are the same."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run(["grade", DECKS, str(SUBMISSIONS), "--workers", "1"]) == 0
    drawn = terminal.getvalue().split("\r")
    assert [line.split()[-3:] for line in drawn[1:]] == [[str(done), "of", "4"] for done in range(1, 5)]
    assert terminal.getvalue().endswith("4 of 4\n")
    assert "\r" not in capsys.readouterr().out
    assert grade.MarksFormat.gradescope.value == "gradescope"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_file_may_be_called_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no UTF-8, line breaks, terminal codes: a line each, and a result each."""
    folder, out = tmp_path / "class", tmp_path / "results"
    folder.mkdir()
    for name in (b"\xff\xfe.yaml", b"a\nb.yaml", b"\x1b[2J.yaml", "\u202eada.yaml".encode(), b"-rf.yaml", b"..x.yaml"):
        with open(os.fsencode(folder) + b"/" + name, "w", encoding="utf-8") as file:  # noqa: PTH123 - bytes
            file.write("parameters: 760")
    assert run(["grade", DECKS, str(folder), "--out", str(out), "--format", "csv"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) == 1 + 5  # what starts with a dot is hidden
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(list(out.glob("*.json"))) == 5
