"""What one output value sees along one axis: of a window, an upsampling, or a pooling to a given size."""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from cnncalc.sizes import Size, common_divisor


class View(NamedTuple):
    """Which inputs one output value sees along an axis: at most `reach` of them, from ⌊(o·step − offset)/per⌋ on.

    A filter steps by its stride (`per` is 1); an upsampling layer steps by a part of a pixel.
    ahead     the last is ⌊(o·step + ahead)/per⌋; None: always `reach` from the first
    dilation  of these, inputs i with i·per = o·step + ahead (mod dilation)
    """

    reach: Size
    step: Size = 1
    per: Size = 1
    offset: Size = 0
    ahead: Size = None
    dilation: Size = 1

    def inputs(self, output: int, size: int) -> range:
        """Return which of so many inputs an output sees; padding is none of them.

        >>> list(View(5, offset=1, dilation=2).inputs(0, 9)), list(View(3).inputs(8, 9))
        ([1, 3], [8])
        """
        met = self.met(output)
        before = -(met.start // met.step) if met.start < 0 else 0
        return range(met.start + before * met.step, min(met.stop, size), met.step)

    def met(self, output: int) -> range:
        """Return which inputs an output sees, of endlessly many on both sides.

        >>> list(View(5, offset=1, dilation=2).met(0)), list(View(2, per=2, ahead=1).met(0))
        ([-1, 1, 3], [0])
        """
        ahead = (self.reach - 1) * self.per - self.offset if self.ahead is None else self.ahead
        first = (output * self.step - self.offset) // self.per
        last = (output * self.step + ahead) // self.per
        shared = gcd(self.dilation, self.per)
        turn, (wanted, beside) = self.dilation // shared, divmod(output * self.step + ahead, shared)
        if beside:
            return range(first, first, turn)
        residue = wanted * pow(self.per // shared, -1, turn)  # i·per ≡ o·step + ahead (mod dilation)
        return range(first + (residue - first) % turn, last + 1, turn)


SAME_PIXEL = View(1)
"""One output sees the one input at its own place."""


def adaptive_view(size: Size, places: Size) -> View:
    """What one output of an adaptive pooling sees: from ⌊o·W/N⌋ to ⌈(o + 1)·W/N⌉.

    The longest of these has ⌊(a + 2b − 2)/b⌋ pixels, where a/b is W/N in lowest terms.
    Source: PyTorch AdaptivePooling.h, start_index and end_index.
    """
    shared = common_divisor(size, places)
    a, b = size // shared, places // shared
    return View((a + 2 * b - 2) // b, size, places, ahead=size - 1)


def adaptive_taps(size: Size, places: Size) -> Size:
    """Pixels that all windows of an adaptive pooling read along one axis, together: W + N − gcd(W, N).

    Neighbours share a pixel unless a border falls between two pixels, which it does gcd(W, N) times.

    >>> adaptive_taps(7, 7), adaptive_taps(10, 4)
    (7, 12)
    """
    return size + places - common_divisor(size, places)
