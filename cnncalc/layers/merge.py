"""Layers that read several volumes: add, multiply, concat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cnncalc.errors import VolumeMisfit
from cnncalc.layers.layer import Costless
from cnncalc.library import Array, Library
from cnncalc.sizes import Size
from cnncalc.view import SAME_PIXEL, View
from cnncalc.volume import Volume

Volumes: TypeAlias = tuple[Volume, ...]


class _Merge(Costless):
    """Several volumes in, one out; place by place."""

    reads_many = True

    def views(self, x: Volumes) -> tuple[View, ...]:
        """Return the pixel at the same place."""
        return (SAME_PIXEL,) * len(x[0].spatial)

    def equalities(self, x: Volumes) -> tuple[tuple[Size, Size], ...]:
        """Return: all volumes are equal."""
        return tuple(pair for other in x[1:] for pair in _pairs(x[0], other))


class Add(_Merge):
    """Volumes of one shape are added value by value: the residual figure's ⊕.

    in n × (C, H, W) → out (C, H, W)      weights 0      flops = n − 1 per value: additions
    Raises VolumeMisfit unless all volumes are equal.
    Source: He et al. 2015, Deep Residual Learning, figure 2.
    """

    type = "add"
    stem = "add"
    words = ("add",)

    def output(self, x: Volumes) -> Volume:
        """Return the common volume."""
        return x[0]

    def flops(self, x: Volumes, y: Volume) -> Size:
        """Return n − 1 additions per value."""
        return (len(x) - 1) * y.values

    def check(self, x: Volumes) -> None:
        """Raise VolumeMisfit unless all volumes are equal."""
        for other in x[1:]:
            if other != x[0]:
                raise VolumeMisfit(f"cannot add {other} to {x[0]}", ways_out=_to_add(x[0], other))

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the sum."""
        y = xp.result("add", x[0], x[1], shape=x[0].shape, like=x[0]) if len(x) > 1 else xp.copy(x[0])
        for other in x[2:]:
            y = xp.add_to(y, ..., other)
        return y


class Multiply(_Merge):
    """Volumes are multiplied value by value; a 1 × 1 × C volume scales each channel, as squeeze-and-excitation does.

    in (C, H, W), (C, 1, 1) → out (C, H, W)      weights 0      flops = n − 1 per value: multiplications
    Raises VolumeMisfit unless volumes are equal or 1 × 1 with the same channels.
    Source: Hu, Shen and Sun 2017, Squeeze-and-Excitation Networks.
    """

    type = "multiply"
    stem = "multiply"
    words = ("multiply", "mul")
    keeps_input = True

    def output(self, x: Volumes) -> Volume:
        """Return the volume that the others scale."""
        sizes = zip(*(volume.spatial for volume in x), strict=True)
        return Volume(x[0].channels, tuple(_largest(size) for size in sizes))

    def flops(self, x: Volumes, y: Volume) -> Size:
        """Return n − 1 multiplications per value."""
        return (len(x) - 1) * y.values

    def equalities(self, x: Volumes) -> tuple[tuple[Size, Size], ...]:
        """Return: the channels are equal, and the sizes of volumes that are not 1 × 1."""
        whole = Volume(x[0].channels, self.output(x).spatial)
        wide = (other if any(size != 1 for size in other.spatial) else whole for other in x)
        return tuple(
            pair
            for one, other in zip(x, wide, strict=True)
            for pair in ((whole.channels, one.channels), *_pairs(whole, other._replace(channels=whole.channels)))
        )

    def check(self, x: Volumes) -> None:
        """Raise VolumeMisfit unless every volume is the output's or its channels at one place."""
        if len({len(one.spatial) for one in x}) > 1:
            raise VolumeMisfit(f"cannot multiply {x[0]} by {x[1]}", ways_out=("give both the same number of axes",))
        whole = next((one for one in x if one.spatial == self.output(x).spatial), x[0])
        for other in x:
            if other not in {whole, whole.vector(whole.channels)}:
                ways_out = (f"make it {whole.vector(whole.channels)}: gap fc-{whole.channels}", f"make it {whole}")
                raise VolumeMisfit(f"cannot multiply {whole} by {other}", ways_out=ways_out)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the product; a 1 × 1 volume meets every place of its channel."""
        y = x[0] * x[1] if len(x) > 1 else xp.copy(x[0])
        for other in x[2:]:
            y = y * other
        return y


class Concat(_Merge):
    """Volumes of one height and width are stacked along the channels, as in the Inception figure.

    in n × (Cᵢ, H, W) → out (ΣCᵢ, H, W)      weights 0      flops 0
    Raises VolumeMisfit unless heights and widths are equal.
    Source: Szegedy et al. 2014, Going Deeper with Convolutions, figure 2.
    """

    type = "concat"
    stem = "concat"
    words = ("concat",)

    def output(self, x: Volumes) -> Volume:
        """Return all channels, one after the other."""
        channels = x[0].channels
        for other in x[1:]:
            channels = channels + other.channels
        return Volume(channels, x[0].spatial)

    def flops(self, x: Volumes, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is computed."""
        return 0

    def equalities(self, x: Volumes) -> tuple[tuple[Size, Size], ...]:
        """Return: heights and widths are equal."""
        return tuple(pair for other in x[1:] for pair in _pairs(x[0], other._replace(channels=x[0].channels)))

    def check(self, x: Volumes) -> None:
        """Raise VolumeMisfit unless heights and widths are equal."""
        for other in x[1:]:
            if other.spatial != x[0].spatial:
                ways_out = ("pad the path that shrinks", "give both paths the same stride")
                raise VolumeMisfit(f"cannot concat {x[0]} and {other}", ways_out=ways_out)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return all channels, one after the other."""
        shape = (x[0].shape[0], sum(one.shape[1] for one in x), *x[0].shape[2:])
        return xp.result("concat", x, shape=shape, like=x[0], axis=1)


def _pairs(one: Volume, other: Volume) -> tuple[tuple[Size, Size], ...]:
    """Return what is equal if two volumes are: the number of their axes, and each size."""
    return ((len(one.spatial), len(other.spatial)), *zip(one.shape, other.shape, strict=False))


def _largest(sizes: tuple[Size, ...]) -> Size:
    """Return the size that is not 1; so letters need not be compared."""
    largest: Size = 1
    for size in sizes:
        largest = size if type(largest) is int and largest == 1 else largest
    return largest


def _to_add(first: Volume, other: Volume) -> tuple[str, ...]:
    """Return what brings the second volume to the first one's shape."""
    ways_out = []
    if first.channels != other.channels:
        ways_out.append(f"conv1-{first.channels} on the path of {other}")
    if first.spatial != other.spatial:
        ways_out.append("give both paths the same stride and padding")
    return tuple(ways_out)
