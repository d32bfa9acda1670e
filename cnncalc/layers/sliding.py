"""What convolution and pooling share: a window that slides over the input."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from cnncalc.layers.fields import Padding, PerAxis
from cnncalc.layers.layer import Layer
from cnncalc.settings import per_axis
from cnncalc.sizes import Size, ceiling, is_open
from cnncalc.view import View
from cnncalc.volume import Volume
from cnncalc.window import Rounding, Sides, Window, same_padding

UNSAID = Sides(None, None)
"""What `same` comes to behind a stride depends on the size; in letters that is left unsaid."""

ROUNDINGS: tuple[Rounding, ...] = ("exact", "floor", "ceil")


def read_rounding(value: object) -> object:
    """Read how pixels left over are treated; nothing means: as the network says."""
    if value is not None and value not in ROUNDINGS:
        msg = "must be exact, floor or ceil"
        raise ValueError(msg)
    return value


RoundingField = Annotated[
    Literal["exact", "floor", "ceil"] | None, PlainValidator(read_rounding), WithJsonSchema({"enum": list(ROUNDINGS)})
]


class Sliding(Layer):
    """A layer with a window of F pixels per axis, S apart, on an input with P zeros at each end."""

    in_lecture = True
    after_word = "kernel_size"

    kernel_size: PerAxis
    stride: PerAxis = 1
    padding: Padding = 0
    dilation: PerAxis = 1
    rounding: RoundingField = None

    def windows(self, x: Volume) -> tuple[Window, ...]:
        """Return the window of each axis, with `same` padding worked out."""
        axes = len(x.spatial)
        kernels = per_axis(self.kernel_size, axes, "kernel_size")
        strides = self.steps(axes)
        dilations = per_axis(self.dilation, axes, "dilation")
        paddings = self.paddings(x, kernels, strides, dilations)
        rounding = self.rounding or "exact"
        if isinstance(self.padding, str) and rounding == "exact":
            rounding = "floor"  # `same` is defined as ⌈W/S⌉ places, whatever is left over
        return tuple(
            Window(kernel, stride, padding, dilation, rounding)
            for kernel, stride, padding, dilation in zip(kernels, strides, paddings, dilations, strict=True)
        )

    def steps(self, axes: int) -> tuple[Size, ...]:
        """Return the stride of each axis."""
        return per_axis(self.stride, axes, "stride")

    def paddings(
        self, x: Volume, kernels: tuple[Size, ...], strides: tuple[Size, ...], dilations: tuple[Size, ...]
    ) -> tuple[Any, ...]:
        """Return the padding of each axis."""
        if not isinstance(self.padding, str):
            return per_axis(self.padding, len(x.spatial), "padding")
        lower = self.padding == "same_lower"
        paddings = (
            UNSAID
            if is_open(size) and stride != 1
            else same_padding(size, kernel_size=kernel, stride=stride, dilation=dilation, lower=lower)
            for size, kernel, stride, dilation in zip(x.spatial, kernels, strides, dilations, strict=True)
        )
        return tuple(_simplest(padding) for padding in paddings)

    def places(self, x: Volume) -> tuple[Size, ...]:
        """Return how many places the window takes along each axis; `same` is ⌈W/S⌉ by definition."""
        if isinstance(self.padding, str):
            strides = self.steps(len(x.spatial))
            return tuple(ceiling(size, stride) for size, stride in zip(x.spatial, strides, strict=True))
        return tuple(window.places(size) for window, size in zip(self.windows(x), x.spatial, strict=True))

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return the F pixels of each axis that one output value sees."""
        return tuple(window.view() for window in self.windows(x))

    def settings(self, x: Volume) -> dict[str, Any]:
        """Return F, S, P and d per axis."""
        names = ("kernel_size", "stride", "padding", "dilation")
        found = {name: tuple(getattr(window, name) for window in self.windows(x)) for name in names}
        if isinstance(self.padding, str) and not all(isinstance(size, int) for size in x.spatial):
            found["padding"] = (self.padding,) * len(x.spatial)  # in letters its name says more than its sum
        return found


def _simplest(padding: Sides) -> Any:
    """Write equal ends as one number."""
    equal = isinstance(padding.before, int) and padding.before == padding.after
    return padding.before if equal else padding
