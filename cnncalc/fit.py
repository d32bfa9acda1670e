"""Does the stride fit? The sum, the exact quotient, what rounding would do, and ways out that were tried.

>>> fit = Fit((7, 7), (Window(3, stride=3),) * 2)
>>> fit.fits, str(fit.exact), fit.floor, fit.ceil
(False, '7/3', (2, 2), (3, 3))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from cnncalc.errors import FilterTooLarge, ShapeError, StrideMisfit
from cnncalc.term import AXES, LETTERS, Term
from cnncalc.volume import write_sizes
from cnncalc.window import Rounding, Sides, Window

_SPOKEN = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}
_LINES = {1: ("pixel",), 2: ("row", "column"), 3: ("slice", "row", "column")}


Turn = Callable[[str, Any], tuple[Window, ...]]


class Fit:
    """How windows sit on an input, axis by axis.

    sizes    the input's spatial sizes, in pixels
    windows  one window per axis
    turn     gives the windows with a setting changed, none if there is no such setting; each window's own, if None
    allows   whether a way out is one, besides fitting; every one is, if None
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        windows: tuple[Window, ...],
        turn: Turn | None = None,
        allows: Callable[[Fit], bool] | None = None,
    ) -> None:
        self.sizes = sizes
        self.windows = windows
        self._turn = turn
        self._allows = allows

    def each(self, question: Callable[[Window, int], Any]) -> tuple[Any, ...]:
        """Ask every axis' window about its size."""
        return tuple(question(window, size) for window, size in zip(self.windows, self.sizes, strict=True))

    def __repr__(self) -> str:
        return f"Fit({write_sizes(self.sizes)}: {self.formula})"

    @property
    def fits(self) -> bool:
        """Whether every axis divides and takes at least one window."""
        return not any(self.leftover) and min(self.floor) > 0

    @property
    def allowed(self) -> bool:
        """Whether it may be offered as a way out."""
        return self._allows is None or self._allows(self)

    @property
    def exact(self) -> Any:
        """(W − F + 2P)/S + 1 as a Fraction; one per axis where the axes differ."""
        quotients = self.each(Window.exact)
        return quotients[0] if len(set(quotients)) == 1 else quotients

    @property
    def output(self) -> tuple[int, ...] | None:
        """The output sizes under each window's own rounding; None where `exact` finds pixels left over."""
        strict = any(
            left and window.rounding == "exact" for left, window in zip(self.leftover, self.windows, strict=True)
        )
        sizes = self.each(Window.places)
        return None if strict or min(sizes) < 1 else sizes

    @property
    def leftover(self) -> tuple[int, ...]:
        """(W − F + 2P) mod S per axis."""
        return self.each(Window.leftover)

    @property
    def floor(self) -> tuple[int, ...]:
        """The output sizes if pixels left over are dropped."""
        return self.rounded("floor").each(Window.places)

    @property
    def ceil(self) -> tuple[int, ...]:
        """The output sizes if one more window hangs over the edge."""
        return self.rounded("ceil").each(Window.places)

    @property
    def lost(self) -> tuple[int, ...]:
        """Rows and columns of the image at its far end that no window reads under floor."""
        return self.rounded("floor").each(Window.lost)

    @property
    def invented(self) -> tuple[int, ...]:
        """Rows and columns behind image and padding that the last window asks for under ceil."""
        return self.rounded("ceil").each(Window.invented)

    def turned(self, setting: str, value: Any) -> Fit:
        """Return the same input under windows with one setting changed."""
        windows = tuple(window.turned(setting, value) for window in self.windows)
        return Fit(self.sizes, windows, allows=self._allows)

    def set(self, setting: str, value: Any) -> Fit | None:
        """Return the same input with a setting changed where it is said; None if it cannot be."""
        if self._turn is None:
            return self.turned(setting, value)
        windows = self._turn(setting, value)
        return Fit(self.sizes, windows, allows=self._allows) if windows else None

    def of(self, sizes: tuple[int, ...]) -> Fit:
        """Return the same windows on another input."""
        return Fit(sizes, self.windows, allows=self._allows)

    def rounded(self, rounding: Rounding) -> Fit:
        """Return the same windows with another rounding."""
        return self.turned("rounding", rounding)

    @cached_property
    def formula(self) -> str:
        """The sum in letters, digits and value: one line, or one per axis where they differ."""
        names = AXES[len(self.sizes)]
        axes = list(zip(names, self.sizes, self.windows, strict=True))
        if len({axis[1:] for axis in axes}) == 1:
            axes = axes[-1:]
        return "\n".join(written(*axis) for axis in axes)

    @property
    def sum(self) -> str:
        """The formula in one line, its axes side by side."""
        return "; ".join(self.formula.splitlines())

    @cached_property
    def ways_out(self) -> tuple[str, ...]:
        """What would fit instead, nearest first; each was tried with the same rule."""
        from cnncalc.ways_out import ways_out  # noqa: PLC0415 - only a misfit needs them

        return () if self.fits else tuple(dict.fromkeys(ways_out(self)))

    def losses(self) -> str:
        """What floor never reads, in words."""
        axes = _LINES[len(self.sizes)]
        parts = [_last(count, line) for count, line in zip(self.lost, axes, strict=True) if count]
        if parts:
            of_pixels = "" if len(axes) == 1 else " of pixels"
            return f"{' and '.join(parts)}{of_pixels} {'are' if sum(self.lost) > 1 else 'is'} never read"
        return "only padding is left over: every pixel is in reach" if any(self.leftover) else "nothing is lost"

    def inventions(self) -> str:
        """What ceil reads that is not there, in words."""
        axes = _LINES[len(self.sizes)]
        parts = [f"{count} {line}{'s' * (count > 1)}" for count, line in zip(self.invented, axes, strict=True) if count]
        are = "are" if sum(self.invented) > 1 else "is"
        return f"the last window reads {' and '.join(parts)} that {are} not there" if parts else "nothing is invented"

    def axes_left_over(self) -> str:
        """Name the axes that do not divide: ``height and width``."""
        names = _SPOKEN[len(self.sizes)]
        return " and ".join(name for name, left in zip(names, self.leftover, strict=True) if left)

    def to_dict(self) -> dict[str, object]:
        """Return the answer as JSON carries it."""
        exact = self.exact
        return {
            "fits": self.fits,
            "exact": [str(part) for part in exact] if isinstance(exact, tuple) else str(exact),
            "output": list(self.output) if self.output else None,
            "floor": [max(size, 0) for size in self.floor],
            "ceil": [max(size, 0) for size in self.ceil],
            "leftover": list(self.leftover),
            "lost": list(self.lost),
            "invented": list(self.invented),
            "formula": self.formula,
            "ways_out": list(self.ways_out),
        }


def misfit(fit: Fit) -> ShapeError:
    """Return what is wrong with windows that do not fit: the filter is too large, or the stride leaves pixels over."""
    if min(fit.floor) < 1:
        message = "the filter is larger than the padded input"
        return FilterTooLarge(message, formula=fit.formula, ways_out=fit.ways_out)
    message = f"the filter does not tile the {fit.axes_left_over()}"
    return StrideMisfit(message, formula=fit.formula, ways_out=fit.ways_out)


def written(letter: str, size: int, window: Window) -> str:
    """Write one axis' sum, by pouring Terms into the rule: letters = digits = value.

    >>> written("W", 224, Window(11, stride=4))
    '(W − F + 2·P)/S + 1 = (224 − 11 + 2·0)/4 + 1 = 54.25'
    """
    return str(pour(window).exact(Term.named(letter, size)))


def pour(window: Window) -> Window:
    """Return the window with its numbers as Terms; dilation 1 stays plain, so it leaves no trace."""
    padding = window.padding
    if isinstance(padding, Sides):
        padding = Sides(Term.named("P₁", padding.before), Term.named("P₂", padding.after))
    else:
        padding = Term.named(LETTERS["padding"], padding)
    dilation = window.dilation if window.dilation == 1 else Term.named(LETTERS["dilation"], window.dilation)
    return window._replace(
        kernel_size=Term.named(LETTERS["kernel_size"], window.kernel_size),
        stride=Term.named(LETTERS["stride"], window.stride),
        padding=padding,
        dilation=dilation,
    )


def _last(count: int, line: str) -> str:
    return f"the last {line}" if count == 1 else f"the last {count} {line}s"
