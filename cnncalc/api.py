"""The door that takes a spec as a user writes it: to load it, to hold two side by side, to solve for a parameter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from cnncalc.errors import CnncalcError, UnknownKey, UsageError
from cnncalc.letter import Letter, read_letter
from cnncalc.network import Network, build
from cnncalc.settings import read_natural
from cnncalc.sizes import Size
from cnncalc.volume import Volume, parse_volume, shorten
from cnncalc.window import Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cnncalc.comparison import Comparison
    from cnncalc.ledger import Ledger
    from cnncalc.solution import Solution


def load(  # noqa: PLR0913 - what may be chosen about a network, all by name
    spec: str | Path | dict[str, Any],
    *,
    input: str | Sequence[int] | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - the spec language's word
    train: bool = False,
    freeze: str | tuple[str, ...] = (),
) -> Network:
    """Read a network: a path, a packaged name, a one-line network, or a dict of the same keys.

    input     another input volume, ``"384x384x3"`` or (384, 384, 3): channels last
    rounding  ``exact``, ``floor`` or ``ceil`` for windows that do not say their own
    set       values for the spec's parameters
    train     keep heads that are there for training only
    freeze    layers that training leaves alone, by name or pattern (``conv*``), instead of the spec's own

    Raises a SpecError for what cannot be read (SeveralErrors with all of a file's), a ShapeError for what does not fit.

    >>> load("conv5-6/p0 relu pool2 fc-10", input="32x32x3")["conv1"].y
    Volume(channels=6, spatial=(28, 28))
    """
    network, unheard = _loaded(spec, input=input, rounding=rounding, set=set, train=train)
    require_heard(unheard)
    patterns = _patterns(freeze)
    return replace(network, freeze=patterns) if patterns else network


def _loaded(
    spec: str | Path | dict[str, Any],
    *,
    input: str | Sequence[int] | Volume | None,  # noqa: A002
    rounding: Rounding | None,
    set: Mapping[str, Any] | None,  # noqa: A002
    train: bool = False,
) -> tuple[Network, tuple[str, ...]]:
    """Return a network, and the names of `set` that are no letters of a one-line network."""
    from cnncalc.spec.locate import find_spec  # noqa: PLC0415 - `check` does without pydantic and YAML
    from cnncalc.spec.read import read_dict  # noqa: PLC0415

    if not isinstance(spec, str | os.PathLike | dict):
        message = f"a network is a name, a line, a path or a dict, not {shorten(repr(spec))}"
        raise UsageError(message, ways_out=('"vgg16"', '"conv3-64 relu fc-10"'))
    _require_forms(set, rounding)
    set = {name: _parameter(name, value) for name, value in (set or {}).items()}  # noqa: A001
    found = read_dict(spec, set=set) if isinstance(spec, dict) else find_spec(os.fspath(spec), set=set)
    volume = _volume(input)
    require_apart(set, volume or found.input)
    network = build(found, input=volume, rounding=rounding, train=train)
    if set:
        network = replace(network, published=())  # figures were printed about the spec's own parameters
    return network, found.unheard


def _require_forms(set: object, rounding: object) -> None:  # noqa: A002
    """Raise UsageError for parameters that are no names with values, or a rounding that nobody knows."""
    if set is not None and not (isinstance(set, Mapping) and all(isinstance(name, str) for name in set)):
        raise UsageError(f"parameters are names with values, not {shorten(repr(set))}", ways_out=("{'width': 32}",))
    if rounding is not None and (not isinstance(rounding, str) or rounding not in get_args(Rounding)):
        raise UsageError(f"no rounding is called {shorten(repr(rounding))}", ways_out=get_args(Rounding))


def _patterns(freeze: object) -> tuple[str, ...]:
    """Return names and patterns of layers, one or several. Raises UsageError."""
    listed = (freeze,) if isinstance(freeze, str) else freeze
    if not isinstance(listed, tuple | list) or not all(isinstance(one, str) for one in listed):
        raise UsageError(f"freeze takes names and patterns, not {shorten(repr(freeze))}", ways_out=('("conv*",)',))
    return tuple(listed)


def _volume(input: object) -> Volume | None:  # noqa: A002
    """Return an input volume, as text, as numbers or as it is. Raises UsageError."""
    if input is None or isinstance(input, Volume):
        return input
    if isinstance(input, Sequence) and not isinstance(input, str | bytes):
        input = "x".join(map(str, input))  # noqa: A001 - read as if it were written
    if not isinstance(input, str):
        message = f"an input is a volume, channels last, not {shorten(repr(input))}"
        raise UsageError(message, ways_out=('"224x224x3"', "(224, 224, 3)"))
    return parse_volume(input)


def require_heard(unheard: Iterable[str]) -> None:
    """Refuse what is set and changes nothing: whoever sets it believes that it does."""
    for name in unheard:
        message = f"the network has no letter {shorten(name)!r} to set"
        named = (f"a number of a layer that is called so: conv3-{name}",) if read_letter(name) else ()
        raise UnknownKey(message, ways_out=("leave it out", *named))


def require_apart(set: dict[str, Size], volume: Volume | None) -> None:  # noqa: A002
    """Refuse one letter for a parameter and a size of the input: nobody means as many filters as rows."""
    for name, value in set.items():
        if isinstance(value, Letter) and volume and value in volume.shape:
            message = f"{value} is a letter of the input and the value of {shorten(str(name))}"
            raise UsageError(message, ways_out=("another letter for one of them",))


def _parameter(name: str, value: Any) -> Size:
    """Return a parameter's value: a whole number, or a letter that leaves it open. Raises UsageError."""
    letter = read_letter(value) if isinstance(value, str) else None
    if letter is None and not isinstance(value, Letter):
        try:
            return read_natural(value)
        except ValueError as error:
            raise UsageError(f"the parameter {shorten(str(name))} {error}", ways_out=(f"{name}=12",)) from None
    return letter or value


def compare(
    left: str | Path | dict[str, Any],
    right: str | Path | dict[str, Any],
    *,
    input: str | Sequence[int] | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - likewise
) -> Comparison:
    """Hold two networks side by side, in letters where they have letters.

    Raises what `load` raises.

    >>> compare("conv7-C relu", "[conv3-C relu]*3", input="HxWxC")["weights"].ratio
    27/49
    """
    from cnncalc.comparison import side_by_side  # noqa: PLC0415 - only this door needs it
    from cnncalc.ledger import tally  # noqa: PLC0415

    ledgers, unheard = [], []
    for side, spec in (("left", left), ("right", right)):
        try:
            network, names = _loaded(spec, input=input, rounding=rounding, set=set)
            ledgers.append(tally(network))
            unheard.append(names)
        except CnncalcError as error:
            for one in {error, *error.errors}:
                one.message = f"{side}{'' if isinstance(spec, dict) else f', {shorten(str(spec))}'}: {one.message}"
            raise
    require_heard(name for name in unheard[0] if name in unheard[1])
    return side_by_side(*ledgers)


def solve(  # noqa: PLR0913 - what may be chosen about a network, all by name
    spec: str | Path | dict[str, Any],
    *,
    free: str,
    at_most: Sequence[str],
    input: str | Sequence[int] | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - likewise
) -> Solution:
    """Find the largest whole value of a spec's parameter that keeps every bound, ``"parameters=5M"``.

    Raises what `load` raises, and UsageError if no value keeps the bounds.
    """
    from cnncalc.ledger import tally  # noqa: PLC0415 - only this door needs it
    from cnncalc.solution import largest, read_bound  # noqa: PLC0415

    if free in (set or {}):
        raise UsageError(f"{shorten(free)} is both set and to be found", ways_out=(f"do not set {shorten(free)}",))

    def count(value: int) -> Ledger:
        network, unheard = _loaded(spec, input=input, rounding=rounding, set={**(set or {}), free: value})
        if free in unheard:
            message = f"no number of a layer is called {shorten(free)!r}"
            raise UsageError(message, ways_out=("'conv3-K relu' --free K",))
        require_heard(unheard)
        return tally(network)

    return largest(free, tuple(read_bound(text) for text in at_most), count)
