"""A claim: a figure that somebody printed, what it is about, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cnncalc.errors import Where
from cnncalc.sizes import Size
from cnncalc.spec.header import QUANTITIES as OF_SPECS

ALIASES = {"params": "parameters", "memory": "activation_values", "multiply_adds": "macs"}
"""Other names under which people ask for the same quantity."""

WORKED = ("conv_value", "pool_value")
"""Numbers of a worked example: `values` and, for a convolution, a `kernel`."""

KINDS = ("max", "average", "mean")
"""What a worked pooling takes of a window; average and mean are one."""

OF_WINDOWS = ("fit", "settings", "hyperparameters", "pixels", "fitting_input")
"""What is asked of windows."""

OF_LAYERS = ("channels", "output_height", "output_width", "jump", "padding", "nonlinearities")
"""What a claim can be about, besides what a spec's `published` can be."""

BY_SUM = ("ratio", "number")
"""What only a `sum` gives."""

QUANTITIES = (*OF_SPECS, *OF_LAYERS, *OF_WINDOWS, *WORKED, *BY_SUM)
"""All that a claim can be about."""

OF_EXAMPLES = ("values", "kernel", "at", "kernel_size", "stride", "padding", "kind")
"""Keys of a worked example."""

_OF_NETWORKS = ("network", "input", "set", "layer", "layers")


def unread(keys: Iterable[str], quantity: str, *, is_sum: bool = False) -> tuple[str, ...]:
    """Return those keys that say nothing about a quantity: a network's beside a worked example, and the other way."""
    if is_sum:
        idle = {*OF_EXAMPLES, "layer"}
    elif quantity in WORKED:
        idle = {*_OF_NETWORKS, *(("kernel_size", "kind") if quantity == "conv_value" else ("kernel",))}
    else:
        idle = {*OF_EXAMPLES} - ({"at"} if quantity == "pixels" else set())
        idle |= {"layer", "layers"} if quantity == "fitting_input" else set()
    return tuple(key for key in keys if key in idle)


class Claim(NamedTuple):
    """A figure that somebody printed.

    quantity      what it is a figure of
    printed       as it stands on the slide
    id            how the file calls it
    source        the deck or paper
    where         its place in there
    says          the words around it
    network       what it is about: a packaged spec, a one-line network, a spec as a dictionary; where the claim is
                  no stranger's, a path, or a Network
    layer         the layer, or a pattern of several: ``fc*``
    reading       the convention that the source states
    formula       what `printed` says in letters, where it is no formula itself; or one per quantity, ``layer.quantity``
    sum           an expression that gives the number, with the network's quantities as names
    values …      a worked example: values, kernel, at, stride, padding, kind
    cannot        why no verdict is possible
    place         its place in the claims file
    """

    quantity: str
    printed: str
    id: str = ""
    source: str = ""
    where: str = ""
    says: str = ""
    network: Any = None
    input: str | None = None
    rounding: Any = None
    set: Any = None
    layer: str | None = None
    memory: str = "lecture"
    batch: Size = 1
    dtype: str = "float32"
    reading: str | None = None
    formula: Any = None
    sum: str | None = None
    values: Any = None
    kernel: Any = None
    at: Any = None
    kernel_size: int = 2
    stride: int | None = None
    padding: int = 0
    kind: str = "max"
    cannot: str | None = None
    place: Where = Where()
