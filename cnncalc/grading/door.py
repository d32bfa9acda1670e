"""The door: an assignment and a submission in, marks out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnncalc.errors import CnncalcError, UsageError
from cnncalc.grading.assignment import LEVELS, Assignment
from cnncalc.grading.child import grade_here
from cnncalc.grading.file import assignment_text, read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.limits import Limits
from cnncalc.grading.mark import nothing, say_error
from cnncalc.grading.marks import Marks
from cnncalc.grading.submission import as_json
from cnncalc.grading.worker import Worker

LIMITS = Limits()


def grade(
    assignment: str | Path | Assignment,
    submission: str | Path | Mapping[str, Any],
    *,
    feedback: str | None = None,
    limits: Limits | None = LIMITS,
) -> Marks:
    """Mark one student's submission.

    assignment  a path, a packaged name (``assignments/decks``), or an `Assignment`, which is marked in this process
    submission  a file, a folder with one student's files, or a dictionary of answers
    feedback    how much is told: ``score``, ``hint``, ``full``; the assignment's own if not given
    limits      of the child that reads the submission; None: read it in this process, with no limits

    Raises what is wrong with the assignment, and UsageError for what is no path and no dictionary. What is wrong with
    the submission is said in the marks.

    >>> marks = grade("assignments/decks", {"parameters": 750}, limits=None)
    >>> next(item.verdict for item in marks.items if item.name == "parameters")
    'consistent with biases forgotten'
    """
    if feedback is not None and feedback not in LEVELS:
        raise UsageError(f"feedback is one of {', '.join(LEVELS)}", ways_out=LEVELS)
    if not isinstance(submission, str | os.PathLike | Mapping):
        message = f"a submission is a path or a dictionary of answers, not {type(submission).__name__}"
        raise UsageError(message, ways_out=("grade(assignment, 'ada.yaml')", "grade(assignment, {'q1': 760})"))
    if isinstance(assignment, Assignment):
        key, limits = make_key(assignment), None
    elif isinstance(assignment, str | os.PathLike):
        text, file = assignment_text(os.fspath(assignment))
        key = make_key(read_assignment(text, file=file))
    else:
        message = f"an assignment is a path or an Assignment, not {type(assignment).__name__}"
        raise UsageError(message, ways_out=("exercises.yaml", "assignments/decks"))
    request: dict[str, Any] = {"path": os.fspath(submission)} if isinstance(submission, str | os.PathLike) else {}
    if isinstance(submission, Mapping):
        try:
            request["answers"] = json.loads(as_json(submission))
        except CnncalcError as error:
            return nothing(key.assignment, say_error(error), feedback)
    if limits is None:
        return grade_here(key, request, feedback)
    with Worker(text, file, level=feedback, limits=limits) as worker:
        return worker.mark(request)
