"""Sizes as they are printed: volumes, receptive fields, paddings; joined by x, in brackets, in words or in letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cnncalc.claims.numbers import EXACT, Match
from cnncalc.errors import FormulaError, UsageError
from cnncalc.letter import LETTER
from cnncalc.volume import Volume, no_sizes, parse_sizes, write_sizes

_SIZE = rf"(?:[0-9]{{1,12}}|{LETTER})"
_THOUSANDS = re.compile("[0-9]{1,3}(,[0-9]{3})+", re.ASCII)
_GROUPED = re.compile("(?<![0-9,])[0-9]{1,3}(,[0-9]{3})+(?![0-9,])", re.ASCII)
_BETWEEN_GROUPS = re.compile(",(?![0-9]{3}(?![0-9]))", re.ASCII)
_SPACED = re.compile("[1-9][0-9]*( [1-9][0-9]*)+", re.ASCII)
_PIXELS = re.compile(r"(?<=[0-9])\s*(?:pixels?|px)$")
_POINT_ZERO = re.compile(r"(?<=[0-9])\.0+(?![0-9.])")
_MAPS = re.compile(rf"({_SIZE}) ?@ ?([^@]+)")
_WITHOUT_COMMAS = re.compile("[x×*·]|by", re.IGNORECASE)
_BETWEEN_SIZES = re.compile("[,x×*·]|-?by-?", re.IGNORECASE)
_BETWEEN_FORMULAS = re.compile(r"[,x×]|\bby\b")
_BARE_SIZES = re.compile(rf"\s*{_SIZE}\s*(?:(?:[,x×*·]|-?by-?)\s*{_SIZE}\s*){{0,3}}", re.IGNORECASE)
_LETTERED = re.compile("[A-Z]")


class Plain:
    """What has no unit and no digits to doubt."""

    is_telling = True
    refusal = ""


def joined(printed: str, axes: int, *, channels: bool = True) -> str:
    """Write sizes with x between: (55, 55, 96), 55 by 55 by 96 and 55*55*96 are 55x55x96.

    1,024 is one size, unless there are as many commas as so many axes have between them; and even then where there are
    no channels, for 1,024 and 111,111 are a size and two.
    """
    inner = _POINT_ZERO.sub("", _PIXELS.sub("", " ".join(printed.split()).removesuffix(".")))
    if is_list := _is_enclosed(inner):
        inner = inner[1:-1].strip().removesuffix(",")
    if _THOUSANDS.fullmatch(inner):
        as_many = inner.count(",") == axes - 1 and ",0" not in inner
        alike = len({*inner.split(",")}) == 1
        if not (as_many and (channels or is_list or alike)):
            return inner.replace(",", "")
    if _SPACED.fullmatch(inner):
        return inner.replace(" ", "x")
    grouped = _BETWEEN_GROUPS.split(inner)
    if _WITHOUT_COMMAS.search(inner):
        inner = _GROUPED.sub(lambda size: size[0].replace(",", ""), inner)
    elif len(grouped) == axes <= inner.count(","):
        inner = "x".join(grouped).replace(",", "")
    between = _BETWEEN_SIZES if _BARE_SIZES.fullmatch(inner) else _BETWEEN_FORMULAS
    return "x".join(part.strip() for part in between.split(inner))


def _is_enclosed(text: str) -> bool:
    """Whether a text stands in one pair of brackets: (a, b), and not (a)/(b)."""
    if text[:1] + text[-1:] not in {"()", "[]", "{}"}:
        return False
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if not depth:
            return at == len(text) - 1
    return False


class Sizes(Plain):
    """Sizes are equal or they are not: nobody rounds a volume. Some axes may be left unsaid.

    axes      how many sizes there are
    channels  whether the last of them are channels; a receptive field, a jump, a padding has none

    LeNet's 96@55x55 says which are the maps.
    """

    def __init__(self, printed: str, axes: int, *, channels: bool = True) -> None:
        self.has_channels = channels
        printed = printed if channels else printed.strip().removesuffix("+").removeprefix("~")  # as the table has them
        maps = _MAPS.fullmatch(printed.strip()) if channels else None
        self.is_ordered = maps is not None
        written = f"{joined(maps[2], axes - 1)}x{maps[1]}" if maps else joined(printed, axes, channels=channels)
        try:
            self.sizes = parse_sizes(written, letters=True)
        except UsageError:
            told = no_sizes(printed, what="volume", letters=True)
            if not _LETTERED.search(printed):
                raise told from None
            try:
                self.sizes = tuple(map(formula, re.split("[x×]", written)))
            except FormulaError:
                raise told from None

    def match(self, value: Any) -> Match | None:
        """Return which sizes they are: all of them, or which are left out; None if they are others."""
        shape = value.shape if isinstance(value, Volume) else value
        sizes, shape = _written_alike(self.sizes, shape)
        readings = {None: sizes == shape, "per axis": len(sizes) == 1 and set(shape) == set(sizes)}
        if self.has_channels and not self.is_ordered:
            *spatial, channels = shape
            bare = tuple(size for size in sizes if size != "1")
            readings |= {
                "channels first": len(shape) > 1 and sizes in {(channels, *spatial), (channels, *reversed(spatial))},
                "axes of 1 aside": bare == (channels,) and set(spatial) == {"1"},
                "without channels": sizes == tuple(spatial),
                "per axis, without channels": len(sizes) == 1 and set(spatial) == set(sizes),
            }
        return next((Match(EXACT, reading) for reading, holds in readings.items() if holds), None)

    def says(self, value: Any, reading: str | None = None) -> str:  # noqa: ARG002
        """Say what the sizes are."""
        shape = value.shape if isinstance(value, Volume) else value
        return f"it is {write_sizes(shape)}"


def formula(printed: str) -> Any:
    """Read a formula in letters, evaluating nothing. Raises FormulaError."""
    from cnncalc.claims.expression import evaluate  # noqa: PLC0415 - most figures are numbers
    from cnncalc.letters import symbol  # noqa: PLC0415 - sympy, only where a letter is

    return evaluate(printed, letter=symbol)


def _written_alike(sizes: Iterable[Any], others: Iterable[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write sizes, those that are equal however they are arranged in the same words: (H - 1)/2 and H/2 - 1/2."""
    others = tuple(others)
    words = [str(next((other for other in others if size == other), size)) for size in sizes]
    return tuple(words), tuple(map(str, others))
