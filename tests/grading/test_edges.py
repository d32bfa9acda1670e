"""What can be wrong around grading: folders, results, children that do not start, files that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.errors import BadValue, CnncalcError, InternalError, Unreadable, UsageError
from cnncalc.grading import worker
from cnncalc.grading.classroom import students_of
from cnncalc.grading.crew import mark_class
from cnncalc.grading.file import read_assignment
from cnncalc.grading.limits import Limits
from cnncalc.grading.marks import Marks
from cnncalc.grading.regular import MOST_FILES
from cnncalc.grading.requirement import read_requirement
from cnncalc.grading.results import KEPT, Results
from cnncalc.grading.submission import MOST_ANSWERS, read_text, submission_of
from cnncalc.grading.worker import Stopped, Worker

ASSIGNMENT = "name: e\nquestions: [{name: q, network: conv5-10/p2, input: 32x32x3, quantity: parameters}]\n"


def test_a_class_needs_students(tmp_path: Path) -> None:
    """An empty folder, none at all, or one with hidden files alone."""
    (tmp_path / ".hidden.yaml").write_text("q: 1")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / ".hidden.yaml"):
        with pytest.raises(Unreadable) as caught:
            students_of(folder)
        assert caught.value.ways_out


def test_students_of_one_name_keep_their_files(tmp_path: Path) -> None:
    """ada.csv and ada.yaml are two."""
    for name in ("ada.csv", "ada.yaml", "bob.yaml"):
        (tmp_path / name).write_text("")
    assert [student.name for student in students_of(tmp_path)] == ["ada.csv", "ada.yaml", "bob"]
    for name in ("ada.yaml.csv", "ada.yaml.csv.json", "bob.csv", "eve.d", "eve.d.yaml"):
        (tmp_path / name).write_text("")
    names = [student.name for student in students_of(tmp_path)]
    assert len(set(names)) == len(names)


def test_results_are_not_written_among_submissions(tmp_path: Path) -> None:
    """There they would replace ada.json, which is an answer, and be marked the next time."""
    (tmp_path / "ada.json").write_text('{"q": 760}')
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path)
    for out in (tmp_path, tmp_path / "results", tmp_path.parent / f"{tmp_path.name}-link" / "x"):
        with pytest.raises(UsageError, match="among the submissions"):
            mark_class(ASSIGNMENT, tmp_path, out=out)
    assert (tmp_path / "ada.json").read_text() == '{"q": 760}'
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "[" * 100_000,
        lambda _: "[]",
        lambda kept: kept.replace('"1"', '"1/0"'),
        lambda kept: kept.replace('"items": [', '"items": [5, '),
        lambda kept: kept.replace('"marks": {', '"marks": 5, "x": {'),
        lambda kept: kept[: len(kept) // 2],
        lambda kept: kept,
    ],
)
def test_damaged_results_are_made_anew(tmp_path: Path, damage: Callable[[str], str]) -> None:
    """What --resume cannot use is marked again; what it can is there to be read, whatever became of it."""
    folder, out = tmp_path / "class", tmp_path / "results"
    folder.mkdir()
    (folder / "ada.yaml").write_text("q: 760")
    mark_class(ASSIGNMENT, folder, out=out)
    whole = (out / "ada.json").read_text()
    kept = out / KEPT / "ada.json"
    kept.write_text(damage(kept.read_text()))
    (out / "ada.json").write_text(whole[:9])
    assert mark_class(ASSIGNMENT, folder, out=out, resume=True).marks[0][1].score == 1
    assert (out / "ada.json").read_text() == whole


def test_results_need_a_folder(tmp_path: Path) -> None:
    """A file is none."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="results cannot be written"):
        Results(tmp_path / "taken", "")


def test_a_child_that_does_not_start_is_our_mistake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not the student's: it is raised, from a class as well, and no thread is left waiting."""
    monkeypatch.setattr(worker, "_CODE", "import sys; sys.exit(1)")
    (tmp_path / "ada.yaml").write_text("q: 760")
    with pytest.raises(InternalError, match="does not start"):
        Worker(ASSIGNMENT).mark({"answers": {}})
    with pytest.raises(InternalError, match="does not start"):
        mark_class(ASSIGNMENT, tmp_path, workers=2)


def test_a_child_that_was_killed_is_replaced_and_nobody_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two students, by a system that is short of memory."""
    with Worker(ASSIGNMENT) as one:
        assert one.mark({"answers": {"q": 760}}).score == 1
        one.kill()
        assert one.mark({"answers": {"q": 760}}).score == 1
    monkeypatch.setattr(worker, "START", 0.0)
    with pytest.raises(InternalError):
        Worker(ASSIGNMENT).mark({"answers": {}})


def test_marking_that_is_stopped_stops_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No child is started after that, no submission pays for it, and nothing half-marked is kept."""
    folder, out = tmp_path / "class", tmp_path / "results"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.yaml").write_text("q: 760")
    asked: list[object] = []

    def stopped(self: Worker, request: dict[str, object], seconds: float) -> tuple[dict[str, object], bool]:
        asked.append(request)
        if "answers" not in request:
            self.stop()  # as another thread does on Ctrl-C, while this one waits for the answer
        return ask(self, request, seconds)

    ask = Worker._ask  # noqa: SLF001 - where it waits
    monkeypatch.setattr(Worker, "_ask", stopped)
    with Worker(ASSIGNMENT) as one, pytest.raises(Stopped):
        one.mark({"path": str(folder / "0.yaml")})
    assert len(asked) == 2  # the question at the start, and this one
    asked.clear()

    def interrupted(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Worker, "_ask", ask)
    with pytest.raises(KeyboardInterrupt):
        mark_class(ASSIGNMENT, folder, out=out, workers=1, progress=interrupted)
    kept = [path for path in out.glob("*.json") if "ended" in path.read_text()]
    assert kept == []


def test_results_of_students_who_are_gone_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is deleted; what an upload would take for this time's is said."""
    (tmp_path / "e.yaml").write_text(ASSIGNMENT, "utf-8")
    (tmp_path / "class").mkdir()
    for student in ("ada", "bob"):
        (tmp_path / "class" / f"{student}.yaml").write_text("q: 760", "utf-8")
    line = ["grade", str(tmp_path / "e.yaml"), str(tmp_path / "class"), "--out", str(tmp_path / "results")]
    assert run(line) == 0
    assert capsys.readouterr().err == ""
    (tmp_path / "class" / "bob.yaml").unlink()
    assert run(line) == 0
    assert capsys.readouterr().err.endswith("not in the folder: bob.json\n")
    assert (tmp_path / "results" / "bob.json").exists()


def test_a_broken_assignment_is_said_before_anybody_is_marked(tmp_path: Path) -> None:
    """And a folder of students is not asked for."""
    with pytest.raises(CnncalcError, match="conv9"):
        mark_class(
            "name: e\nquestions: [{name: q, network: vgg16, layer: conv9, quantity: weights}]", tmp_path / "none"
        )


@pytest.mark.parametrize("text", ["a,1\na,2", 'a,"1', "\0,1", "a,1\n" * 2, "\x1b,1"])
def test_broken_csv(text: str) -> None:
    """Refused with a place."""
    with pytest.raises(CnncalcError) as caught:
        read_text(text, ".csv", file="ada.csv")
    assert caught.value.where.file == "ada.csv"
    assert caught.value.ways_out


@pytest.mark.parametrize(
    "text",
    [
        *("\ufeffname;answer\n\nq; 1,728 \n", "q\t1,728", "question,answer\nq,1,728,,\n", 'q,"1,728"', "\n\nq;1,728"),
        *("# mine\nname,answer\nq,1,728\n", "name,answer\rq,1,728\r", "name,answer\r\nq,1,728\r\n"),
        *('name,points,answer\nq,2,"1,728"', "name,points,answer\nq,2,1,728", 'name,answer,comment\nq,"1,728",I think'),
        "Question;Answer;Why\nq;1,728",
        *(
            'name,answer\nq,"1,728"\nr,"two\n# lines"',
            "name,answer,why\nq,1,728,I think, maybe",
            "id,name,answer\n7,q,1,728",
        ),
    ],
)
def test_csv_of_other_countries(text: str) -> None:
    """Semicolons and tabs, a byte order mark, a header or none, comments, other columns, empty lines, blanks."""
    answers = {name: answer.text for name, answer in read_text(text, ".csv").answers.items()}
    assert answers.pop("r", "two\n# lines") == "two\n# lines"
    assert answers == {"q": "1,728"}


def test_answers_under_a_key_of_their_own_hide_no_network() -> None:
    """``answers:`` beside a network, or beside answers: all of them count."""
    found = read_text("answers: {q: 1, r: {a: 2}}\ns: 3\nsmall: {name: n, input: 8x8x1, layers: fc-2}\n")
    assert (sorted(found.answers), sorted(found.networks)) == (["q", "r.a", "s"], ["small"])


@pytest.mark.parametrize("text", ["v: {a: 1}\nv.a: 2", "v.a: 1\nv: {a: 2}", "answers: {q: 1}\nq: 2"])
def test_nobody_answers_twice_in_two_ways(text: str) -> None:
    """A row by its whole name and under its question: neither is chosen for the student."""
    with pytest.raises(BadValue, match="answered twice"):
        read_text(text)


def test_json_escapes_a_character_in_two_halves() -> None:
    """RFC 8259, 7, writes U+1D11E as two escapes; half of them, or a backslash before a u, is no such pair."""
    answers = read_text(r'{"q": "760", "\ud834\udd1e": "\\ud834\\udd1e"}', ".json").answers
    assert {name: answer.text for name, answer in answers.items()} == {"q": "760", "\U0001d11e": r"\ud834\udd1e"}
    assert submission_of({"q": "\U0001d11e"}).answers["q"].text == "\U0001d11e"
    with pytest.raises(CnncalcError):
        read_text(r'{"q": "\ud834"}', ".json")


def test_endings_of_files_are_read_in_capitals_too(tmp_path: Path) -> None:
    """Windows' ANSWERS.CSV is a file of answers, alone and in a folder."""
    (tmp_path / "ANSWERS.CSV").write_text("parameters,760")
    assert cnncalc.grade("assignments/decks", tmp_path, limits=None).score == 2


def test_bounds_of_a_submission(tmp_path: Path) -> None:
    """Files and answers are counted, and a dictionary holds what JSON holds."""
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number}.csv").write_text(f"q{number},1")
    marks = cnncalc.grade("assignments/decks", tmp_path, limits=None)
    assert "more than 50 files" in marks.reason
    with pytest.raises(BadValue, match="more than"):
        read_text("".join(f"q{number},1\n" for number in range(MOST_ANSWERS + 1)), ".csv")
    endless: dict[str, object] = {}
    endless["q"] = endless
    for answers in ({"q": object()}, endless, {"q": {1, 2}}):
        with pytest.raises(BadValue, match="JSON"):
            submission_of(answers)
        for limits in (None, Limits()):
            marks = cnncalc.grade("assignments/decks", answers, limits=limits)
            assert (marks.score, "JSON" in marks.reason) == (0, True)


@pytest.mark.parametrize("submission", [None, ["760"], b"ada.yaml", 760])
def test_what_is_no_submission(submission: Any) -> None:
    """The caller's mistake: said at once."""
    with pytest.raises(UsageError, match="a path or a dictionary"):
        cnncalc.grade("assignments/decks", submission)
    with pytest.raises(UsageError, match="a path or an Assignment"):
        cnncalc.grade(submission, {"q": 760})


def test_any_mapping_is_a_submission() -> None:
    """As a settings' mapping is; and numbers that JSON cannot hold are no bug of ours."""
    assert cnncalc.grade("assignments/decks", MappingProxyType({"parameters": 760})).score == 2
    for odd in (Fraction(760), 10**5000, (1, 2, {3})):
        assert cnncalc.grade("assignments/decks", {"parameters": odd}).score == 0


def test_feedback_has_three_levels() -> None:
    """Anything else is a mistake of the caller's."""
    with pytest.raises(UsageError, match="score, hint, full"):
        cnncalc.grade("assignments/decks", {}, feedback="everything")


def test_two_designs_are_told_apart_by_name() -> None:
    """A network without a name then answers none, and that is said."""
    need = "require: [{that: uses no fc}]"
    text = f"{{name: e, designs: [{{name: a, {need}}}, {{name: b, {need}}}]}}"
    network = {"name": "x", "input": "8x8x3", "layers": ["conv3-8"]}
    given: list[tuple[dict[str, object], int, str]] = [
        ({"b": network}, 1, ""),
        ({"a": network, "b": network}, 2, ""),
        ({"c": network}, 0, "nothing asks for c"),
        (dict(network), 0, "nothing asks for a network"),
        ({"a": network, "B": network}, 1, "nothing asks for B (did you mean b?)"),
    ]
    for answers, score, reason in given:
        marks: Marks = cnncalc.grade(read_assignment(text), answers)
        assert (marks.score, marks.reason) == (score, reason)


NETWORK: dict[str, Any] = {"name": "mine", "input": "8x8x3", "layers": ["conv3-8"]}
ONE_DESIGN = """
name: e
questions: [{name: q, network: lenet5, quantity: depth}]
designs: [{name: d, require: [{that: uses no fc}]}]
"""


def test_answers_beside_a_network_are_not_lost() -> None:
    """Keys that no network has are answers, in the same file."""
    marks = cnncalc.grade(read_assignment(ONE_DESIGN), {**NETWORK, "q": 5, "other": 1, "parameters": 224})
    assert [item.is_full for item in marks.items] == [True, True]
    assert marks.reason == "nothing asks for other, parameters"


@pytest.mark.parametrize(("slip", "meant"), [("roundng", "rounding"), ("blok", "blocks"), ("layer", "layers")])
def test_a_slip_in_a_networks_key_is_no_answer(slip: str, meant: str) -> None:
    """A network is not marked without what was to be said of it."""
    item = cnncalc.grade(read_assignment(ONE_DESIGN), {**NETWORK, slip: "floor"}).items[1]
    assert (item.verdict, meant in item.feedback) == ("unreadable", True)


def test_no_network_is_dropped_in_silence() -> None:
    """Two for one design, a text in a network's place."""
    marks = cnncalc.grade(read_assignment(ONE_DESIGN), {"mine": NETWORK, "yours": NETWORK})
    assert (marks.score, marks.reason) == (0, "nothing asks for mine, yours")
    marks = cnncalc.grade(read_assignment(ONE_DESIGN), {"d": "conv3-8 relu"})
    assert marks.items[1].feedback == "A design is a network: the keys name, input and layers."


def test_layers_that_lead_nowhere_meet_nothing() -> None:
    """Four convolutions beside the network that gives the output: neither deep nor large, and named."""
    asked = "[{that: depth >= 4}, {that: parameters <= 1K}, {that: uses batchnorm}, {that: every stride fits}]"
    beside = {**NETWORK, "layers": ["main=conv3-8", "[conv3-64]*4 bn", {"relu": {}, "from": "main"}]}
    marks = cnncalc.grade(read_assignment(f"{{name: e, designs: [{{name: d, require: {asked}}}]}}"), {"d": beside})
    assert [item.is_full for item in marks.items] == [False, True, False, True]
    assert marks.reason == "d: the last layer does without conv1, conv2, conv3, conv4, bn1, which is not counted"


def test_a_layer_whose_weights_are_shared_counts() -> None:
    """Its own output may go nowhere."""
    again = {"conv": {"out_channels": 3, "kernel_size": 3, "padding": 1}, "share": "conv1", "from": "input"}
    shares = {**NETWORK, "layers": ["conv1=conv3-3", again]}
    marks = cnncalc.grade(
        read_assignment("{name: e, designs: [{name: d, require: [{that: parameters == 84}]}]}"), {"d": shares}
    )
    assert (marks.score, marks.reason) == (1, "")


def test_a_file_with_a_network_is_named_after_its_design(tmp_path: Path) -> None:
    """A single file as in a folder: one.yaml answers the design one of two."""
    need = "require: [{that: uses no fc}]"
    text = f"{{name: e, designs: [{{name: one, {need}}}, {{name: two, {need}}}]}}"
    (tmp_path / "one.yaml").write_text(json.dumps(NETWORK), "utf-8")
    for path in (tmp_path, tmp_path / "one.yaml"):
        assert cnncalc.grade(read_assignment(text), path).score == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("Q", "Q (did you mean q?)"), ("rows", "rows (row by row: rows.C1)"), ("", "what has no name"), ("zzz", "zzz")],
)
def test_a_name_that_is_near(name: str, said: str) -> None:
    """What was meant is said; blanks around a name are nobody's."""
    rows = "{name: rows, network: lenet5, quantity: weights, layers: [C1, S2]}"
    text = f"{{name: e, questions: [{{name: q, network: lenet5, quantity: depth}}, {rows}]}}"
    assert cnncalc.grade(read_assignment(text), {name: 5}).reason == f"nothing asks for {said}"
    assert cnncalc.grade(read_assignment(text), {" q ": 5}).score == 1


def test_a_network_of_endless_layers_is_none() -> None:
    """A spec may unroll to 100,000 layers; nobody designs one of more than 5,000, and counting takes time."""
    network = {"name": "x", "input": "32x32x3", "layers": "[conv3-8]*5001"}
    items = cnncalc.grade("assignments/decks", {"small": network}, limits=None).items
    assert {item.feedback for item in items if item.name.startswith("small")} == {
        "more than 5,000 layers. Ways out: repeat fewer times"
    }


def test_a_network_in_letters_is_none() -> None:
    """HxWxC gets no marks, and is told why."""
    network = {"name": "x", "input": "HxWxC", "layers": ["conv3-8"]}
    items = cnncalc.grade("assignments/decks", {"small": network}, limits=None).items
    assert {item.feedback for item in items if item.name.startswith("small")} == {
        "A network has numbers for sizes, not letters."
    }


def test_a_unit_at_the_top_is_for_bytes() -> None:
    """MB for all questions leaves a count of parameters what it is, for whoever marks."""
    layer = "network: conv5-10/p2, input: 32x32x3"
    text = f"{{name: e, unit: MB, questions: [{{name: n, {layer}, quantity: parameters}}]}}"
    (question,) = read_assignment(text).questions
    assert question.accepted.unit is None


def test_a_question_without_points_is_passed_by_the_right_answer_alone() -> None:
    """0 of 0 is no pass."""
    question = {"name": "n", "points": 0, "network": "vgg16", "quantity": "depth"}
    asked = json.dumps({"name": "e", "questions": [question]})
    for answer, passed in (("16", True), ("5", False), ("", False)):
        (item,) = cnncalc.grade(read_assignment(asked), {"n": answer}, limits=None).items
        assert item.is_full is passed, answer


@pytest.mark.parametrize(("bound", "says"), [("5 FLOPs", "not counted in FLOPs"), ("-5", "no figure"), ("> 5", "no")])
def test_what_bounds_nothing(bound: str, says: str) -> None:
    """A bound has the quantity's own unit, or none."""
    with pytest.raises(BadValue, match=says):
        read_requirement(f"depth <= {bound}")


def test_b_is_bytes_of_bytes_and_billions_of_anything_else() -> None:
    """500 B are five hundred bytes."""
    assert read_requirement("parameter_bytes <= 500 B").bound == 500
    assert read_requirement("parameters <= 5B").bound == 5 * 10**9


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("name,answer\nvol,32,32,10", {"vol": "32,32,10"}),
        ("id,question,result\n1,q1,760", {"q1": "760"}),
        ("nr,name,answer\n1,q,1,728", {"q": "1,728"}),
        ('name,answer\nbig, "138,357,544"', {"big": "138,357,544"}),
        ("name,answer,comment\nq,32,32,10,why\nr,7,ok", {"q": "32,32,10", "r": "7"}),
    ],
)
def test_commas_of_answers_in_csv(text: str, answers: dict[str, str]) -> None:
    """Cells that the head has no names for belong to the answer."""
    assert {name: answer.text for name, answer in read_text(text, ".csv").answers.items()} == answers


def test_the_length_of_a_key_is_nobody_s_business() -> None:
    """A row of the same length is wrong or unreadable whatever the key's own."""
    asked = {"name": "q", "kernel": "1", "quantity": "conv_value"}
    texts = (json.dumps({"name": "e", "questions": [{**asked, "values": " ".join("1" * n)}]}) for n in (400, 4))
    keys = [*map(read_assignment, texts)]
    for answer in ("2 " * 300, "2 " * 900, "2 " * 30_000):
        found = [cnncalc.grade(key, {"q": answer}, limits=None, feedback="score").items[0] for key in keys]
        assert found[0].verdict == found[1].verdict
