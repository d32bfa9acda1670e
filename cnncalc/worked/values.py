"""Numbers on one to three axes: read exactly from text or lists, written exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm, prod
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.sizes import LARGEST
from cnncalc.volume import MAX_AXES, shorten
from cnncalc.worked.typed import DIGITS, EXAMPLES, MOST, Number, parse_numbers, parse_run, whole


class Values(NamedTuple):
    """Numbers on one to three axes, row by row.

    sizes  how many along each axis
    flat   the numbers, the last axis fastest
    run    they were written as a run, whose shape is open
    """

    sizes: tuple[int, ...]
    flat: tuple[Number, ...]
    run: bool = False

    def shaped(self, sizes: tuple[int, ...]) -> Values:
        """Return the same numbers on other axes. Raises UsageError for another count."""
        if prod(sizes) != len(self.flat):
            wanted, count = "x".join(map(str, sizes)), len(self.flat)
            message = f"{wanted} is {prod(sizes):,} values, and there {'is' if count == 1 else 'are'} {count:,}"
            raise UsageError(message, ways_out=tuple(f"--shape {shape}" for shape in shapes(count)))
        return Values(tuple(sizes), self.flat)

    def nested(self) -> Any:
        """Return lists of lists."""
        rows: list[Any] = list(self.flat)
        for size in reversed(self.sizes[1:]):
            rows = [rows[first : first + size] for first in range(0, len(rows), size)]
        return rows

    def to_json(self) -> Any:
        """Return lists of lists as JSON carries them."""
        numbers: list[Any] = [jsonable(number) for number in self.flat]
        return Values(self.sizes, tuple(numbers)).nested()


def read_values(given: Any, what: str) -> Values:
    """Read text, or lists of numbers, Fractions, Decimals and floats (as they print), or an array of these.

    Raises UsageError for anything else, with the place of the slip.

    >>> read_values("[[0, 1], [2, 3]]", "filter")
    Values(sizes=(2, 2), flat=(0, 1, 2, 3), run=False)
    >>> read_values([0.5, "1/9"], "filter").flat
    (Fraction(1, 2), Fraction(1, 9))
    """
    if isinstance(given, str):
        run = parse_run(given)
        return _run(*run, what) if run else _settled(parse_numbers(given, what), what)
    lists = _plain(given, what)
    return _settled(lists if isinstance(lists, (list, tuple)) else [lists], what)


def write_number(number: Number) -> str:
    """Write a number exactly: 19, 1.811 or 1/3; a minus sign is −.

    >>> write_number(Fraction(1811, 1000)), write_number(Fraction(-1, 3))
    ('1.811', '−1/3')
    """
    return plain(number).replace("-", "−")


def write_factor(number: Number) -> str:
    """Write a number as it stands in a sum: a negative one in brackets."""
    return f"({write_number(number)})" if number < 0 else write_number(number)


def plain(number: Number) -> str:
    """Write a number exactly and in ASCII, so that Fraction(text) is the number again."""
    rest, places = number.denominator, 0
    for factor in (2, 5):
        times = 0
        while rest % factor == 0:
            rest, times = rest // factor, times + 1
        places = max(places, times)
    if rest != 1 or not places or places > 2 * DIGITS:
        return str(number)
    whole, part = divmod(abs(number.numerator) * 10**places // number.denominator, 10**places)
    return f"{'-' * (number < 0)}{whole}.{part:0{places}}"


def jsonable(number: Number) -> Any:
    """Return a number as JSON carries it exactly: 19, 1.811, and "1/3" for what is no decimal."""
    near = float(number)
    if isinstance(number, int) or Fraction(repr(near)) != number:
        return number if isinstance(number, int) else plain(number)
    return near


def require_common(values: Sequence[Number], what: str) -> None:
    """Raise UsageError for quotients whose sums would be longer than anyone reads."""
    common = 1
    for value in values:
        common = lcm(common, value.denominator)
        if common > LARGEST**4:
            message = f"the quotients in the {what} have a common denominator of over 36 digits"
            raise UsageError(message, ways_out=("decimals of a few digits: 0.111",))


def _run(first: int, last: int, what: str) -> Values:
    """Return all whole numbers from the first to the last, which may be the smaller."""
    step = 1 if last >= first else -1
    _require_few(abs(last - first) + 1, what, f"{first}..{first + step * (MOST - 1)}")
    return Values((abs(last - first) + 1,), tuple(range(first, last + step, step)), run=True)


def _require_few(count: int, what: str, way_out: str) -> None:
    if count > MOST:
        message = f"the {what} has {count:,} values; {MOST:,} is the most that is worked out sum by sum"
        raise UsageError(message, ways_out=(way_out, "a picture: --image photo.png"))


def _settled(lists: Sequence[Any], what: str) -> Values:
    """Return lists of lists as Values. Raises UsageError for ragged, empty or too many."""
    sizes: list[int] = []
    _require_few(len(lists), what, "fewer rows")
    level: list[Any] = [_plain(part, what) for part in lists]
    sizes.append(len(level))
    while level and all(isinstance(part, (list, tuple)) for part in level):
        lengths = [len(part) for part in level]
        if len(set(lengths)) > 1:
            odd = next(index for index, length in enumerate(lengths) if length != lengths[0])
            message = (
                f"the rows of the {what} differ in length: the first has {lengths[0]}, row {odd + 1} has {lengths[odd]}"
            )
            raise UsageError(message, ways_out=(f"give every row {max(lengths)} values",))
        sizes.append(lengths[0])
        _require_few(sum(lengths), what, "fewer values")
        level = [_plain(value, what) for part in level for value in part]
        if len(sizes) > MAX_AXES:
            message = f"the {what} has more than {MAX_AXES} levels of lists"
            raise UsageError(message, ways_out=("[[0,1],[2,3]]",))
    if not level:
        raise UsageError(f"the {what} holds no numbers", ways_out=EXAMPLES)
    return Values(tuple(sizes), tuple(_exact(value, what) for value in level))


def _plain(value: Any, what: str) -> Any:
    """Return an array, or a number of an array library, as lists and numbers of Python's. Raises UsageError."""
    if isinstance(getattr(value, "size", None), int):
        _require_few(value.size, what, "fewer values")  # before an array becomes lists
    return value.tolist() if hasattr(value, "tolist") else value


def _exact(value: Any, what: str) -> Number:
    """Return one value of a list, exactly; a float is the number that it prints as."""
    if isinstance(value, (list, tuple)):
        raise UsageError(f"the {what} has rows and single numbers side by side", ways_out=("[[0,1],[2,3]]",))
    if isinstance(value, str):
        read = parse_numbers(value, what)
        if len(read) == 1 and isinstance(read[0], (int, Fraction)):
            return read[0]
    if isinstance(value, (int, float, Decimal, Fraction)) and not isinstance(value, bool) and _is_short(value):
        return whole(Fraction(str(value)) if isinstance(value, float) else Fraction(value))
    long = isinstance(value, (int, Decimal, Fraction)) and not isinstance(value, bool)
    kind = "a longer one" if long else shorten(repr(value))
    raise UsageError(f"the {what} holds numbers of up to {DIGITS} digits, not {kind}", ways_out=EXAMPLES)


def _is_short(value: Any) -> bool:
    """Whether a number is finite, and has no more digits than a user types; found out without writing it."""
    if isinstance(value, Decimal):
        return value.is_finite() and max(abs(value.adjusted()), len(value.as_tuple().digits)) <= DIGITS
    if isinstance(value, float):
        return abs(value) < 10**DIGITS and (value == 0 or abs(value) > 10**-DIGITS)
    return bool(max(abs(value.numerator), value.denominator) <= 10**DIGITS)


def shapes(count: int) -> list[str]:
    """Return the rectangles that so many values fill, the squarest first."""
    sides = [side for side in range(1, int(count**0.5) + 1) if count % side == 0]
    return [f"{side}x{count // side}" for side in reversed(sides)][:2]
