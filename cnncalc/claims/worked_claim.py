"""A claim about a worked example: its numbers are read, the example is worked out, one value or all are taken."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.claim import Claim
from cnncalc.claims.kinds import Values
from cnncalc.claims.worked import Rows, correlate, pool, read_rows, term_sum, write_exact
from cnncalc.errors import MissingKey, UsageError

_SHOWN = 16
"""So many products of a sum are written out."""


def answer_of_worked(claim: Claim) -> tuple[Any, str]:
    """Return the value of a worked example, or all its values in a row, and the sum of one."""
    if claim.values is None:
        raise MissingKey("a worked example needs its values", ways_out=("values: [[0, 1], [2, 3]]",))
    values = read_rows(claim.values, "values")
    if claim.quantity == "pool_value":
        made = pool(values, kernel_size=claim.kernel_size, stride=claim.stride, kind=claim.kind)
        return _taken(claim, made), ""
    if claim.kernel is None:
        raise MissingKey("a convolution needs its kernel", ways_out=("kernel: [[0, 1], [2, 3]]",))
    kernel = read_rows(claim.kernel, "kernel")
    made = correlate(values, kernel, stride=claim.stride or 1, padding=claim.padding)
    return _taken(claim, made), "" if claim.padding else _written(claim, values, kernel, made)


def _place(claim: Claim, made: Rows) -> tuple[int, int] | None:
    if claim.at is None:
        return None
    row, column = claim.at if len(claim.at) > 1 else (0, claim.at[0])
    if row >= len(made) or column >= len(made[0]):
        message = f"there is no output {row}, {column}: there are {len(made)}x{len(made[0])}"
        raise UsageError(message, ways_out=("at: [0, 0] is the first",))
    return row, column


def _taken(claim: Claim, made: Rows) -> Any:
    place = _place(claim, made)
    return Values(value for row in made for value in row) if place is None else made[place[0]][place[1]]


def _written(claim: Claim, values: Rows, kernel: Rows, made: Rows) -> str:
    place = _place(claim, made)
    if place is None:
        return ""
    stride = claim.stride or 1
    terms = term_sum(values, kernel, place, stride=stride)
    if len(terms) > _SHOWN:
        return ""
    products = " + ".join(f"{write_exact(value)}·{write_exact(weight)}" for value, weight in terms)
    return f"{products} = {write_exact(made[place[0]][place[1]])}"
