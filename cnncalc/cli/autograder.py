"""`cnncalc autograder build`: an assignment as the zip that Gradescope takes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cnncalc.cli.say import Short, say, say_json


class Action(StrEnum):
    """What is to be done."""

    build = "build"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(autograder)


def autograder(
    action: Annotated[Action, typer.Argument(help="Build the zip.")],  # noqa: ARG001 - there is one so far
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="A path, or assignments/decks.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it.")] = Path("autograder.zip"),
    seed: Annotated[str | None, typer.Option(metavar="S", help="Draw its numbers first, as quiz --seed S.")] = None,
    format: Annotated[Short, typer.Option(help="How to say what was built.")] = Short.table,  # noqa: A002
) -> None:
    """Build autograder.zip for Gradescope: setup.sh, run_autograder, the assignment, and this cnncalc as a wheel.

    Its results.json is always there and valid: with score 0 and a reason, should the grader crash, run out of memory
    or take too long.
    """
    from cnncalc import __version__  # noqa: PLC0415
    from cnncalc.grading.autograder import build, write  # noqa: PLC0415 - helps do without
    from cnncalc.grading.marks import number  # noqa: PLC0415

    built = build(assignment, version=__version__, seed=seed)
    write(built, output)
    points = number(built.points)
    if format is Short.json:
        about = {"assignment": built.name, "points": points, "files": built.files, "bytes": len(built.data)}
        say_json({"output": str(output), **about})
        return
    from cnncalc.render.cells import safe  # noqa: PLC0415

    say(f"{safe(str(output))}: {safe(built.name)}\n  {', '.join(built.files)}")
    say(f"On Gradescope: a Programming Assignment of {points} autograder points; Configure Autograder takes the zip.")
