"""What the README says of papers and exports: its files, its screens, its page for PrairieLearn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Papers and exports\n", 1)[1].split("\n## In Python\n", 1)[0]
SCREENS = re.findall(r"```console\n\$ cnncalc (.*?)\n(.*?)```", SECTION, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the assignments that the README shows, and go there."""
    for name, text in re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", README, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), SCREENS, ids=[command for command, _ in SCREENS])
def test_the_readme_shows_what_is_printed(
    command: str, shown: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The screens are today's; the zip is there."""
    assert len(SCREENS) == 2
    assert run(command.split()) == 0
    assert capsys.readouterr().out == shown
    assert (folder / "autograder.zip").is_file() == command.startswith("autograder")


def test_the_readmes_prairielearn(folder: Path) -> None:
    """server.py runs as it stands, and every name that question.html shows is there."""
    code = re.search(r"```python\n# server.py\n(.*?)```", SECTION, re.DOTALL)
    page = re.search(r"```html\n(.*?)```", SECTION, re.DOTALL)
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
