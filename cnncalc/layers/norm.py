"""Normalisation: values brought to a common scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from cnncalc.arrays import per_channel, region
from cnncalc.layers.fields import Count, Flag
from cnncalc.layers.layer import Costless, Pointwise
from cnncalc.library import Array, Library
from cnncalc.settings import describe
from cnncalc.sizes import LARGEST, Size
from cnncalc.volume import Volume


def read_positive(value: object) -> float:
    """Read a number over 0."""
    if type(value) not in (int, float) or not 0 < value <= LARGEST:  # type: ignore[operator]
        msg = f"must be a number over 0, not {describe(value)}"
        raise ValueError(msg)
    return float(value)  # type: ignore[arg-type]


Positive = Annotated[float, PlainValidator(read_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]


class BatchNorm(Pointwise):
    """Each channel is shifted and scaled by its own mean and variance, then by two learned numbers.

    in (C, H, W) → out (C, H, W)      weights C (gamma)      biases C (beta)      buffers 2C (running mean, variance)
    macs 0      flops = 4 per value (subtract, divide, multiply, add) + 2 per channel (add ε, root), at inference
    Source: Ioffe and Szegedy 2015, Batch Normalization, algorithm 2.
    """

    type = "batchnorm"
    stem = "bn"
    words = ("bn", "batchnorm", "batch-norm")
    keeps_input = True

    epsilon: Positive = 1e-5
    affine: Flag = True

    def weights(self, x: Volume) -> Size:
        """Return one gamma per channel."""
        return x.channels if self.affine else 0

    def biases(self, x: Volume) -> Size:
        """Return one beta per channel."""
        return x.channels if self.affine else 0

    def buffers(self, x: Volume) -> Size:
        """Return a running mean and a running variance per channel."""
        return 2 * x.channels

    def macs(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 0: scaling a channel is no convolution."""
        return 0

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return 4 per value (2 without gamma and beta) and 2 per channel."""
        per_value = 4 if self.affine else 2
        return per_value * y.values + 2 * x.channels

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return gamma and beta (C), unless without, and the running mean and variance (C)."""
        learned = {"weight": shape[:1], "bias": shape[:1]} if self.affine else {}
        return learned | {"running_mean": shape[:1], "running_var": shape[:1]}

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Return gamma·(x − mean)/√(variance + ε) + beta: the four operations per value, worked out as two."""
        scale = tensors.get("weight", 1) / xp.sqrt(tensors["running_var"] + self.epsilon)
        shift = tensors.get("bias", 0) - tensors["running_mean"] * scale
        y = xp.result("multiply", x, per_channel(xp, scale, x), shape=x.shape, like=x)
        return xp.add_to(y, ..., per_channel(xp, shift, x))


class LayerNorm(Costless, Pointwise):
    """The channels of each place are shifted and scaled by their own mean and variance, then by learned numbers.

    in (C, H, W) → out (C, H, W)      weights C (gamma)      biases C (beta)      buffers 0: nothing is remembered
    flops = 7C + 2 per place: mean C, variance 3C, ε and root 2, division C, gamma and beta 2C
    Source: Ba, Kiros and Hinton 2016; over channels as in Liu et al. 2022, ConvNeXt.
    """

    type = "layernorm"
    stem = "ln"
    words = ("ln", "layernorm", "layer-norm")
    keeps_input = True

    epsilon: Positive = 1e-6

    def weights(self, x: Volume) -> Size:
        """Return one gamma per channel."""
        return x.channels

    def biases(self, x: Volume) -> Size:
        """Return one beta per channel."""
        return x.channels

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return 7C + 2 per place."""
        return (7 * y.channels + 2) * y.places

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return gamma and beta (C)."""
        return {"weight": shape[:1], "bias": shape[:1]}

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Return gamma·(x − mean)/√(variance + ε) + beta, with the mean and variance of each place."""
        x = x - xp.mean(x, axis=1, keepdims=True)
        x = x / xp.sqrt(xp.mean(x * x, axis=1, keepdims=True) + self.epsilon)
        return x * per_channel(xp, tensors["weight"], x) + per_channel(xp, tensors["bias"], x)


class LayerScale(Costless, Pointwise):
    """Each channel is multiplied by a learned number.

    in (C, H, W) → out (C, H, W)      weights C      flops = 1 per value
    Source: Touvron et al. 2021, Going deeper with Image Transformers, section 2.1.
    """

    type = "layer_scale"
    stem = "scale"
    words = ("layer-scale",)
    keeps_input = True

    def weights(self, x: Volume) -> Size:
        """Return one per channel."""
        return x.channels

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return a multiplication per value."""
        return y.values

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return a factor per channel."""
        return {"weight": shape[:1]}

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Return factor·x."""
        return x * per_channel(xp, tensors["weight"], x)


class LocalResponseNorm(Costless, Pointwise):
    """Each value is divided by what its n neighbours across channels amount to: x/(k + α/n·Σx²)^β.

    in (C, H, W) → out (C, H, W)      weights 0      macs 0
    flops = n + 4 per value: a square, n − 1 additions, a product with α/n, an addition of k, a power, a division;
    channels beyond the first and the last count as values
    Defaults are AlexNet's.
    Source: Krizhevsky et al. 2012, section 3.3; Caffe LRN, ACROSS_CHANNELS.
    """

    type = "lrn"
    stem = "norm"
    words = ("lrn", "norm")
    keeps_input = True
    keeps_output = True
    after_word = "size"

    size: Count = 5
    alpha: Positive = 1e-4
    beta: Positive = 0.75
    k: Positive = 2.0

    def flops(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return n + 4 per value."""
        return (self.size + 4) * y.values

    def settings(self, x: Volume) -> dict[str, Any]:  # noqa: ARG002
        """Return n, the channels that are summed over."""
        return {"size": self.size}

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x/(k + α/n·Σx²)^β; of an even n, the larger part of the neighbours comes after."""
        before, channels = (self.size - 1) // 2, x.shape[1]
        ends = (channels - before + self.size - 1, *x.shape[2:])
        squares = region(xp, x * x, (-before, *(0,) * len(x.shape[2:])), ends)
        total = squares[:, :channels, ...]
        for step in range(1, self.size):
            total = total + squares[:, step : step + channels, ...]
        return x / (self.k + self.alpha / self.size * total) ** self.beta
