"""The two doors that take what a user writes: a spec, and a window."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, UnknownKey, UsageError
from cnncalc.fit import Fit
from cnncalc.letter import Letter, read_letter
from cnncalc.network import Network, build
from cnncalc.settings import per_axis, read_natural, read_padding, read_per_axis
from cnncalc.sizes import Size
from cnncalc.volume import MAX_AXES, Volume, parse_sizes, parse_volume, shorten
from cnncalc.window import Rounding, Window, same_padding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cnncalc.backwards import Answer
    from cnncalc.comparison import Comparison
    from cnncalc.ledger import Ledger
    from cnncalc.solution import Solution


def load(  # noqa: PLR0913 - what may be chosen about a network, all by name
    spec: str | Path | dict[str, Any],
    *,
    input: str | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: dict[str, Any] | None = None,  # noqa: A002 - the spec language's word
    train: bool = False,
    freeze: tuple[str, ...] = (),
) -> Network:
    """Read a network: a path, a packaged name, a one-line network, or a dict of the same keys.

    input     another input volume, ``"384x384x3"``
    rounding  ``exact``, ``floor`` or ``ceil`` for windows that do not say their own
    set       values for the spec's parameters
    train     keep heads that are there for training only
    freeze    layers that training leaves alone, by name or pattern (``conv*``), instead of the spec's own

    Raises a SpecError for what cannot be read (SeveralErrors with all of a file's), a ShapeError for what does not fit.

    >>> load("conv5-6/p0 relu pool2 fc-10", input="32x32x3")["conv1"].y
    Volume(channels=6, spatial=(28, 28))
    """
    network, unheard = _loaded(spec, input=input, rounding=rounding, set=set, train=train)
    _require_heard(unheard)
    return replace(network, freeze=freeze) if freeze else network


def _loaded(
    spec: str | Path | dict[str, Any],
    *,
    input: str | Volume | None,  # noqa: A002
    rounding: Rounding | None,
    set: dict[str, Any] | None,  # noqa: A002
    train: bool = False,
) -> tuple[Network, tuple[str, ...]]:
    """Return a network, and the names of `set` that are no letters of a one-line network."""
    from cnncalc.spec.locate import find_spec  # noqa: PLC0415 - `check` does without pydantic and YAML
    from cnncalc.spec.read import read_dict  # noqa: PLC0415

    set = {name: _parameter(name, value) for name, value in (set or {}).items()}  # noqa: A001
    found = read_dict(spec, set=set) if isinstance(spec, dict) else find_spec(os.fspath(spec), set=set)
    volume = parse_volume(input) if isinstance(input, str) else input
    _require_apart(set, volume or found.input)
    network = build(found, input=volume, rounding=rounding, train=train)
    if set:
        network = replace(network, published=())  # figures were printed about the spec's own parameters
    return network, found.unheard


def _require_heard(unheard: Iterable[str]) -> None:
    """Refuse what is set and changes nothing: whoever sets it believes that it does."""
    for name in unheard:
        message = f"the network has no letter {shorten(name)!r} to set"
        named = (f"a number of a layer that is called so: conv3-{name}",) if read_letter(name) else ()
        raise UnknownKey(message, ways_out=("leave it out", *named))


def _require_apart(set: dict[str, Size], volume: Volume | None) -> None:  # noqa: A002
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
    input: str | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: dict[str, Any] | None = None,  # noqa: A002 - likewise
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
    _require_heard(name for name in unheard[0] if name in unheard[1])
    return side_by_side(*ledgers)


def solve(  # noqa: PLR0913 - what may be chosen about a network, all by name
    spec: str | Path | dict[str, Any],
    *,
    free: str,
    at_most: Sequence[str],
    input: str | Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    set: dict[str, Any] | None = None,  # noqa: A002 - likewise
) -> Solution:
    """Find the largest whole value of a spec's parameter that keeps every bound, ``"parameters=5M"``.

    Raises what `load` raises, and UsageError if no value keeps the bounds.
    """
    from cnncalc.ledger import tally  # noqa: PLC0415 - only this door needs it
    from cnncalc.solution import largest, read_bound  # noqa: PLC0415

    def count(value: int) -> Ledger:
        return tally(load(spec, input=input, rounding=rounding, set={**(set or {}), free: value}))

    return largest(free, tuple(read_bound(text) for text in at_most), count)


def which(  # noqa: PLR0913 - a window has as many settings
    *,
    input: str | int = "?",  # noqa: A002 - the spec language's word
    kernel_size: str | int = "?",
    stride: str | int = 1,
    padding: str | int = 0,
    dilation: str | int = 1,
    output: str | int | None = None,
) -> Answer:
    """Read the rule backwards: which values of what is ``"?"`` fit, or give an output of that size.

    One axis, or axes that agree. Raises UsageError unless just one of them is asked for.

    >>> which(input=7, kernel_size=3, stride=3, padding="?").says
    'P = 1, 4, 7, 10, 13, 16, …: P ≡ 1 mod 3'
    """
    from cnncalc.backwards import which as ask  # noqa: PLC0415 - only this door needs it

    given = {"input": input, "kernel_size": kernel_size, "stride": stride, "padding": padding}
    unknown = [name for name, value in given.items() if value == "?"]
    if len(unknown) != 1:
        message = "ask for one of input, filter, stride and padding" if unknown else "nothing is asked for"
        raise UsageError(message, ways_out=("--input 7x7 --filter 3 --stride 3 --pad '?'",))
    if str(padding).startswith("same"):
        message = f"padding {padding} follows whatever else is given, so that everything fits"
        raise UsageError(message, ways_out=("padding 0", "padding '?'"))
    known = {name: 1 if value == "?" else value for name, value in given.items()}
    fit = check(**known, dilation=dilation)
    if len(set(zip(fit.sizes, fit.windows, strict=True))) > 1:
        message = "backwards goes one axis at a time, and these axes differ"
        raise UsageError(message, ways_out=("give one number for all axes",))
    places = (None,) if output is None else parse_sizes(str(output), what="output")
    if len(set(places)) > 1:
        message = f"one {unknown[0]} gives all axes the same output, and {output} differs"
        raise UsageError(message, ways_out=tuple(f"output {size}" for size in dict.fromkeys(places)))
    return ask(unknown[0], fit.sizes[0], fit.windows[0], places[0])


def check(
    *,
    input: str | int | tuple[int, ...],  # noqa: A002 - the spec language's word
    kernel_size: str | int | tuple[int, ...],
    stride: str | int | tuple[int, ...] = 1,
    padding: str | int | tuple[Any, ...] = 0,
    dilation: str | int | tuple[int, ...] = 1,
) -> Fit:
    """Say whether a filter fits an input: ``7x7``, or ``227x227x3`` with its channels.

    All in pixels; one number for all axes or ``3x5``, padding also ``1:2`` (before:after), ``same`` or ``valid``.
    Raises UsageError for what is no size.

    >>> check(input="7x7", kernel_size=3, stride=3).exact
    Fraction(7, 3)
    """
    axes = max(map(_axes, (kernel_size, stride, padding, dilation)))
    sizes = _sizes(input, axes=axes)
    _require_axes(sizes, axes, kernel_size)
    values = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    spread = [_setting(name, value, len(sizes)) for name, value in values.items()]
    kernels, strides, paddings, dilations = spread
    if isinstance(paddings, str):
        lower = paddings == "same_lower"
        paddings = tuple(
            same_padding(size, kernel_size=kernel, stride=stride, dilation=dilation, lower=lower)
            for size, kernel, stride, dilation in zip(sizes, kernels, strides, dilations, strict=True)
        )
    return Fit(sizes, tuple(Window(*axis) for axis in zip(kernels, strides, paddings, dilations, strict=True)))


def _sizes(input: str | int | tuple[int, ...], *, axes: int) -> tuple[int, ...]:  # noqa: A002
    """Return the spatial sizes: three numbers are H, W and channels, unless the filter has three axes."""
    if isinstance(input, (tuple, list)) and not all(type(size) is int for size in input):
        raise UsageError("input sizes are whole numbers", ways_out=("input=(7, 7)", 'input="7x7"'))
    text = "x".join(map(str, input)) if isinstance(input, (tuple, list)) else str(input)
    sizes = parse_sizes(text, what="input")
    if len(sizes) > max(axes, 2):
        sizes = sizes[:-1]
    if len(sizes) > MAX_AXES:
        raise UsageError(f"an input has at most {MAX_AXES} spatial sizes, not {len(sizes)}", ways_out=("write 7x7",))
    return sizes


def _require_axes(sizes: tuple[int, ...], axes: int, kernel_size: object) -> None:
    """Refuse a filter with its channels, 5x5x3, which reads as one with three axes."""
    if axes > len(sizes) or (axes == MAX_AXES and str(kernel_size).split("x")[-1] == str(sizes[-1])):
        message = f"the filter {shorten(str(kernel_size))} has {axes} sizes, and its channels are not among them"
        raise UsageError(message, ways_out=("--filter 5x5", "a 3-D input with its channels: 16x112x112x3"))


def _axes(value: object) -> int:
    if isinstance(value, str):
        return value.strip("x").count("x") + 1
    return len(value) if isinstance(value, (tuple, list)) else 1


def _setting(name: str, value: Any, axes: int) -> Any:
    """Read one setting and spread it over the axes; `same` stays a word until the sizes are known."""
    text = int(value) if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", value, re.ASCII) else value
    try:
        setting = read_padding(text) if name == "padding" else read_per_axis(text)
    except ValueError as error:
        other = "1:2" if name == "padding" else "3x5"
        raise UsageError(f"{name} {error}", ways_out=(f"{name} 1", f"{name} {other}")) from None
    return setting if isinstance(setting, str) else per_axis(setting, axes, name)
