"""Filters slide, stamps are laid down: what convolution and transposed convolution multiply, tile by tile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product as combinations
from math import prod
from typing import Any

from cnncalc.arrays import cut_out, every, starts
from cnncalc.columns import TILE, columns, tiles
from cnncalc.library import Array, Library
from cnncalc.window import TransposedWindow, Window, sides, span

_SORTING = 4
"""What sorting a weight by its tap costs, in values that are laid out row after row."""


def correlate(xp: Library, x: Array, weight: Array, bias: Array | None, windows: Sequence[Window]) -> Array:
    """Slide the filters (K, C/G, F, F) over (N, C, H, W): y[k] = Σ weight[k, c, i, j]·x[c, …+i, …+j] + bias[k].

    A tile of output places at a time: its columns are laid out and multiplied once. Or, where that moves less, columns
    of all axes but the first are laid out, and the products of that axis's taps, each some rows further, are summed.
    """
    images, filters, groups = x.shape[0], weight.shape[0], x.shape[1] // weight.shape[1]
    walks = [starts(size, window) for size, window in zip(x.shape[2:], windows, strict=True)]
    places = tuple(map(len, walks))
    bias = None if bias is None else xp.reshape(bias, (groups, filters // groups, 1))
    y = xp.new((images, groups, filters // groups, prod(places)), x)
    matrices = xp.reshape(weight, (groups, filters // groups, -1))
    if prod(weight.shape[2:]) == 1 and walks == [range(size) for size in x.shape[2:]]:  # nothing is to be laid out
        y = xp.multiply_into(y, ..., matrices, xp.reshape(x, (images, groups, -1, prod(places))))
        return xp.reshape(y if bias is None else xp.add_to(y, ..., bias), (images, filters, *places))
    write, laid_out = _write_products, weight.shape[2:]
    if sums_rows(xp, x, weight, places, windows[0]):
        write, laid_out = _write_sums, weight.shape[3:]
        by_tap = xp.permute_dims(weight, (2, 0, *range(3, len(weight.shape)), 1))
        matrices = xp.reshape(by_tap, (weight.shape[2], filters, -1))
    bytes_per_place = x.shape[1] * prod(laid_out) * xp.bytes_of(x)
    for image in range(images):
        done, picture = 0, xp.contiguous(x[image, ...])
        for tile in tiles(places, bytes_per_place, beside=prod(weight.shape) * xp.bytes_of(x)):
            seen = [walk[part] for walk, part in zip(walks, tile, strict=True)]
            part = (image, ..., slice(done, done + prod(map(len, seen))))
            done = part[-1].stop
            y = write(xp, y, part, matrices, picture, windows, seen)
            y = y if bias is None else xp.add_to(y, part, bias)
    return xp.reshape(y, (images, filters, *places))


def sums_rows(xp: Library, x: Array, weight: Array, places: Sequence[int], first: Window) -> bool:
    """Whether summing products of the first axis's taps moves fewer values than laying its taps out would.

    Of each tap but one: C·F columns of H′·W′ that are not laid out, against K products that are written, read and
    added; and all weights are sorted by tap, one by one. The rows that only the last taps meet should be few beside a
    tile's.
    """
    filters, channels, taps, *others = weight.shape
    if taps == 1 or channels != x.shape[1] or first.stride > 1 or first.dilation > 1:
        return False
    column = channels * prod(others)
    rows_too_many = 2 * (taps - 1) * column * prod(places[1:]) * xp.bytes_of(x) > TILE
    return not rows_too_many and (taps - 1) * prod(places) * (column - 2 * filters) > _SORTING * prod(weight.shape)


def _write_products(  # noqa: PLR0913 - a tile of an image, and what slides over it
    xp: Library, y: Array, part: Any, matrices: Array, x: Array, windows: Sequence[Window], walks: Sequence[range]
) -> Array:
    """Write to a part of y what the filters (G, K/G, C/G·F·F) make of what they see of x."""
    laid = columns(xp, x, windows, walks, taps_first=False)
    return xp.multiply_into(y, part, matrices, xp.reshape(laid, (matrices.shape[0], matrices.shape[2], -1)))


def _write_sums(  # noqa: PLR0913 - likewise
    xp: Library, y: Array, part: Any, matrices: Array, x: Array, windows: Sequence[Window], walks: Sequence[range]
) -> Array:
    """Write to a part of y the same of filters (F, K, F·C) that are sorted by the first axis's taps, row after row."""
    rows = range(walks[0][0], walks[0][-1] + windows[0].kernel_size)  # each once, for all the taps that meet it
    laid = columns(xp, x, [Window(1), *windows[1:]], [rows, *walks[1:]], taps_first=True)
    row = prod(map(len, walks[1:]))
    for tap in range(matrices.shape[0]):
        operands = matrices[tap : tap + 1, ...], laid[None, :, tap * row : (tap + len(walks[0])) * row]
        y = xp.add_to(y, part, xp.multiply_matrices(*operands)) if tap else xp.multiply_into(y, part, *operands)
    return y


def spread(xp: Library, x: Array, weight: Array, windows: Sequence[TransposedWindow], groups: int) -> Array:
    """Let each value of (N, C, H, W) lay down its stamp (C, K/G, F, F), S apart; overlaps add up, padding is cut off.

    A tile of input places at a time: all its stamps are one product.
    """
    images, channels, *places = x.shape
    filters, *kernel = weight.shape[1:]
    matrices = xp.matrix_transpose(xp.reshape(weight, (groups, channels // groups, filters * prod(kernel))))
    pairs = zip(places, windows, strict=True)
    full = [(size - 1) * w.stride + span(w.kernel_size, w.dilation) + w.output_padding for size, w in pairs]
    y = xp.filled((images, groups, filters, *full), 0, x)
    for image in range(images):
        for tile in tiles(places, groups * filters * prod(kernel) * xp.bytes_of(x)):
            laid = xp.reshape(x[(image, slice(None), *tile)], (groups, channels // groups, -1))
            sizes = [part.stop - part.start for part in tile]
            stamps = xp.reshape(xp.multiply_matrices(matrices, laid), (groups, filters, *kernel, *sizes))
            for tap in combinations(*map(range, kernel)):
                axes = zip(tap, tile, windows, strict=True)
                firsts = [at * w.dilation + part.start * w.stride for at, part, w in axes]
                marks = map(every, firsts, sizes, (w.stride for w in windows))
                y = xp.add_to(y, (image, ..., *marks), stamps[:, :, *tap, ...])
            del stamps  # before the next tile's are multiplied
    cut = [sides(window.padding) for window in windows]
    if any(map(any, cut)):
        lasts = [size - after for size, (_, after) in zip(full, cut, strict=True)]
        y = cut_out(xp, y, [before for before, _ in cut], lasts)
    return xp.reshape(y, (images, groups * filters, *y.shape[3:]))
