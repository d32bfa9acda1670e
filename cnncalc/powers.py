"""Powers of ten in a figure: `3.6 x 10^9`, `3.6·10⁹`, `3.6e9`, `10⁶`."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.errors import UsageError

LARGEST_POWER: Final = 40
_LONGEST: Final = 120
MARKS: Final = frozenset("^*⁰¹²³⁴⁵⁶⁷⁸⁹eE")
"""What a power of ten is written with; a figure without them is spared the look."""

_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED: Final = re.compile("(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_POWER: Final = re.compile(
    r"([^0-9.,]*)(?:([0-9.,]+)(?:\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*|[eE]\+?)|10\s*(?:\^|\*\*)\s*)([0-9]+)(?![0-9.,])(.*)"
)


def split_power(text: str) -> tuple[str, int]:
    """Return a figure without its power of ten, and its exponent: 0 if it has none. Raises UsageError beyond 10^40.

    >>> split_power("~3.6 x 10⁹ FLOPs"), split_power("1.8e9"), split_power("10^6"), split_power("93 bytes")
    (('~3.6 FLOPs', 9), ('1.8', 9), ('1', 6), ('93 bytes', 0))
    """
    if len(text) > _LONGEST:
        return text, 0
    plain = _RAISED.sub(lambda digits: f"^{digits[0].translate(_SUPERSCRIPT)}", text)
    found = _POWER.fullmatch(plain)
    if not found:
        return text, 0
    about, mantissa, exponent, rest = found.groups()
    if len(exponent) > len(str(LARGEST_POWER)) or int(exponent) > LARGEST_POWER:
        raise UsageError(f"{text[:40]!r} goes beyond 10^{LARGEST_POWER}", ways_out=("3.6 x 10^9", "3.6 billion"))
    return f"{about}{mantissa or 1}{rest}", int(exponent)
