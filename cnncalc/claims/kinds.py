"""What a figure can be held against, besides numbers, sizes and formulas: values in a row, a fit, windows."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.term import write_number


class Values(tuple[Any, ...]):
    """Numbers in a row, row by row: the values of a worked example."""

    __slots__ = ()


class Fitting(NamedTuple):
    """Whether a window fits, or all of a network's.

    fits       whether every stride leaves nothing over
    exact      (W − F + 2P)/S + 1 of the window at issue, if it is one number
    condition  in letters: what must hold so that it fits
    formula    the sum with its numbers
    """

    fits: bool
    exact: Any = None
    condition: str = ""
    formula: str = ""

    def __str__(self) -> str:
        if self.condition:
            return f"fits if {self.condition}"
        word = "fits" if self.fits else "does not fit"
        return word if self.fits or self.exact is None else f"{word}: {write_number(self.exact)}"


class Settings(frozenset[tuple[int, int, int]]):
    """The distinct (F, S, P) of a network's windows, where each is the same on every axis."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(f"{f}x{f}/{s}/{p}" for f, s, p in sorted(self, reverse=True))
