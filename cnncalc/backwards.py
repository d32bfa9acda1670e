"""(W − F + 2P)/S + 1, read backwards: which padding, stride, filter or input fits, in closed form.

A stride fits if it divides W − F + 2P. So paddings, filters and inputs that fit are the numbers of a residue
class, and strides that fit are the divisors. Where no equal padding fits, one that differs at the two ends does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cnncalc.congruence import Congruence, NoSolution, solve
from cnncalc.errors import UsageError
from cnncalc.fit import Fit
from cnncalc.sizes import LARGEST
from cnncalc.volume import write_sizes
from cnncalc.window import Sides, Window, both_sides, span

UNKNOWNS = ("input", "kernel_size", "stride", "padding")
"""What may be asked for."""

LETTERS = {"input": "W", "kernel_size": "F", "stride": "S", "padding": "P"}
SHOWN = 6
"""So many answers of an endless series are listed."""


class Answer(NamedTuple):
    """Which values fit.

    unknown     what was asked for
    values      the first of them, in order
    endless     whether there are more
    congruence  the residue class that they are in, where they are one
    says        the answer in a sentence
    output      the output sizes that each of the values gives
    """

    unknown: str
    values: tuple[Any, ...]
    endless: bool
    congruence: Congruence | None
    says: str
    output: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether any value does."""
        return bool(self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON carries it."""
        values = [str(value) if isinstance(value, Sides) else value for value in self.values]
        shared = self.congruence and self.congruence._asdict()
        return {
            "fits": self.fits,
            "unknown": self.unknown,
            "values": values,
            "endless": self.endless,
            "congruence": shared,
            "output": [int(size) for size in self.output],
            "says": self.says,
        }


def which(unknown: str, size: int, window: Window, places: int | None = None) -> Answer:
    """Say which values of `unknown` fit one axis, or give it `places` values; the rest is as `size` and `window` say.

    Raises UsageError for an unknown that cannot be asked for.
    """
    if unknown not in UNKNOWNS:
        raise UsageError(f"cannot ask for {unknown}", ways_out=UNKNOWNS)
    if places is not None:
        return _for_output(unknown, size, window, places)
    if unknown == "stride":
        return _strides(size, window)
    classes = {"input": _inputs, "kernel_size": _filters, "padding": _paddings}
    return classes[unknown](size, window)


def _inputs(_: int, window: Window) -> Answer:
    reach = span(window.kernel_size, window.dilation) - both_sides(window.padding)
    return _series(
        "input", Congruence(reach % window.stride, window.stride), range(max(reach, 1), LARGEST + 1), 1, window
    )


def _paddings(size: int, window: Window) -> Answer:
    reach = span(window.kernel_size, window.dilation)
    try:
        fitting = solve(2, reach - size, window.stride)
    except NoSolution:
        return _uneven(size, window)
    return _series("padding", fitting, range(max((reach - size + 1) // 2, 0), LARGEST + 1), size, window)


def _filters(size: int, window: Window) -> Answer:
    padded = size + both_sides(window.padding) + window.dilation - 1
    try:
        fitting = solve(window.dilation, padded, window.stride)
    except NoSolution:
        return _none("kernel_size")
    return _series("kernel_size", fitting, range(1, padded // window.dilation + 1), size, window)


def _strides(size: int, window: Window) -> Answer:
    distance = size - span(window.kernel_size, window.dilation) + both_sides(window.padding)
    if distance < 0:
        return _none("stride")
    if distance == 0:
        says = "any S: the filter has one place, 1 output"
        return Answer("stride", tuple(range(1, SHOWN + 1)), endless=True, congruence=Congruence(0, 1), says=says)
    values = tuple(divisors(distance))
    return _listed("stride", values, f"S divides {distance}", size, window)


def _uneven(size: int, window: Window) -> Answer:
    """Return paddings that differ by one at the two ends, since no equal ones fit."""
    reach = span(window.kernel_size, window.dilation)
    least = max(reach - size, 0)
    first = Congruence((reach - size) % window.stride, window.stride).at_least(least)
    totals = range(first, first + SHOWN * window.stride, window.stride)
    values = tuple(Sides(total // 2, total - total // 2) for total in totals)
    odd = f"any P fits if and only if W is {'odd' if reach % 2 else 'even'}" if window.stride == 2 else ""  # noqa: PLR2004
    says = "no equal padding fits" + (f" ({odd})" if odd else "") + f"; before:after does: {_list(values)}, …"
    return Answer(
        "padding", values, endless=True, congruence=None, says=says, output=_outputs("padding", values, size, window)
    )


def _series(unknown: str, fitting: Congruence, allowed: range, size: int, window: Window) -> Answer:
    """Answer with a residue class, as far as its values are allowed."""
    fits = range(fitting.at_least(allowed.start), allowed.stop, fitting.modulus)
    if not fits:
        return _none(unknown)
    values, letter = tuple(fits[:SHOWN]), LETTERS[unknown]
    endless = len(fits) > SHOWN
    says = f"{letter} = {_list(values)}{', …' if endless else ''}: {fitting.write(letter)}"
    return Answer(unknown, values, endless, fitting, says, _outputs(unknown, values, size, window))


def _listed(unknown: str, values: tuple[int, ...], rule: str, size: int, window: Window) -> Answer:
    says = f"{LETTERS[unknown]} = {_list(values)}: {rule}"
    return Answer(
        unknown, values, endless=False, congruence=None, says=says, output=_outputs(unknown, values, size, window)
    )


def _for_output(unknown: str, size: int, window: Window, places: int) -> Answer:
    """Solve W − F + 2P = (places − 1)·S for the unknown."""
    reach, zeros = span(window.kernel_size, window.dilation), both_sides(window.padding)
    travelled = (places - 1) * window.stride
    found: object = None
    if unknown == "input":
        found = travelled + reach - zeros
    elif unknown == "padding":
        total = travelled + reach - size
        found = None if total < 0 else (total // 2 if total % 2 == 0 else Sides(total // 2, total - total // 2))
    elif unknown == "kernel_size":
        left, over = divmod(size + zeros - travelled - 1, window.dilation)
        found = None if over else left + 1
    elif places == 1:
        return _strides(size, window) if size - reach + zeros == 0 else _none(unknown, " gives 1")
    else:
        left, over = divmod(size - reach + zeros, places - 1)
        found = None if over else left
    low = 0 if unknown == "padding" else 1
    if found is None or (isinstance(found, int) and not low <= found <= LARGEST):
        return _none(unknown, f" gives {places}")
    says = f"{LETTERS[unknown]} = {found} gives {places}"
    return Answer(unknown, (found,), endless=False, congruence=None, says=says, output=(str(places),))


def _none(unknown: str, what: str = " fits") -> Answer:
    return Answer(unknown, (), endless=False, congruence=None, says=f"no {LETTERS[unknown]}{what}")


def _outputs(unknown: str, values: tuple[Any, ...], size: int, window: Window) -> tuple[str, ...]:
    """Try each value, and return what comes out."""
    tried = ((value, window) if unknown == "input" else (size, window.turned(unknown, value)) for value in values)
    return tuple(write_sizes(Fit((pixels,), (turned,)).floor) for pixels, turned in tried)


def _list(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values)


def divisors(number: int) -> Iterator[int]:
    """Yield the divisors of a number, smallest first.

    >>> list(divisors(12))
    [1, 2, 3, 4, 6, 12]
    """
    small = [d for d in range(1, int(number**0.5) + 2) if d * d <= number and number % d == 0]
    yield from small
    yield from (number // d for d in reversed(small) if d * d != number)
