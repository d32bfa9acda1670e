"""The door that takes a window as a user writes it: whether it fits, and which values would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.errors import UsageError
from cnncalc.fit import Fit
from cnncalc.settings import per_axis, read_padding, read_per_axis
from cnncalc.volume import MAX_AXES, parse_sizes, shorten
from cnncalc.window import Window, same_padding

if TYPE_CHECKING:
    from cnncalc.backwards import Answer


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
    values = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    _require_axes(sizes, axes, values)
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


def _require_axes(sizes: tuple[int, ...], axes: int, settings: Mapping[str, object]) -> None:
    """Refuse a setting with more sizes than the input, and a filter with its channels: 5x5x3 reads as three axes."""
    name, value = next((name, value) for name, value in settings.items() if _axes(value) == axes)
    with_channels = axes == MAX_AXES and str(value).split("x")[-1] == str(sizes[-1])
    if name == "kernel_size" and (axes == MAX_AXES > len(sizes) or with_channels):
        message = f"the filter {shorten(str(value))} has {axes} sizes, and its channels are not among them"
        raise UsageError(message, ways_out=("--filter 5x5", "a 3-D input with its channels: 16x112x112x3"))
    if axes > len(sizes):
        name = "filter" if name == "kernel_size" else name
        message = f"the {name} {shorten(str(value))} has {axes} sizes, and the input {len(sizes)}"
        raise UsageError(message, ways_out=(f"one {name} for all axes", f"{len(sizes)} of them"))


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
