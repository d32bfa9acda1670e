"""Every screen that the README shows is printed today, from the files that the README shows."""

from __future__ import annotations

import re
import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.cli import run

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
FILES = re.findall(r"```(?:yaml|csv)\n# (\S+\.(?:yaml|csv))\n(.*?)```", README, re.DOTALL)
SCREENS = re.findall(r"```console\n\$ cnncalc (.*?)(?: \| tail (?:-n )?-?(\d+))?\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the files that the README shows, and go there."""
    for name, text in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("command", "last", "shown"), SCREENS, ids=[command for command, *_ in SCREENS])
def test_a_screen(command: str, last: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is typed gives what is shown: the answer, or what stands on stderr in its place."""
    status = run(shlex.split(command))
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines(keepends=True)
    assert "".join(lines[-int(last) :] if last else lines) == shown
    assert status in {0, 1}


_MARKED = {f"results/{room}{student}.json" for room in ("", ".marks/") for student in ("ada", "bob")}


def test_all_screens_are_read() -> None:
    """The test of the test: no console is passed over, and the lectures' examples are among them."""
    assert len(SCREENS) == README.count("```console") > 0
    assert [name for name, _ in FILES if name.startswith(("exercises", "submissions"))] == [
        "exercises.yaml",
        "submissions/ada.yaml",
        "submissions/bob.csv",
    ]
    worked = [shown for command, _, shown in SCREENS if command.startswith("convolve")]
    assert "\n19 25\n37 43\n" in worked[0]
    assert "36 of 144 entries hold a weight; 4 distinct" in worked[1]


@pytest.mark.parametrize(
    ("command", "made"),
    [
        ("grade exercises.yaml submissions --out results", _MARKED),
        ("autograder build exercises.yaml", {"autograder.zip"}),
    ],
)
def test_what_a_command_leaves_behind(command: str, made: set[str], folder: Path) -> None:
    """A result for each student, with what --resume goes on from, and the zip; nothing else."""
    assert command in {shown for shown, *_ in SCREENS}
    before = set(folder.rglob("*"))
    assert run(shlex.split(command)) == 0
    files = {str(path.relative_to(folder)) for path in {*folder.rglob("*")} - before if path.is_file()}
    assert files == made


def test_the_readmes_python(folder: Path) -> None:
    """And so is what its Python says."""
    marks = cnncalc.grade(folder / "exercises.yaml", "submissions/ada.yaml", feedback="full")
    assert (marks.score, marks.max_score) == (Fraction(12, 1), Fraction(15, 1))
    assert marks.items[1].verdict == "consistent with biases forgotten"
    assert cnncalc.grade("exercises.yaml", {"parameters": 760}, limits=None).score == 2


def test_the_readmes_prairielearn(folder: Path) -> None:
    """server.py runs as it stands, and every name that question.html shows is there."""
    code = re.search(r"```python\n# server.py\n(.*?)```", README, re.DOTALL)
    page = re.search(r"```html\n(.*?)```", README, re.DOTALL)
    assert code
    assert page
    server: dict[str, Any] = {}
    exec(code[1], server)  # noqa: S102 - the README's own lines are what is tested
    data: dict[str, Any] = {"params": {}, "correct_answers": {}, "variant_seed": 3,
                            "options": {"question_path": str(folder)}}  # fmt: skip
    server["generate"](data)
    for path in re.findall(r"\{\{#?params\.([a-z.]+)\}\}", page[1]):
        found: Any = data["params"]
        for step in path.split("."):
            found = found[step]
        assert found
    assert set(re.findall(r"\{\{([a-z]+)\}\}", page[1])) <= set(data["params"]["cnncalc"]["volume"]["choices"][0])
    answers = {"parameters": str(data["correct_answers"]["parameters"])}
    data |= {"submitted_answers": answers, "format_errors": {}, "partial_scores": {}, "score": 0, "feedback": {}}
    for name in ("volume", "fits"):
        data["correct_answers"][name] = {"key": "a", "html": ""}
    server["grade"](data)
    assert data["score"] == 1
