"""Activations that bend, drop or compare: the ReLU family, softmax, dropout. PReLU alone learns something."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.arrays import per_channel
from cnncalc.layers.fields import Flag, Fraction
from cnncalc.layers.layer import Costless, Pointwise
from cnncalc.library import Array, Library
from cnncalc.sizes import Size
from cnncalc.volume import Volume


class Activation(Costless, Pointwise):
    """An element-wise function; it can overwrite its input.

    flops_per_value  its operations on one value; each card's docstring names them
    """

    overwrites_input = True
    keeps_input = True
    nonlinear = True
    flops_per_value = 1

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return the operations on one value, for every value."""
        return self.flops_per_value * y.values


class ReLU(Activation):
    """max(0, x).

    in (C, H, W) → out (C, H, W)      flops = 1 per value: a comparison
    Source: CS231n, ReLU; Nair and Hinton 2010.
    """

    type = "relu"
    stem = "relu"
    words = ("relu",)
    keeps_input = False
    keeps_output = True

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return max(0, x)."""
        return xp.over("maximum", x, xp.zero(x.shape[2:], x))  # a plane: a lone 0 is compared one by one


class ReLU6(Activation):
    """min(max(0, x), 6).

    in (C, H, W) → out (C, H, W)      flops = 2 per value: two comparisons
    Source: Krizhevsky 2010; Howard et al. 2017, MobileNets.
    """

    type = "relu6"
    stem = "relu"
    words = ("relu6",)
    flops_per_value = 2

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return min(max(0, x), 6)."""
        return xp.over("clip", x, 0, 6)


class LeakyReLU(Activation):
    """max(0, x) + slope·min(0, x).

    in (C, H, W) → out (C, H, W)      flops = 2 per value: a comparison and a multiplication
    Source: Maas, Hannun and Ng 2013.
    """

    type = "leaky_relu"
    stem = "relu"
    words = ("leaky-relu", "lrelu")
    after_word = "negative_slope"
    flops_per_value = 2

    negative_slope: Fraction = 0.01

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x where it is positive, slope·x elsewhere."""
        return xp.where(x > 0, x, x * self.negative_slope)


class PReLU(Activation):
    """max(0, x) + a·min(0, x), the slope a learned: one per channel, or one for all.

    in (C, H, W) → out (C, H, W)      weights C, or 1 if shared
    flops = 2 per value: a comparison and a multiplication
    Source: He et al. 2015, Delving Deep into Rectifiers, section 2.1.
    """

    type = "prelu"
    stem = "relu"
    words = ("prelu",)
    flops_per_value = 2

    shared: Flag = False

    def weights(self, x: Volume) -> Size:
        """Return a slope per channel, or one."""
        return 1 if self.shared else x.channels

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return slopes (C), or one."""
        return {"weight": (1,) if self.shared else shape[:1]}

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Return x where it is positive, slope·x elsewhere."""
        return xp.where(x > 0, x, x * per_channel(xp, tensors["weight"], x))


class Softmax(Activation):
    """eˣᵢ/Σeˣ over the channels of each place.

    in (C, H, W) → out (C, H, W)      flops = (3C − 1)·H·W: C exponentials, C − 1 additions, C divisions
    Source: CS231n, Softmax classifier.
    """

    type = "softmax"
    stem = "softmax"
    words = ("softmax", "soft-max")
    keeps_input = False
    keeps_output = True
    nonlinear = False  # it turns scores into probabilities; nobody counts it among a stack's non-linearities

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return C exponentials, C − 1 additions and C divisions per place."""
        return (3 * y.channels - 1) * y.places

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return shares of the channels; the largest score is taken off first, or its exponential would overflow."""
        powers = xp.exp(x - xp.max(x, axis=1, keepdims=True))
        return powers / xp.sum(powers, axis=1, keepdims=True)


class Dropout(Activation):
    """Drops values while training, does nothing at inference.

    in (C, H, W) → out (C, H, W)      flops 0, at inference
    Source: Srivastava et al. 2014.
    """

    type = "dropout"
    stem = "dropout"
    words = ("dropout",)
    keeps_input = False
    keeps_choices = True
    after_word = "rate"
    after_hyphen = "rate"
    nonlinear = False

    rate: Fraction = 0.5

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: it is the identity at inference."""
        return 0

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x as it is."""
        return x
