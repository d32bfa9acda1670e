"""`cnncalc solve`: the largest whole width, or whatever is left open, that keeps within bounds."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.api import solve as ask
from cnncalc.cli.options import InputOption, RoundingOption, SetOption, SpecArgument, chosen
from cnncalc.cli.say import Short, say, say_json
from cnncalc.render.answers import solution_as_text


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(solve)


def solve(
    spec: SpecArgument,
    free: Annotated[str, typer.Option(metavar="NAME", help="The parameter of the spec to solve for.")],
    at_most: Annotated[list[str], typer.Option(metavar="QUANTITY=FIGURE", help="A bound: parameters=5M. Repeatable.")],
    input: InputOption = None,  # noqa: A002
    rounding: RoundingOption = None,
    set: SetOption = None,  # noqa: A002
    format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table,  # noqa: A002
) -> None:
    """The largest whole value of a spec's parameter that keeps totals within bounds.

    cnncalc solve mobilenet_v1 --free width --at-most parameters=2M
    """
    found = ask(spec, free=free, at_most=at_most, input=input, rounding=rounding, set=chosen(set))
    if format is Short.json:
        answer = {"parameter": found.parameter, "value": found.value}
        broken = None if found.broken is None else {"value": found.next_value, **found.broken._asdict()}
        say_json({**answer, "next": broken, "totals": found.ledger.totals.to_dict()})
        return
    say(solution_as_text(found))
