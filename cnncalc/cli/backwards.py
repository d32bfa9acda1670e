"""`cnncalc check` with a '?': which values fit."""

from __future__ import annotations

from cnncalc.backwards import UNKNOWNS
from cnncalc.checking import check, which
from cnncalc.cli.say import say, say_json
from cnncalc.errors import UsageError
from cnncalc.fit import Fit
from cnncalc.render.answers import answer_as_text
from cnncalc.volume import parse_sizes, write_sizes


def answer(input: str, window: dict[str, str], output: str | None, *, as_json: bool) -> bool:  # noqa: A002
    """Print which values fit, and return whether any does."""
    given = {"input": input, **window}
    if "?" not in given.values():
        return _wanted(given, output or "", as_json=as_json)
    found = which(output=output, **given)
    if as_json:
        say_json(found.to_dict())
    else:
        say(answer_as_text(found))
    return found.fits


def _wanted(given: dict[str, str], output: str, *, as_json: bool) -> bool:
    """Say whether the output is the wanted one, and which change of one setting would make it so."""
    fit = check(**given)
    wanted = parse_sizes(output, what="output")
    wanted = wanted * len(fit.sizes) if len(wanted) == 1 else wanted
    if len(wanted) != len(fit.sizes):
        message = f"the output has {len(wanted)} sizes, the input {len(fit.sizes)}"
        raise UsageError(message, ways_out=("--output 16", "--output 16x16"))
    is_so = fit.fits and fit.floor == wanted
    says = [] if is_so else _ways_to(given, fit, wanted)
    if as_json:
        say_json({**fit.to_dict(), "wanted": list(wanted), "fits": is_so, "ways_out": says})
    elif is_so:
        say(f"{fit.formula}\nyes: {write_sizes(fit.floor)}")
    else:
        ways = [f"  {way}" for way in says] or ["  no change of one setting"]
        say("\n".join([fit.formula, f"not {output}; what would be:", *ways]))
    return is_so


def _ways_to(given: dict[str, str], fit: Fit, wanted: tuple[int, ...]) -> list[str]:
    """Return what one setting would have to be, where all axes agree about it."""
    if len(set(wanted)) > 1 or len(set(zip(fit.sizes, fit.windows, strict=True))) > 1:
        return []
    names = ("padding",) if given.get("padding", "").startswith("same") else UNKNOWNS  # same follows all but itself
    ways = [which(output=wanted[0], **{**given, name: "?"}) for name in names]
    return [way.says for way in ways if way.fits]
