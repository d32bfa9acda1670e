"""`cnncalc formulas`: all layers x quantities in letters, generated from the rules themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from cnncalc.cli.say import say
from cnncalc.render.compared import FORMULA_HEADS, formula_rows, formulas_as_text


class Form(StrEnum):
    """How the formulas are written."""

    table = "table"
    json = "json"
    markdown = "markdown"
    latex = "latex"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(formulas)


def formulas(format: Annotated[Form, typer.Option(help="How to write them.")] = Form.table) -> None:  # noqa: A002
    """All layers and what they cost, in letters, generated from the rules; H′ and W′ are the output's sizes."""
    from cnncalc.letters.cards import formulas as ask  # noqa: PLC0415 - sympy, only here

    say(_written(ask(), format))


def _written(cards: tuple[Any, ...], format: Form) -> str:  # noqa: A002
    if format is Form.json:
        from cnncalc.render.as_json import write  # noqa: PLC0415
        from cnncalc.row import SCHEMA_VERSION, jsonable  # noqa: PLC0415 - one renderer a run

        listed = [{**card._asdict(), "output": list(card.output)} for card in cards]
        plain = [{name: _json(value, jsonable) for name, value in card.items()} for card in listed]
        return write({"schema_version": SCHEMA_VERSION, "layers": plain})
    if format is Form.markdown:
        from cnncalc.render.as_markdown import pipes  # noqa: PLC0415

        return pipes([FORMULA_HEADS, *formula_rows(cards)])
    if format is Form.latex:
        from cnncalc.render.as_latex import maths, volume  # noqa: PLC0415

        return maths(FORMULA_HEADS, formula_rows(cards, lambda value: getattr(value, "latex", str(value)), volume))
    return formulas_as_text(cards)


def _json(value: Any, jsonable: Any) -> Any:
    return [jsonable(part) for part in value] if isinstance(value, list) else jsonable(value)
