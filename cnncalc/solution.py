"""The largest whole number of a spec's parameter for which totals stay within bounds: exact.

Each try counts the whole network. Where few values fit together, as of a filter that is no larger than its input, all
are tried. Else by bisection: what is bounded grows with the parameter, as counts do, or shrinks until the bound is
kept, as groups make it, and a remainder (`K%7`) does not; a value at which the network does not fit together (groups
that do not divide, say) is passed over, and so are values that nobody may write: 0 filters, 10^10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError, SeveralErrors, ShapeError, SpecError, Unmet, UsageError
from cnncalc.ledger import Ledger
from cnncalc.row import COUNTS
from cnncalc.sizes import LARGEST
from cnncalc.units import BYTES, read_figure

BOUNDED = (*COUNTS, "parameter_bytes")
"""What may be bounded."""

_PASSED_OVER = 256
"""So many values in a row may not fit together before larger or smaller ones are given up."""


class Bound(NamedTuple):
    """A total and the most that it may be."""

    quantity: str
    most: int


class Solution(NamedTuple):
    """The largest value, the ledger there, and the first larger value with the bound that it breaks, if any."""

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

    Raises what `count` does if no value fits together, Unmet if none of them keeps the bounds, UsageError for letters.
    """
    if not bounds:
        raise UsageError("nothing bounds it", ways_out=("--at-most parameters=5M",))
    first = _first(count)
    few = _few(first, count)
    if few:
        return _largest_of(parameter, few, bounds)
    low = _kept(parameter, bounds, count, first)
    above: _Tried | None = None
    high = low.value
    while above is None and high < LARGEST:
        high = min(max(2 * low.value, 1), LARGEST)
        found = _nearest(range(high, LARGEST + 1)[:_PASSED_OVER], count)
        if found is None:
            break
        if _broken(found.ledger, bounds):
            above = found
        else:
            low = found
        high = found.value
    patience = _PASSED_OVER
    while high - low.value > 1:
        middle = (low.value + high) // 2
        below, beyond = range(middle, low.value, -1), range(middle + 1, high)
        found = _nearest(below[:patience], count) or _nearest(beyond[:patience], count)
        if found is None:
            high, patience = middle, max(patience // 2, 1)
        elif _broken(found.ledger, bounds):
            high, above = found.value, found
        else:
            low = found
    if above is None:
        return Solution(parameter, *low, None, None)
    return Solution(parameter, *low, above.value, _broken(above.ledger, bounds))


class _Tried(NamedTuple):
    value: int
    ledger: Ledger


def _few(first: _Tried, count: Callable[[int], Ledger]) -> list[_Tried]:
    """Return all values that fit together, if there are none far behind the first; else nothing."""
    if _nearest(range(first.value + _PASSED_OVER, first.value + 2 * _PASSED_OVER), count):
        return []
    near = (_nearest([value], count) for value in range(first.value + 1, first.value + _PASSED_OVER))
    return [first, *(tried for tried in near if tried)]


def _largest_of(parameter: str, few: list[_Tried], bounds: tuple[Bound, ...]) -> Solution:
    """Return the largest of some values that keeps the bounds. Raises Unmet if none does."""
    kept = [tried for tried in few if not _broken(tried.ledger, bounds)]
    if not kept:
        broken = _broken(few[0].ledger, bounds) or bounds[0]
        raise _unmet(parameter, min(few, key=lambda tried: getattr(tried.ledger.totals, broken.quantity)), broken)
    larger = next((tried for tried in few if tried.value > kept[-1].value), None)
    beyond = (None, None) if larger is None else (larger.value, _broken(larger.ledger, bounds))
    return Solution(parameter, *kept[-1], *beyond)


def _unmet(parameter: str, tried: _Tried, broken: Bound) -> Unmet:
    total = getattr(tried.ledger.totals, broken.quantity)
    message = f"even {parameter} = {tried.value} has {total:,} {broken.quantity}, more than {broken.most:,}"
    unit = " bytes" if broken.quantity.endswith("bytes") else ""
    return Unmet(message, ways_out=(f"{broken.quantity}={total}{unit}",))


def _kept(parameter: str, bounds: tuple[Bound, ...], count: Callable[[int], Ledger], tried: _Tried) -> _Tried:
    """Return the first value that keeps the bounds, of those that shrink what is bounded. Raises Unmet."""
    while broken := _broken(tried.ledger, bounds):
        total = getattr(tried.ledger.totals, broken.quantity)
        larger = _nearest(range(max(2 * tried.value, 1), LARGEST + 1)[:_PASSED_OVER], count)
        if larger is None or getattr(larger.ledger.totals, broken.quantity) >= total:
            raise _unmet(parameter, tried, broken)
        tried = larger
    return tried


def _first(count: Callable[[int], Ledger]) -> _Tried:
    """Return the smallest value that fits together. Raises what is wrong whatever the value is."""
    errors: list[CnncalcError] = []
    for value in range(_PASSED_OVER):
        try:
            return _Tried(value, count(value))
        except CnncalcError as error:
            errors.append(error)
            if value and not isinstance(error, ShapeError) and str(error) == str(errors[-2]):
                raise
    raise errors[1]


def _nearest(values: Iterable[int], count: Callable[[int], Ledger]) -> _Tried | None:
    """Return the first of some values that fits together; None where none does, or none can be written.

    One that cannot be written, an even filter without padding, may stand beside one that can; two are no coincidence.
    """
    is_written = True
    for value in values:
        try:
            return _Tried(value, count(value))
        except (SpecError, SeveralErrors):
            if not is_written:
                return None
            is_written = False
        except ShapeError as error:
            is_written = True
            if type(error) is ShapeError:  # larger than any machine
                return None
    return None


def _in_numbers(ledger: Ledger, total: Any) -> tuple[str, ...]:
    """Say how the letters of a total get numbers: the input's by another input, any other by --set."""
    sizes = ledger.network.input.shape
    own = {str(letter) for size in sizes for letter in getattr(size, "free_symbols", ())}
    letters = sorted(map(str, getattr(getattr(total, "expression", total), "free_symbols", ())))
    ways_out = tuple(f"--set {letter}=10" for letter in letters if letter not in own)
    return (*(("numbers in the input: --input 32x32x3",) if own else ()), *ways_out)


def _broken(ledger: Ledger, bounds: tuple[Bound, ...]) -> Bound | None:
    for bound in bounds:
        total = getattr(ledger.totals, bound.quantity)
        if not isinstance(total, int):
            message = f"{bound.quantity} has letters in it, and nobody can say whether it is more than {bound.most:,}"
            raise UsageError(message, ways_out=_in_numbers(ledger, total))
        if total > bound.most:
            return bound
    return None
