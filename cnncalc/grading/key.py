"""The key of an assignment: what the rules say to each question, worked out before any submission is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cnncalc.claims.claim import WORKED
from cnncalc.claims.kinds import Fitting, Settings, Values
from cnncalc.claims.networks import MOST_SEARCHED, Networks
from cnncalc.claims.quantities import COUNTED, HELD, SHAPED
from cnncalc.claims.question import Question as Asked
from cnncalc.claims.search import rounded, stated
from cnncalc.claims.slips import slips_of
from cnncalc.errors import BadValue, CnncalcError, FilterTooLarge, SeveralErrors, StrideMisfit
from cnncalc.grading.assignment import Assignment, Question
from cnncalc.grading.slips import KNOWN
from cnncalc.memory.conventions import CONVENTIONS
from cnncalc.spec.problems import MOST_ERRORS
from cnncalc.term import write_number
from cnncalc.volume import write_sizes

Slipped = tuple[str, Any]

FIT, SIZES, ROW, WINDOWS, FORMULA, NUMBER = "fit", "sizes", "row", "windows", "formula", "number"
"""What kind of thing is answered."""

SIZED = {"output_shape": (1, 1, 1), **dict.fromkeys(("receptive_field", "jump", "padding"), (1, 1))}
"""Quantities that are sizes, whether there is a network that has them or not; and some that any has."""


class Right(NamedTuple):
    """The right answer to a question.

    value   None if the network does not fit: then that is the answer
    misfit  what shows it
    sum     how it comes about, with its numbers
    slips   what known slips and other conventions give, the most natural first
    """

    question: Question
    value: Any
    sum: str
    slips: tuple[Slipped, ...]
    misfit: Fitting | None = None

    @property
    def kind(self) -> str:
        """What kind of thing is answered: a matter of the question, also where the network does not fit."""
        if self.question.claim.quantity == "fit":
            return FIT
        if isinstance(self.value, Values):
            return ROW
        if isinstance(self.value, Settings):
            return WINDOWS
        if isinstance(self.value, tuple) or (self.value is None and self.question.claim.quantity in SIZED):
            return SIZES
        return FORMULA if hasattr(self.value, "expression") else NUMBER

    def written(self) -> str:
        """Write the right answer."""
        return write_value(self.value, self.question)


class Key(NamedTuple):
    """An assignment and its right answers."""

    assignment: Assignment
    rights: tuple[Right, ...]


def make_key(assignment: Assignment) -> Key:
    """Answer every question. Raises what is wrong with one, at its place, or SeveralErrors."""
    drawn = [question for question in assignment.questions if question.template]
    if drawn:
        ways_out = ("cnncalc quiz … --seed 1 --format yaml > paper.yaml", "autograder build … --seed 1")
        raise BadValue("its numbers are not drawn yet", where=drawn[0].claim.place, ways_out=ways_out)
    networks = Networks()
    rights: list[Right] = []
    errors: list[CnncalcError] = []
    for question in assignment.questions:
        try:
            rights.append(answered(question, networks))
        except CnncalcError as error:
            errors += [_placed(one, question) for one in error.errors]
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralErrors(tuple(errors[:MOST_ERRORS]))
    return Key(assignment, tuple(rights))


def answered(question: Question, networks: Networks) -> Right:
    """Answer one question, whose numbers are drawn. Raises what is wrong with it."""
    asked = Asked(question.claim, networks)
    answer = asked.answer()
    named = stated(asked)
    value = named[0][1] if named else answer.value
    if hasattr(value, "spatial"):
        value = value.shape
    known = value is None or isinstance(value, tuple | frozenset) or hasattr(value, "numerator")
    if isinstance(value, tuple) and not isinstance(value, Fitting):
        known = all(part is not None for part in value)
    if not known and not hasattr(value, "expression"):
        raise BadValue(f"the {question.claim.quantity} is not known here", ways_out=("another quantity",))
    slips = tuple((name, other) for name, other in _slips(asked) if other is not None and other != value)
    misfit = None
    if value is None and question.claim.quantity not in WORKED:
        misfit = Asked(question.claim._replace(quantity="fit"), networks).answer().value
    return Right(question, value, "" if named else answer.sum or answer.misfit, slips, misfit)


def misfits(question: Question, networks: Networks) -> bool:
    """Whether the answer is that a stride leaves something over. Raises what else is wrong with the question."""
    asked = Asked(question.claim, networks)
    if question.claim.quantity == "fit":
        return not asked.answer().value.fits
    try:
        return question.claim.network is not None and asked.network is None
    except (StrideMisfit, FilterTooLarge):
        return True


def _slips(asked: Asked) -> Iterator[Slipped]:
    """Yield what known slips give, then what other memory conventions count; what tools print is no slip."""
    claim = asked.claim
    if claim.network is None or claim.quantity not in (*COUNTED, *SHAPED, *HELD):
        return
    try:
        lettered = asked.network.conditions is not None
    except StrideMisfit:
        yield from rounded(asked)
        return
    except FilterTooLarge:
        return
    if lettered or len(asked.network.nodes) > MOST_SEARCHED:
        return
    yield from ((slip.name, value) for slip, value in slips_of(asked.case, KNOWN))
    for name in CONVENTIONS if claim.quantity in HELD else ():
        if name != claim.memory:
            yield name, asked.case._replace(memory=name).value()


def _placed(error: CnncalcError, question: Question) -> CnncalcError:
    """Put an error at its question; what a network's text says about its own lines stays in the message."""
    message = f"{question.name}: {error.message}"
    ways_out = tuple(way.replace("--input ", "input: ") for way in error.ways_out)  # a key, where it is no option
    return type(error)(message, where=question.claim.place, formula=error.formula, ways_out=ways_out)


def write_value(value: Any, question: Question) -> str:
    """Write a value in full, as the question wants it: 760, 32x32x10, or 10x32x32, does not fit."""
    quantity = question.claim.quantity
    if value is None:
        return "does not fit"
    if isinstance(value, Fitting | Settings):
        return str(value)
    if isinstance(value, Values):
        return ", ".join(map(write_number, value))
    if isinstance(value, tuple):
        if quantity == "output_shape" and question.accepted.layout == "chw":
            value = (value[-1], *value[:-1])
        return write_sizes(value)
    unit = " bytes" if quantity.endswith("_bytes") else ""
    return write_number(value) + unit if hasattr(value, "numerator") else str(value)
