"""`cnncalc grade`: marks for answers and networks that students hand in."""

from __future__ import annotations

import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnncalc.cli.say import say
from cnncalc.errors import UsageError
from cnncalc.volume import few, shorten

if TYPE_CHECKING:
    from cnncalc.grading.limits import Limits

_BAR = 30


class MarksFormat(StrEnum):
    """How marks are written."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    junit = "junit"
    gradescope = "gradescope"


class Level(StrEnum):
    """How much a student is told."""

    score = "score"
    hint = "hint"
    full = "full"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(grade)


def grade(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="A path, or assignments/decks.")],
    submission: Annotated[
        Path, typer.Argument(metavar="SUBMISSION", help="Answers as YAML, JSON or CSV; a spec; a folder of a class.")
    ],
    format: Annotated[MarksFormat, typer.Option(help="How to write it.")] = MarksFormat.table,  # noqa: A002
    feedback: Annotated[Level | None, typer.Option(help="How much is told; the assignment says, if not given.")] = None,
    *,
    one: Annotated[bool, typer.Option("--one", help="The folder is one student's.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write a file for each student.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what --out has and did not change.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes; one per processor.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Most time for one submission.")] = 10,
    memory: Annotated[int, typer.Option(min=128, max=65536, help="Most memory for one submission, in MiB.")] = 1024,
) -> None:
    """Mark one submission, or a folder with a file or folder for each student of a class.

    Submissions are data: they are read in a child process with limits, and never imported or evaluated. What is told
    of the key is told by --feedback full alone.
    """
    from cnncalc.grading.limits import MIB, Limits  # noqa: PLC0415 - other commands do without

    limits = Limits(seconds, max(1, round(seconds)), memory * MIB)
    level = feedback.value if feedback else None
    if submission.is_dir() and not one:
        say(_class(assignment, submission, format, level, limits, {"workers": workers, "out": out, "resume": resume}))
        return
    if out is not None or resume or workers is not None:
        message = "--out, --resume and --workers are for a folder of a class"
        raise UsageError(message, ways_out=("cnncalc grade ASSIGNMENT FOLDER",))
    if not submission.exists():
        raise UsageError(f"there is no {shorten(str(submission), 80)}", ways_out=("a file of answers, or a folder",))
    from cnncalc.grading import grade as mark  # noqa: PLC0415

    say(_written(mark(assignment, submission, feedback=level, limits=limits), format, ""))


def _class(
    assignment: str, folder: Path, format: MarksFormat, level: str | None, limits: Limits, how: dict[str, Any]  # noqa: A002
) -> str:  # fmt: skip
    if format is MarksFormat.gradescope:
        raise UsageError("Gradescope takes one student's results", ways_out=("--one", "--format json"))
    from cnncalc import __version__  # noqa: PLC0415
    from cnncalc.grading.crew import mark_class  # noqa: PLC0415
    from cnncalc.grading.file import assignment_text  # noqa: PLC0415

    text, file = assignment_text(assignment)
    progress = _progress if sys.stderr is not None and sys.stderr.isatty() else _silent
    how |= {"file": file, "level": level, "limits": limits, "progress": progress, "version": __version__}
    room = mark_class(text, folder, **how)
    if room.left_over:
        from cnncalc.render.cells import safe  # noqa: PLC0415

        names = few([safe(name) for name in room.left_over])
        sys.stderr.write(f"left from before, of students who are not in the folder: {names}\n")
    return _written(room, format, "class_")


def _written(marks: Any, format: MarksFormat, prefix: str) -> str:  # noqa: A002
    collected = format in {MarksFormat.junit, MarksFormat.gradescope}
    module = import_module("cnncalc.render.marked_for" if collected else "cnncalc.render.marked")
    return str(getattr(module, f"{prefix}as_{format.value}")(marks))


def _silent(done: int, of: int) -> None:
    """Say nothing: nobody is looking."""


def _progress(done: int, of: int) -> None:
    """Draw a bar on a terminal, over the last one."""
    filled = _BAR * done // of
    end = "\n" if done == of else ""
    sys.stderr.write(f"\r{'█' * filled}{'·' * (_BAR - filled)} {done:,} of {of:,}{end}")
    sys.stderr.flush()
