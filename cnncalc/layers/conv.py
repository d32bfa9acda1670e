"""Convolutions: filters that slide over an input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.arrays import volume_of
from cnncalc.correlation import correlate
from cnncalc.layers.fields import Count, Flag
from cnncalc.layers.layer import Division
from cnncalc.layers.sliding import Sliding
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis, read_per_axis
from cnncalc.sizes import Size, product, quotient
from cnncalc.term import together
from cnncalc.volume import Volume
from cnncalc.window import span


class _Convolution(Sliding):
    """What plain and depthwise convolution share: all but how many filters and groups there are."""

    convolves = True
    keeps_input = True
    has_weight_matrix = True

    bias: Flag = True

    def filters(self, x: Volume) -> Size:
        """Return K, the number of filters."""
        raise NotImplementedError

    def fan_in(self, x: Volume) -> Size:
        """Return F·F·(C/G), the weights of one filter."""
        raise NotImplementedError

    def output(self, x: Volume) -> Volume:
        """Return one channel per filter, one value per place."""
        return Volume(self.filters(x), self.places(x))

    def weights(self, x: Volume) -> Size:
        """Return F·F·(C/G)·K."""
        return self.fan_in(x) * self.filters(x)

    def biases(self, x: Volume) -> Size:
        """Return one per filter."""
        return self.filters(x) if self.bias else 0

    def buffers(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is stored."""
        return 0

    def macs(self, x: Volume, y: Volume) -> Size:
        """Return one multiply-add per weight per place; the zeros of the padding are multiplied too."""
        return self.weights(x) * y.places

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return 2 per MAC."""
        return 2 * self.macs(x, y)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Slide the filters over x."""
        return correlate(xp, x, tensors["weight"], tensors.get("bias"), self.windows(volume_of(x)))

    @classmethod
    def short_defaults(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the VGG paper's padding, which keeps the size at stride 1: d(F − 1)/2.

        Raises ValueError for an even filter, which no equal padding keeps.
        Source: Simonyan and Zisserman 2014, section 2.1.
        """
        if "padding" in fields:
            return {}
        try:
            kernels, dilations = (read_per_axis(fields.get(key, 1)) for key in ("kernel_size", "dilation"))
        except ValueError:
            return {}  # the fields' own readers say what is wrong
        axes = max((len(value) for value in (kernels, dilations) if isinstance(value, tuple)), default=1)
        pairs = zip(per_axis(kernels, axes, "F"), per_axis(dilations, axes, "d"), strict=True)
        totals = [span(kernel, dilation) - 1 for kernel, dilation in pairs]
        if any(isinstance(total, int) and total % 2 for total in totals):
            msg = "an even filter must say its padding: no equal padding keeps the size"
            raise ValueError(msg)
        halves = tuple(quotient(total, 2) for total in totals)
        return {"padding": halves if axes > 1 else halves[0]}


class Conv(_Convolution):
    """K filters, each F × F × C/G, slide over the input.

    in (C, H, W) → out (K, H′, W′)      weights F·F·(C/G)·K      biases K
    macs = weights · H′·W′: one multiply-add per weight per place      flops = 2·macs
    In 1-D and 3-D alike, with one F per axis. Groups G split the channels into G convolutions.
    Raises GroupMisfit unless G divides C and K; StrideMisfit; FilterTooLarge.
    Source: CS231n, Conv Layer summary; groups: Krizhevsky et al. 2012.
    """

    type = "conv"
    stem = "conv"
    words = ("conv",)
    after_hyphen = "out_channels"

    out_channels: Count
    groups: Count = 1

    def filters(self, x: Volume) -> Size:  # noqa: ARG002
        """Return K."""
        return self.out_channels

    def fan_in(self, x: Volume) -> Size:
        """Return F·F·(C/G)."""
        kernels = per_axis(self.kernel_size, len(x.spatial), "kernel_size")
        return together(product(kernels) * quotient(x.channels, self.groups))

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return filters (K, C/G, F, F)."""
        kernels = per_axis(self.kernel_size, len(shape) - 1, "kernel_size")
        return with_bias((self.out_channels, shape[0] // self.groups, *kernels), self.out_channels, self.bias)

    def divisions(self, x: Volume) -> tuple[Division, ...]:
        """Return: the groups divide the channels that come in and those that go out."""
        return divide_channels(self.groups, x.channels, self.out_channels)

    def settings(self, x: Volume) -> dict[str, Any]:
        """Return F, S, P, d and G."""
        return {**super().settings(x), "groups": self.groups}


class DepthwiseConv(_Convolution):
    """One filter per channel (m with a multiplier), each F × F × 1: a convolution with G = C.

    in (C, H, W) → out (m·C, H′, W′)      weights F·F·m·C      biases m·C
    macs = weights · H′·W′      flops = 2·macs
    Raises StrideMisfit; FilterTooLarge.
    Source: Howard et al. 2017, MobileNets; Keras DepthwiseConv2D.
    """

    type = "depthwise_conv"
    stem = "dwconv"
    words = ("dwconv", "depthwise")

    multiplier: Count = 1

    def filters(self, x: Volume) -> Size:
        """Return m·C."""
        return self.multiplier * x.channels

    def fan_in(self, x: Volume) -> Size:
        """Return F·F."""
        return together(product(per_axis(self.kernel_size, len(x.spatial), "kernel_size")))

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return filters (m·C, 1, F, F); channel c has the filters from m·c on."""
        kernels = per_axis(self.kernel_size, len(shape) - 1, "kernel_size")
        filters = self.multiplier * shape[0]
        return with_bias((filters, 1, *kernels), filters, self.bias)

    def settings(self, x: Volume) -> dict[str, Any]:
        """Return F, S, P, d and G."""
        return {**super().settings(x), "groups": x.channels}


def divide_channels(groups: Size, before: Size, after: Size) -> tuple[Division, ...]:
    """Return: the groups divide the channels on both sides."""
    return (
        Division(groups, before, "the groups and the input channels"),
        Division(groups, after, "the groups and the output channels"),
    )


def with_bias(weight: tuple[int, ...], filters: int, bias: bool) -> dict[str, tuple[int, ...]]:  # noqa: FBT001 - a field
    """Return the shapes of the filters and of the offset that each may have."""
    return {"weight": weight, "bias": (filters,)} if bias else {"weight": weight}
