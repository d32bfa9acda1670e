"""`cnncalc explain`: every number of a layer as letters = digits = value."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.api import load
from cnncalc.cli.options import InputOption, RoundingOption, SetOption, SpecArgument, chosen
from cnncalc.cli.say import Short, say, say_json
from cnncalc.explanation import explain as ask
from cnncalc.ledger import tally
from cnncalc.render.compared import explanations_as_text


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(explain)


def explain(
    spec: SpecArgument,
    layer: Annotated[str | None, typer.Argument(metavar="LAYER", help="A layer; else all of them.")] = None,
    input: InputOption = None,  # noqa: A002
    rounding: RoundingOption = None,
    set: SetOption = None,  # noqa: A002
    format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table,  # noqa: A002
) -> None:
    """Every number of a layer as letters = digits = value, with the rule's source."""
    found = ask(tally(load(spec, input=input, rounding=rounding, set=chosen(set))), layer)
    if format is Short.json:
        say_json({"layers": [one.to_dict() for one in found]})
    else:
        say(explanations_as_text(found))
