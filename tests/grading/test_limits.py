"""Limits: a submission that hurts costs itself its marks, and nobody else anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.grading import child, worker
from cnncalc.grading.crew import mark_class
from cnncalc.grading.limits import ENFORCED, MIB, Limits
from cnncalc.grading.results import KEPT, file_name
from cnncalc.grading.submission import read_submission
from cnncalc.grading.worker import Worker

ASSIGNMENT = "name: e\nquestions: [{name: q, network: conv5-10/p2, input: 32x32x3, quantity: parameters, points: 2}]\n"


def class_of(folder: Path, **files: str | bytes) -> Path:
    """Write a file for each student."""
    for name, text in files.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.yaml").write_bytes(raw)
    return folder


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the child that marks do harm where a submission says so: sleep, work, eat memory, die, raise."""
    home = Path(cnncalc.__file__).parent.parent
    harm = (
        "import sys, os, time; sys.path.insert(0, sys.argv[1]); import cnncalc.grading.child as child\n"
        "mark = child.mark\n"
        "def harmful(key, submission, level):\n"
        "    what = submission.answers.get('harm')\n"
        "    exec(what.text) if what else None\n"
        "    return mark(key, submission, level)\n"
        "child.mark = harmful; child.main()\n"
    )
    monkeypatch.setattr(worker, "_CODE", harm.replace("sys.argv[1]", repr(str(home))))
    return tmp_path


HARM = [
    ("time.sleep(60)", "it took more than 1.5 seconds"),
    ("os._exit(3)", "the process that read it ended"),
    ("os.kill(os.getpid(), 9)", "the process that read it ended"),
    ("raise KeyError('760')", "a bug in cnncalc, please report it: KeyError"),
    ("raise MemoryError", "it needs more than 512 MiB of memory"),
    ("os.system('sleep 60 &') or time.sleep(60)", "it took more than 1.5 seconds"),
]
if ENFORCED:
    HARM += [
        ("x = bytearray(1 << 30)", "it needs more than 512 MiB of memory"),
        ("while True: pass", "it took more than 1 seconds of a processor"),
        ("os.write(os.open('taken', os.O_CREAT | os.O_WRONLY), b'x')", "a bug in cnncalc, please report it: OSError"),
    ]


@pytest.mark.parametrize(("harm", "reason"), HARM)
def test_harm_is_told_and_the_next_is_marked(
    harm: str, reason: str, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is replaced; the next student gets what is due."""
    monkeypatch.chdir(broken.parent)
    class_of(broken, ada="q: 760", bad=json.dumps({"q": 760, "harm": harm}), eve="q: 750")
    limits = Limits(30, 1, 512 * MIB) if "True" in harm else Limits(1.5, 5, 512 * MIB)
    found = dict(mark_class(ASSIGNMENT, broken, limits=limits, workers=1).marks)
    assert [found[name].score for name in ("ada", "bad", "eve")] == [2, 0, 0]
    assert found["bad"].reason == reason
    assert (found["ada"].reason, found["eve"].items[0].verdict) == ("", "consistent with biases forgotten")
    assert "760" not in found["bad"].reason


def test_nothing_is_left_running(broken: Path) -> None:
    """What a child started ends with it."""
    if not hasattr(os, "killpg"):
        pytest.skip("groups of processes are Unix's")
    stamp = f"{time.time_ns() % 10**9 + 10**9}"
    class_of(broken, bad=json.dumps({"harm": f"os.system('sleep {stamp} &') or time.sleep(60)"}))
    mark_class(ASSIGNMENT, broken, limits=Limits(1.0), workers=1)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False)  # noqa: S607
    assert f"sleep {stamp}" not in listed.stdout


def test_a_worker_is_warm_and_then_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """One child marks many, and is replaced in time, with nothing remembered."""
    monkeypatch.setattr(worker, "MOST_MARKED", 2)
    with Worker(ASSIGNMENT) as one:
        children = []
        for _ in range(5):
            assert one.mark({"answers": {"q": 760}}).score == 2
            children.append(one._child.pid if one._child else 0)  # noqa: SLF001 - that is what is asked
    assert len(set(children)) == 3
    assert one._child is None  # noqa: SLF001


def test_what_lies_beside_a_submission_is_not_imported(tmp_path: Path) -> None:
    """A json.py or cnncalc.py in the folder that grading is started in is data."""
    for name in ("json", "yaml", "cnncalc", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('taken', 'w').close()")
    (tmp_path / "a.yaml").write_text(ASSIGNMENT)
    (tmp_path / "ada.yaml").write_text("q: 760")
    code = "import sys; from cnncalc.cli import run; sys.exit(run(['grade', 'a.yaml', 'ada.yaml']))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("2 of 2\n"), done.stderr
    assert not (tmp_path / "taken").exists()


# -- what is no file of answers --


def test_links_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    """In a class, and in a student's own folder; nothing waits, and the others are marked."""
    key = tmp_path / "key.txt"
    key.write_text("q: 760")
    folder = tmp_path / "class"
    (folder / "mallory").mkdir(parents=True)
    class_of(folder, ada="q: 760")
    (folder / "link.yaml").symlink_to(key)
    (folder / "far").symlink_to("/")
    (folder / "mallory" / "answers.yaml").symlink_to(key)
    os.mkfifo(folder / "pipe.yaml")
    (folder / "empty").mkdir()
    (folder / "big.yaml").write_bytes(b"#" * 300_000)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "latin.yaml").write_bytes("q: 760 # é".encode("latin-1"))
    start = time.monotonic()
    found = dict(mark_class(ASSIGNMENT, folder, workers=1).marks)
    assert time.monotonic() - start < Limits().seconds
    assert {name: marks.score for name, marks in found.items() if marks.score} == {"ada": 2}
    reasons = {name: marks.reason for name, marks in found.items()}
    assert "link" in reasons["link"]
    assert "link" in reasons["far"]
    assert "link" in reasons["mallory"]
    assert "no regular file" in reasons["pipe"]
    assert "no file of answers" in reasons["empty"]
    assert "larger than 262,144 bytes" in reasons["big"]
    assert "YAML, JSON or CSV" in reasons["photo"]
    assert "UTF-8" in reasons["latin"]
    assert str(tmp_path) not in "".join(reasons.values())


def test_a_students_folder(tmp_path: Path) -> None:
    """Answers and a network in files of their own; a question that is answered twice is not marked at all."""
    (tmp_path / "answers.csv").write_text("name,answer\nparameters,760\n")
    network = "name: n\ninput: 32x32x3\nlayers: '[conv3-16 relu maxpool2]*4 gap conv1-10'"
    (tmp_path / "anything.yaml").write_text(network)
    marks = cnncalc.grade("assignments/decks", tmp_path, limits=None)
    assert marks.score == 2 + 8
    (tmp_path / "more.json").write_text('{"parameters": 750}')
    marks = cnncalc.grade("assignments/decks", tmp_path, limits=None)
    assert (marks.score, "answered twice" in marks.reason) == (0, True)


# -- a class --


def test_results_are_kept_and_marking_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --resume only what is new or has changed is marked again; nothing half-written is believed."""
    folder, out = tmp_path / "class", tmp_path / "results"
    folder.mkdir()
    class_of(folder, ada="q: 760", eve="q: 750", bob="q: 1")
    first = mark_class(ASSIGNMENT, folder, out=out, workers=1)
    assert json.loads((out / "ada.json").read_text())["score"] == 2
    class_of(folder, bob="q: 760", new="q: 760")
    (out / KEPT / "eve.json").write_text('{"seen": ')
    asked: list[str] = []
    mark = Worker.mark

    def watched(self: Worker, request: dict[str, str]) -> object:
        asked.append(Path(request["path"]).stem)
        return mark(self, request)

    monkeypatch.setattr(Worker, "mark", watched)
    again = mark_class(ASSIGNMENT, folder, out=out, resume=True, workers=1)
    assert sorted(asked) == ["bob", "eve", "new"]
    assert dict(again.marks)["ada"] == dict(first.marks)["ada"]
    assert [marks.score for _, marks in again.marks] == [2, 2, 0, 2]
    asked.clear()
    mark_class(ASSIGNMENT.replace("points: 2", "points: 3"), folder, out=out, resume=True, workers=1)
    assert len(asked) == 4
    assert [path.name for path in out.rglob("*.part")] == []


def test_a_summary_counts_slips(tmp_path: Path) -> None:
    """Which slip, how often; the mean; how many have all points and how many none."""
    class_of(tmp_path, a="q: 760", b="q: 750", c="q: 750", d="q: 260", e="q: 1", f="")
    found = mark_class(ASSIGNMENT, tmp_path, workers=2)
    slips = {"biases forgotten": 2, "input depth forgotten": 1}
    row = {"name": "q", "max_score": 2, "mean": 1 / 3, "full": 1, "none": 5, "slips": slips}
    assert found.summary == [row]


@pytest.mark.parametrize("name", ["table", "json", "csv", "markdown", "latex", "junit"])
def test_a_class_in_every_format(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a student; nothing on stderr, where nobody is looking."""
    class_of(tmp_path, ada="q: 760", eve="q: [")
    (tmp_path / "a.yml").write_text(ASSIGNMENT)
    folder = tmp_path / "class"
    folder.mkdir()
    class_of(folder, ada="q: 760", eve="q: [")
    assert run(["grade", str(tmp_path / "a.yml"), str(folder), "--format", name]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "ada" in said.out
    assert "eve" in said.out


def test_names_of_results_are_safe() -> None:
    """Whatever a file is called, its results are a file in the folder, and no two are one."""
    names = ["..", ".", "a/b", "../../etc/passwd", "a\nb", "\x1b[2J", "\u00e9", "e\u0301", "\udcff", "\udcfe"]
    names += ["x" * 300, "x" * 299, "a b", "a%20b", "a", "A.yaml"]
    made = [file_name(name) for name in names]
    assert len(set(made)) == len(names)
    assert all(len(name) < 200 and not name.startswith(".") and "/" not in name for name in made)


def test_the_child_answers_a_line_for_a_line(tmp_path: Path) -> None:
    """Its protocol, from outside: the assignment, then requests; whatever else is printed goes nowhere."""
    first = {"text": ASSIGNMENT, "file": None, "level": "hint", "limits": list(Limits())}
    lines = [first, {"answers": {"q": 760}}, {"path": str(tmp_path / "nobody.yaml")}]
    done = subprocess.run(
        [sys.executable, "-c", "from cnncalc.grading.child import main; print('lost', flush=True); main()"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
    )
    _, right, missing = done.stdout.splitlines()
    assert json.loads(right)["marks"]["items"][0][1] == "2"
    assert "nobody.yaml" in json.loads(missing)["marks"]["reason"]
    assert child.FAILED != child.OUT_OF_MEMORY


def test_a_missing_submission_is_said_without_its_folder(tmp_path: Path) -> None:
    """A student's path on the grading machine is nobody's business."""
    marks = cnncalc.grade("assignments/decks", tmp_path / "nobody.yaml", limits=None)
    assert marks.reason.startswith("nobody.yaml: it cannot be read")
    with pytest.raises(cnncalc.CnncalcError, match="it cannot be read"):
        read_submission(tmp_path / "nobody.yaml" / "x.yaml")


def test_folders_keep_their_names(tmp_path: Path) -> None:
    """alan.turing and "Lovelace, A. M" are students, not files with a suffix."""
    names = ["alan.turing", "Lovelace, A. M", "bob@uni.edu"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "answers.yaml").write_text("q: 760", "utf-8")
    (tmp_path / "ada.yaml").write_text("q: 760", "utf-8")
    assert sorted(name for name, _ in mark_class(ASSIGNMENT, tmp_path, workers=1).marks) == sorted([*names, "ada"])
