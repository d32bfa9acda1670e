"""`cnncalc schema`: the JSON Schema of the spec language, for editors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cnncalc.cli.say import Short, say


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(schema)


class Kind(StrEnum):
    """What a schema is of."""

    spec = "spec"
    claims = "claims"
    assignment = "assignment"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Of a spec, a claims file or an assignment.")] = Kind.spec,
    format: Annotated[Short, typer.Option(help="JSON either way.")] = Short.json,  # noqa: A002, ARG001
) -> None:
    """The JSON Schema (draft 7) of specs, claims files or assignments; YAML editors complete and check with it."""
    from importlib import import_module  # noqa: PLC0415 - loaded when asked

    from cnncalc.render.as_json import write  # noqa: PLC0415

    home = {Kind.spec: "spec", Kind.claims: "claims", Kind.assignment: "grading"}[kind]
    say(write(import_module(f"cnncalc.{home}.schema").schema()))
