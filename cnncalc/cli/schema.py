"""`cnncalc schema`: the JSON Schema of the spec language, for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli.say import Short, say


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(schema)


def schema(format: Annotated[Short, typer.Option(help="JSON either way.")] = Short.json) -> None:  # noqa: A002, ARG001
    """The JSON Schema (draft 7) of the spec language; YAML editors complete and check with it."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - loaded when asked
    from cnncalc.spec.schema import schema as build  # noqa: PLC0415

    say(write(build()))
