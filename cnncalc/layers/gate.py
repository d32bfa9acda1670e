"""Smooth activations and their piecewise stand-ins: sigmoid, tanh, swish, GELU."""

from __future__ import annotations

from cnncalc.layers.activation import Activation


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


class HardSigmoid(Activation):
    """min(max(0, x + 3), 6)/6.

    in (C, H, W) → out (C, H, W)      flops = 4 per value: an addition, two comparisons, a division
    Source: Howard et al. 2019, MobileNetV3, section 5.2.
    """

    type = "hard_sigmoid"
    stem = "sigmoid"
    words = ("hard-sigmoid", "hsigmoid")
    flops_per_value = 4


class HardSwish(Activation):
    """x·min(max(0, x + 3), 6)/6.

    in (C, H, W) → out (C, H, W)      flops = 5 per value: hard-sigmoid's four and a multiplication
    Source: Howard et al. 2019, MobileNetV3, section 5.2.
    """

    type = "hard_swish"
    stem = "swish"
    words = ("hard-swish", "hswish")
    flops_per_value = 5


class Swish(Activation):
    """x/(1 + e⁻ˣ).

    in (C, H, W) → out (C, H, W)      flops = 3 per value: an exponential, an addition, a division
    Source: Ramachandran, Zoph and Le 2017; SiLU, Elfwing et al. 2017.
    """

    type = "swish"
    stem = "swish"
    words = ("swish", "silu")
    flops_per_value = 3


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
