"""`cnncalc compare`: two networks or stacks side by side, in letters where they have letters."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cnncalc.api import compare as ask
from cnncalc.cli.options import InputOption, RoundingOption, SetOption, chosen
from cnncalc.cli.say import say, say_json
from cnncalc.render.compared import comparison_as_text, rows


class Form(StrEnum):
    """How a comparison is written."""

    table = "table"
    json = "json"
    markdown = "markdown"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(compare)


def compare(
    left: Annotated[str, typer.Argument(metavar="A", help="A path, a packaged name, or a one-line network.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    input: InputOption = None,  # noqa: A002
    rounding: RoundingOption = None,
    set: SetOption = None,  # noqa: A002
    format: Annotated[Form, typer.Option(help="How to write it.")] = Form.table,  # noqa: A002
) -> None:
    """Two networks side by side: each quantity in numbers or letters, the ratio, and who is smaller when.

    cnncalc compare 'conv5-C' 'conv3-C conv3-C' --input HxWxC
    """
    found = ask(left, right, input=input, rounding=rounding, set=chosen(set))
    if format is Form.json:
        say_json(found.to_dict())
    elif format is Form.markdown:
        from cnncalc.render.as_markdown import pipes  # noqa: PLC0415 - one renderer a run

        say(pipes(rows(found), flush=1))
    else:
        say(comparison_as_text(found))
