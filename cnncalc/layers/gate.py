"""Smooth activations and their piecewise stand-ins: sigmoid, tanh, swish, GELU."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import cos, pi, sqrt
from math import erf as exact_erf

from cnncalc.layers.activation import Activation
from cnncalc.library import Array, Library


class Sigmoid(Activation):
    """1/(1 + e⁻ˣ).

    in (C, H, W) → out (C, H, W)      flops = 3 per value: an exponential, an addition, a division
    Source: CS231n, Commonly used activation functions.
    """

    type = "sigmoid"
    stem = "sigmoid"
    words = ("sigmoid",)
    keeps_input = False
    keeps_output = True
    flops_per_value = 3

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return 1/(1 + e⁻ˣ), or eˣ/(1 + eˣ) where e⁻ˣ would overflow."""
        return sigmoid(xp, x)


class Tanh(Activation):
    """(e²ˣ − 1)/(e²ˣ + 1).

    in (C, H, W) → out (C, H, W)
    flops = 5 per value: a doubling, an exponential, a subtraction, an addition, a division
    Source: CS231n, Commonly used activation functions.
    """

    type = "tanh"
    stem = "tanh"
    words = ("tanh",)
    keeps_input = False
    keeps_output = True
    flops_per_value = 5

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return tanh x."""
        return xp.over("tanh", x)


class HardSigmoid(Activation):
    """min(max(0, x + 3), 6)/6.

    in (C, H, W) → out (C, H, W)      flops = 4 per value: an addition, two comparisons, a division
    Source: Howard et al. 2019, MobileNetV3, section 5.2.
    """

    type = "hard_sigmoid"
    stem = "sigmoid"
    words = ("hard-sigmoid", "hsigmoid")
    flops_per_value = 4

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return min(max(0, x + 3), 6)/6."""
        return xp.clip(x + 3, 0, 6) / 6


class HardSwish(Activation):
    """x·min(max(0, x + 3), 6)/6.

    in (C, H, W) → out (C, H, W)      flops = 5 per value: hard-sigmoid's four and a multiplication
    Source: Howard et al. 2019, MobileNetV3, section 5.2.
    """

    type = "hard_swish"
    stem = "swish"
    words = ("hard-swish", "hswish")
    flops_per_value = 5

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x·min(max(0, x + 3), 6)/6."""
        return x * xp.clip(x + 3, 0, 6) / 6


class Swish(Activation):
    """x/(1 + e⁻ˣ).

    in (C, H, W) → out (C, H, W)      flops = 3 per value: an exponential, an addition, a division
    Source: Ramachandran, Zoph and Le 2017; SiLU, Elfwing et al. 2017.
    """

    type = "swish"
    stem = "swish"
    words = ("swish", "silu")
    flops_per_value = 3

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return x times its sigmoid."""
        return x * sigmoid(xp, x)


class GELU(Activation):
    """½·x·(1 + erf(x/√2)).

    in (C, H, W) → out (C, H, W)
    flops = 5 per value: a division, an error function (counted as an exponential), an addition, two multiplications
    Source: Hendrycks and Gimpel 2016.
    """

    type = "gelu"
    stem = "gelu"
    words = ("gelu",)
    flops_per_value = 5

    def forward(self, xp: Library, x: Array, tensors: Mapping[str, Array]) -> Array:  # noqa: ARG002
        """Return ½·x·(1 + erf(x/√2))."""
        return x * (erf(xp, x / sqrt(2)) + 1) / 2


def sigmoid(xp: Library, x: Array) -> Array:
    """Return 1/(1 + e⁻ˣ) by way of e^−|x|, which never overflows."""
    power = xp.exp(-xp.abs(x))
    return xp.where(x < 0, power, 1) / (1 + power)


def erf(xp: Library, x: Array) -> Array:
    """Return the error function, which the array API standard lacks: a Chebyshev series, summed as Clenshaw does."""
    bits = int(xp.finfo(x.dtype).bits)
    edge, *series = chebyshev_erf(bits)
    x = xp.clip(x, -edge, edge)
    double = x * x * (4 / edge**2) - 2
    last, before = double * 0, double * 0
    for coefficient in reversed(series[1:]):
        last, before = double * last - before + coefficient, last
    return x * (double * last / 2 - before + series[0] / 2)


@cache
def chebyshev_erf(bits: int) -> tuple[float, ...]:
    """Return ±edge, beyond which erf is ±1, and the Chebyshev coefficients of erf(x)/x in 2·(x/edge)² − 1.

    As many as floats of so many bits can hold; computed from Python's own erf.
    """
    edge, terms = (6.0, 44) if bits > 32 else (4.0, 20)  # noqa: PLR2004 - float64, or float32 and below
    angles = [pi * (step + 0.5) / terms for step in range(terms)]
    points = [edge * sqrt((cos(angle) + 1) / 2) for angle in angles]
    values = [exact_erf(point) / point for point in points]
    return edge, *(
        2 / terms * sum(value * cos(order * angle) for value, angle in zip(values, angles, strict=True))
        for order in range(terms)
    )
