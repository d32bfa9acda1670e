"""`cnncalc list`: the specs that come with the package."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli.say import Short, say, say_json
from cnncalc.render.cells import safe
from cnncalc.render.plain import grid
from cnncalc.spec.files import SHELF, packaged
from cnncalc.spec.locate import read_file
from cnncalc.spec.model import Spec

_HEADS = ("name", "input", "layers", "source")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command(name="list")(list_specs)


def list_specs(format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table) -> None:  # noqa: A002
    """The specs that come with the package: name, input, layers, source."""
    specs = [read_file(SHELF / f"{name}.yaml") for name in packaged()]
    if format is Short.json:
        rows = [
            {"name": spec.name, "input": str(spec.input), "layers": len(spec.entries), "source": spec.source}
            for spec in specs
        ]
        say_json({"specs": rows})
    else:
        say(grid([_HEADS, *map(_row, specs)], right=[2]))


def _row(spec: Spec) -> tuple[str, str, str, str]:
    return spec.name, str(spec.input), str(len(spec.entries)), safe(spec.source)
