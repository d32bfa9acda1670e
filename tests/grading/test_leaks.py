"""The key stays in: below full feedback no value of it is in any output, whatever is handed in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.claims import circumstances
from cnncalc.errors import CnncalcError
from cnncalc.grading import key as key_module
from cnncalc.grading.child import grade_here
from cnncalc.grading.file import find_assignment, read_assignment
from cnncalc.grading.key import Key, make_key, write_value
from cnncalc.grading.mark import mark
from cnncalc.grading.marks import Marks
from cnncalc.grading.submission import read_text, submission_of

HERE = Path(__file__).parent / "submissions"
FORMATS = ("table", "json", "csv", "markdown", "latex", "junit", "gradescope")
LEVELS = ("score", "hint")
SECRETS = """
name: e
slips: {biases forgotten: 1/2}
questions:
  - {name: a, network: conv5-13/p2, input: 37x37x7, quantity: parameters, points: 3}
  - {name: b, network: conv5-13/p2, input: 37x37x7, quantity: output_shape, points: 3}
  - {name: c, network: vgg16, quantity: macs, digits: 3, points: 3}
  - {name: d, network: vgg16, quantity: activation_bytes, unit: MB, points: 3}
  - {name: e, network: conv5-13/s3/p0, input: 37x37x7, quantity: fit, points: 3}
  - {name: f, network: vgg16, layers: [conv3_1, fc6], quantity: weights, points: 3}
  - {name: g, values: "11 12 / 13 14", kernel: "15 16 / 17 18", quantity: conv_value, points: 3}
  - {name: h, network: conv7-C, input: HxWxC, quantity: weights, points: 3}
designs:
  - {name: small, require: [{that: parameters <= 100K}, {that: every stride fits}]}
"""
GARBAGE = (
    None,
    True,
    "",
    "1_000",
    ".nan",
    "x" * 500,
    "[1, 2",
    "\x1b[2J",
    "> 0",
    "five",
    0,
    -1,
    7,
    "7x7",
    [1],
    {"z": 1},
)


@cache
def key() -> Key:
    """Return the key of the secrets."""
    return make_key(read_assignment(SECRETS))


def secrets(of: Key) -> set[str]:
    """Return every right value as it might be written: 2,288 · 2288 · 2.29K · 37x37x13 · 60.95 MB · 11.67."""
    found: set[str] = set()
    for right in of.rights:
        value = right.value
        found.add(right.written())
        found.add(str(value))
        if isinstance(value, int):
            found |= {f"{value:,}", f"{value / 10**6:.2f}", f"{value / 2**20:.2f}", f"{value / 10**9:.2f}"}
        if hasattr(value, "exact"):
            found |= {"11.67", "11.66", "35/3"}
        found |= {part for part in re.findall("[0-9,.]+", right.sum) if len(part.strip(",.")) > 3}
    return {text for text in found if len(text) > 2 and text not in {"0.00", "fits", "does not fit"}}


def outputs(marks: Marks) -> Iterator[str]:
    """Yield the marks in every format."""
    for name in FORMATS:
        module = import_module(f"cnncalc.render.{'marked_for' if name in {'junit', 'gradescope'} else 'marked'}")
        yield getattr(module, f"as_{name}")(marks)


def leaks(text: str, found: set[str]) -> list[str]:
    """Return the secrets that a text holds as numbers or words of their own."""
    return [one for one in found if re.search(rf"(?<![\d.,]){re.escape(one)}(?![\d])", text)]


def wrong_answers() -> Iterator[tuple[str, object]]:
    """Yield wrong answers to every question: what each known slip gives, others' answers, and garbage."""
    for right in key().rights:
        for _, value in right.slips:
            if not callable(value):
                yield right.question.name, write_value(value, right.question).removesuffix(" bytes")
        for text in GARBAGE:
            yield right.question.name, text


@pytest.mark.parametrize("level", LEVELS)
def test_no_wrong_answer_gets_the_key(level: str) -> None:
    """In any format; only names of slips and rules in letters come back."""
    found = secrets(key())
    assert len(found) > 20
    for name, answer in wrong_answers():
        marks = grade_here(key(), {"answers": {name: answer}}, level)
        assert not next(item for item in marks.items if item.name == name).is_full
        assert [(name, answer, leaks(text, found)) for text in outputs(marks) if leaks(text, found)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_key_cannot_be_asked_for_digit_by_digit(level: str) -> None:
    """15,470,264,320 to three digits: 0.01T, 0.02T and 15G are told the same as any other two digits."""
    told = set()
    for answer in ("0.01T", "0.02T", "15G", "16G", "0.1T", "15B", "20 billion", "14 billion"):
        item = grade_here(key(), {"answers": {"c": answer}}, level).items[2]
        assert item.score == 0
        told.add((item.verdict, item.feedback))
    assert len(told) == 1
    assert (level == "score") is (next(iter(told))[1] == "")


def test_full_feedback_would_be_found() -> None:
    """The test of the test: at `full`, every right answer is in every format; but LaTeX has its own letters."""
    found = [right.written() for right in key().rights if not hasattr(right.value, "expression")]
    for text in outputs(grade_here(key(), {"answers": {}}, "full")):
        plain = text.replace("\\", "").replace("&gt;", ">")
        assert [one for one in found if one not in plain] == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_network_does_not_ask_for_the_key(level: str) -> None:
    """A question's own network, handed in as a design, is not worked out for the student; nor is its misfit."""
    found = secrets(key())
    for layers, size in (
        ("conv5-13/p2", "37x37x7"),
        ("conv5-13/s3/p0", "37x37x7"),
        ("conv5-13/s3/p0/exact", "37x37x7"),
    ):
        network = {"name": "x", "input": size, "layers": [layers]}
        marks = grade_here(key(), {"answers": {"small": network}}, level)
        assert [leaks(text, found - {size}) for text in outputs(marks) if leaks(text, found - {size})] == []


BROKEN = ("{", "a: [", "a: b: c", "", "&a 1", "a: 1\na: 2", "- 1", "\0", "name: x\nlayers: convv3", "a: *b", "%YAML 9")


@pytest.mark.parametrize("level", [*LEVELS, "full"])
@pytest.mark.parametrize("text", BROKEN)
def test_errors_about_a_submission_know_no_key(text: str, level: str, tmp_path: Path) -> None:
    """What is wrong with a file is said by its own text alone, at every level; and each item says nothing."""
    path = tmp_path / "ada.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        read_text(text, file="ada.yaml")
        broken = False
    except CnncalcError:
        broken = True
    marks = grade_here(key(), {"path": str(path)}, level)
    if broken or level != "full":
        found = secrets(key())
        assert [leaks(text, found) for text in outputs(marks) if leaks(text, found)] == []
    assert marks.score == 0


@pytest.mark.parametrize("level", [*LEVELS, "full"])
def test_the_order_is_the_assignments(level: str) -> None:
    """Whatever is right or wrong, items come in one order with one set of points."""
    shapes = set()
    for name in ("right.yaml", "sloppy.csv", "half.json", "hostile.yaml"):
        marks = cnncalc.grade("assignments/decks", HERE / name, feedback=level, limits=None)
        shapes.add(tuple((item.name, item.max_score) for item in marks.items))
    assert len(shapes) == 1


def test_nothing_is_worked_out_once_a_submission_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """So time says nothing: the key and what every slip gives are there before, for right and wrong alike."""
    ready = make_key(find_assignment("assignments/decks"))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(circumstances, "tally", refuse)
    monkeypatch.setattr(key_module, "slips_of", refuse)
    answers = json.loads((HERE / "half.json").read_text(encoding="utf-8"))["answers"]
    answers.pop("small")
    assert grade_here(ready, {"answers": {**answers, "parameters": 751}}, "hint").score == 4


ASKED = (
    *("output_shape", "output_height", "output_width", "channels", "receptive_field", "jump", "padding", "depth"),
    *("weights", "biases", "parameters", "macs", "flops", "activation_values", "activation_bytes", "parameter_bytes"),
)
WRONG: tuple[Any, ...] = (
    *("77, 78, 79", "(77,78)", "12,34", "77x78", "77*78", "77x78x79", "7 7", "77;78", "2^20", "(H-1)/2", "HxW"),
    *("77K", "77 MB", "77e2", "10^3", "77B", "~77M", "77 GMACs", "3.5 MiB", "about 77", "77%", "1e99"),
    *("hello", "fits", "yes", "> 5", "nan", "-77", "", [77, 78], [77], [[1, 2], [3, 4]], 77, 7.5, True, None),
)


@pytest.mark.parametrize("quantity", ASKED)
def test_a_wrong_answer_does_not_tell_whether_a_network_fits(quantity: str) -> None:
    """A 3x3 filter at stride 3 fits on 9x9 and not on 7x7: what is wrong on both is told in the same words."""
    keys = [
        make_key(read_assignment(f"{{name: e, questions: [{{name: q, quantity: {quantity}, {network}}}]}}"))
        for network in ("network: conv3-4/s3/p0, input: 9x9x1", "network: conv3-4/s3/p0, input: 7x7x1")
    ]
    for answer, level in product(WRONG, ("score", "hint")):
        fits, misfits = (mark(key, submission_of({"q": answer}), level).to_dict() for key in keys)
        assert fits == misfits, (answer, level)
