"""`cnncalc quiz`: a paper with numbers of its own, for people and for those who ask it."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from cnncalc.cli.say import say
from cnncalc.errors import UsageError


class PaperFormat(StrEnum):
    """How a paper is written."""

    markdown = "markdown"
    json = "json"
    yaml = "yaml"
    moodle = "moodle"
    gift = "gift"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(quiz)


def quiz(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="A path, or assignments/drawn.")],
    seed: Annotated[
        str | None, typer.Option(metavar="S", help="A number or a name; the same seed gives the same paper.")
    ] = None,
    format: Annotated[PaperFormat, typer.Option(help="How to write it.")] = PaperFormat.markdown,  # noqa: A002
    *,
    key: Annotated[bool, typer.Option("--key", help="With the answers; Moodle XML and GIFT always have them.")] = False,
) -> None:
    """Draw a paper: numbers for which strides fit as asked, and wrong choices that are known slips.

    `--format yaml` is the paper as an assignment: `cnncalc grade` marks answers to it.
    """
    from cnncalc.grading.file import assignment_text  # noqa: PLC0415 - helps do without
    from cnncalc.grading.paper import draw_paper  # noqa: PLC0415 - likewise

    text, file = assignment_text(assignment)
    if seed is None:
        raise UsageError("a paper is drawn by a seed", ways_out=("--seed 1", "--seed ada"))
    if key and format is PaperFormat.yaml:
        raise UsageError("an assignment holds no key", ways_out=("--format json --key", "--format markdown --key"))
    module = format.value if format in {PaperFormat.moodle, PaperFormat.gift} else "papers"
    write = getattr(import_module(f"cnncalc.render.{module}"), f"as_{format.value}")
    say(write(draw_paper(text, seed, file=file), key=key))
