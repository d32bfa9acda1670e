"""Marks for those who collect them: Gradescope's results.json, and JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from cnncalc.render.cells import safe
from cnncalc.render.marked import total

if TYPE_CHECKING:
    from cnncalc.grading.classroom import Classroom
    from cnncalc.grading.marks import Item, Marks


def gradescope(marks: Marks, visibility: str = "visible") -> dict[str, Any]:
    """Return what Gradescope reads from results.json.

    Names and outputs are marked as plain text, so that nothing which a student wrote is taken for HTML or Markdown.
    Source: Gradescope, Autograder Specifications, Output Format; gradescope-utils 0.5.0, json_test_runner.
    """
    told = marks.to_dict()
    return {
        "score": told["score"],
        "output": total(marks),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [
            _test(number, item, one, visibility)
            for number, (item, one) in enumerate(zip(marks.items, told["items"], strict=True), start=1)
        ],
        "leaderboard": [{"name": name, "value": value, "order": "asc"} for name, value in marks.leaderboard],
    }


def _test(number: int, item: Item, told: dict[str, Any], visibility: str) -> dict[str, Any]:
    return {
        "score": told["score"],
        "max_score": told["max_score"],
        "status": "passed" if item.is_full else "failed",
        "name": safe(item.name),
        "name_format": "text",
        "number": str(number),
        "output": said(item),
        "output_format": "text",
        "visibility": visibility,
    }


def said(item: Item) -> str:
    """Return the verdict and the feedback in one line."""
    return safe(f"{item.verdict}. {item.feedback}" if item.feedback else item.verdict)


def as_gradescope(marks: Marks) -> str:
    """Return results.json."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

    return write(gradescope(marks))


def as_junit(marks: Marks) -> str:
    """Return a test suite, a test case for each item; one that loses points has failed."""
    return _document([_suite(marks.assignment, marks)])


def class_as_junit(room: Classroom) -> str:
    """Return a test suite for each student."""
    return _document([_suite(name, marks) for name, marks in room.marks])


def _document(suites: list[str]) -> str:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>"])


def _suite(name: str, marks: Marks) -> str:
    failed = sum(not item.is_full for item in marks.items)
    head = f'<testsuite name={_quoted(name)} tests="{len(marks.items)}" failures="{failed}" errors="0">'
    told = marks.to_dict()
    properties = {"score": told["score"], "max_score": told["max_score"], "reason": marks.reason}
    listed = [f'    <property name="{key}" value={_quoted(str(value))}/>' for key, value in properties.items()]
    cases = [_case(marks.assignment, item) for item in marks.items]
    return "\n".join([f"  {head}", "  <properties>", *listed, "  </properties>", *cases, "  </testsuite>"])


def _case(assignment: str, item: Item) -> str:
    start = f"    <testcase classname={_quoted(assignment)} name={_quoted(item.name)}"
    if item.is_full:
        return f"{start}/>"
    message = f"{item.to_dict()['score']} of {item.to_dict()['max_score']}: {said(item)}"
    return f"{start}><failure message={_quoted(message)}/></testcase>"


def _quoted(text: str) -> str:
    return quoteattr(safe(text))
