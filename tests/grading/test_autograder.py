"""The zip for Gradescope: the same whenever it is built, its wheel installs, results.json is always there and valid."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.grading.autograder import build
from cnncalc.grading.wheel import wheel

HERE = Path(__file__).parent
DECKS, DRAWN = "assignments/decks", "assignments/drawn"
PATIENCE = 120

pytestmark = pytest.mark.skipif(shutil.which("timeout") is None, reason="run_autograder needs coreutils")


def archive(data: bytes) -> ZipFile:
    """Open a zip."""
    return ZipFile(io.BytesIO(data))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the zip as Gradescope does, and install its wheel where a Python with cnncalc's libraries finds it."""
    root = tmp_path_factory.mktemp("autograder")
    (root / "source").mkdir()
    with archive(build(DECKS, version=cnncalc.__version__).data) as found:
        found.extractall(root / "source")
    installed = root / "installed"
    wheels = list((root / "source").glob("*.whl"))
    with ZipFile(wheels[0]) as found:
        found.extractall(installed)
    python = root / "python"  # stands for /autograder/venv/bin/python: this Python's libraries, the wheel's cnncalc
    libraries = os.pathsep.join([str(installed), *(path for path in sys.path if "site-packages" in path)])
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{libraries}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return root


def results(root: Path) -> dict[str, object]:
    """Return what Gradescope would read, held against its schema."""
    found = json.loads((root / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(found, json.loads((HERE / "gradescope.schema.json").read_text("utf-8")))
    assert [path.name for path in (root / "results").iterdir()] == ["results.json"]
    return dict(found)


def environment(root: Path, **more: str) -> dict[str, str]:
    """Return a bare environment that says where Gradescope's folders are."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "AUTOGRADER_ROOT": str(root),
        "CNNCALC_PYTHON": str(root / "python"),
        **more,
    }


def mark(root: Path, handed_in: Path | None, **more: str) -> dict[str, object]:
    """Lay a submission where Gradescope does, run run_autograder, and return its results."""
    for folder in ("submission", "results"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir()
    if handed_in:
        shutil.copy(handed_in, root / "submission")
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", str(root / "source" / "run_autograder")], env=environment(root, **more), cwd="/",
        stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0
    return results(root)


# -- the zip --


def test_the_zip() -> None:
    """Files at its root, scripts that may run, the same bytes each time, no time of building in it."""
    built = build(DECKS, version="1.2.3")
    assert built.data == build(DECKS, version="1.2.3").data
    with archive(built.data) as found:
        assert found.namelist() == ["assignment.yaml", "cnncalc-1.2.3-py3-none-any.whl", "run_autograder", "setup.sh"]
        assert {info.date_time for info in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in found.infolist()}
        assert modes["run_autograder"] == modes["setup.sh"] == 0o755
        assert found.read("run_autograder").startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in found.read("setup.sh") + found.read("run_autograder")
    assert built.points == 31


def test_the_scripts_are_shell() -> None:
    """`bash -n` reads both."""
    for name in ("setup.sh", "run_autograder"):
        script = Path(cnncalc.__file__).parent / "grading" / "gradescope" / name
        assert subprocess.run(["/bin/bash", "-n", script], check=False).returncode == 0  # noqa: S603


def test_the_wheel_is_whole() -> None:
    """RECORD names every file with its hash and size; the specs and the licence travel; nothing that was compiled."""
    name, data = wheel("1.2.3")
    assert name == "cnncalc-1.2.3-py3-none-any.whl"
    with archive(data) as found:
        record = list(csv.reader(io.StringIO(found.read("cnncalc-1.2.3.dist-info/RECORD").decode())))
        assert sorted(row[0] for row in record) == sorted(found.namelist())
        for path, digest, size in record:
            content = found.read(path)
            if not path.endswith("/RECORD"):
                assert digest == "sha256=" + urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
                assert int(size) == len(content)
        assert {"cnncalc/specs/vgg16.yaml", "cnncalc/specs/assignments/decks.yaml", "cnncalc/py.typed"} <= set(
            found.namelist()
        )
        assert not [path for path in found.namelist() if "__pycache__" in path or path.endswith(".pyc")]
        about = found.read("cnncalc-1.2.3.dist-info/METADATA").decode()
        assert "Requires-Dist: pydantic" in about
        assert "pytest" not in about
        assert "MIT License" in found.read("cnncalc-1.2.3.dist-info/licenses/LICENSE").decode()


def test_pip_installs_the_wheel(tmp_path: Path) -> None:
    """With RECORD and METADATA checked by pip, it knows its specs and packs the same wheel again."""
    name, data = wheel(cnncalc.__version__)
    (tmp_path / name).write_bytes(data)
    there = str(tmp_path / "there")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", there]
    done = subprocess.run(  # noqa: S603
        [*pip, str(tmp_path / name)], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if "No module named pip" in done.stderr:
        pytest.skip("this Python has no pip")
    assert done.returncode == 0, done.stderr
    code = (
        "import cnncalc, hashlib; from cnncalc.grading.wheel import wheel; name, data = wheel(cnncalc.__version__);"
        "parameters = cnncalc.tally(cnncalc.load('vgg16')).totals.parameters;"
        "print(cnncalc.__file__, parameters, hashlib.sha256(data).hexdigest())"
    )
    paths = os.pathsep.join([there, *(path for path in sys.path if "site-packages" in path)])
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said.startswith(there)
    assert said.split()[1:] == ["138357544", sha256(data).hexdigest()]


# -- run_autograder --


def test_it_marks(place: Path) -> None:
    """The sloppy submission gets what `cnncalc grade` gives it; the right one everything."""
    sloppy = mark(place, HERE / "submissions" / "sloppy.csv")
    marks = cnncalc.grade(DECKS, HERE / "submissions" / "sloppy.csv", limits=None)
    assert sloppy["score"] == marks.to_dict()["score"]
    assert len(sloppy["tests"]) == len(marks.items)  # type: ignore[arg-type]
    right = mark(place, HERE / "submissions" / "right.yaml")
    assert right["score"] == marks.to_dict()["max_score"] == 31


def test_a_hostile_submission_gets_a_reason(place: Path, tmp_path: Path) -> None:
    """No answers, no file, a Python file, a link: 0 points, said why, and never a traceback."""
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    for handed_in in (None, tmp_path / "json.py", HERE / "submissions" / "hostile.yaml"):
        found = mark(place, handed_in)
        assert found["score"] == 0
        assert "Traceback" not in json.dumps(found)


def fake(root: Path, lines: str) -> dict[str, str]:
    """Put another program in Python's place."""
    program = root / "fake"
    program.write_text(f"#!/bin/bash\n{lines}\n")
    program.chmod(0o755)
    return {"CNNCALC_PYTHON": str(program)}


ENDS = [  # what the grader does, what is said
    ("exit 3", "failed with status 3"),
    ("echo '{\"score\": 31'; exit 1", "failed with status 1"),
    ("kill -9 $$", "was ended, for want of time or memory"),
    ("kill -SEGV $$", "failed with status 139"),
    ("true", "said nothing"),
    ("exec sleep 60", "more than 1 seconds"),
    ("trap '' TERM; while true; do sleep 0.1; done", "was ended, for want of time or memory"),
]


@pytest.mark.parametrize(("lines", "said"), ENDS, ids=[lines[:20] for lines, _ in ENDS])
def test_it_always_writes_results(lines: str, said: str, place: Path) -> None:
    """A crash, half an answer, a kill, no answer, no end: 0 points and a reason, without Python's help."""
    found = mark(place, None, CNNCALC_SECONDS="1", **fake(place, lines))
    assert found["score"] == 0
    assert said in str(found["output"])


def test_without_python(place: Path) -> None:
    """setup.sh did not make one."""
    found = mark(place, None, CNNCALC_PYTHON="/nowhere/python")
    assert (found["score"], "failed with status 127" in str(found["output"])) == (0, True)


@pytest.fixture
def running(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start run_autograder with a grader that writes and does not end."""
    for folder in ("submission", "results"):
        shutil.rmtree(place / folder, ignore_errors=True)
    more = fake(place, f"echo '{{'; echo $$ > {place}/pid; exec sleep 60")
    (place / "pid").unlink(missing_ok=True)
    script = str(place / "source" / "run_autograder")
    process = subprocess.Popen(["/bin/bash", script], env=environment(place, **more), start_new_session=True)  # noqa: S603
    for _ in range(200):
        if (place / "pid").is_file() and (place / "pid").read_text():
            break
        time.sleep(0.05)
    yield process
    for pid in (process.pid, int((place / "pid").read_text())):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def test_a_killed_grader_leaves_results(place: Path, running: subprocess.Popen[bytes]) -> None:
    """A kill -9 of the grader, in the middle of what it writes."""
    os.kill(int((place / "pid").read_text()), signal.SIGKILL)
    assert running.wait(timeout=PATIENCE) == 0
    assert "was ended, for want of time or memory" in str(results(place)["output"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_script_leaves_results(place: Path, running: subprocess.Popen[bytes], number: int) -> None:
    """The script itself is ended: what it wrote before it read anything is there; half an answer is none."""
    os.kill(running.pid, number)
    running.wait(timeout=PATIENCE)
    found = json.loads((place / "results" / "results.json").read_text("utf-8"))
    assert found["score"] == 0
    assert "Nothing was marked" in found["output"]


# -- the command --


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what to type at Gradescope; a template is drawn first; what is wrong is said before students see it."""
    out = str(tmp_path / "a.zip")
    assert run(["autograder", "build", DECKS, "--output", out]) == 0
    assert "31 autograder points" in capsys.readouterr().out
    assert run(["autograder", "build", DRAWN, "--output", out, "--seed", "ada", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["points"] == 8
    assert b"{side}" not in archive(Path(out).read_bytes()).read("assignment.yaml")
    before = Path(out).read_bytes()
    assert run(["autograder", "build", DRAWN, "--output", out]) == 2
    assert "not drawn yet" in capsys.readouterr().err
    assert Path(out).read_bytes() == before
    assert run(["autograder", "build", DECKS, "--output", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    own = tmp_path / "exercises.yaml"
    own.write_text("name: mine", "utf-8")
    assert run(["autograder", "build", DECKS, "--output", str(own)]) == 2
    assert "is there and is no zip" in capsys.readouterr().err
    assert own.read_text("utf-8") == "name: mine"
