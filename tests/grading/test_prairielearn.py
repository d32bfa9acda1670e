"""PrairieLearn's rules for `data`: JSON, integers that JavaScript keeps, no key added, one variant a seed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from cnncalc.errors import CnncalcError, UsageError
from cnncalc.grading import prairielearn

DRAWN, DECKS = "assignments/drawn", "assignments/decks"

# PrairieLearn docs, question/server.md: what each function may change; the rest of `data` it must leave alone.
GENERATE = {"params", "correct_answers"}
GRADE = {"correct_answers", "feedback", "format_errors", "params", "partial_scores", "score", "submitted_answers"}


def fresh(seed: int = 7) -> dict[str, Any]:
    """Return what `generate` is called with."""
    return {"params": {}, "correct_answers": {}, "variant_seed": seed, "options": {"question_path": "q"}}


def submitted(data: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """Return what `grade` is called with, after a round through the database, which is JSON."""
    return json.loads(
        json.dumps(
            {
                **data,
                "submitted_answers": answers,
                "raw_submitted_answers": {name: str(answer) for name, answer in answers.items()},
                "format_errors": {},
                "partial_scores": {},
                "score": 0,
                "feedback": {},
            }
        )
    )


def check(before: dict[str, Any], after: dict[str, Any], may: set[str]) -> None:
    """Hold data to the rules of the process that calls a question's server.py."""
    assert set(after) == set(before)
    assert {key for key in after if after[key] != before[key]} <= may
    json.dumps(after, allow_nan=False)
    pending: list[Any] = [after]
    while pending:
        item = pending.pop()
        assert item is None or type(item) in {dict, list, str, int, float, bool}
        if isinstance(item, int):
            assert -(2**53) < item < 2**53
        pending += [*item, *item.values()] if isinstance(item, dict) else item if isinstance(item, list) else []


@pytest.mark.parametrize("assignment", [DRAWN, DECKS])
@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**53 - 1])
def test_generate_keeps_the_rules(assignment: str, seed: int) -> None:
    """Only params and correct_answers change; twice is as once; another process has the same."""
    data = fresh(seed)
    prairielearn.generate(data, assignment)
    check(fresh(seed), data, GENERATE)
    again = copy.deepcopy(data)
    prairielearn.generate(again, assignment)
    assert again == data
    assert data["params"]["cnncalc"]["assignment"].startswith(("name:", "#"))


def test_another_seed_is_another_variant() -> None:
    """And a seed that is given counts instead of the variant's."""
    one, two, three = fresh(1), fresh(2), fresh(2)
    prairielearn.generate(one, DRAWN)
    prairielearn.generate(two, DRAWN)
    prairielearn.generate(three, DRAWN, seed=1)
    assert one["params"] == three["params"] != two["params"]


def test_what_the_page_finds() -> None:
    """Open questions have a right answer, those with choices exactly one that is right; neither has the other."""
    data = fresh(1)
    prairielearn.generate(data, DRAWN)
    assert data["params"]["cnncalc"]["volume"]["ask"].startswith("A 14x14x16 input, 64 filters of 3x3")
    choices = data["params"]["cnncalc"]["volume"]["choices"]
    assert [choice["text"] for choice in choices if choice["correct"]] == ["14x14x64"]
    assert [choice["score"] for choice in data["params"]["cnncalc"]["parameters"]["choices"]].count(0.5) == 1
    assert data["correct_answers"] == {"macs": 3 * 3 * 16 * 64 * 14 * 14, "field": "5x5"}


HUGE = """
name: e
slips: {biases forgotten: 1/2}
choices: 0
questions:
  - {name: large, network: conv3-90000/p1, input: 90000x90000x90000, quantity: macs}
  - {name: large., network: conv5-10/p2, input: 32x32x3, quantity: parameters, points: 3}
  - {name: assignment, network: conv3-4/s3/p0, input: 7x7x1, quantity: output_shape}
"""


def test_rows_say_which_one_they_are() -> None:
    """Rows that share their words say which one they are."""
    data = fresh()
    prairielearn.generate(data, DECKS)
    assert data["params"]["cnncalc"]["lenet_S2"]["ask"] == "LeNet-5 on 32x32x1: the volume behind each layer [S2]"


def test_large_numbers_are_texts_and_names_are_plain(tmp_path: Path) -> None:
    """9·90,000⁴ is no JavaScript integer; Mustache takes a dot for a step inside; our own name is not taken."""
    (tmp_path / "huge.yaml").write_text(HUGE, "utf-8")
    data = fresh()
    prairielearn.generate(data, str(tmp_path / "huge.yaml"))
    assert data["correct_answers"] == {"large": str(9 * 90000**4), "large_": 760, "assignment_2": "does not fit"}
    check(fresh(), data, GENERATE)


GRADES = [  # answers, score of each, the whole by points 1, 3 and 1
    ({"large": str(9 * 90000**4), "large_": 760, "assignment_2": "no"}, (1, 1, 1), 1),
    ({"large": f"{9 * 90000**4:,}", "large_": "750", "assignment_2": "2x2x4"}, (1, 0.5, 0), 0.5),
    ({"large_": 760.0}, (0, 1, 0), 0.6),
    ({}, (0, 0, 0), 0),
    ({"large": None, "large_": "", "assignment_2": " "}, (0, 0, 0), 0),
    ({"large": 5.9e20, "large_": 759.5, "assignment_2": "does not fit"}, (0, 0, 1), 0.2),
]


@pytest.mark.parametrize(("answers", "scores", "whole"), GRADES)
def test_grade(answers: dict[str, Any], scores: tuple[float, ...], whole: float, tmp_path: Path) -> None:
    """Each answer by itself, the whole by points; what is graded twice is graded the same."""
    (tmp_path / "huge.yaml").write_text(HUGE, "utf-8")
    data = fresh()
    prairielearn.generate(data, str(tmp_path / "huge.yaml"))
    (tmp_path / "huge.yaml").unlink()  # a variant is graded by what it asked, whatever became of the file
    before = submitted(data, answers)
    after = copy.deepcopy(before)
    prairielearn.grade(after)
    check(before, after, GRADE)
    assert tuple(after["partial_scores"][name]["score"] for name in ("large", "large_", "assignment_2")) == scores
    assert after["score"] == pytest.approx(whole)
    assert after["format_errors"] == {}
    again = copy.deepcopy(after)
    prairielearn.grade(again)
    assert again == after


REFUSED = [
    True,
    ["760"],
    {"a": 1},
    "1_000",
    "NaN",
    "__import__('os')",
    "7" * 10_000,
    "<script>",
    "\x00",
    float("1e300"),
]


@pytest.mark.parametrize("answer", REFUSED, ids=lambda answer: str(answer)[:20])
def test_what_is_no_answer_is_a_format_error(answer: Any, tmp_path: Path) -> None:
    """No points and no exception; nothing of the answer comes back in a message, for a page may show it as HTML."""
    (tmp_path / "huge.yaml").write_text(HUGE, "utf-8")
    data = fresh()
    prairielearn.generate(data, str(tmp_path / "huge.yaml"))
    after = submitted(data, {"large_": answer})
    prairielearn.grade(after)
    assert after["partial_scores"]["large_"]["score"] == 0
    if answer != 1e300:  # a number, if not this one
        assert after["format_errors"]["large_"]
        said = after["format_errors"]["large_"] + after["feedback"]["large_"]
        assert not any(part in said for part in ("__import__", "<script", "1_000", "777", "\x00"))


def test_choices_are_left_to_their_element() -> None:
    """What <pl-multiple-choice> has graded counts as it did."""
    data = fresh(1)
    prairielearn.generate(data, DRAWN)
    assert set(data["params"]) == {"cnncalc"}  # <pl-multiple-choice> refuses a name that params has already
    for name in ("volume", "parameters", "fits", "misfit", "pool"):
        data["correct_answers"][name] = {"key": "a", "html": "36x36x56"}
    before = submitted(data, {"volume": "a", "macs": data["correct_answers"]["macs"], "field": "5"})
    before["partial_scores"]["volume"] = {"score": 1, "weight": 1}
    del before["feedback"]  # as it was before 2023
    after = copy.deepcopy(before)
    prairielearn.grade(after)
    check(before, after, GRADE)
    assert after["partial_scores"]["volume"] == {"score": 1, "weight": 1}
    assert set(after["partial_scores"]) == {"volume", "macs", "field"}
    assert after["score"] == 1


def test_a_variant_of_another_is_refused() -> None:
    """`grade` without `generate` says so; a file that is not there is said by `generate`."""
    with pytest.raises(UsageError, match="not drawn here"):
        prairielearn.grade(submitted(fresh(), {"q": 1}))
    with pytest.raises(CnncalcError, match="No such file"):
        prairielearn.generate(fresh(), "nowhere.yaml")


@pytest.mark.parametrize("unit", ["B", "MB", "GiB"])
def test_the_correct_answer_is_correct_in_any_unit(unit: str, tmp_path: Path) -> None:
    """What the page shows as correct gets all points when it is handed in."""
    path = tmp_path / "e.yaml"
    question = f"{{name: m, network: vgg16, quantity: activation_bytes, unit: {unit}, digits: 2, choices: 0}}"
    path.write_text(f"{{name: e, questions: [{question}]}}", "utf-8")
    keys = ("params", "correct_answers", "submitted_answers", "partial_scores", "format_errors", "feedback")
    data: dict[str, Any] = {key: {} for key in keys} | {"variant_seed": 7}
    prairielearn.generate(data, str(path))
    data["submitted_answers"] = dict(data["correct_answers"])
    prairielearn.grade(data)
    assert data["partial_scores"]["m"]["score"] == 1


def test_a_question_with_choices_counts_its_points(tmp_path: Path) -> None:
    """3 points right and 1 wrong are 0.75, whatever weight the element gave its own."""
    path = tmp_path / "e.yaml"
    questions = "{name: a, network: vgg16, quantity: parameters, points: 3}, {name: b, network: vgg16, quantity: depth}"
    path.write_text(f"{{name: e, questions: [{questions}]}}", "utf-8")
    data = fresh(1)
    prairielearn.generate(data, str(path))
    data["correct_answers"]["a"] = {"key": "a", "html": "138,357,544"}
    after = submitted(data, {"a": "a", "b": "1"})
    after["partial_scores"]["a"] = {"score": 1, "weight": 1}
    prairielearn.grade(after)
    assert after["partial_scores"]["a"]["weight"] == 3
    assert after["score"] == 0.75
