"""How commands speak: answers to stdout, errors to stderr, each in the format that was asked for."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, ShapeError, Unmet, UsageError
from cnncalc.render.cells import safe

if TYPE_CHECKING:
    from collections.abc import Iterable


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"


class Short(StrEnum):
    """How an answer is written that is no table of layers."""

    table = "table"
    json = "json"


def say(text: str) -> None:
    """Print an answer, whole; a closed pipe is noticed here, not at exit."""
    if sys.stdout is None:
        raise UsageError("there is nowhere to write to", ways_out=("leave standard output open",))
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(answer: dict[str, Any]) -> None:
    """Print an answer as JSON, with the version of its keys."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it
    from cnncalc.row import SCHEMA_VERSION  # noqa: PLC0415 - likewise

    say(write({"schema_version": SCHEMA_VERSION, **answer}))


def show(parts: Iterable[Any]) -> None:
    """Print what rich renders, to a terminal."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich

    console = Console(highlight=False)
    for part in parts:
        console.print(part, soft_wrap=False)


def on_terminal() -> bool:
    """Whether a person is looking."""
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_width() -> int | None:
    """Return the columns of the terminal that a person is looking at; None where answers go elsewhere."""
    if not on_terminal():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415 - only a terminal has a size

    return get_terminal_size().columns


def wants_json(arguments: list[str]) -> bool:
    """Whether a command line asks for JSON, readable or not."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def fail(error: CnncalcError, *, json: bool) -> int:
    """Print what went wrong and return the exit status: 1 if a shape does not fit, 2 if nothing could be read."""
    if json:
        from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

        text = write({"errors": [one.to_dict() for one in error.errors]})
    else:
        text = "\n".join(safe(line) for line in str(error).split("\n"))
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # nobody reads it; the exit status still says it
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
    return 1 if isinstance(error, ShapeError | Unmet) else 2
