"""A question whose numbers are drawn: ranges for its names, which stand in braces in its texts.

    - name: volume
      ask: "{size}x{size}x3 input, {filters} {kernel}x{kernel} filters, stride {stride}, pad {pad}: the output volume"
      network: conv{kernel}-{filters}/s{stride}/p{pad}
      input: "{size}x{size}x3"
      quantity: output_shape
      vary: {size: 7..64, filters: 8..64 step 8, kernel: [3, 5, 7], stride: 1..3, pad: 1..3}
      fits: "yes"           # every stride fits; no: one does not; either: as a coin says
      choices: 4            # one right, three known slips; 0: an open question

A name in braces is replaced by its number and nothing else: no formula is written, none is evaluated.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from cnncalc.claims.claim import Claim
from cnncalc.errors import BadValue
from cnncalc.settings import describe
from cnncalc.spec.problems import Problems
from cnncalc.volume import shorten

YES, NO, EITHER = FITS = ("yes", "no", "either")
"""Whether the strides are to fit."""

MOST_NAMES = 12
MOST_VALUES = 1_000
LARGEST = 100_000
"""So large may a drawn number be."""

MOST_CHOICES = 6

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_HOLE = re.compile(r"\{([a-z_][a-z0-9_]{0,31})\}")
_RANGE = re.compile(r"([0-9]{1,6})\s*\.\.\s*([0-9]{1,6})(?:\s+step\s+([0-9]{1,6}))?")
_NUMBER = re.compile(r"[0-9]{1,6}")

Vary = tuple[tuple[str, tuple[int, ...]], ...]


class Template(NamedTuple):
    """What is drawn for a question, or for several together.

    label  the question, or "" for what an assignment draws for all
    vary   names with the numbers that they may be
    fits   yes, no or either; None where nobody says
    """

    label: str
    vary: Vary
    fits: str | None = None


def read_vary(value: object) -> Vary:
    """Read names with ranges, lists or numbers, as they are written. Raises ValueError."""
    if not isinstance(value, dict) or not 1 <= len(value) <= MOST_NAMES:
        msg = f"must be 1 to {MOST_NAMES} names with ranges: {{size: 7..64, kernel: [3, 5], stride: 1..3}}"
        raise ValueError(msg)
    for name in value:
        if not _NAME.fullmatch(name):
            msg = f"{describe(name)} is no name: small letters, digits and _"
            raise ValueError(msg)
    return tuple((name, _numbers(name, numbers)) for name, numbers in value.items())


def _numbers(name: str, value: object) -> tuple[int, ...]:
    """Read 7..64, 8..64 step 8, [3, 5, 7] or 3."""
    found: list[int] | range = []
    if isinstance(value, list) and all(isinstance(one, str) and _NUMBER.fullmatch(one) for one in value):
        found = list(dict.fromkeys(map(int, value)))
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        found = [int(value)]
    elif isinstance(value, str) and (between := _RANGE.fullmatch(value)):
        first, last, step = (int(part) if part else 1 for part in between.groups())
        found = range(first, last + 1, step) if step else []
    if not 1 <= len(found) <= MOST_VALUES or max(found) > LARGEST:
        msg = f"{name} must be a range such as 7..64 or 8..64 step 8, or a list, of at most {MOST_VALUES:,} numbers "
        msg += f"up to {LARGEST:,}, not {describe(value)}"
        raise ValueError(msg)
    return tuple(found)


def names_in(*texts: Any) -> set[str]:
    """Return what stands in braces."""
    return {name for text in texts if isinstance(text, str) for name in _HOLE.findall(text)}


def fill(text: Any, numbers: dict[str, int]) -> Any:
    """Put the numbers in place of their names, in a text; anything else stays.

    >>> fill("conv{kernel}-{filters}/p{pad}", {"kernel": 3, "filters": 8, "pad": 1})
    'conv3-8/p1'
    """
    if not isinstance(text, str):
        return text
    return _HOLE.sub(lambda hole: str(numbers[hole[1]]) if hole[1] in numbers else hole[0], text)


def template_of(found: Any, shared: Any, claim: Claim, problems: Problems) -> Template | None:
    """Return what is drawn for a question: by its own ranges, else by the assignment's; None if nothing is.

    Notes a name that has no range, a range of its own whose name no text has, and `fits` where nothing is drawn.
    """
    own = Template(found.name, found.vary, found.fits or shared.fits)
    if found.fits and not found.vary:
        problems.note(BadValue("fits without vary", ways_out=("vary: {side: 7..32, stride: 2..4}",)), claim.place)
    template = own if own.vary else Template("", shared.vary, shared.fits)
    used = names_in(claim.network, claim.input)
    if not template.vary or not (used or own.vary):
        return None
    ranges = dict(template.vary)
    strange = sorted((used | names_in(found.ask)) - ranges.keys())
    idle = sorted(ranges.keys() - used) if own.vary else ()
    if strange:
        ways_out = tuple(f"{{{name}}}" for name in ranges)
        problems.note(BadValue(f"nothing is drawn for {{{shorten(strange[0])}}}", ways_out=ways_out), claim.place)
    elif idle:
        error = BadValue(f"neither network nor input has {{{idle[0]}}}", ways_out=(f"vary without {idle[0]}",))
        problems.note(error, claim.place)
    return template
