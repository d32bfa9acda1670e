"""Windows on arrays: regions, columns and products, on whichever array library is handed in.

Slices, reshapes and matrix products of the Python array API standard, nothing else. An array is laid out
(N, C, H, W): images, channels, places; 1-D and 3-D likewise. A window is looked at where it really stands on the
array in hand: nothing here asks a rule how many places there should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as combinations
from math import prod
from typing import Any, TypeAlias

from cnncalc.errors import BackendLacks
from cnncalc.volume import Volume
from cnncalc.window import TransposedWindow, Window, sides, span

Array: TypeAlias = Any
"""An array of any library that keeps to the Python array API standard."""

TILE = 2**22
"""Bytes of columns that are laid out at a time: few products, each large, of what a last-level cache can hold."""
LONGEST_ROW = 4 * TILE
"""A row of more is laid out in parts of so much: a filter's every tap is a slice of its own, so not in small ones."""


class Library:
    """An array library at work: its namespace, and how many multiply-adds it has performed.

    namespace   what the library offers, by the standard's names
    device      where new arrays are made; None: where the library puts them
    writes_out  its functions take ``out=``, as NumPy's, PyTorch's and CuPy's do
    immutable   its arrays cannot be written to: ``x.at[i].set(v)`` returns a new one, as in JAX
    macs        multiply-adds so far, read off the operands of each product
    """

    def __init__(
        self, namespace: Any, device: Any = None, *, writes_out: bool = False, immutable: bool = False
    ) -> None:
        self.namespace, self.device = namespace, device
        self.writes_out, self.immutable = writes_out, immutable
        self.macs = 0
        self.sizes: dict[Any, int] = {}

    def bytes_of(self, x: Array) -> int:
        """Return the bytes of one value of an array."""
        if x.dtype not in self.sizes:
            self.sizes[x.dtype] = self.finfo(x.dtype).bits // 8
        return self.sizes[x.dtype]

    def __getattr__(self, name: str) -> Any:
        """Return the library's own function. Raises BackendLacks where it has none."""
        try:
            return getattr(self.namespace, name)
        except AttributeError:
            message = f"{self.namespace.__name__} has no {name}"
            raise BackendLacks(message, ways_out=("--backend numpy", "a newer version of the library")) from None

    def make(self, create: str, shape: Sequence[int], like: Array) -> Array:
        """Return a new array, `zeros` or `empty`, of the dtype and on the device of another."""
        return getattr(self, create)(tuple(shape), dtype=like.dtype, device=self.device)

    def number(self, values: Any, like: Array) -> Array:
        """Return plain numbers as an array of the dtype and on the device of another."""
        return self.asarray(values, dtype=like.dtype, device=self.device)

    def multiply_matrices(self, a: Array, b: Array, **into: Array) -> Array:
        """Return a·b, written ``out=`` an array if one is given; count a multiply-add per row, column and step."""
        self.macs += prod(a.shape) * b.shape[-1]
        return self.matmul(a, b, **into)

    def multiply_into(self, target: Array, index: Any, a: Array, b: Array) -> Array:
        """Write a·b to a part of the target, and return it; without a copy where the library can."""
        if not self.writes_out:
            return self.put(target, index, self.multiply_matrices(a, b))
        self.multiply_matrices(a, b, out=target[index])
        return target

    def put(self, target: Array, index: Any, values: Array) -> Array:
        """Write to a part of the target, and return it."""
        if self.immutable:
            return target.at[index].set(values)
        target[index] = values
        return target

    def add_to(self, target: Array, index: Any, values: Array) -> Array:
        """Add to a part of the target, and return it."""
        if self.immutable:
            return target.at[index].add(values)
        part = target[index]
        part += values  # `target[index] += values` would then write the part over itself
        return target

    def over(self, function: str, x: Array, *arguments: Any) -> Array:
        """Return function(x, …), written over x itself where the library can."""
        if self.writes_out:
            return getattr(self, function)(x, *arguments, out=x)
        return getattr(self, function)(x, *arguments)

    def copy(self, x: Array) -> Array:
        """Return an array of its own."""
        return self.asarray(x, copy=True)


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
    surrounded = xp.full(shape, fill, dtype=x.dtype, device=xp.device)
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


def taps(xp: Library, x: Array, windows: Sequence[Window], walks: Sequence[range], fill: float = 0) -> Iterator[Array]:
    """Yield, tap by tap of the filter, what it meets at every place: strided views of one padded region."""
    axes = list(zip(windows, walks, strict=True))
    ends = [walk[-1] + span(window.kernel_size, window.dilation) for window, walk in axes]
    slab = region(xp, x, [walk[0] for walk in walks], ends, fill)
    steps = ([_every(tap * w.dilation, len(walk), w.stride) for tap in range(w.kernel_size)] for w, walk in axes)
    for places in combinations(*steps):
        yield slab[(..., *places)]


def columns(xp: Library, x: Array, windows: Sequence[Window], walks: Sequence[range]) -> Array:
    """Lay out what the windows see of (C, H, W): (C, F·F, H′·W′), one column per place."""
    views = list(taps(xp, x, windows, walks))
    laid = xp.stack(views, axis=1) if len(views) > 1 else views[0]
    return xp.reshape(laid, (x.shape[0], len(views), -1))


def tiles(sizes: Sequence[int], bytes_per_place: int) -> Iterator[tuple[slice, ...]]:
    """Cut places, in their order, into parts of about one tile: several rows, or part of a row that is more.

    >>> [*tiles((3, 10), TILE // 20)]
    [(slice(0, 2, None), slice(0, 10, None)), (slice(2, 3, None), slice(0, 10, None))]
    """
    axis, inner = 0, prod(sizes[1:])
    while axis < len(sizes) - 1 and inner * bytes_per_place > LONGEST_ROW:
        axis += 1
        inner //= sizes[axis]
    step = max(1, (LONGEST_ROW if axis else TILE) // max(1, inner * bytes_per_place))
    whole = tuple(slice(0, size) for size in sizes[axis + 1 :])
    for outer in combinations(*map(range, sizes[:axis])):
        for first in range(0, sizes[axis], step):
            yield (*(slice(at, at + 1) for at in outer), slice(first, min(first + step, sizes[axis])), *whole)


def correlate(xp: Library, x: Array, weight: Array, bias: Array | None, windows: Sequence[Window]) -> Array:
    """Slide the filters (K, C/G, F, F) over (N, C, H, W): y[k] = Σ weight[k, c, i, j]·x[c, …+i, …+j] + bias[k].

    A tile of output places at a time: its columns are laid out and multiplied once.
    """
    images, filters, groups = x.shape[0], weight.shape[0], x.shape[1] // weight.shape[1]
    walks = [starts(size, window) for size, window in zip(x.shape[2:], windows, strict=True)]
    places = tuple(map(len, walks))
    matrices = xp.reshape(weight, (groups, filters // groups, -1))
    offsets = None if bias is None else xp.reshape(bias, (groups, filters // groups, 1))
    y = xp.make("empty", (images, groups, filters // groups, prod(places)), x)
    seen = prod(weight.shape[2:]) if x.shape[2:] != places or prod(weight.shape[2:]) > 1 else 0
    for image in range(images):
        done = 0
        for tile in tiles(places, seen * x.shape[1] * xp.bytes_of(x)):  # 1 × 1 filters lay out nothing
            laid = columns(xp, x[image, ...], windows, [walk[part] for walk, part in zip(walks, tile, strict=True)])
            index = (image, ..., slice(done, done + laid.shape[2]))
            done += laid.shape[2]
            y = xp.multiply_into(y, index, matrices, xp.reshape(laid, (groups, matrices.shape[2], -1)))
            del laid  # before the next tile is laid out
            y = y if offsets is None else xp.add_to(y, index, offsets)
    return xp.reshape(y, (images, filters, *places))


def spread(xp: Library, x: Array, weight: Array, windows: Sequence[TransposedWindow], groups: int) -> Array:
    """Let each value of (N, C, H, W) lay down its stamp (C, K/G, F, F), S apart; overlaps add up, padding is cut off.

    A tile of input places at a time: all its stamps are one product.
    """
    images, channels, *places = x.shape
    filters, *kernel = weight.shape[1:]
    matrices = xp.matrix_transpose(xp.reshape(weight, (groups, channels // groups, filters * prod(kernel))))
    pairs = zip(places, windows, strict=True)
    full = [(size - 1) * w.stride + span(w.kernel_size, w.dilation) + w.output_padding for size, w in pairs]
    y = xp.make("zeros", (images, groups, filters, *full), x)
    for image in range(images):
        for tile in tiles(places, groups * filters * prod(kernel) * xp.bytes_of(x)):
            laid = xp.reshape(x[(image, slice(None), *tile)], (groups, channels // groups, -1))
            sizes = [part.stop - part.start for part in tile]
            stamps = xp.reshape(xp.multiply_matrices(matrices, laid), (groups, filters, *kernel, *sizes))
            for tap in combinations(*map(range, kernel)):
                axes = zip(tap, tile, windows, strict=True)
                firsts = [at * w.dilation + part.start * w.stride for at, part, w in axes]
                marks = map(_every, firsts, sizes, (w.stride for w in windows))
                y = xp.add_to(y, (image, ..., *marks), stamps[:, :, *tap, ...])
            del stamps  # before the next tile's are multiplied
    cut = [sides(window.padding) for window in windows]
    if any(map(any, cut)):
        lasts = [size - after for size, (_, after) in zip(full, cut, strict=True)]
        y = cut_out(xp, y, [before for before, _ in cut], lasts)
    return xp.reshape(y, (images, groups * filters, *y.shape[3:]))


def _every(first: int, count: int, step: int) -> slice:
    """Return the slice of so many pixels, a step apart."""
    return slice(first, first + (count - 1) * step + 1, step)


def sweep(xp: Library, x: Array, windows: Sequence[Window], function: str, fill: float = 0) -> Array:
    """Combine all that a window sees at each place, by `maximum` or `add`: one axis after the other."""
    for axis, window in enumerate(windows):
        lone = [window if other == axis else Window(1) for other in range(len(windows))]
        walks = [starts(size, one) for size, one in zip(x.shape[2:], lone, strict=True)]
        first, *others = taps(xp, x, lone, walks, fill)
        x = getattr(xp, function)(first, others.pop(0)) if others else xp.copy(first)
        while others:
            x = xp.over(function, x, others.pop(0))
        del first  # the last view: it would keep the padded region alive along the next axis
    return x


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
