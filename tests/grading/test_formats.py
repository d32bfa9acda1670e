"""Marks in every format: keys, sums, and what a hostile student wrote, harmless."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import unittest
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.grading.assignment import Assignment
from cnncalc.grading.classroom import Classroom
from cnncalc.grading.file import read_assignment
from cnncalc.grading.marks import Marks, unpack
from cnncalc.render import marked
from cnncalc.render.marked_for import as_junit, gradescope

jsonschema = pytest.importorskip("jsonschema")

HERE = Path(__file__).parent
DECKS = "assignments/decks"
SUBMISSIONS = sorted((HERE / "submissions").iterdir())
FORMATS = ("table", "json", "csv", "markdown", "latex", "junit", "gradescope")
NASTY = "\x1b[2J\u202e<img src=x onerror=alert(1)>[bold]x[/]\\input{/etc/passwd}&amp;|`=1+1'\"\n"


def hostile() -> Marks:
    """Return marks with a nasty text wherever a student's own may come."""
    network = {"name": NASTY, "input": "8x8x3", "layers": [{NASTY: "conv3-8"}]}
    answers = {"q": NASTY, NASTY: 1, "d": network}
    return cnncalc.grade(small(), answers, feedback="full")


def small() -> Assignment:
    """Return an assignment of one question and one design."""
    text = "name: e\nquestions: [{name: q, network: conv3-8, input: 8x8x3, quantity: parameters, points: 0.1}]\n"
    return read_assignment(
        text + "designs: [{name: d, leaderboard: [macs], require: [{that: uses no fc, points: 0.2}]}]"
    )


def written(marks: Marks, name: str) -> str:
    """Return marks in a format."""
    module = import_module(f"cnncalc.render.{'marked_for' if name in {'junit', 'gradescope'} else 'marked'}")
    return str(getattr(module, f"as_{name}")(marks))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_steers_a_terminal(name: str) -> None:
    """No control character and nothing that turns a line around is in any format."""
    text = written(hostile(), name)
    assert [ascii(one) for one in text if unicodedata.category(one)[0] == "C" and one != "\n"] == []


def test_nothing_is_markup() -> None:
    """HTML, LaTeX, Markdown and spreadsheets see text."""
    marks = hostile()
    assert "<img" not in written(marks, "junit")
    assert "<img" not in written(marks, "markdown").replace("\\<", "")
    assert "\\input{" not in written(marks, "latex")
    rows = csv.reader(io.StringIO(written(marks, "csv")))
    assert [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@"}] == []
    told = gradescope(marks)
    formats = {told[key] for key in ("output_format", "test_output_format", "test_name_format")}
    assert formats | {test["output_format"] for test in told["tests"]} == {"text"}


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "|cmd", "%0A"])
def test_a_students_name_is_no_formula(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file may be called anything; a gradebook that is a spreadsheet takes its name for text."""
    (tmp_path / f"{name}.yaml").write_text("parameters: 760", encoding="utf-8")
    assert run(["grade", DECKS, str(tmp_path), "--format", "csv", "--workers", "1"]) == 0
    first = list(csv.reader(io.StringIO(capsys.readouterr().out)))[1][0]
    assert first[0] not in "=+-@|%\t"


@pytest.mark.parametrize("path", SUBMISSIONS, ids=lambda path: path.name)
@pytest.mark.parametrize("level", ["score", "hint", "full"])
def test_gradescope_takes_it(path: Path, level: str) -> None:
    """The schema says so, and the tests add up to the score as gradescope-utils adds them."""
    results = gradescope(cnncalc.grade(DECKS, path, feedback=level, limits=None))
    jsonschema.validate(results, json.loads((HERE / "gradescope.schema.json").read_text(encoding="utf-8")))
    assert results["score"] == pytest.approx(sum(test["score"] for test in results["tests"]))
    assert [test["number"] for test in results["tests"]] == [str(n + 1) for n in range(len(results["tests"]))]
    assert all((test["status"] == "failed") is (test["score"] < test["max_score"]) for test in results["tests"])
    assert results["stdout_visibility"] == "hidden"


def test_gradescope_utils_says_the_same() -> None:
    """Its runner's result of a test has these keys, and calls a test failed under the same condition."""
    runner = pytest.importorskip("gradescope_utils.autograder_utils.json_test_runner")
    decorators = pytest.importorskip("gradescope_utils.autograder_utils.decorators")

    class Case(unittest.TestCase):
        @decorators.weight(2)
        @decorators.number("1")
        @decorators.visibility("visible")
        @decorators.partial_credit(2)
        def test_half(self, set_score: Any) -> None:
            set_score(1)

    stream = io.StringIO()
    cases = unittest.defaultTestLoader.loadTestsFromTestCase(Case)
    runner.JSONTestRunner(stream=stream, stdout_visibility="hidden").run(cases)
    theirs = json.loads(stream.getvalue())
    ours = gradescope(cnncalc.grade(DECKS, HERE / "submissions" / "sloppy.csv", limits=None))
    half = next(test for test in ours["tests"] if test["score"] == 1 and test["max_score"] == 2)
    assert theirs["tests"][0].keys() <= half.keys()
    assert all(theirs["tests"][0][key] == half[key] for key in ("score", "max_score", "status", "visibility"))
    assert type(theirs["tests"][0]["number"]) is type(half["number"])


def test_a_leaderboard_holds_the_designs_own_numbers() -> None:
    """MACs of eight 3x3 filters on 8x8x3: 3·3·3·8 at 8·8 places."""
    marks = cnncalc.grade(small(), {"d": {"name": "x", "input": "8x8x3", "layers": ["conv3-8"]}})
    assert gradescope(marks)["leaderboard"] == [{"name": "macs", "value": 3 * 3 * 3 * 8 * 8 * 8, "order": "asc"}]


@pytest.mark.parametrize("level", ["score", "hint"])
def test_a_leaderboard_works_out_no_network_that_meets_nothing(level: str) -> None:
    """Else a question's own network, handed in as a design, is told what the question asks: 760, of CS231n's layer."""
    network = {"name": "x", "input": "32x32x3", "layers": ["conv5-10/p2"]}
    marks = cnncalc.grade(DECKS, {"small": network}, feedback=level, limits=None)
    assert gradescope(marks)["leaderboard"] == []
    assert [name for name in FORMATS if "760" in written(marks, name)] == []


def test_json_is_the_contracts() -> None:
    """Its keys, and numbers that JSON's readers add up to the score."""
    told = json.loads(marked.as_json(cnncalc.grade(DECKS, HERE / "submissions" / "sloppy.csv", limits=None)))
    assert told["schema_version"] == 1
    assert told.keys() >= {"score", "max_score", "items"}
    assert set(told["items"][0]) == {"name", "score", "max_score", "verdict", "feedback"}
    assert sum(item["score"] for item in told["items"]) == told["score"]


def test_items_add_up_to_the_score_in_every_format_that_programs_read() -> None:
    """Rows that share a point are thirds, and a slip may keep a third of a third: 1/3 + 1/3 + 1/9 of 1."""
    text = "{name: e, slips: {channels left out: 1/3}, questions: [{name: q, network: lenet5, quantity: output_shape, "
    assignment = read_assignment(text + "layers: [C1, S2, C3]}]}")
    marks = cnncalc.grade(assignment, {"q": {"C1": "28x28", "S2": "14x14x6", "C3": "10x10x16"}})
    assert marks.score == Fraction(7, 9)
    told = marks.to_dict()
    listed = list(csv.DictReader(io.StringIO(marked.as_csv(marks))))
    room = next(csv.DictReader(io.StringIO(marked.class_as_csv(Classroom("e", (("ada", marks),))))))
    for part, whole in (("score", 7 / 9), ("max_score", 1)):
        assert sum(item[part] for item in told["items"]) == pytest.approx(whole, abs=1e-12)
        assert sum(test[part] for test in gradescope(marks)["tests"]) == pytest.approx(whole, abs=1e-12)
        column = {"score": "score", "max_score": "of"}[part]
        assert sum(float(row[column]) for row in listed[:-1]) == pytest.approx(float(listed[-1][column]), abs=1e-12)
    names = [item.name for item in marks.items]
    assert sum(float(room[name]) for name in names) == pytest.approx(float(room["score"]), abs=1e-12)


@pytest.mark.parametrize(
    ("points", "written"), [("0.999", "0.999"), ("0.0004", "0.0004"), ("2.50", "2.5"), ("3.0", "3")]
)
def test_scores_are_written_as_numbers(points: str, written: str) -> None:
    """No "1." and no "0." for what lies beside a whole number."""
    assert marked.score(Fraction(points)) == written


def test_junit_is_xml() -> None:
    """One test case an item; those that lose points have failed."""
    marks = cnncalc.grade(DECKS, HERE / "submissions" / "sloppy.csv", limits=None)
    suite = ET.fromstring(as_junit(marks))[0]  # noqa: S314 - our own text
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [item.name for item in marks.items]
    assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert ET.fromstring(as_junit(hostile())) is not None  # noqa: S314


def test_marks_travel_whole() -> None:
    """Packed, written as JSON, read and unpacked, they are the same: thirds too."""
    marks = cnncalc.grade(DECKS, HERE / "submissions" / "sloppy.csv", limits=None)
    assert unpack(json.loads(json.dumps(marks.pack()))) == marks


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_writes_every_format(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a child with limits, the same as without."""
    path = HERE / "submissions" / "sloppy.csv"
    assert run(["grade", DECKS, str(path), "--format", name]) == 0
    assert capsys.readouterr().out == written(cnncalc.grade(DECKS, path, limits=None), name) + "\n"
