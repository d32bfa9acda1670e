"""The door: an assignment and a submission in, marks out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cnncalc.errors import UsageError
from cnncalc.grading.assignment import LEVELS, Assignment
from cnncalc.grading.child import grade_here
from cnncalc.grading.file import assignment_text, read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.limits import Limits
from cnncalc.grading.marks import Marks
from cnncalc.grading.worker import Worker

LIMITS = Limits()


def grade(
    assignment: str | Path | Assignment,
    submission: str | Path | dict[str, Any],
    *,
    feedback: str | None = None,
    limits: Limits | None = LIMITS,
) -> Marks:
    """Mark one student's submission.

    assignment  a path, a packaged name (``assignments/decks``), or an `Assignment`, which is marked in this process
    submission  a file, a folder with one student's files, or a dictionary of answers
    feedback    how much is told: ``score``, ``hint``, ``full``; the assignment's own if not given
    limits      of the child that reads the submission; None: read it in this process, with no limits

    Raises what is wrong with the assignment. What is wrong with the submission is said in the marks.

    >>> marks = grade("assignments/decks", {"parameters": 750}, limits=None)
    >>> next(item.verdict for item in marks.items if item.name == "parameters")
    'consistent with biases forgotten'
    """
    if feedback is not None and feedback not in LEVELS:
        raise UsageError(f"feedback is one of {', '.join(LEVELS)}", ways_out=LEVELS)
    request = {"answers": submission} if isinstance(submission, dict) else {"path": os.fspath(submission)}
    if isinstance(assignment, Assignment):
        return grade_here(make_key(assignment), request, feedback)
    text, file = assignment_text(os.fspath(assignment))
    found = read_assignment(text, file=file)
    key = make_key(found)
    if limits is None:
        return grade_here(key, request, feedback)
    with Worker(text, file, level=feedback, limits=limits) as worker:
        return worker.mark(request)
