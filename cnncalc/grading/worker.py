"""A child that marks one submission after the other, warm; one that a submission ends is replaced."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any, Self

from cnncalc.errors import InternalError
from cnncalc.grading.child import OUT_OF_MEMORY
from cnncalc.grading.file import read_assignment
from cnncalc.grading.limits import ENDED, MIB, Limits, kill_group, why_ended
from cnncalc.grading.mark import nothing
from cnncalc.grading.marks import Marks, unpack

MOST_MARKED = 500
"""A child marks so many submissions; then a fresh one takes over, with nothing remembered."""

START = 60.0
"""Seconds in which a child must have started and read the assignment, on a busy machine."""

_CODE = "import sys; sys.path.append(sys.argv[1]); from cnncalc.grading.child import main; main()"


class Stopped(Exception):
    """Marking was stopped from outside: nobody is told, and nothing is written down."""


class Worker:
    """A limited child for one assignment, started when it is first needed.

    with Worker(text, "exercises.yaml") as worker:
        worker.mark({"path": "submissions/ada.yaml"})
    """

    def __init__(
        self, text: str, file: str | None = None, *, level: str | None = None, limits: Limits | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.assignment = read_assignment(text, file=file)
        self.level = level
        self._first = {"text": text, "file": file, "level": level, "limits": list(self.limits)}
        self._child: subprocess.Popen[bytes] | None = None
        self._marked = 0
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def mark(self, request: dict[str, Any]) -> Marks:
        """Mark one submission. Never raises for what is in it: then there are no marks, and a reason.

        A child that ends without a word gets a successor, and the submission a second try: it may not be to blame.
        """
        marks, reason, is_certain = self._try(request)
        if marks is None and not is_certain:
            marks, reason, _ = self._try(request)
        return marks or nothing(self.assignment, reason, self.level)

    def _try(self, request: dict[str, Any]) -> tuple[Marks | None, str, bool]:
        """Return the marks, or why there are none and whether the submission is certainly to blame.

        Raises Stopped once `stop` was called: then a child that ended says nothing of the submission.
        """
        if self._stopped:
            raise Stopped
        if self._child is None or self._marked >= MOST_MARKED:
            self._start()
        answer, late = self._ask(request, self.limits.seconds)
        self._marked += 1
        if "marks" in answer and not late:
            return unpack(answer["marks"]), "", True
        child, self._child = self._child, None
        code = _ended(child)
        if self._stopped:
            raise Stopped
        if answer.get("ended") == OUT_OF_MEMORY:
            return None, f"it needs more than {self.limits.memory // MIB} MiB of memory", True
        if "error" in answer:
            return None, f"a bug in cnncalc, please report it: {answer['error']}", True
        reason = why_ended(code, self.limits, late=late)
        return None, reason, reason != ENDED

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        _ended(child)

    def kill(self) -> None:
        """End the child at once, whatever it is doing; for other threads."""
        if self._child is not None:
            kill_group(self._child)

    def stop(self) -> None:
        """End the child at once, and start no other; for other threads."""
        self._stopped = True
        self.kill()

    def _start(self) -> None:
        self.close()
        home = str(Path(__file__).parents[2])
        # -P: what lies in the folder that we are in, a submission's json.py perhaps, is never imported.
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, and nothing of a submission in the line
            [sys.executable, "-P", "-c", _CODE, home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._marked = 0
        self._send(self._first)
        answer, _ = self._ask({"answers": {}}, START)
        if "marks" not in answer:
            self.close()
            raise InternalError("the process that reads submissions does not start", ways_out=("more memory",))

    def _send(self, data: dict[str, Any]) -> None:
        if self._child is not None and self._child.stdin is not None:
            with suppress(OSError):  # it has ended: the missing answer says so
                self._child.stdin.write(json.dumps(data).encode() + b"\n")
                self._child.stdin.flush()

    def _ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bool]:
        """Send a request and wait for its answer, which is empty if the child ended; and whether it was too late."""
        child = self._child
        if child is None or child.stdout is None:
            return {}, False
        late: list[bool] = []

        def end() -> None:
            late.append(True)
            kill_group(child)

        timer = Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            self._send(request)
            line = child.stdout.readline()
        finally:
            timer.cancel()
        return (json.loads(line) if line.endswith(b"\n") else {}), bool(late)


def _ended(child: subprocess.Popen[bytes] | None) -> int:
    """End a child if it has not ended, and return its exit status."""
    if child is None:
        return 0
    with suppress(OSError):
        if child.stdin is not None:
            child.stdin.close()
    try:
        child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        kill_group(child)
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
    return child.returncode
