"""Pooling: a window that takes the largest, or the mean, of what it sees, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from cnncalc.arrays import sweep, taps_inside, volume_of
from cnncalc.layers.fields import Flag, PerAxis
from cnncalc.layers.layer import Costless
from cnncalc.layers.sliding import Sliding
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, product
from cnncalc.volume import Volume


class _Pool(Costless, Sliding):
    """A sliding window without weights; unless told otherwise it steps by its own size, as frameworks do."""

    stem = "pool"

    stride: PerAxis | None = None

    def output(self, x: Volume) -> Volume:
        """Return the same channels, one value per place."""
        return Volume(x.channels, self.places(x))

    def steps(self, axes: int) -> tuple[Size, ...]:
        """Return the stride of each axis; the window's own size where none is given."""
        return per_axis(self.kernel_size if self.stride is None else self.stride, axes, "stride")

    def taps(self, x: Volume) -> Size:
        """Return F·F, the values that one window sees; padding counts as values."""
        return product(per_axis(self.kernel_size, len(x.spatial), "kernel_size"))


class MaxPool(_Pool):
    """The largest of F × F values, per channel.

    in (C, H, W) → out (C, H′, W′)      weights 0      biases 0      macs 0
    flops = (F·F − 1)·C·H′·W′: comparisons      stride = F unless given
    Raises StrideMisfit; FilterTooLarge.
    Source: CS231n, Pooling layer.
    """

    type = "maxpool"
    words = ("maxpool", "pool", "max-pool")
    keeps_input = True
    keeps_choices = True

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return F·F − 1 comparisons per output value."""
        return (self.taps(x) - 1) * y.values

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the maxima; padding is less than any value, and the largest of nothing else is −∞, as in PyTorch."""
        return sweep(xp, x, self.windows(volume_of(x)), "maximum", -inf)


class AvgPool(_Pool):
    """The mean of F × F values, per channel.

    in (C, H, W) → out (C, H′, W′)      weights 0      biases 0      macs 0
    flops = F·F·C·H′·W′: F·F − 1 additions and a division      stride = F unless given
    `count_include_pad`: whether zeros of the padding count in the divisor, as in PyTorch; the mean of none is 0.
    Raises StrideMisfit; FilterTooLarge.
    Source: CS231n, Pooling layer; PyTorch AvgPool2d.
    """

    type = "avgpool"
    words = ("avgpool", "avg-pool")
    keeps_input = True

    count_include_pad: Flag = True

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return F·F − 1 additions and a division per output value."""
        return self.taps(x) * y.values

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the sums, each divided by how many values its window holds."""
        windows = self.windows(volume_of(x))
        sums = sweep(xp, x, windows, "add")
        for axis, (size, window) in enumerate(zip(x.shape[2:], windows, strict=True)):
            counts = taps_inside(size, window, padding=self.count_include_pad)
            held = xp.number([max(count, 1) for count in counts], x)  # the sum of none is 0
            sums = sums / xp.reshape(held, (-1, *(1,) * (len(windows) - 1 - axis)))
        return sums
