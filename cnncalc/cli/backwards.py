"""`cnncalc check` with a '?': which values fit."""

from __future__ import annotations

from cnncalc.api import check, which
from cnncalc.backwards import UNKNOWNS, Answer
from cnncalc.cli.say import say
from cnncalc.fit import write_sizes


def answer(input: str, window: dict[str, str], output: str | None, *, as_json: bool) -> bool:  # noqa: A002
    """Print which values fit, and return whether any does."""
    given = {"input": input, **window}
    if "?" not in given.values():
        return _wanted(given, output or "", as_json=as_json)
    found = which(output=output, **given)
    if as_json:
        _say_json(found.to_dict())
    else:
        say("\n".join(_lines(found)))
    return found.fits


def _lines(found: Answer) -> list[str]:
    return [found.says, *(f"  {value} → {out}" for value, out in zip(found.values, found.output, strict=False))]


def _wanted(given: dict[str, str], output: str, *, as_json: bool) -> bool:
    """Say whether the output is the wanted one, and which change of one setting would make it so."""
    fit = check(**given)
    wanted = tuple(int(part) for part in output.split("x") if part.isdigit())
    is_so = fit.fits and (fit.floor == wanted or set(fit.floor) == set(wanted))
    ways = [which(output=output, **{**given, name: "?"}) for name in UNKNOWNS]
    if as_json:
        _say_json(
            {**fit.to_dict(), "wanted": list(wanted), "fits": is_so, "ways_out": [way.says for way in ways if way.fits]}
        )
    elif is_so:
        say(f"{fit.formula}\nyes: {write_sizes(fit.floor)}")
    else:
        says = [f"  {way.says}" for way in ways if way.fits]
        say("\n".join([fit.formula, f"not {output}; what would be:", *(says or ["  no change of one setting"])]))
    return is_so


def _say_json(answer: dict[str, object]) -> None:
    from cnncalc.render.as_json import write  # noqa: PLC0415 - only JSON needs it

    say(write({"schema_version": 1, **answer}))
