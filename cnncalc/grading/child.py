"""The process that reads submissions: it is limited, keeps nothing of one submission for the next, and only answers.

In and out are lines of JSON. The first line is the assignment; each further one is a path. Started by `worker`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from cnncalc.errors import CnncalcError
from cnncalc.grading.file import read_assignment
from cnncalc.grading.key import Key, make_key
from cnncalc.grading.limits import Limits, forbid_files, limit_cpu, limit_memory
from cnncalc.grading.mark import mark, nothing, say_error
from cnncalc.grading.marks import Marks
from cnncalc.grading.submission import read_submission, submission_of

OUT_OF_MEMORY = "memory"
FAILED = "failed"


def main() -> None:
    """Answer line by line until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever else writes writes nowhere
    first = json.loads(sys.stdin.buffer.readline())
    limits = Limits(*first["limits"])
    key = make_key(read_assignment(first["text"], file=first["file"]))
    limit_memory(limits)
    forbid_files()
    gc.freeze()
    for line in sys.stdin.buffer:
        limit_cpu(limits)
        answer = _answer(key, json.loads(line), first["level"])
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "marks" not in answer:
            return  # what is left after an error that nobody foresaw is not trusted with the next submission


def _answer(key: Key, request: dict[str, Any], level: str | None) -> dict[str, Any]:
    try:
        return {"marks": grade_here(key, request, level).pack()}
    except MemoryError:
        return {"ended": OUT_OF_MEMORY}
    except Exception as error:  # noqa: BLE001 - one submission never stops the rest; the name says nothing of the key
        return {"ended": FAILED, "error": type(error).__name__}


def grade_here(key: Key, request: dict[str, Any], level: str | None) -> Marks:
    """Mark a submission in this process: a ``path``, or ``answers`` as a dictionary."""
    try:
        known = "answers" in request
        handed_in = submission_of(request["answers"]) if known else read_submission(Path(request["path"]))
        return mark(key, handed_in, level)
    except CnncalcError as error:
        return nothing(key.assignment, say_error(error), level)
