"""Known slips: each a rule applied to a network under changed circumstances, never a typed number.

A slip has a name, a line for whoever made it, the quantities that it touches, and a rule. What it gives is counted by
the cards themselves: on a network without biases, on inputs one channel deep, on windows padded at one end. `slips_of`
is what a verdict searches and what a grader can explain an answer with.

>>> from cnncalc import load
>>> case = Case(load("conv5-10/p2", input="32x32x3"), None, "parameters")
>>> [(slip.name, value) for slip, value in slips_of(case)][:2]
[('biases forgotten', 750), ('input depth forgotten', 260)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from cnncalc.claims.circumstances import (
    Case,
    as_macs,
    doubled,
    each_cut,
    padded_once,
    rounded,
    unpadded,
    with_biases,
    without_bias,
    without_depth,
    without_groups,
    without_one,
)
from cnncalc.claims.quantities import BYTES_PER
from cnncalc.errors import CnncalcError
from cnncalc.row import COUNTS

_WEIGHED: Final = frozenset({"parameters", "parameter_bytes", "trainable"})
_MULTIPLIED: Final = frozenset({"weights", "macs", "flops", *_WEIGHED})
SIZED: Final = frozenset(
    {"output_shape", "output_height", "output_width", "activation_values", "activation_bytes", *_MULTIPLIED}
)


class Slip(NamedTuple):
    """A known slip.

    name         what a verdict calls it
    says         one line for whoever may have made it
    quantities   what it changes
    value        what it gives for a case; None where there is nothing to slip on. A function of the printed step
                 where the digit that is printed matters
    """

    name: str
    says: str
    quantities: frozenset[str]
    value: Callable[[Case], Any]


def slips_of(case: Case, known: Iterable[Slip] = ()) -> Iterator[tuple[Slip, Any]]:
    """Yield each slip that changes the quantity, with the value it gives; of `SLIPS`, the most natural first."""
    right = case.value()
    for slip in known or SLIPS:
        if case.quantity not in slip.quantities:
            continue
        try:
            value = slip.value(case)
        except CnncalcError:
            continue  # under these circumstances there is no network: nobody could have counted it
        if value is not None and value != right:
            yield slip, value


SLIPS: tuple[Slip, ...] = (
    Slip("biases forgotten", "Each filter and each neuron has a bias of its own as well.", _WEIGHED, without_bias),
    Slip(
        "biases counted as weights",
        "Biases are offsets, not weights: count F·F·C·K.",
        frozenset({"weights"}),
        with_biases,
    ),
    Slip(
        "input depth forgotten",
        "A filter is as deep as its input: F·F·C weights, not F·F.",
        _MULTIPLIED,
        without_depth,
    ),
    Slip("groups ignored", "With G groups a filter sees C/G channels only.", _MULTIPLIED, without_groups),
    Slip(
        "two operations per MAC",
        "A multiply-accumulate counts once here; FLOPs count it as two.",
        frozenset({"macs"}),
        doubled,
    ),
    Slip(
        "MACs for FLOPs",
        "A multiply-accumulate is two operations: FLOPs are at least twice the MACs.",
        frozenset({"flops"}),
        as_macs,
    ),
    Slip(
        "each term cut before adding",
        "Add up first, then round: what is cut off each layer adds up too.",
        frozenset((*COUNTS, *BYTES_PER)),
        each_cut,
    ),
    Slip(
        "padding counted once",
        "Padding is added at both ends: W − F + 2P, not W − F + P.",
        SIZED,
        padded_once,
    ),
    Slip("padding forgotten", "The input is padded first: W − F + 2P, not W − F.", SIZED, unpadded),
    Slip(
        "+ 1 forgotten",
        "The first place counts as well: (W − F + 2P)/S steps make one place more.",
        SIZED,
        without_one,
    ),
    Slip("rounded up", "What the stride leaves over is dropped: round down.", SIZED, rounded("ceil")),
    Slip("rounded down", "One more window hangs over the edge here: round up.", SIZED, rounded("floor")),
)
"""The known slips, the most natural first."""
