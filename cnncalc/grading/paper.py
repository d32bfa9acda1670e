"""A paper: an assignment whose numbers are drawn, with its key and what is offered to choose from.

A paper is an assignment again (`Paper.text`), so that the answers to it are graded like any other. Each question draws
by itself, from the seed and its name: another question more or less changes nothing in the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.claims.memo import SEARCH
from cnncalc.claims.networks import Networks
from cnncalc.errors import BadValue, CnncalcError, TooLarge, UsageError
from cnncalc.grading.assignment import Assignment, Question
from cnncalc.grading.choices import Choice, choices_of, enough
from cnncalc.grading.dice import Dice
from cnncalc.grading.file import assignment_text, read_assignment
from cnncalc.grading.filled import Drawn, write_filled
from cnncalc.grading.key import Right, answered, make_key, misfits
from cnncalc.grading.template import EITHER, NO, YES, Template, fill

TRIES = 1_000
"""So often are numbers drawn that do not fit, before the ranges are given up."""

LONGEST_SEED = 100


class Asked(NamedTuple):
    """One question of a paper.

    choices  what is offered, in the paper's order, exactly one of them right; () for an open question
    """

    right: Right
    choices: tuple[Choice, ...] = ()


class Paper(NamedTuple):
    """An assignment with drawn numbers.

    text   the same as an assignment that can be read and graded; the key is not in it
    drawn  by label, the numbers
    """

    assignment: Assignment
    seed: str
    asked: tuple[Asked, ...]
    text: str
    drawn: dict[str, Drawn]


def quiz(assignment: str, seed: str | int) -> Paper:
    """Draw a paper from an assignment, which a path or a packaged name says. Raises what is wrong with it."""
    text, file = assignment_text(assignment)
    return draw_paper(text, seed, file=file)


def draw_paper(text: str, seed: str | int, *, file: str | None = None) -> Paper:
    """Draw a paper from an assignment's text. Raises what is wrong with it, and BadValue where nothing fits."""
    seed = str(seed)
    if not 1 <= len(seed) <= LONGEST_SEED:
        raise UsageError(f"a seed has 1 to {LONGEST_SEED} characters", ways_out=("--seed 1", "--seed ada"))
    assignment, asked, drawn = draw(read_assignment(text, file=file), seed)
    return Paper(assignment, seed, asked, write_filled(text, drawn, file), drawn)


def draw(template: Assignment, seed: str) -> tuple[Assignment, tuple[Asked, ...], dict[str, Drawn]]:
    """Return the assignment with numbers, its questions with their answers and choices, and the numbers by label."""
    fixed = tuple(question for question in template.questions if question.template is None)
    rights = {right.question.name: right for right in make_key(template._replace(questions=fixed)).rights}
    drawn: dict[str, Drawn] = {}
    networks = Networks()
    for label, group in _groups(template.questions).items():
        filled, drawn[label] = _drawn(group, seed, networks)
        rights |= {right.question.name: right for right in filled}
    found = [rights[question.name] for question in template.questions]
    asked = tuple(Asked(right, _offered(right, seed)) for right in found)
    return template._replace(questions=tuple(right.question for right in found)), asked, drawn


def _groups(questions: Iterable[Question]) -> dict[str, list[Question]]:
    """Return the questions that draw, those together that share their numbers, by label."""
    found: dict[str, list[Question]] = {}
    for question in questions:
        if question.template:
            found.setdefault(question.template.label, []).append(question)
    return found


def _drawn(group: list[Question], seed: str, networks: Networks) -> tuple[list[Right], Drawn]:
    """Draw numbers until the strides fit as asked, and every question has enough to choose from.

    Where nothing is said, a coin says whether they fit, if that is all that is asked; whatever else is asked has an
    answer only where they do.
    Raises BadValue where that is never so, and TooLarge where looking for it takes too long.
    """
    template = group[0].template or Template("", ())
    dice = Dice(seed, template.label)
    fits = template.fits or (EITHER if all(one.claim.quantity == "fit" for one in group) else YES)
    fits = dice.choice((YES, NO)) if fits == EITHER else fits
    never = why = "the strides never " + ("fit" if fits == YES else "leave anything over")
    for _ in range(TRIES):
        numbers = {name: dice.choice(values) for name, values in template.vary}
        filled = [_filled(question, numbers) for question in group]
        try:
            if any(misfits(question, networks) for question in filled) != (fits == NO):
                continue
            rights = [_searched(question, networks) for question in filled]
        except CnncalcError as error:
            if networks.is_spent:
                message = error.message if why == never else f"{error.message}; so far {why}"
                raise TooLarge(message, where=group[0].claim.place, ways_out=error.ways_out) from None
            why = error.message
            continue
        short = [right.question.name for right in rights if not enough(right)]
        if not short:
            return rights, numbers
        why = f"there are too few known slips to choose from for {short[0]}"
    message = f"{group[0].name}: no numbers are found in these ranges: {why}"
    raise BadValue(message, where=group[0].claim.place, ways_out=("wider ranges", "choices: 0"))


def _searched(question: Question, networks: Networks) -> Right:
    claim = question.claim
    if claim.network is not None:
        networks.spend(SEARCH * networks.size(claim.network, claim.input, claim.rounding, claim.set))
    return answered(question, networks)


def _filled(question: Question, numbers: Drawn) -> Question:
    claim = question.claim
    claim = claim._replace(network=fill(claim.network, numbers), input=fill(claim.input, numbers))
    return question._replace(claim=claim, ask=fill(question.ask, numbers), template=None)


def _offered(right: Right, seed: str) -> tuple[Choice, ...]:
    """Return the choices in the paper's order."""
    found = choices_of(right)
    if found is None:
        question = right.question
        message = f"{question.name}: fewer than {(question.choices or 2) - 1} known slips to choose from"
        raise BadValue(message, where=question.claim.place, ways_out=("fewer choices", "choices: 0"))
    return tuple(Dice(seed, right.question.name, "choices").shuffled(found))
