"""Ways out of a window that does not fit: nearest first, one setting at a time, each tried with the same rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.sizes import LARGEST
from cnncalc.volume import write_sizes
from cnncalc.window import Sides, both_sides, span

if TYPE_CHECKING:
    from cnncalc.fit import Fit

_SEARCHED = 64
"""How many strides, filters and paddings on either side are tried before a knob is given up."""


def ways_out(fit: Fit) -> Iterator[str]:
    """Yield what would fit instead: an input above and below, a padding, a stride, a filter, or floor."""
    for sizes in (_inputs(fit, up=True), _inputs(fit, up=False)):
        yield from _tried("input", fit.of(sizes), write_sizes(sizes))
    for knob, flag, values in (
        ("padding", "padding", _paddings(fit)),
        ("stride", "stride", _strides(fit)),
        ("kernel_size", "filter", _filters(fit)),
    ):
        for value in values:
            found = list(_tried(flag, fit.set(knob, value), str(value)))
            yield from found
            if found:
                break
    if min(fit.floor) > 0 and fit.rounded("floor").allowed:
        yield f"rounding: floor → {write_sizes(fit.floor)}, {_dropped(fit)}"


def _tried(knob: str, fit: Fit | None, setting: str) -> Iterator[str]:
    if fit and fit.fits and max(fit.sizes) <= LARGEST and fit.allowed:
        yield f"{knob} {setting} → {write_sizes(fit.floor)}"


def _dropped(fit: Fit) -> str:
    lost = max(fit.lost)
    return f"drops {lost} pixel{'s' * (lost > 1)}" if lost else "drops padding only"


def _inputs(fit: Fit, *, up: bool) -> tuple[int, ...]:
    """Return the nearest sizes above (below) that leave nothing over and take a window."""
    sizes = []
    for size, window in zip(fit.sizes, fit.windows, strict=True):
        smallest = span(window.kernel_size, window.dilation) - both_sides(window.padding)
        left = window.leftover(size)
        step = (window.stride - left) % window.stride if up else -left
        sizes.append(max(size + step, smallest, 1))
    return tuple(sizes)


def _paddings(fit: Fit) -> Iterator[object]:
    """Yield one padding for all axes, then one that differs at the two ends; never as wide as the filter."""
    if any(isinstance(window.padding, Sides) for window in fit.windows):
        return
    widest = min(span(window.kernel_size, window.dilation) for window in fit.windows) - 1
    now = fit.windows[0].padding
    yield from _outwards(now, low=0, high=widest)
    for total in range(2 * now + 1, min(2 * widest, 2 * now + 2 * _SEARCHED) + 1):
        yield Sides(total // 2, total - total // 2)


def _strides(fit: Fit) -> Iterator[int]:
    return _outwards(fit.windows[0].stride, low=1, high=max(fit.sizes))


def _filters(fit: Fit) -> Iterator[int]:
    return _outwards(fit.windows[0].kernel_size, low=1, high=max(fit.sizes))


def _outwards(now: int, *, low: int, high: int) -> Iterator[int]:
    """Yield the neighbours of a setting, nearest first, the smaller one first."""
    for distance in range(1, _SEARCHED + 1):
        yield from (value for value in (now - distance, now + distance) if low <= value <= high)
