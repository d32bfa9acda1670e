"""Transposed convolution: filters that spread an input out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.arrays import per_channel, volume_of
from cnncalc.correlation import spread
from cnncalc.errors import FilterTooLarge
from cnncalc.layers.conv import divide_channels, with_bias
from cnncalc.layers.fields import Count, Flag, NaturalPerAxis, Padding, PerAxis
from cnncalc.layers.layer import Division, Layer
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, greatest, product, quotient
from cnncalc.term import AXES, Term, together
from cnncalc.view import View
from cnncalc.volume import Volume
from cnncalc.window import Sides, TransposedWindow, span


class ConvTranspose(Layer):
    """Each input value lays down its F × F stamp, S apart; overlaps add up.

    in (C, H, W) → out (K, H′, W′), H′ = (H − 1)·S − 2P + F + A
    weights F·F·C·(K/G)      biases K
    macs = weights · H·W: one multiply-add per weight per input place      flops = 2·macs
    `same` padding gives H′ = S·H. Raises GroupMisfit; FilterTooLarge if nothing would be left.
    Source: Dumoulin and Visin 2016, chapter 4; PyTorch ConvTranspose2d; Keras Conv2DTranspose.
    """

    type = "conv_transpose"
    stem = "upconv"
    words = ("upconv", "deconv", "convt")
    after_word = "kernel_size"
    after_hyphen = "out_channels"
    in_lecture = True
    convolves = True
    keeps_input = True
    has_weight_matrix = True

    out_channels: Count
    kernel_size: PerAxis
    stride: PerAxis = 1
    padding: Padding = 0
    output_padding: NaturalPerAxis = 0
    dilation: PerAxis = 1
    groups: Count = 1
    bias: Flag = True

    def windows_across(self, x: Volume) -> tuple[TransposedWindow, ...]:
        """Return the transposed window of each axis, with `same` padding worked out."""
        fields = ("kernel_size", "stride", "dilation", "output_padding")
        settings = [per_axis(getattr(self, field), len(x.spatial), field) for field in fields]
        if not isinstance(self.padding, str):
            paddings = per_axis(self.padding, len(x.spatial), "padding")
            return tuple(TransposedWindow(f, s, p, d, a) for f, s, d, a, p in zip(*settings, paddings, strict=True))
        return tuple(self._same(*setting) for setting in zip(*settings, strict=True))

    def _same(self, kernel: Size, stride: Size, dilation: Size, extra: Size) -> TransposedWindow:
        """Return the window that gives S outputs per input: what sticks out is cut, what lacks is filled."""
        total = greatest(span(kernel, dilation) + extra - stride, 0)
        less = total // 2
        sides = Sides(total - less, less) if self.padding == "same_lower" else Sides(less, total - less)
        return TransposedWindow(kernel, stride, sides, dilation, greatest(stride - span(kernel, dilation), extra))

    def output(self, x: Volume) -> Volume:
        """Return one channel per filter, (H − 1)·S − 2P + F + A values per axis."""
        windows = self.windows_across(x)
        places = tuple(window.places(size) for window, size in zip(windows, x.spatial, strict=True))
        return Volume(self.out_channels, places)

    def check(self, x: Volume) -> None:
        """Raise FilterTooLarge if the padding cuts everything away, GroupMisfit as any convolution."""
        super().check(x)
        if min(self.output(x).spatial) < 1:
            message = "the padding cuts the whole output away"
            raise FilterTooLarge(message, formula=self._formula(x), ways_out=("padding 0",))

    def _formula(self, x: Volume) -> str:
        """Write the sum of each axis on which nothing is left, by pouring Terms into the rule."""
        poured = self.poured(Term.named).windows_across(x)
        axes = zip(AXES[len(x.spatial)], x.spatial, self.output(x).spatial, poured, strict=True)
        return "\n".join(str(window.places(Term.named(*axis))) for *axis, left, window in axes if left < 1)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the inputs whose stamps reach one output value."""
        return tuple(window.view() for window in self.windows_across(x))

    def weights(self, x: Volume) -> Size:
        """Return F·F·C·(K/G)."""
        kernels = per_axis(self.kernel_size, len(x.spatial), "kernel_size")
        return together(product(kernels) * x.channels) * quotient(self.out_channels, self.groups)

    def biases(self, x: Volume) -> Size:  # noqa: ARG002
        """Return one per filter."""
        return self.out_channels if self.bias else 0

    def buffers(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is stored."""
        return 0

    def macs(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return one multiply-add per weight per input place."""
        return self.weights(x) * x.places

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return 2 per MAC."""
        return 2 * self.macs(x, y)

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return stamps (C, K/G, F, F)."""
        kernels = per_axis(self.kernel_size, len(shape) - 1, "kernel_size")
        return with_bias((shape[0], self.out_channels // self.groups, *kernels), self.out_channels, self.bias)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Lay down the stamps of x."""
        windows = self.windows_across(volume_of(x))
        y = spread(xp, x, tensors["weight"], windows, self.groups)
        return xp.add_to(y, ..., per_channel(xp, tensors["bias"], y)) if self.bias else y

    def divisions(self, x: Volume) -> tuple[Division, ...]:
        """Return: the groups divide the channels that come in and those that go out."""
        return divide_channels(self.groups, x.channels, self.out_channels)

    def settings(self, x: Volume) -> dict[str, Any]:
        """Return F, S, P, d, A and G."""
        names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
        windows = self.windows_across(x)
        return {name: tuple(getattr(window, name) for window in windows) for name in names} | {"groups": self.groups}
