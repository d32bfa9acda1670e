"""A number as a tool prints it: its scale, its digits, its word for the unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.units import write_count

_SCALES = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K"), (1, ""))
MIB = 2**20


def decimals(number: Any, unit: int, places: int = 2) -> str:
    """Write number/unit with so many places, halves to even.

    >>> decimals(108453696, 10**6), decimals(60950432, 2**20)
    ('108.45', '58.13')
    """
    whole, left = divmod(number * 10**places, unit)
    whole += 2 * left > unit or (2 * left == unit and whole % 2)
    if not places:
        return f"{whole:,}"
    return f"{whole // 10**places:,}.{whole % 10**places:0{places}d}"


def _scale(number: Any, smallest: int = 1) -> tuple[int, str]:
    return next(((unit, name) for unit, name in _SCALES if unit >= smallest and number >= unit), (smallest, ""))


thousands = write_count
"""138,357,544."""


def torchinfo(number: Any) -> str:
    """Write multiply-adds as torchinfo does: 15.48 G; millions below 10^9."""
    unit, name = _scale(number, 10**6)
    return f"{decimals(number, unit)} {name or 'M'}"


def gigaflops(number: Any) -> str:
    """Write multiply-adds as torchvision's documentation does: 15.47."""
    return decimals(number, 10**9)


def ptflops(word: str) -> Callable[[Any], str]:
    """Return how ptflops writes: 15.48 GMac, without zeros at the end."""

    def write(number: Any) -> str:
        unit, name = _scale(number)
        text = decimals(number, unit).rstrip("0") if unit > 1 else str(number)
        return f"{text}0 {name}{word}" if text.endswith(".") else f"{text} {name}{word}"

    return write


def deepspeed(word: str) -> Callable[[Any], str]:
    """Return how DeepSpeed writes: 30.97 GFLOPS, without zeros or a point at the end."""

    def write(number: Any) -> str:
        unit, name = _scale(number)
        text = decimals(number, unit).rstrip("0").rstrip(".") if unit > 1 else str(number)
        return f"{text} {name}{word}"

    return write


def burden(number: Any) -> str:
    """Write operations as convnet-burden does: 16 GFLOPs."""
    unit, name = _scale(number)
    return f"{decimals(number, unit, 0)} {name}FLOPs"


def megabytes(number: Any) -> str:
    """Write bytes in units of 10^6: 108.45 MB."""
    return f"{decimals(number, 10**6)} MB"


def mebibytes(word: str, places: int = 2) -> Callable[[Any], str]:
    """Return how bytes are written in units of 2^20, whatever a tool calls them: 58.13 MB."""
    return lambda number: f"{decimals(number, MIB, places)} {word}"


def keras(number: Any) -> str:
    """Write parameters as Keras does: 138,357,544 (527.79 MB), 4 bytes each, in powers of 1024."""
    size, units = 4 * number, iter(("B", "KB", "MB", "GB", "TB"))
    unit, name = 1, next(units)
    while size >= 1024 * unit and name != "TB":
        unit, name = 1024 * unit, next(units)
    return f"{number:,} ({decimals(size, unit)} {name})"
