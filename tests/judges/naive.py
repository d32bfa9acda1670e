"""Windows as the lecture writes their sums: a loop per index, one multiplication at a time, Python's own floats.

Nothing here knows cnncalc's cards, windows or arrays: where a filter stands follows from stride, padding and dilation.
"""

from __future__ import annotations

from itertools import product
from math import inf, nan
from typing import NamedTuple

import numpy as np


class Axis(NamedTuple):
    """A window along one axis: F, S, d, zeros before and after, and whether one more window may hang over the end."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False

    def starts(self, size: int) -> list[int]:
        """Return where the filter may stand, counted from the first pixel; found by trying every place.

        It stays within the padding. With ceil one more may hang over the end, for the pixels that else nobody reads:
        by less than a stride, and starting before the padding that follows the image.
        """
        found = []
        for start in range(-self.before, size + self.after, self.stride):
            overhang = start + (self.kernel - 1) * self.dilation + 1 - (size + self.after)
            if overhang <= 0 or (self.ceil and overhang < self.stride and start < size):
                found.append(start)
        return found


def correlate(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, axes: list[Axis], groups: int) -> np.ndarray:
    """Return y[n, k, …] = Σ of weight[k, c, i, j]·x[n, c of the group, …] + bias[k]: in 2-D, seven loops."""
    images, filters, share = x.shape[0], weight.shape[0], weight.shape[1]
    starts = [axis.starts(size) for axis, size in zip(axes, x.shape[2:], strict=True)]
    y = np.zeros((images, filters, *map(len, starts)))
    for n, k in product(range(images), range(filters)):
        first = k // (filters // groups) * share
        for place in product(*(range(len(one)) for one in starts)):
            total = 0.0 if bias is None else float(bias[k])
            for c, tap in product(range(share), product(*map(range, weight.shape[2:]))):
                pixel = _pixel(starts, place, tap, axes)
                if _inside(pixel, x.shape[2:]):
                    total += float(weight[(k, c, *tap)]) * float(x[(n, first + c, *pixel)])
            y[(n, k, *place)] = total
    return y


def spread(  # noqa: PLR0913 - a convolution's own
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, axes: list[Axis], groups: int, extra: list[int]
) -> np.ndarray:
    """Return the sum of all stamps x[n, c, …]·weight[c, k, …], S apart, the padding cut off."""
    images, channels, share = x.shape[0], x.shape[1], weight.shape[1]
    sizes = [
        (size - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 + a - axis.before - axis.after
        for size, axis, a in zip(x.shape[2:], axes, extra, strict=True)
    ]
    y = np.zeros((images, groups * share, *sizes))
    for n, c, k in product(range(images), range(channels), range(share)):
        out = c // (channels // groups) * share + k
        for place, tap in product(np.ndindex(*x.shape[2:]), np.ndindex(*weight.shape[2:])):
            steps = zip(place, tap, axes, strict=True)
            pixel = [at * axis.stride + step * axis.dilation - axis.before for at, step, axis in steps]
            if _inside(pixel, sizes):
                y[(n, out, *pixel)] += float(x[(n, c, *place)]) * float(weight[(c, k, *tap)])
    for k in range(0 if bias is None else groups * share):
        y[:, k] += float(bias[k])
    return y


def pool(x: np.ndarray, axes: list[Axis], kind: str) -> np.ndarray:
    """Return `max`, `mean` (of what lies in the image) or `mean_padded` (of image and padding)."""
    starts = [axis.starts(size) for axis, size in zip(axes, x.shape[2:], strict=True)]
    y = np.zeros((*x.shape[:2], *map(len, starts)))
    for n, c in np.ndindex(*x.shape[:2]):
        for place in product(*(range(len(one)) for one in starts)):
            largest, total, pixels, padded = -inf, 0.0, 0, 0
            for tap in product(*(range(axis.kernel) for axis in axes)):
                pixel = _pixel(starts, place, tap, axes)
                reach = zip(pixel, x.shape[2:], axes, strict=True)
                padded += all(-axis.before <= at < size + axis.after for at, size, axis in reach)
                if _inside(pixel, x.shape[2:]):
                    value = float(x[(n, c, *pixel)])
                    largest, total, pixels = max(largest, value), total + value, pixels + 1
            shares = {
                "max": largest,
                "mean": total / pixels if pixels else nan,
                "mean_padded": total / padded if padded else nan,
            }
            y[(n, c, *place)] = shares[kind]
    return y


def _pixel(starts: list[list[int]], place: tuple[int, ...], tap: tuple[int, ...], axes: list[Axis]) -> list[int]:
    return [one[at] + step * axis.dilation for one, at, step, axis in zip(starts, place, tap, axes, strict=True)]


def _inside(pixel: list[int], sizes: tuple[int, ...] | list[int]) -> bool:
    return all(0 <= at < size for at, size in zip(pixel, sizes, strict=True))
