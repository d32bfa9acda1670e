"""Windows on arrays: regions, taps, columns and tiles, on whichever array library is handed in.

Slices, reshapes and matrix products of the Python array API standard, nothing else. An array is laid out
(N, C, H, W): images, channels, places; 1-D and 3-D likewise. A window is looked at where it really stands on the
array in hand: nothing here asks a rule how many places there should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product as combinations
from math import prod

from cnncalc.library import Array, Library
from cnncalc.volume import Volume
from cnncalc.window import Window, sides, span

TILE = 2**22
"""Bytes of columns that are multiplied at a time: few products, each large, of what a last-level cache can hold."""
FEW_TAPS = 9
"""Of so many taps, each is copied from the image at once; more are laid out with fewer copies axis by axis."""
LONGEST_ROW = 4 * TILE
"""A row of more is laid out in parts of so much: a filter's every tap is a slice of its own, so not in small ones."""


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
    return [slab[(..., every(first, len(walk), window.stride), *_all(behind))] for first in firsts]


def columns(xp: Library, x: Array, windows: Sequence[Window], walks: Sequence[range], *, taps_first: bool) -> Array:
    """Lay out what the windows see of (C, H, W): (C·F·F, H′·W′), or (F·F·C, H′·W′); a view where it can be.

    One axis after the other, but for few taps that see all of the image. First axes of one tap, which need no copy;
    then those whose taps see no more than lies between them, so that nothing is laid out in vain; then the last axis
    first, so that long rows are copied whole.
    """
    if not xp.immutable and _are_shifts(x, windows, walks):
        return _shifts(xp, x, windows, walks, taps_first=taps_first)
    laid, axes = met(xp, x, windows, walks)
    done: list[int] = []
    for window, walk, behind in sorted(axes, key=_turn):
        seen = taps(laid, window, walk, behind)
        if len(seen) > 1:
            at = (0 if taps_first else 1) + sum(other > behind for other in done)
            shape = (*seen[0].shape[:at], len(seen), *seen[0].shape[at:])
            seen = [xp.result("stack", seen, shape=shape, like=x, axis=at)]
            done.append(behind)
        laid = seen.pop()
    if not done and any(window.stride > 1 for window in windows):
        laid = xp.copy(laid)
    return xp.reshape(laid, (prod(laid.shape[: -len(walks)]), -1))


def _are_shifts(x: Array, windows: Sequence[Window], walks: Sequence[range]) -> bool:
    """Whether each tap meets the image itself, moved: S = 1, and of all axes but the first as many places as pixels."""
    taps = prod(window.kernel_size for window in windows)
    whole = zip(x.shape[2:], walks[1:], strict=True)
    return 1 < taps <= FEW_TAPS and all(walk.step == 1 for walk in walks) and all(n == len(walk) for n, walk in whole)


def _shifts(xp: Library, x: Array, windows: Sequence[Window], walks: Sequence[range], *, taps_first: bool) -> Array:
    """Lay out columns as copies of the image, each moved as a whole; what came over an edge is then set to 0.

    A row after the other in memory, a tap i rows down and j pixels to the right meets the same values i·W + j further.
    """
    channels, *sizes = x.shape
    kernel = tuple(window.kernel_size for window in windows)
    places = tuple(map(len, walks))
    count, last, before = prod(places), prod(sizes), 0 if taps_first else 1
    pixels = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    moves = [
        [walk[0] + tap * window.dilation for tap in range(window.kernel_size)]
        for window, walk in zip(windows, walks, strict=True)
    ]
    laid = xp.new((*kernel, channels, count) if taps_first else (channels, *kernel, count), x)
    x = xp.reshape(x, (channels, -1))
    for tap in combinations(*map(range, kernel)):
        move = sum(moved[i] * pixel for moved, i, pixel in zip(moves, tap, pixels, strict=True))
        begin = min(max(-move, 0), count)
        end = max(min(last - move, count), begin)
        to = (*_all(before), *tap, ...)
        for edge in (slice(0, begin), slice(end, count)):
            laid = xp.put(laid, (*to, edge), 0)
        if begin < end:
            laid = xp.put(laid, (*to, slice(begin, end)), x[:, move + begin : move + end])
    laid = xp.reshape(laid, (*laid.shape[:-1], *places))
    for axis, size in enumerate(sizes[1:], 1):
        for i, move in enumerate(moves[axis]):
            edge = slice(0, min(-move, size)) if move < 0 else slice(max(size - move, 0), size)
            laid = xp.put(laid, (*_all(before + axis), i, ..., edge, *_all(len(sizes) - 1 - axis)), 0)
    return xp.reshape(laid, (-1, count))


def _all(axes: int) -> tuple[slice, ...]:
    """Return what picks all of so many axes."""
    return (slice(None),) * axes


def _turn(axis: tuple[Window, range, int]) -> tuple[int, int]:
    """Return when an axis is laid out: in the first, second or third round, and in it how many axes follow."""
    window, walk, behind = axis
    if window.kernel_size == 1:
        return 0, behind
    met_in_all = walk[-1] - walk[0] + span(window.kernel_size, window.dilation)
    return (1 if window.kernel_size * len(walk) <= met_in_all else 2), behind


def tiles(sizes: Sequence[int], bytes_per_place: int, *, beside: int = 0) -> Iterator[tuple[slice, ...]]:
    """Cut places, in their order, into even parts of several rows: at most one tile, or what one row is.

    beside  bytes that are read again for every part, a filter's weights: a part may be as many, to `LONGEST_ROW`.
    A row that is more than `LONGEST_ROW` is cut itself.

    >>> [*tiles((5, 10), TILE // 30)]
    [(slice(0, 3, None), slice(0, 10, None)), (slice(3, 5, None), slice(0, 10, None))]
    """
    axis, inner = 0, prod(sizes[1:])
    while axis < len(sizes) - 1 and inner * bytes_per_place > LONGEST_ROW:
        axis += 1
        inner //= sizes[axis]
    most = LONGEST_ROW if axis else min(max(TILE, beside), LONGEST_ROW)
    step = max(1, most // max(1, inner * bytes_per_place))
    step = -(-sizes[axis] // max(1, -(-sizes[axis] // step)))  # even parts
    whole = tuple(slice(0, size) for size in sizes[axis + 1 :])
    for outer in combinations(*map(range, sizes[:axis])):
        for first in range(0, sizes[axis], step):
            yield (*(slice(at, at + 1) for at in outer), slice(first, min(first + step, sizes[axis])), *whole)


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
