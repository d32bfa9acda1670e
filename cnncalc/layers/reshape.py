"""Layers that move values about: flatten, pad, crop, enlarge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from cnncalc.arrays import cut_out
from cnncalc.errors import VolumeMisfit
from cnncalc.layers.fields import Ends, PerAxis
from cnncalc.layers.layer import Costless
from cnncalc.library import Array, Library
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, least
from cnncalc.view import View
from cnncalc.volume import Volume
from cnncalc.window import both_sides, sides

MODES = ("nearest", "bilinear")


def read_mode(value: object) -> object:
    """Read how to fill in new pixels."""
    if value not in MODES:
        msg = f"must be {' or '.join(MODES)}"
        raise ValueError(msg)
    return value


Mode = Annotated[Literal["nearest", "bilinear"], PlainValidator(read_mode), WithJsonSchema({"enum": list(MODES)})]


class Flatten(Costless):
    """A volume becomes a vector.

    in (C, H, W) → out (H·W·C, 1, 1)      flops 0
    Source: CS231n, Fully-connected layer ("stretch to 3072 x 1").
    """

    type = "flatten"
    stem = "flatten"
    words = ("flatten",)
    is_view = True
    overwrites_input = True

    def output(self, x: Volume) -> Volume:
        """Return all values, one channel each."""
        return x.vector(x.values)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return every pixel: what reads the vector sees all of it."""
        return tuple(View(size) for size in x.spatial)

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is computed."""
        return 0

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return (N, C·H·W, 1, 1): channel by channel, row by row."""
        return xp.reshape(x, (x.shape[0], -1, *(1,) * len(x.shape[2:])))


class ZeroPad(Costless):
    """Zeros around the border.

    in (C, H, W) → out (C, H + 2P, W + 2P)      flops 0
    Source: CS231n, "common to zero pad the border".
    """

    type = "zeropad"
    stem = "pad"
    words = ("zeropad", "pad")
    after_word = "padding"

    padding: Ends

    def paddings(self, x: Volume) -> tuple[Any, ...]:
        """Return the padding of each axis."""
        return per_axis(self.padding, len(x.spatial), "padding")

    def output(self, x: Volume) -> Volume:
        """Return the same channels with P more places at each end of an axis."""
        axes = zip(x.spatial, self.paddings(x), strict=True)
        return Volume(x.channels, tuple(size + both_sides(padding) for size, padding in axes))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return one pixel, P places before."""
        return tuple(View(1, offset=sides(padding).before) for padding in self.paddings(x))

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is computed."""
        return 0

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x amid zeros."""
        ends = [sides(padding) for padding in per_axis(self.padding, len(x.shape) - 2, "padding")]
        lasts = [size + after for size, (_, after) in zip(x.shape[2:], ends, strict=True)]
        return cut_out(xp, x, [-before for before, _ in ends], lasts)


class Crop(Costless):
    """The middle of each axis, N pixels of it; of an odd rest, the larger part is cut at the end.

    in (C, H, W) → out (C, N, N)      flops 0
    Raises VolumeMisfit for N above H or W.
    Source: Ronneberger, Fischer and Brox 2015, U-Net, figure 1: "copy and crop".
    """

    type = "crop"
    stem = "crop"
    words = ("crop",)
    after_word = "size"

    size: PerAxis

    def output(self, x: Volume) -> Volume:
        """Return the same channels, N × N places."""
        return Volume(x.channels, per_axis(self.size, len(x.spatial), "size"))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return one pixel, as far in as the crop begins."""
        axes = zip(x.spatial, self.output(x).spatial, strict=True)
        return tuple(View(1, offset=-((size - kept) // 2)) for size, kept in axes)

    def bounds(self, x: Volume) -> tuple[tuple[Size, Size], ...]:
        """Return: no more is kept than there is."""
        return tuple(zip(self.output(x).spatial, x.spatial, strict=True))

    def check(self, x: Volume) -> None:
        """Raise VolumeMisfit for a crop that is larger than what it is cut from."""
        y = self.output(x)
        if any(kept > size for kept, size in zip(y.spatial, x.spatial, strict=True)):
            raise VolumeMisfit(f"cannot crop {x} to {y}", ways_out=(f"crop to {min(x.spatial)} or less",))

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is computed."""
        return 0

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return the middle."""
        kept = per_axis(self.size, len(x.shape) - 2, "size")
        firsts = [(size - keep) // 2 for size, keep in zip(x.shape[2:], kept, strict=True)]
        lasts = [first + keep for first, keep in zip(firsts, kept, strict=True)]
        return cut_out(xp, x, firsts, lasts)


class Upsample(Costless):
    """Each pixel becomes s × s, repeated (nearest) or blended with its neighbours (bilinear).

    in (C, H, W) → out (C, s·H, s·W)
    flops: nearest 0; bilinear 7 per value in 2-D, 4 products and 3 additions (2ⁿ and 2ⁿ − 1 in n-D)
    Source: PyTorch Upsample; ONNX Resize, half_pixel coordinates.
    """

    type = "upsample"
    stem = "up"
    words = ("upsample", "up")
    after_word = "scale"

    scale: PerAxis
    mode: Mode = "nearest"

    def scales(self, x: Volume) -> tuple[Size, ...]:
        """Return s for each axis."""
        return per_axis(self.scale, len(x.spatial), "scale")

    def output(self, x: Volume) -> Volume:
        """Return the same channels, s times as many places along each axis."""
        return Volume(x.channels, tuple(s * size for s, size in zip(self.scales(x), x.spatial, strict=True)))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return pixel ⌊o/s⌋, or the two around (o + ½)/s − ½; the one that this is, of an odd s in the middle."""
        if self.mode == "nearest":
            return tuple(View(1, 1, s) for s in self.scales(x))
        return tuple(View(least(s, 2), 1, s, s // 2, ahead=s // 2) for s in self.scales(x))

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return 0, or a product per corner and the additions that join them."""
        corners = 2 ** len(x.spatial)
        return 0 if self.mode == "nearest" else (2 * corners - 1) * y.values

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return each pixel s times per axis, or the blend of the two around (o + ½)/s − ½; an edge repeats."""
        for axis, scale in enumerate(per_axis(self.scale, len(x.shape) - 2, "scale"), start=2):
            x = xp.repeat(x, scale, axis=axis) if self.mode == "nearest" else _blend(xp, x, axis, scale)
        return x


def _blend(xp: Library, x: Array, axis: int, scale: int) -> Array:
    """Return s blends of two neighbours for each pixel of an axis."""
    last = x.shape[axis] - 1
    doubled = [2 * o + 1 - scale for o in range(scale * (last + 1))]  # 2s times the position, whole
    around = [at // (2 * scale) for at in doubled], [-(-at // (2 * scale)) for at in doubled]  # alike on a pixel
    left, right = (
        xp.take(x, xp.asarray([min(max(at, 0), last) for at in neighbours], device=xp.device), axis=axis)
        for neighbours in around
    )
    share = xp.number([at % (2 * scale) / (2 * scale) for at in doubled], x)
    return left + (right - left) * xp.reshape(share, (-1, *(1,) * (len(x.shape) - 1 - axis)))
