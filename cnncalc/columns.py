"""Columns: what windows see of an image, laid out so that one product meets it all, a tile at a time.

One axis after the other, as strided views that are stacked; or, where it can be, as moved copies of the image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product as combinations
from math import prod
from typing import Any

from cnncalc.arrays import all_of, met, taps
from cnncalc.library import Array, Library
from cnncalc.window import Window, span

TILE = 2**22
"""Bytes of columns that are multiplied at a time: few products, each large, of what a last-level cache can hold."""
FEW_TAPS = 9
"""Of so many taps, each is copied from the image at once; more are laid out with fewer copies axis by axis."""
LONGEST_ROW = 4 * TILE
"""A row of more is laid out in parts of so much: a filter's every tap is a slice of its own, so not in small ones."""


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
    """Lay out columns as copies of the image, each moved as a whole; what came over an edge is then set to 0."""
    channels, *sizes = x.shape
    kernel, places = tuple(window.kernel_size for window in windows), tuple(map(len, walks))
    laid = xp.new((*kernel, channels, prod(places)) if taps_first else (channels, *kernel, prod(places)), x)
    x = xp.reshape(x, (channels, -1))
    moved, edges = _moves(tuple(sizes), tuple(windows), tuple(walks), taps_first=taps_first)
    for to, seen in moved:
        laid = xp.put(laid, to, x[:, seen])
    laid = xp.reshape(laid, (*laid.shape[:-1], *places))
    for edge in edges:
        laid = xp.put(laid, edge, 0)
    return xp.reshape(laid, (-1, prod(places)))


@lru_cache(maxsize=256)
def _moves(
    sizes: tuple[int, ...], windows: tuple[Window, ...], walks: tuple[range, ...], *, taps_first: bool
) -> tuple[list[tuple[Any, slice]], list[Any]]:
    """Return where each tap's columns lie and which part of the image they are, and all places that are off the image.

    A row after the other in memory, a tap i rows down and j pixels to the right meets the same values i·W + j further.
    """
    before, axes = 0 if taps_first else 1, len(sizes)
    pixels = [prod(sizes[axis + 1 :]) for axis in range(axes)]
    count, last = prod(map(len, walks)), prod(sizes)
    moves = [
        [walk[0] + tap * window.dilation for tap in range(window.kernel_size)]
        for window, walk in zip(windows, walks, strict=True)
    ]
    moved: list[tuple[Any, slice]] = []
    edges: list[Any] = []
    for tap in combinations(*(range(window.kernel_size) for window in windows)):
        move = sum(along[i] * pixel for along, i, pixel in zip(moves, tap, pixels, strict=True))
        begin, end = max(-move, 0), min(last - move, count)
        if begin < end:
            moved.append(((*all_of(before), *tap, ..., slice(begin, end)), slice(begin + move, end + move)))
    for axis, (size, walk) in enumerate(zip(sizes, walks, strict=True)):
        for i, move in enumerate(moves[axis]):
            off = slice(0, min(-move, len(walk))), slice(max(size - move, 0), len(walk))
            to, behind = (*all_of(before + axis), i, ...), all_of(axes - 1 - axis)
            edges.extend((*to, part, *behind) for part in off if part.start < part.stop)
    return moved, edges


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
