"""138M, 93 MB, 92.8 MiB: figures read and written.

    figure  = [about] number [scale] [unit]        ~16M · 19.6 billion · 102,760,448 · 93MB · 7.6 GMACs · 1.8e9
    about   = "~" | "~=" | "≈" | "about"
    number  = digits, or groups of three (1,728); then, maybe, a point and digits, and a power of ten (x 10^9, e9)
    scale   = K k M G B T | thousand million billion trillion
    unit    = KB MB GB TB (powers of 1000) | KiB MiB GiB TiB (powers of 1024) | bytes | MACs | FLOPs …

A lone `B` is billion, as papers count (3.6B); bytes alone are written out: `512 bytes`. `G` and `B` are both 10^9.
What is written here can be read here. Nothing is a float: a figure is whole digits times an exact step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from cnncalc.errors import UsageError
from cnncalc.powers import MARKS, split_power

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

ABOUT: Final = ("~=", "~", "∼", "≈", "about", "around", "approximately", "approx.", "approx", "roughly")
MOST_DIGITS: Final = 40
EXAMPLES: Final = ("138M", "19.6 billion", "1,728", "93 MB")

SCALES: Final = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
SPOKEN: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
BYTES: Final = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate(SCALES, start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate(SCALES, start=1)},
}
WORDS: Final = {
    **dict.fromkeys(("byte", "bytes"), "B"),
    **dict.fromkeys(("MAC", "MACs", "Mac", "Macs", "MAdds", "Mult-Adds", "mult-adds", "multiply-adds"), "MACs"),
    **dict.fromkeys(("FLOP", "FLOPs", "FLOPS"), "FLOPs"),
}

_PREFIXES: Final = {"": 1, **SCALES, "k": 10**3, "B": 10**9, **SPOKEN, **{k.title(): n for k, n in SPOKEN.items()}}

# All that may follow a number: its multiplier, and what it counts. Later lines win: B is billion.
SUFFIXES: Final[dict[str, tuple[int, str | None]]] = {
    **{unit: (size, unit) for unit, size in BYTES.items()},
    "kB": (10**3, "KB"),
    **{prefix: (scale, None) for prefix, scale in _PREFIXES.items()},
    **{f"{p}{gap}{w}": (n, u) for p, n in _PREFIXES.items() for gap in ("", " ") for w, u in WORDS.items()},
}


class Figure(NamedTuple):
    """A figure as printed: 19.6 billion is 196 steps of 100,000,000.

    digits        the printed digits, without point and commas
    step          what one unit of the last printed digit is worth, in base units
    unit          a key of `BYTES`, "MACs", "FLOPs", or None for a plain number
    approximate   printed with ~, ≈ or "about"
    open_zeros    800K: no point, a scale, a zero at the end; the zeros may only hold a place
    whole         1/2: it is the value or it is not, and no digit of it was rounded
    places        digits behind the point
    """

    digits: int
    step: int | Fraction
    unit: str | None = None
    approximate: bool = False
    open_zeros: bool = False
    whole: bool = False
    places: int = 0

    @property
    def value(self) -> int | Fraction:
        """The number that is printed, in base units: digits · step."""
        return self.digits * self.step

    def in_unit(self, unit: str) -> Figure:
        """Return the same printed digits in another byte unit: 93 MB as 93 MiB."""
        return self._replace(step=_exact(self.step * BYTES[unit], BYTES[self.unit or "B"]), unit=unit)


def read_figure(text: str) -> Figure:
    """Read a figure as people print it.

    Raises UsageError for anything that the grammar above does not give.
    >>> read_figure("~19.6 billion")[:4]
    (196, 100000000, None, True)
    """
    if not isinstance(text, str):
        message = "a figure is text, as it was printed"
        raise UsageError(message, ways_out=EXAMPLES)
    plain, power = " ".join(text.split()), 0
    if not MARKS.isdisjoint(plain):
        plain, power = split_power(plain)
    bare = _without_about(plain)
    tail = bare.lstrip("0123456789,.")
    number, suffix = bare.removesuffix(tail), tail.strip()
    digits, places = _read_number(number, text)
    scale, unit = SUFFIXES.get(suffix) or _refuse_suffix(number, suffix, text)
    step = _exact(scale * 10**power, 10**places)
    return Figure(digits, step, unit, bare != plain, not places and scale > 1 and digits % 10 == 0, places=places)


def write_count(n: object) -> str:
    """Write an integer in full, 138,357,544; anything else as it writes itself."""
    return f"{n:,}" if isinstance(n, int) else str(n)


def write_short(n: object, *, digits: int = 3) -> str:
    """Write an integer shortly with K, M, G (10^9) or T, rounded half even; below 10,000 in full.

    >>> write_short(138357544), write_short(15237608), write_short(150000), write_short(4096)
    ('138M', '15.2M', '150K', '4096')
    """
    if not isinstance(n, int) or abs(n) < 10_000:  # noqa: PLR2004  five digits are where 4096 stops being short
        return str(n)
    size = round(abs(n), digits - len(str(abs(n))))
    scale = max((name for name in SCALES if SCALES[name] <= size), key=SCALES.__getitem__)
    return write_quotient(n, SCALES[scale], digits=digits) + scale


def write_bytes(n: object, unit: str = "auto") -> str:
    """Write a number of bytes in a unit of `BYTES`; auto takes the largest power of 1000.

    >>> write_bytes(553430176), write_bytes(97277856, "MiB"), write_bytes(93000000), write_bytes(512)
    ('553.4 MB', '92.8 MiB', '93 MB', '512 bytes')
    """
    if not isinstance(n, int):
        return str(n)
    if unit == "auto":
        unit = _fitting(n)
    if unit not in BYTES:
        message = f"{_quote(unit)} is no unit of bytes"
        raise UsageError(message, ways_out=_near(unit, BYTES) or tuple(BYTES))
    return f"{n:,} bytes" if unit == "B" else f"{write_quotient(n, BYTES[unit], places=1)} {unit}"


def write_both(n: int) -> str:
    """Write a number of bytes in powers of 1000 and of 1024, since people print one for the other.

    >>> write_both(60950432)
    '61.0 MB = 58.1 MiB'
    """
    unit = _fitting(n)
    return write_bytes(n, unit) if unit == "B" else f"{write_bytes(n, unit)} = {write_bytes(n, f'{unit[0]}iB')}"


def _fitting(n: int) -> str:
    """Return the largest unit that the number has once it is rounded: 999,960 bytes are 1.00 MB."""
    return next((name for name in ("TB", "GB", "MB", "KB") if BYTES[name] <= abs(n) + BYTES[name] // 20_000), "B")


def write_quotient(n: int, unit: int, *, digits: int = 3, places: int = 0) -> str:
    """Write n/unit, rounded half even to at least so many significant digits and places.

    Whole units are never rounded away, and a whole number of units shows no places.

    >>> write_quotient(7, 3), write_quotient(15237608, 10**6), write_quotient(6, 3)
    ('2.33', '15.2', '2')
    """
    if n < 0:
        return "-" + write_quotient(-n, unit, digits=digits, places=places)
    if n % unit == 0:
        return f"{n // unit:,}"
    size = round(n, digits - len(str(n)))  # 999,600 has the length of 1,000,000
    places = max(places, digits - 1 + len(str(unit)) - len(str(size)))
    nearest, left = divmod(n * 10**places, unit)
    nearest += 2 * left + nearest % 2 > unit  # a half goes to the even digit
    whole, rest = divmod(nearest, 10**places)
    return f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"


def _exact(n: int | Fraction, unit: int) -> int | Fraction:
    """n/unit, as an int where it can be had without loading fractions."""
    if isinstance(n, int) and n % unit == 0:
        return n // unit
    from fractions import Fraction  # noqa: PLC0415  5 ms; most figures are whole

    return Fraction(n, unit)


def _without_about(text: str) -> str:
    sign = next((sign for sign in ABOUT if text.lower().startswith(sign)), "")
    return text[len(sign) :].lstrip()


def _read_number(number: str, text: str) -> tuple[int, int]:
    """'19.6' is (196, 1): the digits, and how many of them stand behind the point."""
    whole, point, decimals = number.partition(".")
    first, *groups = whole.split(",")
    digits = whole.replace(",", "") + decimals
    if not first or (point and not decimals) or not digits.isdigit():
        message = f"{_quote(text)} is no figure"
        raise UsageError(message, ways_out=EXAMPLES)
    if len(digits) > MOST_DIGITS:
        message = f"{_quote(text)} has {len(digits)} digits; a figure has at most {MOST_DIGITS}"
        raise UsageError(message, ways_out=EXAMPLES)
    if groups and (len(first) > 3 or {len(group) for group in groups} != {3}):  # noqa: PLR2004  groups of three
        message = f"{_quote(text)}: a comma stands between groups of three digits, a point before decimals"
        is_decimal = len(groups) == 1 and not point and len(groups[0]) not in {0, 3}
        meant = number.replace(",", ".") if is_decimal else f"{int(whole.replace(',', '')):,}{point}{decimals}"
        raise UsageError(message, ways_out=(text.replace(number, meant, 1),))
    return int(digits), len(decimals)


def _refuse_suffix(number: str, suffix: str, text: str) -> NoReturn:
    near = tuple(f"{number} {name}" for name in _near(suffix, SUFFIXES))
    message = f"{_quote(text)}: {_quote(suffix)} is no unit or multiplier"
    raise UsageError(message, ways_out=near or EXAMPLES)


def _near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Give the words that differ in case only, or else by a slip."""
    from difflib import get_close_matches  # noqa: PLC0415  only a wrong unit needs it

    same = tuple(name for name in known if name.lower() == word.lower())
    return same or tuple(get_close_matches(word[:20], [name for name in known if name]))


def _quote(text: str) -> str:
    """Show what was typed, safely and not endlessly."""
    return repr(text if len(text) <= MOST_DIGITS else text[:MOST_DIGITS] + "…")
