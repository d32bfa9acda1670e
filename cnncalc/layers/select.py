"""Layers that pick: nothing, every S-th pixel, some of the channels; nothing is computed and nothing is learned."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.arrays import cut_out
from cnncalc.errors import VolumeMisfit
from cnncalc.layers.fields import Count, Natural, PerAxis
from cnncalc.layers.layer import Costless, Division, Pointwise
from cnncalc.layers.sliding import RoundingField
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, quotient
from cnncalc.view import SAME_PIXEL, View
from cnncalc.volume import Volume
from cnncalc.window import Window


class Free(Costless):
    """A layer that computes nothing."""

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is computed."""
        return 0


class Identity(Free, Pointwise):
    """What comes in goes out: the shortcut of a residual block.

    in (C, H, W) → out (C, H, W)      weights 0      flops 0
    Source: He et al. 2016, Identity Mappings in Deep Residual Networks.
    """

    type = "identity"
    stem = "identity"
    words = ("identity",)
    is_view = True
    overwrites_input = True

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x as it is."""
        return x


class ZeroShortcut(Free):
    """The parameter-free shortcut: every S-th pixel, and channels of zeros up to K (option A).

    in (C, H, W) → out (K, H′, W′), H′ = (H − 1)/S + 1      weights 0      flops 0
    Raises VolumeMisfit for K below C; StrideMisfit.
    Source: He et al. 2015, Deep Residual Learning, section 3.3, option A.
    """

    type = "zero_shortcut"
    stem = "shortcut"
    words = ("zero-shortcut",)
    after_hyphen = "out_channels"

    out_channels: Count
    stride: PerAxis = 1
    rounding: RoundingField = None

    def windows(self, x: Volume) -> tuple[Window, ...]:
        """Return the 1 × 1 window that takes every S-th pixel."""
        strides = per_axis(self.stride, len(x.spatial), "stride")
        return tuple(Window(1, stride, rounding=self.rounding or "exact") for stride in strides)

    def output(self, x: Volume) -> Volume:
        """Return K channels at every S-th place."""
        axes = zip(self.windows(x), x.spatial, strict=True)
        return Volume(self.out_channels, tuple(window.places(size) for window, size in axes))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return one pixel, S apart."""
        return tuple(window.view() for window in self.windows(x))

    def bounds(self, x: Volume) -> tuple[tuple[Size, Size], ...]:
        """Return: no channel has to go."""
        return ((x.channels, self.out_channels),)

    def check(self, x: Volume) -> None:
        """Raise VolumeMisfit if channels would have to go."""
        super().check(x)
        if self.out_channels < x.channels:
            message = f"{x.channels} channels cannot be padded to {self.out_channels}"
            raise VolumeMisfit(message, ways_out=(f"zero-shortcut-{x.channels}",))

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return every S-th pixel, and zeros for the channels that are new."""
        strides = per_axis(self.stride, len(x.shape) - 2, "stride")
        kept = x[(..., *(slice(None, None, stride) for stride in strides))]
        return cut_out(xp, kept, (0,) * (len(strides) + 1), (self.out_channels, *kept.shape[2:]))


class Slice(Free):
    """Channels from `start` up to, not including, `stop`.

    in (C, H, W) → out (stop − start, H, W)      weights 0      flops 0
    Raises VolumeMisfit if there are not so many channels.
    Source: ONNX Slice.
    """

    type = "slice"
    stem = "slice"
    words = ("slice",)
    picks_channels = True
    after_word = "start"
    after_hyphen = "stop"

    start: Natural = 0
    stop: Count

    def output(self, x: Volume) -> Volume:
        """Return the channels between."""
        return Volume(self.stop - self.start, x.spatial)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the pixel at the same place."""
        return (SAME_PIXEL,) * len(x.spatial)

    def bounds(self, x: Volume) -> tuple[tuple[Size, Size], ...]:
        """Return: there are so many channels."""
        return ((self.stop, x.channels),)

    def check(self, x: Volume) -> None:
        """Raise VolumeMisfit if there are not so many channels."""
        if not self.start < self.stop <= x.channels:
            message = f"cannot take channels {self.start} to {self.stop} of {x}"
            raise VolumeMisfit(message, ways_out=(f"0 <= start < stop <= {x.channels}",))

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the channels between."""
        return xp.copy(x[:, self.start : self.stop, ...])


class Split(Free):
    """One of n equal parts of the channels, counted from 0.

    in (C, H, W) → out (C/n, H, W)      weights 0      flops 0
    Raises GroupMisfit unless n divides C; VolumeMisfit if there is no such part.
    Source: Ma et al. 2018, ShuffleNet V2, figure 3.
    """

    type = "split"
    stem = "split"
    words = ("split",)
    picks_channels = True
    after_word = "parts"
    after_hyphen = "part"

    parts: Count
    part: Natural = 0

    def output(self, x: Volume) -> Volume:
        """Return C/n channels."""
        return Volume(quotient(x.channels, self.parts), x.spatial)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the pixel at the same place."""
        return (SAME_PIXEL,) * len(x.spatial)

    def divisions(self, x: Volume) -> tuple[Division, ...]:
        """Return: the parts divide the channels."""
        return (Division(self.parts, x.channels, "the parts and the channels", "parts"),)

    def bounds(self, x: Volume) -> tuple[tuple[Size, Size], ...]:  # noqa: ARG002 - whatever comes in
        """Return: the parts are counted from 0."""
        return ((self.part + 1, self.parts),)

    def check(self, x: Volume) -> None:
        """Raise what is wrong with the channels, or with the part."""
        super().check(x)
        if self.part >= self.parts:
            message = f"there is no part {self.part} of {self.parts}: they count from 0"
            raise VolumeMisfit(message, ways_out=(f"part {self.parts - 1}",))

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the part."""
        size = x.shape[1] // self.parts
        return xp.copy(x[:, self.part * size : (self.part + 1) * size, ...])
