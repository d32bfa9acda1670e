"""The receptive field: which input pixels one value sees, layer after layer, path beside path.

Outputs that lie `period` apart see the same, `jump` pixels on. Without upsampling the period is 1 and the field
follows in closed form. Behind an upsampling layer neighbours see the same or neighbouring pixels in turn, and not
always as many; then one period is followed output by output, and nothing is rounded.

Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import pairwise
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

from cnncalc.sizes import Size, greatest, is_open, ratio
from cnncalc.view import View

LONGEST_PERIOD = 1024
"""Beyond so many different neighbours a field is not known."""

_MOST_LOOKED_AT = 2**17
"""Nor where so many outputs would have to be looked at, because fields do not follow one another in order."""

Step: TypeAlias = tuple[int, int] | None
"""The first and the last pixel that an output sees; None: no stamp of a transposed convolution reaches it."""


class Field(NamedTuple):
    """What one value sees along an axis, in input pixels.

    size     how many pixels it sees, at most
    jump     how far on the field of the output `period` further on is
    padding  how far the first field starts before the image
    agree    whether all paths to it see the same; where they do not, this is what they see together
    period   1, unless something upsampled
    steps    what each output of one period sees, if that is longer than 1
    """

    size: Size = 1
    jump: Size = 1
    padding: Size = 0
    agree: bool = True
    period: int = 1
    steps: tuple[Step, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the field could be followed."""
        return self.size is not None

    def through(self, view: View, outputs: Size = None) -> Field:
        """Return the field behind one more window, of which there are so many outputs (None: endlessly many).

            size ← size + (reach − 1)·jump      jump ← jump·S      padding ← padding + P·jump

        >>> Field().through(View(3)).through(View(3))[:3]   # two 3x3 see 5x5
        (5, 1, 0)
        """
        if not self.is_known or view.offset is None:
            return UNKNOWN
        if self.period != 1 or type(view.per) is not int or view.per != 1:
            return self._through_steps(view, outputs)
        size = self.size + (view.reach - 1) * self.jump
        return Field(size, self.jump * view.step, self.padding + self.jump * view.offset, self.agree)

    def _through_steps(self, view: View, outputs: Size) -> Field:
        """Follow each output of one period back, through this view and then through this field."""
        if not all(isinstance(number, int) for number in (*view[:4], *self[:3])):
            return UNKNOWN  # letters cannot be followed one by one
        turns = view.per * self.period
        period = turns // gcd(view.step, turns)
        looked_at = self._looked_at
        if period > LONGEST_PERIOD or period * min(view.reach, looked_at) > _MOST_LOOKED_AT:
            return UNKNOWN
        steps = tuple(self._of(view.met(output), looked_at) for output in range(period))
        there = min(period, outputs) if isinstance(outputs, int) else period
        return _of_steps(steps, period * view.step // turns * self.jump, there, agree=self.agree)

    @property
    def _looked_at(self) -> int:
        """How many outputs at each end of a row are to be looked at for what all see: 1 if they follow in order."""
        ends = (*self.steps, _moved(self.steps[0], self.jump)) if self.steps else ()
        in_order = all(a and b and a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(ends))
        return 1 if in_order else self.period

    def one(self, output: int) -> Step:
        """Return the first and the last pixel that an output sees."""
        if self.period == 1:
            first = output * self.jump - self.padding
            return first, first + self.size - 1
        turn, place = divmod(output, self.period)
        return _moved(self.steps[place], turn * self.jump)

    def of(self, outputs: range) -> Step:
        """Return the first and the last pixel that some outputs see together: those at the ends of a row decide."""
        return self._of(outputs, self._looked_at)

    def _of(self, outputs: range, count: int) -> Step:
        near = [*outputs[:count], *outputs[-count:]] if len(outputs) > 2 * count else outputs
        return _hull(map(self.one, near))

    def standing(self) -> Field:
        """Return the field of a lone output that every place shares: it moves with none of them, its jump is 0."""
        return self.whole(1)

    def whole(self, outputs: Size) -> Field:
        """Return what so many outputs see together, as a field that moves with none of them."""
        if not self.is_known or is_open(outputs):
            return UNKNOWN
        seen = self.of(range(outputs))
        return Field(seen[1] - seen[0] + 1, 0, -seen[0], self.agree) if seen else UNKNOWN

    def and_also(self, other: Field) -> Field:
        """Return what two paths see together: from where the first starts to where the last ends.

        >>> Field(3, 1, 1).and_also(Field(5, 1, 2))[:4]   # 3x3 and 5x5 side by side, both keep the size
        (5, 1, 2, False)
        """
        if self == other:
            return self
        if not (self.is_known and other.is_known) or any(map(is_open, (*self[:3], *other[:3]))):
            return UNKNOWN  # in letters nobody can say which path sees more
        if self.period == other.period == 1:
            padding = greatest(self.padding, other.padding)
            end = greatest(self.size - self.padding, other.size - other.padding)
            agree = self[:3] == other[:3] and self.agree and other.agree
            return Field(end + padding, greatest(self.jump, other.jump), padding, agree)
        return self._also_by_steps(other)

    def _also_by_steps(self, other: Field) -> Field:
        period = lcm(self.period, other.period)
        if period > LONGEST_PERIOD:
            return UNKNOWN
        pairs = [(self.one(output), other.one(output)) for output in range(period)]
        steps = tuple(map(_hull, pairs))
        same = all(mine == theirs for mine, theirs in pairs)
        jump = max(self.jump * (period // self.period), other.jump * (period // other.period))
        return _of_steps(steps, jump, period, agree=same and self.agree and other.agree)


UNKNOWN = Field(None, None, None, agree=False)
"""A field that could not be followed."""


def _of_steps(steps: tuple[Step, ...], jump: Size, there: int, *, agree: bool) -> Field:
    """Return the field of outputs that see this in turn; so many of them are there."""
    seen = [step for step in steps[: max(there, 1)] if step]
    if not seen:
        return UNKNOWN
    size = max(last - first + 1 for first, last in seen)
    kept = steps if len(steps) > 1 else ()
    return Field(size, jump, -seen[0][0], agree, len(steps), kept)


def _moved(step: Step, pixels: int) -> Step:
    return (step[0] + pixels, step[1] + pixels) if step else None


def _hull(steps: Iterable[Step]) -> Step:
    """Return what several outputs see together."""
    seen = [step for step in steps if step]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else None


def joined(paths: Iterable[tuple[Field, Size]], outputs: Size) -> Field:
    """Return what each of so many outputs sees along several paths together; a path comes with its own outputs.

    A lone output, as of a gate over the whole image, is met at every place. Where it sees all that the other paths
    see at any place, that is the field, and it moves with no output; else no two outputs' fields need be alike. Nor
    where paths move by different jumps: they drift apart.
    """
    paths = list(paths)
    lone = [field.standing() for field, places in paths if _is_one(places)]
    moving = [field for field, places in paths if not _is_one(places)]
    if not lone and len({_pace(field) for field in moving}) > 1:
        return UNKNOWN
    if not lone or not moving:
        return reduce(Field.and_also, [field for field, _ in paths])
    gate = reduce(Field.and_also, lone)
    together = reduce(Field.and_also, [field.whole(outputs) for field in moving], gate)
    return gate._replace(agree=False) if gate.is_known and gate[:3] == together[:3] else UNKNOWN


def _pace(field: Field) -> Size:
    """Return how many pixels on the next output looks, on average: the jump over the period."""
    return ratio(field.jump, field.period) if field.is_known else None


def _is_one(places: Size) -> bool:
    return type(places) is int and places == 1
