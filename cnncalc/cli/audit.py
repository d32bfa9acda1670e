"""`cnncalc audit`: each claim of a file and its verdict."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from cnncalc.claims.audit import audit as judge
from cnncalc.cli.say import Format, on_terminal, say, show


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(audit)


def audit(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Claims files, packaged ones (lectures/deck-cs231n), or specs."),
    ],
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.table,  # noqa: A002
) -> None:
    """Each printed figure and its verdict, with its place and the sum behind it; then how often each was given.

    A spec's own published figures are claims too. Exit status 1 if any does not follow.
    """
    found = judge(files)
    module = import_module("cnncalc.render.audited")
    if format is Format.table and on_terminal():
        show(module.as_rich(found))
    else:
        say(getattr(module, f"as_{format.value}")(found))
    raise typer.Exit(0 if found.follows else 1)
