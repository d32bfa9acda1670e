"""A claim about a worked example: `convolve` reads and works it out; one value is taken, or all."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from cnncalc.claims.claim import Claim
from cnncalc.claims.kinds import Values
from cnncalc.errors import MissingKey, StrideMisfit, UsageError
from cnncalc.volume import write_sizes
from cnncalc.worked.asked import Pool
from cnncalc.worked.convolution import Convolution, Sum, convolve
from cnncalc.worked.values import write_number

_SHOWN = 200
"""A sum of at most so many characters is shown: nine products and more."""

_BETWEEN_ROWS = re.compile(r"\s/\s")
"""``0 1 / 2 3``: two rows; ``1/2`` is a quotient."""


def answer_of_worked(claim: Claim) -> tuple[Any, str, str]:
    """Return the value of a worked example, or all its values in a row; the sum of one; why there is none."""
    if claim.values is None:
        raise MissingKey("a worked example needs its values", ways_out=("values: [[0, 1], [2, 3]]",))
    if claim.quantity == "conv_value" and claim.kernel is None:
        raise MissingKey("a convolution needs its kernel", ways_out=("kernel: [[0, 1], [2, 3]]",))
    try:
        made = _worked(claim)
    except StrideMisfit as error:
        return None, "", f"it does not fit: {error.sum}"
    if claim.at is None:
        return Values(made.values.flat), "", ""
    one = _at(claim.at, made)
    return one.value, _written(one), ""


def _worked(claim: Claim) -> Convolution:
    settings = {"padding": claim.padding, "rounding": claim.rounding}
    if claim.quantity == "pool_value":
        kind: Pool = "max" if claim.kind == "max" else "average"
        return convolve(_rows(claim.values), claim.kernel_size, pool=kind, stride=claim.stride, **settings)
    return convolve(_rows(claim.values), _rows(claim.kernel), stride=claim.stride or 1, **settings)


def _rows(value: Any) -> Any:
    return _BETWEEN_ROWS.sub(" ; ", value) if isinstance(value, str) else value


def _at(place: tuple[int, ...], made: Convolution) -> Sum:
    """Return one output value and its sum; a line has one row. Raises UsageError for a place that is not there."""
    sizes = made.output_shape
    inside = place[1:] if len(sizes) == 1 and len(place) > 1 and place[0] == 0 else place
    if len(inside) != len(sizes) or any(at >= size for at, size in zip(inside, sizes, strict=True)):
        message = f"there is no output {', '.join(map(str, place))}: there are {write_sizes(sizes)}"
        raise UsageError(message, ways_out=(f"at: [{', '.join('0' * len(sizes))}] is the first",))
    index = 0
    for at, size in zip(inside, sizes, strict=True):
        index = index * size + at
    return next(islice(made.sums, index, None))


def _written(one: Sum) -> str:
    return f"{one.written} = {write_number(one.value)}" if len(one.written) <= _SHOWN else ""
