"""Windows on arrays: regions, taps and sweeps, on whichever array library is handed in.

Slices and reshapes of the Python array API standard, nothing else. An array is laid out
(N, C, H, W): images, channels, places; 1-D and 3-D likewise. A window is looked at where it really stands on the
array in hand: nothing here asks a rule how many places there should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from cnncalc.library import Array, Library
from cnncalc.volume import Volume
from cnncalc.window import Window, sides, span


@lru_cache(maxsize=256)
def starts(size: int, window: Window) -> range:
    """Return where a window stands along an axis, as the pixels that its first tap meets; padding is negative.

    The last of them leaves room for the whole filter; with ceil, one more may hang over the end.

    >>> list(starts(7, Window(3, stride=2, padding=1)))
    [-1, 1, 3, 5]
    """
    before, after = sides(window.padding)
    end = size + after - span(window.kernel_size, window.dilation) + 1
    if window.rounding == "ceil":
        end = max(end, min(end + window.stride - 1, size))
    return range(-before, end, window.stride)


def region(xp: Library, x: Array, begins: Sequence[int], ends: Sequence[int], fill: float = 0) -> Array:
    """Return the last axes of x from begin to end, with `fill` where that is outside; a view where all is inside."""
    sizes = x.shape[-len(begins) :]
    firsts = [min(max(begin, 0), size) for begin, size in zip(begins, sizes, strict=True)]
    lasts = [max(min(end, size), first) for end, size, first in zip(ends, sizes, firsts, strict=True)]
    kept = x[(..., *map(slice, firsts, lasts))]
    if firsts == list(begins) and lasts == list(ends):
        return kept
    shape = (*x.shape[: -len(begins)], *(end - begin for begin, end in zip(begins, ends, strict=True)))
    surrounded = xp.filled(shape, fill, x)
    if 0 in kept.shape:
        return surrounded
    moved = zip(firsts, lasts, begins, strict=True)
    return xp.put(surrounded, (..., *(slice(first - begin, last - begin) for first, last, begin in moved)), kept)


def cut_out(xp: Library, x: Array, begins: Sequence[int], ends: Sequence[int]) -> Array:
    """Return a region, zeros outside, as an array of its own: a view would keep all of x alive."""
    sizes = x.shape[-len(begins) :]
    inside = all(begin >= 0 and end <= size for begin, end, size in zip(begins, ends, sizes, strict=True))
    kept = region(xp, x, begins, ends)
    return xp.copy(kept) if inside else kept


def met(
    xp: Library, x: Array, windows: Sequence[Window], walks: Sequence[range], fill: float = 0
) -> tuple[Array, list[tuple[Window, range, int]]]:
    """Return the region that windows meet, and of each axis the window, where it stands, and how many axes follow."""
    ends = [walk[-1] + span(window.kernel_size, window.dilation) for window, walk in zip(windows, walks, strict=True)]
    axes = zip(windows, walks, reversed(range(len(walks))), strict=True)
    return region(xp, x, [walk[0] for walk in walks], ends, fill), list(axes)


def taps(slab: Array, window: Window, walk: range, behind: int) -> list[Array]:
    """Return what each tap along an axis meets at every place: strided views of a region that begins at the first."""
    firsts = (tap * window.dilation for tap in range(window.kernel_size))
    return [slab[(..., every(first, len(walk), window.stride), *all_of(behind))] for first in firsts]


def all_of(axes: int) -> tuple[slice, ...]:
    """Return what picks all of so many axes."""
    return (slice(None),) * axes


def every(first: int, count: int, step: int) -> slice:
    """Return the slice of so many pixels, a step apart."""
    return slice(first, first + (count - 1) * step + 1, step)


def sweep(xp: Library, x: Array, windows: Sequence[Window], function: str, fill: float = 0) -> Array:
    """Combine all that a window sees at each place, by `maximum` or `add`: one axis after the other."""
    walks = [starts(size, window) for size, window in zip(x.shape[2:], windows, strict=True)]
    swept, axes = met(xp, x, windows, walks, fill)
    is_view = True
    for axis in axes:
        seen = taps(swept, *axis)
        swept = seen.pop(0)
        is_view = not seen and (is_view or axis[0].stride > 1)
        if seen:
            swept = xp.result(function, swept, seen.pop(0), shape=swept.shape, like=x)
        while seen:
            swept = xp.over(function, swept, seen.pop(0))
    return xp.copy(swept) if is_view else swept  # a view would keep more alive than it holds


def taps_inside(size: int, window: Window, *, padding: bool) -> list[int]:
    """Return, place by place along an axis, how many taps meet the image, or with `padding` the padded image.

    >>> taps_inside(4, Window(3, padding=1), padding=False)
    [2, 3, 3, 2]
    """
    before, after = sides(window.padding) if padding else (0, 0)
    walk = starts(size, window)
    return [_taps_before(size + after, first, window) - _taps_before(-before, first, window) for first in walk]


def _taps_before(pixel: int, first: int, window: Window) -> int:
    """Return how many taps of a window whose first meets a pixel lie before another."""
    return int(min(max(-((first - pixel) // window.dilation), 0), window.kernel_size))


def per_channel(xp: Library, values: Array, x: Array) -> Array:
    """Return one value per channel so that it meets (N, C, H, W) channel by channel."""
    return xp.reshape(values, (1, -1, *(1,) * (len(x.shape) - 2)))


def volume_of(x: Array) -> Volume:
    """Return the volume that an array (N, C, H, W) holds for each image."""
    return Volume(x.shape[1], tuple(x.shape[2:]))
