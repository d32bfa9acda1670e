"""`cnncalc check SPEC`: every window of a network, and which do not divide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.api import load
from cnncalc.cli.say import Short, say, say_json
from cnncalc.errors import ShapeError
from cnncalc.network import fits
from cnncalc.render.cells import safe
from cnncalc.render.fit import fits_as_text

if TYPE_CHECKING:
    from cnncalc.network import Network


def check_network(spec: str, input: str | None, format: Short) -> bool:  # noqa: A002
    """Print how every window fits, going on with floor where one does not; return whether all do."""
    if input == "?":
        return _inputs(spec, format)
    try:
        network = load(spec, input=input)
    except ShapeError as error:
        if error.code != "stride-misfit":
            raise
        network = _floored(spec, input, format)
    if network.conditions is not None:
        return _in_letters(network, format)
    found = fits(network)
    if format is Short.json:
        windows = [{"layer": name, **fit.to_dict()} for name, fit in found]
        say_json({"name": network.name, "fits": all(fit.fits for _, fit in found), "windows": windows})
    else:
        say(fits_as_text(network.name, found))
    return all(fit.fits for _, fit in found)


def _floored(spec: str, input: str | None, format: Short) -> Network:  # noqa: A002
    """Load a network with floor; where a filter then finds no room, print the windows before it, and raise."""
    try:
        return load(spec, input=input, rounding="floor")
    except ShapeError as error:
        if error.network and format is Short.table:
            say(fits_as_text(error.network.name, fits(error.network)))
        raise


def _in_letters(network: Network, format: Short) -> bool:  # noqa: A002
    """Print what must hold so that every layer fits; some values always meet it."""
    from cnncalc.ledger import must_hold  # noqa: PLC0415 - only where a letter is

    conditions = must_hold(network)
    if format is Short.json:
        say_json({"name": network.name, "fits": not conditions or None, "conditions": conditions})
    else:
        say("\n".join(conditions or [f"{safe(network.name)}: every layer fits, whatever the letters are"]))
    return True


def _inputs(spec: str, format: Short) -> bool:  # noqa: A002
    """Print which inputs the network accepts; return whether there is one."""
    from cnncalc.inputs import accepted  # noqa: PLC0415 - sympy, only where it is asked for
    from cnncalc.spec.locate import find_spec  # noqa: PLC0415

    found = accepted(find_spec(spec))
    if format is Short.json:
        say_json(found.to_dict())
    else:
        lines = [
            f"every {'stride' if size.modulus else 'layer'} fits if {size.write(name)}"
            for name, size in found.sizes.items()
            if size.modulus != 1
        ]
        smallest = f"none with sides up to {found.searched}" if found.smallest is None else str(found.smallest)
        say(
            "\n".join(
                [*(lines or ["no stride rules a size out"]), *found.conditions, f"the smallest input: {smallest}"]
            )
        )
    return found.smallest is not None
