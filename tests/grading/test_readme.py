"""The README's way to a marked folder: its files, its commands, its screens."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Grade answers and networks\n", 1)[1].split("\n## ", 1)[0]
FILES = re.findall(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", SECTION, re.DOTALL)
SCREENS = re.findall(r"```console\n\$ cnncalc (.*?)\n(.*?)```", SECTION, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the files that the README shows, and go there."""
    for name, text in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), SCREENS, ids=[command for command, _ in SCREENS])
def test_the_readme_shows_what_is_printed(
    command: str, shown: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The screens are today's."""
    assert run(command.split()) == 0
    assert capsys.readouterr().out == shown
    assert {path.name for path in (folder / "results").glob("*.json")} <= {"ada.json", "bob.json"}


def test_the_readmes_python(folder: Path) -> None:
    """And so is what its Python says."""
    assert len(FILES) == 3
    marks = cnncalc.grade(folder / "exercises.yaml", "submissions/ada.yaml", feedback="full")
    assert (marks.score, marks.max_score) == (Fraction(12, 1), Fraction(15, 1))
    assert marks.items[1].verdict == "consistent with biases forgotten"
    assert cnncalc.grade("exercises.yaml", {"parameters": 760}, limits=None).score == 2
