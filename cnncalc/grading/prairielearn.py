"""PrairieLearn: what a question's `server.py` calls, on PrairieLearn's own `data`.

    from cnncalc.grading import prairielearn

    def generate(data):
        prairielearn.generate(data, "exercises.yaml")

    def grade(data):
        prairielearn.grade(data)

`question.html` finds a question by its name, with _ for what is no letter, digit or _: ``params.cnncalc.volume.ask``,
and what it offers as ``params.cnncalc.volume.choices``, each with ``text``, ``correct`` and ``score``. One with choices
is graded by <pl-multiple-choice>, which wants its own name free in `params`; an open one by `grade`, so that its
element may be any that keeps a text or a number.

What PrairieLearn asks of `data` is kept: everything is JSON, no key is added to it, integers are below 2^53 (larger
ones are strings), and the same ``variant_seed`` gives the same variant.
Source: PrairieLearn docs, question/server.py; the question's process, which refuses other data.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from cnncalc.errors import UsageError
from cnncalc.grading.choices import written_answer
from cnncalc.grading.file import read_assignment
from cnncalc.grading.judge import judge
from cnncalc.grading.key import Key, Right, make_key
from cnncalc.grading.mark import mark
from cnncalc.grading.marks import UNREADABLE, Item, number
from cnncalc.grading.paper import Asked, quiz
from cnncalc.grading.submission import Answer, Submission
from cnncalc.grading.wording import in_words

LARGEST = 2**53 - 1
"""The largest integer that JavaScript, and so PrairieLearn, keeps exactly."""

OWN = "cnncalc"
"""Under this name of `params` the paper is kept: its questions, and the assignment with its numbers, to grade by."""

_TEXT = "assignment"

Data = dict[str, Any]


def generate(data: Data, assignment: str, *, seed: str | int | None = None) -> None:
    """Draw the variant of ``data["variant_seed"]`` into `params` and `correct_answers`.

    assignment  a path, from the question's folder, or a packaged name
    seed        another seed than the variant's
    """
    if seed is None:
        seed = data["variant_seed"]
    paper = quiz(assignment, str(seed))
    names = _names([asked.right.question.name for asked in paper.asked])
    shown = {name: _shown(asked) for name, asked in zip(names, paper.asked, strict=True)}
    data["params"][OWN] = {_TEXT: paper.text, **shown}
    for name, asked in zip(names, paper.asked, strict=True):
        if not asked.choices:
            data["correct_answers"][name] = plain(asked.right)


def grade(data: Data) -> None:
    """Grade the open questions: `partial_scores`, `format_errors`, `feedback` and the `score` of all together."""
    try:
        text = data["params"][OWN][_TEXT]
    except (KeyError, TypeError):
        raise UsageError("this variant was not drawn here", ways_out=("prairielearn.generate(data, …)",)) from None
    key = make_key(read_assignment(text))
    names = _names([right.question.name for right in key.rights])
    for name, right in zip(names, key.rights, strict=True):
        if not isinstance(data["correct_answers"].get(name), dict):
            _grade_one(data, name, right, key)
        elif name in data["partial_scores"]:  # an element with choices has graded its own, as one point
            data["partial_scores"][name]["weight"] = number(right.question.points)
    data["score"] = _weighted(data["partial_scores"])


def _names(names: list[str]) -> list[str]:
    """Return each name as Mustache and HTML take it, all different.

    >>> _names(["vgg.conv1", "vgg conv1", "assignment"])
    ['vgg_conv1', 'vgg_conv1_2', 'assignment_2']
    """
    taken, found = {_TEXT}, []
    for name in names:
        base = plain_name = re.sub(r"[^A-Za-z0-9_]", "_", name)
        count = 1
        while plain_name in taken:
            count += 1
            plain_name = f"{base}_{count}"
        taken.add(plain_name)
        found.append(plain_name)
    return found


def _shown(asked: Asked) -> dict[str, Any]:
    question = asked.right.question
    shares = dict(question.slips)
    choices = [
        {
            "text": one.text,
            "correct": one.right,
            "score": number(Fraction(1) if one.right else shares.get(one.slip, Fraction(0))),
        }
        for one in asked.choices
    ]
    return {"ask": in_words(question), "points": number(question.points), "choices": choices}


def plain(right: Right) -> int | str:
    """Return the right answer as PrairieLearn keeps it: an integer, if JavaScript knows it exactly, or a text."""
    value = right.value
    if isinstance(value, int) and not isinstance(value, bool):
        if right.question.accepted.unit not in {None, "B"}:
            return f"{value:,} bytes"  # a bare number would be taken for one in the unit
        return value if abs(value) <= LARGEST else str(value)
    return written_answer(right)


def _answer(value: Any) -> Answer | None:
    """Return what an element kept of a student's answer: a text, or the number that it read."""
    if value is None:
        return None
    if isinstance(value, bool):
        return Answer(str(value), is_word=True)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Answer(str(value)) if isinstance(value, str | int | float) else Answer(None)


def _grade_one(data: Data, name: str, right: Right, key: Key) -> None:
    question = right.question
    answer = _answer(data["submitted_answers"].get(name))
    item = _marked(right, answer, key)
    share = item.score / item.max_score if item.max_score else Fraction(0)
    data["partial_scores"][name] = {"score": number(share), "weight": number(question.points)}
    if item.verdict == UNREADABLE:
        data["format_errors"][name] = item.feedback or judge(right, answer).why
    if "feedback" in data:
        data["feedback"][name] = item.feedback
    elif item.feedback:
        data["partial_scores"][name]["feedback"] = item.feedback


def _marked(right: Right, answer: Answer | None, key: Key) -> Item:
    """Mark one question by itself, with the assignment's level of feedback."""
    alone = key.assignment._replace(questions=(right.question,), designs=())
    answers = {} if answer is None else {right.question.name: answer}
    return mark(Key(alone, (right,)), Submission(answers, {})).items[0]


def _weighted(scores: dict[str, Any]) -> float | int:
    """Return the mean of the scores by weight, from 0 to 1."""
    weights = [Fraction(str(one.get("weight", 1))) for one in scores.values()]
    if not sum(weights):
        return 0
    got = sum(Fraction(str(one["score"] or 0)) * weight for one, weight in zip(scores.values(), weights, strict=True))
    return number(Fraction(got) / sum(weights))
