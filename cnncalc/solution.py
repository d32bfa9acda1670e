"""The largest whole number of a spec's parameter for which totals stay within bounds: exact, by bisection.

Each try counts the whole network. A bound must grow with the parameter, as counts do; a value at which the
network does not fit together (groups that do not divide, say) is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnncalc.errors import ShapeError, Unmet, UsageError
from cnncalc.ledger import Ledger
from cnncalc.row import COUNTS
from cnncalc.sizes import LARGEST
from cnncalc.units import BYTES, read_figure

BOUNDED = (*COUNTS, "parameter_bytes")
"""What may be bounded."""

_PASSED_OVER = 256
"""So many values in a row may not fit together before a larger or smaller one is given up."""


class Bound(NamedTuple):
    """A total and the most that it may be."""

    quantity: str
    most: int


class Solution(NamedTuple):
    """The largest value, the ledger there, and the first larger value with the bound that it breaks."""

    parameter: str
    value: int
    ledger: Ledger
    next_value: int | None
    broken: Bound | None


def read_bound(text: str) -> Bound:
    """Read ``parameters=5M`` or ``macs<=300 million``. Raises UsageError."""
    quantity, sign, figure = text.replace("<=", "=").partition("=")
    quantity = quantity.strip().lower()
    if not sign or quantity not in BOUNDED:
        message = f"{text[:60]!r} is no bound: a quantity, = and a figure"
        raise UsageError(message, ways_out=("parameters=5M", "macs=300M", f"the quantities: {', '.join(BOUNDED)}"))
    read = read_figure(figure)
    if (read.unit in BYTES) != quantity.endswith("bytes"):
        message = f"{quantity} is {'' if quantity.endswith('bytes') else 'not '}counted in bytes"
        raise UsageError(message, ways_out=("activation_bytes=93MB", "parameters=5M"))
    return Bound(quantity, int(read.value))


def largest(parameter: str, bounds: tuple[Bound, ...], count: Callable[[int], Ledger]) -> Solution:
    """Return the largest value of a parameter whose ledger keeps every bound; `count` tallies one value.

    Raises ShapeError or UsageError if not even the smallest value that fits together keeps them.
    """
    if not bounds:
        raise UsageError("nothing bounds it", ways_out=("--at-most parameters=5M",))
    low, ledger = _next(1, 1, count)
    if broken := _broken(ledger, bounds):
        total = getattr(ledger.totals, broken.quantity)
        message = f"even {parameter} = {low} has {total:,} {broken.quantity}, more than {broken.most:,}"
        raise Unmet(message, ways_out=(f"{broken.quantity}={total}",))
    high = low
    while True:
        high, above = _next(high * 2, 1, count)
        if _broken(above, bounds) or high > LARGEST // 2:
            break
        low, ledger = high, above
    while high - low > 1:
        middle, between = _next((low + high) // 2, -1, count, stop=low)
        if middle == low:
            low_end, at_end = _next((low + high) // 2, 1, count, stop=high)
            if low_end >= high:
                break
            middle, between = low_end, at_end
        if _broken(between, bounds):
            high, above = middle, between
        else:
            low, ledger = middle, between
    return Solution(parameter, low, ledger, high, _broken(above, bounds))


def _next(value: int, step: int, count: Callable[[int], Ledger], stop: int | None = None) -> tuple[int, Ledger]:
    """Return the nearest value, going up or down, at which the network fits together."""
    first: ShapeError | None = None
    for _ in range(_PASSED_OVER):
        try:
            return value, count(value)
        except ShapeError as error:
            first = first or error
            value += step
            if value == stop or value < 1:
                break
    if stop is not None:
        return stop, count(stop)
    raise first or UsageError("no value fits together", ways_out=("another parameter",))


def _broken(ledger: Ledger, bounds: tuple[Bound, ...]) -> Bound | None:
    return next((bound for bound in bounds if getattr(ledger.totals, bound.quantity) > bound.most), None)
