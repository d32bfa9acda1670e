"""What a worked example asks for: numbers in their shape, a filter or a pooling window, and how it sits on them."""

from __future__ import annotations

from math import isqrt, prod
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from cnncalc.arrays import taps_inside
from cnncalc.checking import check
from cnncalc.errors import AxesMisfit, UsageError, VolumeMisfit
from cnncalc.fit import Fit, Turn, misfit
from cnncalc.volume import MAX_AXES, parse_sizes, shorten, write_sizes
from cnncalc.window import Rounding, Window
from cnncalc.worked.filters import named
from cnncalc.worked.rules import flipped
from cnncalc.worked.values import Values, read_values, require_common, shapes

Pool: TypeAlias = Literal["max", "average"]
"""What a window without weights takes of the values that it sees."""

MOST_PRODUCTS = 65_536
"""Products of a worked example: more than anyone reads."""


class Asked(NamedTuple):
    """What a filter or a pooling window is to do.

    kernel  the filter as it was given; None for a pooling window
    name    the filter's own name, if it has one
    """

    kernel: Values | None
    name: str | None
    flip: bool
    pool: Pool | None

    @property
    def operation(self) -> str:
        """Name it."""
        if self.pool:
            return f"{self.pool} pooling"
        return "convolution" if self.flip else "cross-correlation"

    def on(self, axes: int) -> Asked:
        """Return the same with a filter that was written as a run put into shape."""
        return self if self.kernel is None else self._replace(kernel=_squared(self.kernel, axes, "filter"))

    def window(self, filter: Any) -> tuple[int, ...]:  # noqa: A002 - the spec language's word
        """Return the window's sizes: the filter's own, or those that a pooling is given. Raises UsageError."""
        if self.kernel is not None:
            return self.kernel.sizes[-2:]
        return parse_sizes(write_sizes(filter) if isinstance(filter, (tuple, list)) else str(filter), what="filter")

    def stride(self, given: Any) -> Any:
        """Return the stride: 1 if none is given, or None for a pooling's own size."""
        return given if given is not None or self.pool else 1

    @property
    def slid(self) -> Values | None:
        """The filter as it is slid: turned around for a convolution."""
        return flipped(self.kernel) if self.kernel and self.flip else self.kernel


def read_asked(filter: Any, *, flip: bool, pool: Pool | None) -> Asked:  # noqa: A002 - the lectures' word
    """Return what is to be done. Raises UsageError for no filter, and for a pooling that is to be flipped."""
    require_one_of(pool, get_args(Pool))
    if pool and flip:
        raise UsageError("a pooling window has nothing to flip", ways_out=("leave out --flip",))
    if pool:
        return Asked(None, None, flip, pool)
    if isinstance(filter, str) and filter.strip()[:1].isalpha():
        return Asked(named(filter.strip()).values(), filter.strip(), flip, None)
    kernel = read_values(filter, "filter")
    require_common(kernel.flat, "filter")
    return Asked(kernel, None, flip, None)


def read_question(input: Any, filter: Any, shape: str | None, asked: Asked) -> tuple[Values, Asked]:  # noqa: A002 - likewise
    """Return the numbers and the filter, each in its shape. Raises UsageError, ShapeError."""
    values = read_values(input, "input")
    require_common(values.flat, "input")
    if shape is not None:
        values = values.shaped(_shape(shape))
    if asked.kernel is None:
        sizes = asked.window(filter)
        return _squared(values, len(sizes) if len(sizes) > 1 else None, "input"), asked
    values = _squared(values, None if asked.kernel.run else len(asked.kernel.sizes), "input")
    kernel = _squared(asked.kernel, len(values.sizes), "filter")
    _require_axes(values, kernel)
    return values, asked._replace(kernel=kernel)


def require_one_of(word: str | None, known: tuple[str, ...]) -> None:
    """Raise UsageError for a word that means nothing here."""
    if word not in (None, *known):
        raise UsageError(f"{shorten(repr(word))} is none of {', '.join(known)}", ways_out=known)


def seated(
    sizes: tuple[int, ...], rounding: Rounding | None = None, *, pool: Pool | None = None, **settings: Any
) -> Fit:
    """Return how a window sits on these sizes. Raises what is wrong with it, with the verdict of `check`.

    A stride of None is the window's own size, and stays so whatever window is offered as a way out; no way out has a
    maximum look at nothing but padding.
    """
    require_one_of(rounding, get_args(Rounding))
    own = settings["stride"] is None
    fit = check(input=write_sizes(sizes), **settings | ({"stride": settings["kernel_size"]} if own else {}))
    same = str(settings["padding"]).startswith("same")  # defined as ⌈W/S⌉ places, whatever is left over
    fit = fit.rounded("floor" if same and rounding in {None, "exact"} else rounding or "exact")
    fit = Fit(fit.sizes, fit.windows, _turned_whole(fit) if own else None, _sees if pool == "max" else None)
    if fit.output is None or min(fit.floor) < 1:  # one window over the edge sees no filter's worth of numbers
        error = misfit(fit)
        error.ways_out = error.ways_out or _contiguous(fit)
        raise error
    return fit


def _turned_whole(fit: Fit) -> Turn:
    """Return what turns windows that step by their own size."""

    def turned(setting: str, value: Any) -> tuple[Window, ...]:
        windows = fit.turned(setting, value).windows
        return tuple(one.turned("stride", value) for one in windows) if setting == "kernel_size" else windows

    return turned


def _sees(fit: Fit) -> bool:
    """Whether each window meets a number, and not padding alone."""
    axes = zip(fit.sizes, fit.windows, strict=True)
    return max(fit.sizes) > MOST_PRODUCTS or all(0 not in taps_inside(*axis, padding=False) for axis in axes)


def _contiguous(fit: Fit) -> tuple[str, ...]:
    """Return dilation 1 as a way out, and what it takes besides."""
    plain = Fit(fit.sizes, tuple(window.turned("dilation", 1) for window in fit.windows))
    if plain.fits:
        return (f"dilation 1 → {write_sizes(plain.floor)}",)
    return tuple(f"dilation 1 and {way}" for way in plain.ways_out)


def require_short(fit: Fit, grids: int) -> None:
    """Raise UsageError for more products than anyone follows, before they are worked out."""
    places, taps = prod(fit.output or ()), grids * prod(window.kernel_size for window in fit.windows)
    if places * taps > MOST_PRODUCTS:
        message = f"{places:,} places of {taps:,} values each; {MOST_PRODUCTS:,} products are worked out at most"
        raise UsageError(message, ways_out=("fewer numbers, less padding or a larger stride",))


def _shape(text: str) -> tuple[int, ...]:
    sizes = parse_sizes(str(text), what="shape")
    if len(sizes) > MAX_AXES:
        raise UsageError(f"a shape has at most {MAX_AXES} sizes, not {len(sizes)}", ways_out=("--shape 3x3",))
    return sizes


def _squared(values: Values, axes: int | None, what: str) -> Values:
    """Return a run as a line or a square, whichever the other numbers ask for. Raises UsageError for no square."""
    side = isqrt(len(values.flat))
    if not values.run or axes == 1 or (axes is None and side**2 != len(values.flat)):
        return values._replace(run=False)
    if side**2 == len(values.flat) and axes != MAX_AXES:
        return values.shaped((side, side))
    message = f"the {what} is a run of {len(values.flat):,} values, which is no square"
    way_out = f"{values.flat[0]}..{values.flat[0] + max(side, 2) ** 2 - 1}"
    given = tuple(f"--shape {shape}" for shape in shapes(len(values.flat))) if what == "input" else ()
    raise UsageError(message, ways_out=(*given, way_out))


def _require_axes(values: Values, kernel: Values) -> None:
    if len(values.sizes) != len(kernel.sizes):
        axes = [f"{len(one.sizes)} ({write_sizes(one.sizes)})" for one in (kernel, values)]
        message = f"the filter has {axes[0]} axes of numbers, the input {axes[1]}"
        raise AxesMisfit(message, ways_out=("as many levels of lists in both",))
    if len(values.sizes) == MAX_AXES and values.sizes[0] != kernel.sizes[0]:
        message = f"the filter has {kernel.sizes[0]} channels, the input {values.sizes[0]}"
        raise VolumeMisfit(message, ways_out=(f"a filter of {values.sizes[0]} grids",))
