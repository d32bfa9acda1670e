"""Layers that deal channels out anew, or make channels of pixels; nothing is computed and nothing is learned."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.layers.fields import Count
from cnncalc.layers.layer import Division, Pointwise
from cnncalc.layers.select import Free
from cnncalc.library import Array, Library
from cnncalc.sizes import product, quotient
from cnncalc.view import View
from cnncalc.volume import Volume


class ChannelShuffle(Free, Pointwise):
    """Channels of G groups are dealt like cards, so that the next groups see all of them.

    in (C, H, W) → out (C, H, W)      weights 0      flops 0
    Raises GroupMisfit unless G divides C.
    Source: Zhang et al. 2017, ShuffleNet, figure 1.
    """

    type = "channel_shuffle"
    stem = "shuffle"
    words = ("shuffle", "channel-shuffle")
    after_word = "groups"

    groups: Count

    def divisions(self, x: Volume) -> tuple[Division, ...]:
        """Return: the groups divide the channels."""
        return (Division(self.groups, x.channels, "the groups and the channels"),)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return first channels of all groups, then second ones, and so on."""
        hands = xp.reshape(x, (x.shape[0], self.groups, -1, *x.shape[2:]))
        order = (0, 2, 1, *range(3, len(hands.shape)))
        return xp.reshape(xp.copy(xp.permute_dims(hands, order)), x.shape)


class SpaceToDepth(Free):
    """Each block of b × b pixels becomes one pixel of b·b times the channels.

    in (C, H, W) → out (b·b·C, H/b, W/b)      weights 0      flops 0
    Raises GroupMisfit unless b divides H and W.
    Source: Shi et al. 2016, sub-pixel convolution, reversed; ONNX SpaceToDepth.
    """

    type = "space_to_depth"
    stem = "s2d"
    words = ("space-to-depth", "s2d")
    after_word = "block_size"

    block_size: Count

    def output(self, x: Volume) -> Volume:
        """Return fewer places with more channels."""
        blocks = (self.block_size,) * len(x.spatial)
        return Volume(product(blocks) * x.channels, tuple(quotient(size, self.block_size) for size in x.spatial))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return a block of b pixels."""
        return (View(self.block_size, self.block_size),) * len(x.spatial)

    def divisions(self, x: Volume) -> tuple[Division, ...]:
        """Return: the block divides every spatial size."""
        return tuple(Division(self.block_size, size, "the block and the sizes", "block_size") for size in x.spatial)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return each block as channels: the place in the block counts first, the channel last."""
        b, axes = self.block_size, len(x.shape) - 2
        sizes = [size // b for size in x.shape[2:]]
        blocks = xp.reshape(x, (*x.shape[:2], *(part for size in sizes for part in (size, b))))
        order = (0, *range(3, 3 + 2 * axes, 2), 1, *range(2, 2 + 2 * axes, 2))
        return xp.reshape(xp.copy(xp.permute_dims(blocks, order)), (x.shape[0], -1, *sizes))
