"""Pooling that takes the whole input: all of it at once, or shared out to a given size."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.layers.fields import PerAxis
from cnncalc.layers.layer import Costless
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, product
from cnncalc.view import View, adaptive_taps, adaptive_view
from cnncalc.volume import Volume


class _Whole(Costless):
    """Pooling over all places at once."""

    stem = "pool"
    in_lecture = True

    def output(self, x: Volume) -> Volume:
        """Return one value per channel."""
        return x.vector(x.channels)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return every pixel."""
        return tuple(View(size) for size in x.spatial)


class GlobalMaxPool(_Whole):
    """The largest value of each channel.

    in (C, H, W) → out (C, 1, 1)      weights 0      macs 0      flops = (H·W − 1)·C: comparisons
    Source: ONNX GlobalMaxPool.
    """

    type = "global_maxpool"
    words = ("global-maxpool", "gmp")
    keeps_input = True
    keeps_choices = True

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return H·W − 1 comparisons per channel."""
        return (x.places - 1) * y.channels

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the maximum of all places."""
        return xp.max(x, axis=tuple(range(2, len(x.shape))), keepdims=True)


class GlobalAvgPool(_Whole):
    """The mean of each channel.

    in (C, H, W) → out (C, 1, 1)      weights 0      macs 0
    flops = H·W·C: H·W − 1 additions and a division per channel
    Source: Lin, Chen and Yan 2013, Network in Network.
    """

    type = "global_avgpool"
    words = ("global-avgpool", "gap")

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return H·W − 1 additions and a division per channel."""
        return x.values

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the mean of all places."""
        return xp.mean(x, axis=tuple(range(2, len(x.shape))), keepdims=True)


class _Adaptive(Costless):
    """Pooling to a given size N: output o sees the pixels from ⌊o·W/N⌋ to ⌈(o + 1)·W/N⌉."""

    stem = "pool"
    after_word = "output_size"
    in_lecture = True

    output_size: PerAxis

    def output(self, x: Volume) -> Volume:
        """Return the same channels, N × N places."""
        return Volume(x.channels, per_axis(self.output_size, len(x.spatial), "output_size"))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the longest window of each axis."""
        return tuple(adaptive_view(*axis) for axis in zip(x.spatial, self.output(x).spatial, strict=True))

    def taps(self, x: Volume) -> Size:
        """Return the values that all windows see together, over all channels."""
        axes = zip(x.spatial, self.output(x).spatial, strict=True)
        return product(tuple(adaptive_taps(*axis) for axis in axes)) * x.channels

    def shared_out(self, xp: Library, x: Array, function: str) -> Array:
        """Return `max` or `mean` of each share, one axis after the other."""
        for axis, places in enumerate(per_axis(self.output_size, len(x.shape) - 2, "output_size"), start=2):
            if x.shape[axis] % places == 0:  # even shares are one reduction
                even = (*x.shape[:axis], places, x.shape[axis] // places, *x.shape[axis + 1 :])
                x = getattr(xp, function)(xp.reshape(x, even), axis=axis + 1)
                continue
            bounds = [(o * x.shape[axis] // places, -(-(o + 1) * x.shape[axis] // places)) for o in range(places)]
            along = (slice(None),) * axis
            shares = [getattr(xp, function)(x[(*along, slice(*bound), ...)], axis=axis) for bound in bounds]
            x = xp.stack(shares, axis=axis)
        return x


class AdaptiveMaxPool(_Adaptive):
    """The largest value of N × N windows that share the input out.

    in (C, H, W) → out (C, N, N)      weights 0      macs 0
    flops = Σ over windows of (values − 1)      windows: H + N − gcd(H, N) values along each axis
    Source: PyTorch AdaptiveMaxPool2d.
    """

    type = "adaptive_maxpool"
    words = ("adaptive-maxpool",)
    keeps_input = True
    keeps_choices = True

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return one comparison fewer than values, window by window."""
        return self.taps(x) - y.values

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the maximum of each share."""
        return self.shared_out(xp, x, "max")


class AdaptiveAvgPool(_Adaptive):
    """The mean of N × N windows that share the input out.

    in (C, H, W) → out (C, N, N)      weights 0      macs 0
    flops = Σ over windows of values: additions and a division
    Source: PyTorch AdaptiveAvgPool2d.
    """

    type = "adaptive_avgpool"
    words = ("adaptive-avgpool",)
    keeps_input = True

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return the values of every window: one addition fewer, and a division."""
        return self.taps(x)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the mean of each share: it is a rectangle, so that the mean of its rows' means is its own."""
        return self.shared_out(xp, x, "mean")
