"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from cnncalc.layers.conv import with_bias
from cnncalc.layers.fields import Count, Flag
from cnncalc.layers.layer import Layer
from cnncalc.library import Array, Library
from cnncalc.sizes import Size
from cnncalc.view import View
from cnncalc.volume import Volume


class FullyConnected(Layer):
    """K neurons, each connected to every value that comes in; a volume is flattened, as in the lectures.

    in (C, H, W) → out (K, 1, 1)      weights H·W·C·K      biases K
    macs = weights: one multiply-add per connection      flops = 2·macs
    As a convolution: K filters as large as the input, so it sees all of it.
    Source: CS231n, Fully-connected layer; "Converting FC layers to CONV layers".
    """

    type = "fc"
    stem = "fc"
    words = ("fc", "dense", "linear")
    after_word = "out_features"
    after_hyphen = "out_features"
    in_lecture = True
    keeps_input = True
    has_weight_matrix = True

    out_features: Count
    bias: Flag = True

    def output(self, x: Volume) -> Volume:
        """Return a vector: 1 × 1 × K."""
        return x.vector(self.out_features)

    def views(self, x: Volume) -> tuple[View, ...]:
        """Return every pixel."""
        return tuple(View(size) for size in x.spatial)

    def weights(self, x: Volume) -> Size:
        """Return H·W·C·K."""
        return x.values * self.out_features

    def biases(self, x: Volume) -> Size:  # noqa: ARG002
        """Return one per neuron."""
        return self.out_features if self.bias else 0

    def buffers(self, x: Volume) -> Size:  # noqa: ARG002
        """Return 0: nothing is stored."""
        return 0

    def macs(self, x: Volume, y: Volume) -> Size:  # noqa: ARG002
        """Return one multiply-add per weight."""
        return self.weights(x)

    def flops(self, x: Volume, y: Volume) -> Size:
        """Return 2 per MAC."""
        return 2 * self.macs(x, y)

    def tensors(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return a matrix (K, C·H·W), its columns in the order of the flattened input."""
        return with_bias((self.out_features, prod(shape)), self.out_features, self.bias)

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:
        """Return Wx + b for each image."""
        flat = xp.reshape(x, (x.shape[0], -1))
        y = xp.multiply_matrices(flat, xp.matrix_transpose(tensors["weight"]))
        y = xp.add_to(y, ..., tensors["bias"]) if self.bias else y
        return xp.reshape(y, (*y.shape, *(1,) * len(x.shape[2:])))
