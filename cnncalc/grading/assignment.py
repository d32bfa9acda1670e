"""What is asked: questions about networks, and networks that are to be designed."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from cnncalc.claims.claim import Claim
from cnncalc.grading.requirement import Requirement
from cnncalc.grading.template import Template

LEVELS = ("score", "hint", "full")
"""What a student is told: right or wrong; the rule and the slip, without a number; everything."""


class Accepted(NamedTuple):
    """How near an answer must come.

    digits     significant digits to which it must round; None: in full
    tolerance  how far it may be off; a share of the value if `relative`
    unit       the unit of a number without one: MB, MiB
    layout     the order of a volume's sizes, hwc or chw; None: either
    """

    digits: int | None = None
    tolerance: Fraction | None = None
    relative: bool = False
    unit: str | None = None
    layout: str | None = None


class Question(NamedTuple):
    """One number, volume or word that is asked for.

    name      how a submission calls it
    points    what a right answer gets
    claim     what it is about: quantity, network, layer, convention; it prints nothing yet
    ask       the question in words
    accepted  how near an answer must come
    slips     the share of the points that a known slip keeps
    template  what is drawn for it before it can be asked
    choices   how many it offers on a paper: 0 none, None as many as there are, up to four
    """

    name: str
    points: Fraction
    claim: Claim
    ask: str = ""
    accepted: Accepted = Accepted()
    slips: tuple[tuple[str, Fraction], ...] = ()
    template: Template | None = None
    choices: int | None = None


class Design(NamedTuple):
    """A network that is to be handed in, and what it must meet.

    leaderboard  quantities that are listed for all to see, of networks that meet every requirement
    """

    name: str
    requirements: tuple[tuple[Requirement, Fraction], ...]
    ask: str = ""
    leaderboard: tuple[str, ...] = ()


class Assignment(NamedTuple):
    """All that is asked."""

    name: str
    questions: tuple[Question, ...]
    designs: tuple[Design, ...] = ()
    source: str = ""
    feedback: str = "hint"

    @property
    def points(self) -> Fraction:
        """What a flawless submission gets."""
        required = (points for design in self.designs for _, points in design.requirements)
        return sum((*(question.points for question in self.questions), *required), start=Fraction(0))
