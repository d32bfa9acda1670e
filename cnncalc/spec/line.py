"""A network on one line becomes a Spec."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.errors import MissingKey
from cnncalc.sizes import Size
from cnncalc.spec.expand import Expander
from cnncalc.spec.formula import Chosen
from cnncalc.spec.model import Spec
from cnncalc.spec.nodes import Scalar
from cnncalc.spec.problems import Problems
from cnncalc.volume import shorten


def read_line(pattern: str, *, set: Mapping[str, Size] | None = None) -> Spec:  # noqa: A002
    """Read a one-line network: a pattern; its input comes from the caller, and `set` puts numbers for letters.

    Names of `set` that are no letters of the line are left to the caller, as `unheard`.
    Raises a SpecError, or SeveralErrors.
    """
    problems, given = Problems(None), Chosen(set or {})
    scalar = Scalar(pattern, pattern, plain=True, line=1, column=1)
    entries = Expander({}, problems).entries(scalar, given)
    if not entries and not problems.errors:
        problems.note(MissingKey("there are no layers", ways_out=("conv3-64 relu fc-10",)), problems.where(scalar))
    problems.stop()
    unheard = tuple(name for name in given if name not in given.heard)
    return Spec(shorten(pattern, 200), None, entries, unheard=unheard)
