"""A network on one line becomes a Spec."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnncalc.errors import MissingKey, UnknownKey
from cnncalc.sizes import Size
from cnncalc.spec.expand import Expander
from cnncalc.spec.model import Entry, Spec
from cnncalc.spec.nodes import Scalar
from cnncalc.spec.problems import Problems
from cnncalc.volume import shorten

_FEW = 8
"""So many names of a line are looked for by reading it again without one."""


def read_line(pattern: str, *, set: Mapping[str, Size] | None = None) -> Spec:  # noqa: A002
    """Read a one-line network: a pattern; its input comes from the caller, and `set` puts numbers for letters.

    Raises a SpecError, or SeveralErrors.
    """
    problems, given = Problems(None), dict(set or {})
    scalar = Scalar(pattern, pattern, plain=True, line=1, column=1)
    entries = Expander({}, problems).entries(scalar, given)
    if not entries and not problems.errors:
        problems.note(MissingKey("there are no layers", ways_out=("conv3-64 relu fc-10",)), problems.where(scalar))
    problems.stop()
    for name in given:
        if not _is_heard(name, scalar, given, entries):
            message = f"the network has no letter {shorten(name)!r} to set"
            raise UnknownKey(message, ways_out=("leave it out", f"a number of a layer that is called so: conv3-{name}"))
    return Spec(shorten(pattern, 200), None, entries)


def _is_heard(name: str, line: Scalar, given: Mapping[str, Size], entries: tuple[Entry, ...]) -> bool:
    """Whether a name of `given` stands in a line: as a word, or else so that its layers differ without it."""
    if name not in line.text:
        return False
    if name in re.findall(r"\w+", line.text) or len(given) > _FEW:
        return True
    others = {other: value for other, value in given.items() if other != name}
    return Expander({}, Problems(None)).entries(line, others) != entries
