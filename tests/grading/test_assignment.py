"""Assignments: what they say, what is wrong with one, and the schema that editors check it with."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.grading.file import assignments, find_assignment, read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.paper import quiz
from cnncalc.grading.schema import schema
from cnncalc.spec.files import SHELF

jsonschema = pytest.importorskip("jsonschema")

QUESTION = "name: e\nquestions:\n  - {name: q, network: conv3-8, input: 8x8x3, quantity: parameters"
DESIGN = "name: e\ndesigns:\n  - {name: d, require: ["

WRONG = [  # a text, its error's place marked with ¶; code; something in the message or a way out
    ("¶name: e", "missing-key", "nothing is asked"),
    ("¶just text", "notation", "name: my exercises"),
    (f"{QUESTION}, points: ¶two}}", "bad-value", "points such as 2"),
    (f"{QUESTION}, points: ¶-1}}", "bad-value", "points such as 2"),
    (f"{QUESTION}, ¶point: 1}}", "unknown-key", "did you mean points?"),
    (f"{QUESTION}, slips: ¶{{bias forgotten: 1/2}}}}", "bad-value", "did you mean biases forgotten?"),
    (f"{QUESTION}, slips: ¶{{biases forgotten: 3/2}}}}", "bad-value", "a share"),
    (f"{QUESTION}, tolerance: ¶about}}", "bad-value", "a percentage"),
    (f"{QUESTION}, ¶kernel_size: 3}}", "unknown-key", "nothing reads kernel_size beside quantity: parameters"),
    (f"{QUESTION}, digits: ¶0}}", "bad-value", "digits: 1"),
    (f"{QUESTION}}}\n  - ¶{{name: q, quantity: depth, network: vgg16}}", "bad-value", "is taken"),
    (f"{QUESTION}, layers: [a, b]}}\n  - ¶{{name: q.b, quantity: depth, network: vgg16}}", "bad-value", "is taken"),
    ("name: e\nquestions:\n  - ¶{name: layers, quantity: depth, network: vgg16}", "bad-value", "is taken"),
    ("name: e\nquestions:\n  - ¶{name: answers, quantity: depth, network: vgg16}", "bad-value", "is taken"),
    ("name: e\nquestions:\n  - {name: q, quantity: ¶ratio}", "bad-value", "cannot be asked for"),
    ("name: e\nquestions:\n  - {name: q, quantity: ¶paramters}", "bad-value", "did you mean parameters"),
    (f"{DESIGN}{{that: ¶params < 5}}]}}", "bad-value", "did you mean parameters?"),
    (f"{DESIGN}{{that: ¶uses no fcc}}]}}", "bad-value", "did you mean fc?"),
    (f"{DESIGN}{{that: ¶__import__('os')}}]}}", "bad-value", "is no requirement"),
    (f"{DESIGN}{{that: ¶depth < 5MB}}]}}", "bad-value", "is not counted in MB"),
    (f"{DESIGN}¶parameters <= 100K]}}", "notation", "{that: parameters <= 100K, points: 1}"),
    ("name: e\ndesigns:\n  - ¶{name: d, require: []}", "missing-key", "nothing is required"),
]


@pytest.mark.parametrize(("marked", "code", "says"), WRONG)
def test_what_is_wrong_is_said_with_its_place(marked: str, code: str, says: str) -> None:
    """Line and column, and a way out."""
    before = marked.split("¶", maxsplit=1)[0].split("\n")
    with pytest.raises(CnncalcError) as caught:
        read_assignment(marked.replace("¶", ""), file="mine.yaml")
    first = caught.value.errors[0]
    assert (first.code, *first.where[:3]) == (code, "mine.yaml", len(before), len(before[-1]) + 1)
    assert says in str(first)
    assert first.ways_out


KEYLESS = [
    ("{name: q, network: vgg61, quantity: depth}", "describes a layer|layer"),
    ("{name: q, network: vgg16, layer: conv9, quantity: weights}", "conv9"),
    ("{name: q, network: /etc/passwd.yaml, quantity: depth}", "reads no other file"),
    ("{name: q, network: conv3-8, quantity: macs, tolerance: 1 %}", r"(?s)say its input.* input: 32x32x3"),
    ("{name: q, quantity: depth}", "does not say what it is about"),
    ("{name: q, network: vgg16, layer: fc6, quantity: depth}", "no depth of its own"),
]


@pytest.mark.parametrize(("question", "says"), KEYLESS)
def test_a_question_without_an_answer_is_refused_before_anybody_is_marked(question: str, says: str) -> None:
    """With the place of the question."""
    with pytest.raises(CnncalcError, match=says) as caught:
        make_key(read_assignment(f"name: e\nquestions:\n  - {question}", file="mine.yaml"))
    assert caught.value.where[:2] == ("mine.yaml", 3)


def test_points_are_exact() -> None:
    """A point for three rows is a third each, and a point again together."""
    text = "{name: e, questions: [{name: q, network: lenet5, quantity: output_shape, layers: [C1, S2, C3]}]}"
    found = read_assignment(text)
    assert [question.points for question in found.questions] == [Fraction(1, 3)] * 3
    assert found.points == 1
    marks = cnncalc.grade(found, {"q": {"C1": "28x28x6", "S2": "14x14x6", "C3": "10x10x16"}})
    assert marks.to_dict()["score"] == 1


@pytest.mark.parametrize("name", assignments())
def test_packaged_assignments_have_a_key(name: str) -> None:
    """Every question can be answered, once its numbers are drawn, and the schema takes the file."""
    path = SHELF / f"{name}.yaml"
    assert len(quiz(name, 1).asked) == len(find_assignment(name).questions)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema())
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../assignment.schema.json\n")


def test_the_shipped_schema_is_the_readers() -> None:
    """`specs/assignment.schema.json` is what `cnncalc schema assignment` prints."""
    jsonschema.Draft7Validator.check_schema(schema())
    assert json.loads((SHELF / "assignment.schema.json").read_text(encoding="utf-8")) == schema()


REFUSED_BY_BOTH: list[dict[str, Any]] = [
    {"name": "e"},
    {"name": "e", "questions": [{"name": "q"}]},
    {"name": "e", "questions": [{"name": "q", "quantity": "ratio", "network": "vgg16"}]},
    {"name": "e", "questions": [{"name": "q", "quantity": "depth", "network": "vgg16", "point": 1}]},
    {"name": "e", "questions": [{"name": "q", "quantity": "depth", "network": "vgg16", "points": -1}]},
    {"name": "e", "feedback": "everything", "questions": [{"name": "q", "quantity": "depth", "network": "vgg16"}]},
    {"name": "e", "designs": [{"name": "d"}]},
    {"name": "e", "designs": [{"name": "d", "require": [{"points": 1}]}]},
]


@pytest.mark.parametrize("document", REFUSED_BY_BOTH, ids=json.dumps)
def test_the_schema_is_as_strict_as_the_reader(document: dict[str, Any]) -> None:
    """What one refuses, the other does."""
    assert not jsonschema.Draft7Validator(schema()).is_valid(document)
    with pytest.raises(CnncalcError):
        read_assignment(json.dumps(document))


def test_a_missing_assignment_names_the_packaged_ones(tmp_path: Path) -> None:
    """A way out, as everywhere."""
    with pytest.raises(CnncalcError) as caught:
        find_assignment("assignments/deck")
    assert caught.value.ways_out[0] == "did you mean assignments/decks?"
    with pytest.raises(CnncalcError, match="no regular file"):
        find_assignment(str(tmp_path))


@pytest.mark.parametrize("slip", ["biases forgotten", "stride forgotten", "padding counted twice", "MACs called FLOPs"])
@pytest.mark.parametrize("tolerance", ["1%", "1,000,000", "1e6", "0.5"])
def test_the_schema_takes_what_the_reader_takes(slip: str, tolerance: str) -> None:
    """Slips of those who count by hand, and tolerances as figures are written."""
    question = {"name": "q", "network": "vgg16", "quantity": "macs", "tolerance": tolerance, "slips": {slip: "1/2"}}
    found = {"name": "e", "questions": [question]}
    jsonschema.validate(found, schema())
    (read,) = read_assignment(json.dumps(found)).questions
    assert dict(read.slips) == {slip: Fraction(1, 2)}
