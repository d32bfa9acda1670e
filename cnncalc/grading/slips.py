"""Slips in how an answer is written, besides the known slips of counting, and how each is said without a number."""

from __future__ import annotations

from cnncalc.claims.by_hand import (
    biased_by_weight,
    one_sided,
    padded_twice,
    unshared,
    without_filter,
    without_stride,
)
from cnncalc.claims.slips import SIZED, SLIPS, Slip
from cnncalc.memory.conventions import CONVENTIONS

TRUNCATED = "truncated"
TOO_FEW_DIGITS = "too few digits"
MIB_AS_MB = "MiB written as MB"
OTHER_LAYOUT = "sizes in another order"
NO_CHANNELS = "channels left out"
MACS_AS_FLOPS = "MACs called FLOPs"

OWN_SLIPS = {
    TRUNCATED: "The number is cut off at the last digit: round it.",
    TOO_FEW_DIGITS: "A number with more digits is asked for, or one in full.",
    MIB_AS_MB: "The number is of MiB (2^20 bytes), and MB is 10^6 bytes.",
    OTHER_LAYOUT: "The sizes are there in another order than is asked for.",
    MACS_AS_FLOPS: "A multiply-accumulate is two operations: this number is of MACs, not of FLOPs.",
    NO_CHANNELS: "A volume has channels as well: say HxWxC.",
}
"""What may be wrong with how an answer is written."""

BY_HAND: tuple[Slip, ...] = (
    Slip("stride forgotten", "A filter moves S pixels at a time: divide by S, then add 1.", SIZED, without_stride),
    Slip(
        "filter forgotten",
        "The filter takes room itself: it moves W − F + 2P pixels, not W + 2P.",
        SIZED,
        without_filter,
    ),
    Slip(
        "weights not shared",
        "All places of an output share one filter per channel: its size counts for no weights.",
        frozenset({"weights", "parameters", "parameter_bytes"}),
        unshared,
    ),
    Slip(
        "one side of the filter forgotten",
        "A filter has two sides: F·F weights per channel, not F.",
        frozenset({"weights", "parameters", "parameter_bytes"}),
        one_sided,
    ),
    Slip(
        "a bias for each weight",
        "Each filter and each neuron has one bias.",
        frozenset({"parameters", "parameter_bytes"}),
        biased_by_weight,
    ),
    Slip(
        "padding counted twice", "Padding is added once at each end: W − F + 2P, not W − F + 4P.", SIZED, padded_twice
    ),
)
"""Slips of those who count by hand, most of which give more than there is; no printed figure is searched for them."""

KNOWN = (*SLIPS, *BY_HAND)
"""All that an answer may be consistent with, besides other conventions."""

SAYS = {
    **{name: f"This is what the memory convention `{name}` counts; another one is asked for." for name in CONVENTIONS},
    **dict.fromkeys(("rounding floor", "rounding ceil"), "Ask first whether the stride fits."),
    **{slip.name: slip.says for slip in KNOWN},
    **OWN_SLIPS,
}
"""What is said to whoever may have made a slip. None of it holds a number of the network's."""

RULES = {
    "output_shape": "Each side is (W − F + 2·P)/S + 1; the depth is the number of filters.",
    "output_height": "(H − F + 2·P)/S + 1.",
    "output_width": "(W − F + 2·P)/S + 1.",
    "channels": "A convolution gives out as many channels as it has filters; a pooling keeps them.",
    "weights": "A filter has F·F·C weights, and there are K of them.",
    "biases": "One for each filter or neuron.",
    "parameters": "Weights and biases: (F·F·C)·K + K for a convolution, C·K + K for a fully connected layer.",
    "macs": "Every weight of a convolution is used once at each place of its output: F·F·C·K·H′·W′.",
    "flops": "A multiply-accumulate is a multiplication and an addition; other layers have operations too.",
    "activation_values": "A volume holds H·W·C numbers; mind which volumes the convention counts.",
    "activation_bytes": "The numbers that are held, times the bytes of one of them.",
    "parameter_bytes": "The parameters, times the bytes of one of them.",
    "receptive_field": "r + (F − 1)·j, layer by layer; the jump j grows with each stride.",
    "jump": "The strides so far, multiplied.",
    "depth": "Convolutions and fully connected layers on the longest path.",
    "every stride fits": "A stride fits if (W − F + 2·P)/S leaves nothing over.",
    "fit": "A stride fits if (W − F + 2·P)/S leaves nothing over.",
}
"""The rule behind a quantity, in letters."""
