"""A printed figure and its verdict.

    exact                  the value, printed in full
    rounds to it           the value rounds to the printed digit, halves up or to even
    truncated              the value, cut off at the printed digit, is the figure
    consistent with NAME   another stated convention or a known slip gives the figure
    does not follow        none of these; the note says what the value is

Each figure is read as printed. `93MB` is tried as MB (10^6 bytes), then as MiB (2^20); `93 MiB` is MiB alone. `~16M` is
held to the same digit as `16M`. Zeros at the end of a shortened figure may only hold a place: `800K` is tried to the
K first, then as a value rounded to two significant digits (802,816 is 803K, and 800K to two digits); `reading` says so.

A verdict is about numbers: it never says how an author got one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from cnncalc.errors import UsageError
from cnncalc.units import BYTES, read_figure, write_bytes, write_count, write_quotient, write_short
from cnncalc.volume import Volume, parse_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from cnncalc.units import Figure

EXACT: Final = "exact"
ROUNDS: Final = "rounds to it"
TRUNCATED: Final = "truncated"
CONSISTENT: Final = "consistent with "
DOES_NOT_FOLLOW: Final = "does not follow"
TWO_DIGITS: Final = "two digits"

# What a quantity may be printed in, besides a plain number. Papers call macs FLOPs.
UNITS_OF: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("weights", "biases", "parameters", "buffers", "activation_values"), frozenset()),
    **dict.fromkeys(("activation_bytes", "parameter_bytes"), frozenset(BYTES)),
    "macs": frozenset({"MACs", "FLOPs"}),
    "flops": frozenset({"FLOPs"}),
}

Exact: TypeAlias = "int | Fraction"
Sizes: TypeAlias = tuple[int, ...]


class Verdict(NamedTuple):
    """What a printed figure is to a computed value.

    printed    the figure, as it was printed
    computed   the value that it was held against
    verdict    one of the five of this module's docstring
    reading    how the figure had to be read: "MB", "MiB", "two digits", the NAME of a convention; None: as it stands
    note       what the value is, written like the figure; empty when exact
    """

    printed: str
    computed: Exact | Sizes
    verdict: str
    reading: str | None = None
    note: str = ""

    @property
    def follows(self) -> bool:
        """Whether the figure is the value in any stated reading."""
        return self.verdict != DOES_NOT_FOLLOW


class _Match(NamedTuple):
    verdict: str
    reading: str | None


def verdict(
    printed: str,
    value: Exact | Sizes | Volume,
    *,
    quantity: str | None = None,
    readings: Iterable[tuple[str, int]] = (),
) -> Verdict:
    """Hold a printed figure against a computed value.

    value      in base units (bytes, not MB); the sizes of a volume in the printed order, or a `Volume`
    quantity   a name of the contract: a figure in MB is then no count of parameters
    readings   (name, value) of other conventions, the most natural first; tried when the value itself does not follow
    Raises UsageError for a figure that cannot be read.

    >>> verdict("138M", 138357544).verdict, verdict("93MB", 97277856).reading
    ('rounds to it', 'MiB')
    """
    if isinstance(value, tuple):
        return _of_volume(printed, value)
    _require_exact(value)
    figure = read_figure(printed)
    if _names_another_unit(figure, quantity):
        return Verdict(printed, value, DOES_NOT_FOLLOW, None, f"{quantity} is not counted in {figure.unit}")
    if match := _match(figure, value):
        return Verdict(printed, value, *match, "" if match.verdict == EXACT else _note(figure, value, match.reading))
    for name, other in readings:
        if match := _match(figure, other):
            note = f"{_note(figure, value)}; {name}: {_note(figure, other, match.reading)}"
            return Verdict(printed, value, CONSISTENT + name, name, note)
    return Verdict(printed, value, DOES_NOT_FOLLOW, None, _note(figure, value))


def _of_volume(printed: str, value: Sizes | Volume) -> Verdict:
    """Sizes are equal or they are not: nobody rounds a volume."""
    sizes = value.shape if isinstance(value, Volume) else value
    if parse_sizes(printed, what="volume") == sizes:
        return Verdict(printed, sizes, EXACT)
    return Verdict(printed, sizes, DOES_NOT_FOLLOW, None, "it is " + "x".join(str(size) for size in sizes))


def _require_exact(value: object) -> None:
    if not hasattr(value, "numerator"):
        message = f"a verdict needs an integer or a Fraction, not {type(value).__name__}"
        raise UsageError(message)


def _names_another_unit(figure: Figure, quantity: str | None) -> bool:
    return figure.unit is not None and quantity in UNITS_OF and figure.unit not in UNITS_OF[quantity]


def _match(figure: Figure, value: Exact) -> _Match | None:
    """Try the printed digit in each unit that the figure may mean, then two significant digits."""
    figures = [figure.in_unit(unit) for unit in _byte_units(figure)] or [figure]
    for one in figures:
        if word := _to_the_digit(one.digits, one.step, value):
            return _Match(word, one.unit if _byte_units(one) else None)
    for one in figures:
        if _to_two_digits(one, value):
            return _Match(ROUNDS, f"{one.unit}, {TWO_DIGITS}" if _byte_units(one) else TWO_DIGITS)
    return None


def _byte_units(figure: Figure) -> tuple[str, ...]:
    """MB is often printed for MiB, never MiB for MB."""
    unit = figure.unit
    if unit is None or unit == "B" or unit not in BYTES:
        return ()
    return (unit,) if "i" in unit else (unit, f"{unit[0]}iB")


def _to_the_digit(digits: int, step: Exact, value: Exact) -> str | None:
    """Compare as the figure stands: ``cut = ⌊value/step⌋``, and what is left decides."""
    cut, left = value // step, value % step
    if digits == cut + 1 and 2 * left >= step:
        return ROUNDS
    if digits != cut:
        return None
    if not left and step <= 1:
        return EXACT
    down = 2 * left < step or (2 * left == step and cut % 2 == 0)
    return ROUNDS if down else TRUNCATED


def _to_two_digits(figure: Figure, value: Exact) -> bool:
    """800K: whether the value, rounded to two significant digits, is the figure."""
    zeros = len(str(value // figure.step)) - 2
    if not figure.open_zeros or zeros < 1 or figure.digits % 10**zeros:
        return False
    return _to_the_digit(figure.digits // 10**zeros, figure.step * 10**zeros, value) == ROUNDS


def _note(figure: Figure, value: Exact, reading: str | None = None) -> str:
    """Say what the value is, written as the figure is: ``60,950,432 bytes is 61.0 MB, 58.1 MiB``."""
    units = _byte_units(figure)
    if units and isinstance(value, int):
        fitting = [unit for unit in units if reading is None or unit in reading.split(", ")]
        return f"{write_count(value)} bytes is " + ", ".join(write_bytes(value, unit) for unit in fitting)
    full = write_count(value)
    short = write_short(value) if isinstance(value, int) else write_quotient(value.numerator, value.denominator)
    return f"it is {full}" if short in {str(value), full} else f"{full} is {short}"
