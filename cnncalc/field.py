"""The receptive field: which input pixels one value sees, layer after layer, path beside path.

Outputs that lie `period` apart see the same, `jump` pixels on. Without upsampling the period is 1 and the field
follows in closed form. Behind an upsampling layer neighbours see the same or neighbouring pixels in turn; then
one period is followed pixel by pixel, and nothing is rounded.

Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import gcd, lcm
from typing import NamedTuple

from cnncalc.sizes import Size, greatest, is_open, ratio
from cnncalc.view import View

LONGEST_PERIOD = 1024
"""Beyond so many different neighbours a field is not known."""


class Field(NamedTuple):
    """What one value sees along an axis, in input pixels.

    size     how many pixels it sees, at most
    jump     how far on the field of the output `period` further on is
    padding  how far the first field starts before the image
    agree    whether all paths to it see the same; where they do not, this is what they see together
    period   1, unless something upsampled
    steps    the first and last pixel of each output of one period, if that is longer than 1
    """

    size: Size = 1
    jump: Size = 1
    padding: Size = 0
    agree: bool = True
    period: int = 1
    steps: tuple[tuple[int, int], ...] = ()

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
        reach, step, per, offset, *_ = view
        if not all(isinstance(number, int) for number in (reach, step, per, offset, *self[:3])):
            return UNKNOWN  # letters cannot be followed one by one
        turns = per * self.period
        period = turns // gcd(step, turns)
        if period > LONGEST_PERIOD:
            return UNKNOWN
        firsts = [(output * step - offset) // per for output in range(period)]
        steps = tuple((self.first(inner), self.last(inner + reach - 1)) for inner in firsts)
        there = min(period, outputs) if isinstance(outputs, int) else period
        return _of_steps(steps, period * step // turns * self.jump, there, agree=self.agree)

    def first(self, output: int) -> Size:
        """Return the first pixel that an output sees."""
        if self.period == 1:
            return output * self.jump - self.padding
        turn, place = divmod(output, self.period)
        return self.steps[place][0] + turn * self.jump

    def last(self, output: int) -> Size:
        """Return the last pixel that an output sees."""
        if self.period == 1:
            return output * self.jump - self.padding + self.size - 1
        turn, place = divmod(output, self.period)
        return self.steps[place][1] + turn * self.jump

    def standing(self) -> Field:
        """Return the field of a lone output that every place shares: it moves with none of them, its jump is 0."""
        if not self.is_known:
            return UNKNOWN
        return Field(self.last(0) - self.first(0) + 1, 0, -self.first(0), self.agree)

    def whole(self, outputs: Size) -> Field:
        """Return what so many outputs see together, as a field that moves with none of them."""
        if not self.is_known or is_open(outputs):
            return UNKNOWN
        return Field(self.last(outputs - 1) - self.first(0) + 1, 0, -self.first(0), self.agree)

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
        pairs = [(output, self, other) for output in range(period)]
        steps = tuple((min(a.first(o), b.first(o)), max(a.last(o), b.last(o))) for o, a, b in pairs)
        same = all((a.first(o), a.last(o)) == (b.first(o), b.last(o)) for o, a, b in pairs)
        jump = max(self.jump * (period // self.period), other.jump * (period // other.period))
        return _of_steps(steps, jump, period, agree=same and self.agree and other.agree)


UNKNOWN = Field(None, None, None, agree=False)
"""A field that could not be followed."""


def _of_steps(steps: tuple[tuple[int, int], ...], jump: Size, there: int, *, agree: bool) -> Field:
    """Return the field of outputs whose first and last pixels are these; so many of them are there."""
    size = max(last - first + 1 for first, last in steps[: max(there, 1)])
    kept = steps if len(steps) > 1 else ()
    return Field(size, jump, -steps[0][0], agree, len(steps), kept)


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
