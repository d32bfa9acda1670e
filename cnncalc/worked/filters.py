"""Filters with a name: what lectures and picture editors call blur, sharpen and edge.

As they are slid, without flipping; all but the derivatives are the same flipped.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from cnncalc.errors import UsageError
from cnncalc.volume import nearest, shorten
from cnncalc.worked.typed import Number
from cnncalc.worked.values import Values


class Filter(NamedTuple):
    """A filter, what it does, and where it is from."""

    rows: tuple[tuple[int, ...], ...]
    divisor: int
    does: str
    source: str

    def values(self) -> Values:
        """Return its weights, each divided."""
        flat = (Fraction(weight, self.divisor) for row in self.rows for weight in row)
        numbers: tuple[Number, ...] = tuple(one.numerator if one.denominator == 1 else one for one in flat)
        return Values((len(self.rows), len(self.rows[0])), numbers)


_CS7015 = "CS7015, lecture 11, the convolution operation"
_GONZALEZ = "Gonzalez and Woods, Digital Image Processing, spatial filtering"
_SOBEL = "Sobel and Feldman 1968; Gonzalez and Woods, Digital Image Processing"

FILTERS = {
    "identity": Filter(((0, 0, 0), (0, 1, 0), (0, 0, 0)), 1, "leaves every value as it is", "the unit impulse"),
    "blur": Filter(
        ((1, 1, 1),) * 3, 9, "the mean of nine: the lecture's ones, shared out so that it stays as bright", _CS7015
    ),
    "box": Filter(((1, 1, 1),) * 3, 1, "the sum of nine: the lecture's blur as it is printed", _CS7015),
    "gaussian": Filter(((1, 2, 1), (2, 4, 2), (1, 2, 1)), 16, "a blur that weighs the middle most", _GONZALEZ),
    "sharpen": Filter(
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)), 1, "adds what a value differs from its neighbours", _CS7015
    ),
    "edge": Filter(((1, 1, 1), (1, -8, 1), (1, 1, 1)), 1, "0 where all are alike", _CS7015),
    "sobel-x": Filter(((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)), 1, "how fast values grow to the right", _SOBEL),
    "sobel-y": Filter(((-1, -2, -1), (0, 0, 0), (1, 2, 1)), 1, "how fast values grow downwards", _SOBEL),
}
"""The filters by the name that `--filter` takes."""


def named(name: str) -> Filter:
    """Return a filter by its name. Raises UsageError, with those that look like it."""
    if name not in FILTERS:
        message = f"no filter is called {shorten(name)!r}"
        raise UsageError(message, ways_out=tuple(nearest(name, FILTERS)) or tuple(FILTERS))
    return FILTERS[name]
