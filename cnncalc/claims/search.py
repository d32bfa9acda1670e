"""What else a figure might mean: other roundings, conventions, what tools count, slips; the most natural first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnncalc.claims.networks import MOST_SEARCHED
from cnncalc.claims.quantities import COUNTED, HELD, SHAPED, part_of, quantity_of
from cnncalc.claims.question import Question
from cnncalc.errors import BadValue, CnncalcError, FilterTooLarge, StrideMisfit, TooLarge
from cnncalc.letter import Letter
from cnncalc.memory.conventions import CONVENTIONS
from cnncalc.volume import nearest

OF_PARTS = ("weights", "parameters", "macs", "flops")
"""What readings count of some layers as well as of a network."""

_READ = frozenset((*COUNTED, *SHAPED, *HELD))
"""What readings and slips are about."""

_SCALE = re.compile(", ([KMG]) as 1024")
_PRINTED_SCALE = re.compile("[0-9.] ?([KkMG])(?![A-Za-z])|[0-9.] ?([KMG])(?:MAC|FLOP)")


def _scale_of(printed: str) -> str:
    """Return the letter that a figure is shortened with; 49M says nothing of a K, nor does 49 million."""
    found = _PRINTED_SCALE.search(printed)
    return (found[1] or found[2]).upper() if found else ""


def stated(question: Question) -> tuple[tuple[str, Any], ...]:
    """Return the reading that the claim names, with its value. Raises BadValue for one that nobody knows."""
    name = question.claim.reading
    if name is None:
        return ()
    if question.claim.quantity not in _READ:
        message = f"{question.claim.quantity} has no readings"
        raise BadValue(message, ways_out=("leave reading out",))
    if len(question.network.nodes) > MOST_SEARCHED:
        message = f"readings are worked out for networks of up to {MOST_SEARCHED:,} layers"
        raise TooLarge(message, ways_out=("leave reading out", "name a layer's network"))
    question.memo.note_search(question.case)
    if _in_letters(question):
        return _stated_in_letters(name, question)
    if name == question.claim.memory and question.claim.quantity in HELD:
        return ()  # it is what the claim is held against anyway
    for known, value in (*_conventions(question), *_named_readings(question)):
        if known == name:
            return ((known, value),)
    from cnncalc.claims.slips import SLIPS, slips_of  # noqa: PLC0415 - only a figure in doubt needs them

    for slip, value in slips_of(question.case):
        if slip.name == name:
            return ((name, value),)
    known_names = [slip.name for slip in SLIPS if question.claim.quantity in slip.quantities]
    known_names += [known for known, _ in _named_readings(question)]
    known_names += CONVENTIONS if question.claim.quantity in HELD else ()
    near = tuple(f"did you mean {other}?" for other in nearest(name, known_names)) or tuple(known_names)
    raise BadValue(f"no reading of {question.claim.quantity} is called {name!r}", ways_out=near)


def _in_letters(question: Question) -> bool:
    return question.network.conditions is not None or isinstance(question.claim.batch, Letter)


def _stated_in_letters(name: str, question: Question) -> tuple[tuple[str, Any], ...]:
    """Return a convention of memory; tools and slips count numbers. Raises BadValue for these."""
    known = dict(_conventions(question))
    if name not in known:
        message = f"a reading in letters is a memory convention of activation values or bytes, not {name!r}"
        raise BadValue(message, ways_out=tuple(known) or ("numbers: input: 224x224x3", "leave reading out"))
    return ((name, known[name]),)


def readings(question: Question) -> Iterator[tuple[str, Any]]:
    """Yield what else might be meant: other roundings, conventions, slips; the most natural first."""
    claim = question.claim
    if claim.network is None or claim.sum is not None or claim.quantity not in _READ:
        return
    try:
        lettered = _in_letters(question)
    except StrideMisfit:
        yield from rounded(question)
        return
    except FilterTooLarge:
        return
    if not lettered and len(question.network.nodes) <= MOST_SEARCHED:
        yield from question.memo.search(question.case, _scale_of(claim.printed), lambda: _all(question))


def rounded(question: Question) -> Iterator[tuple[str, Any]]:
    """Yield what a network whose strides do not fit gives under other roundings, where each filter then finds room."""
    for rounding in ("floor", "ceil"):
        try:
            yield f"rounding {rounding}", question.case_under(rounding).value()
        except FilterTooLarge:
            continue


def _all(question: Question) -> Iterator[tuple[str, Any]]:
    yield from _conventions(question)
    yield from _named_readings(question)
    from cnncalc.claims.slips import slips_of  # noqa: PLC0415 - only a figure in doubt needs them

    yield from ((slip.name, value) for slip, value in slips_of(question.case))
    yield from _clipped(question)


def _clipped(question: Question) -> Iterator[tuple[str, Any]]:
    """Yield a field as far as there is an image, as the table writes it."""
    if question.claim.quantity != "receptive_field":
        return
    sizes = question.case.value()
    if None not in sizes:
        seen = tuple(min(size, limit) for size, limit in zip(sizes, question.network.input.spatial, strict=True))
        if seen != sizes:
            yield "the part within the image", seen


def _conventions(question: Question) -> Iterator[tuple[str, Any]]:
    if question.claim.quantity in HELD:
        for name in CONVENTIONS:
            if name != question.claim.memory:
                ledger = question.memo.ledger(question.case._replace(memory=name))
                yield name, quantity_of(ledger, question.claim.layer, question.claim.quantity)


def _named_readings(question: Question) -> Iterator[tuple[str, Any]]:
    """Yield what documented conventions and other tools count; of some layers, what only layers decide."""
    from cnncalc.claims.readings import READINGS  # noqa: PLC0415 - only a figure in doubt needs them

    if question.claim.layer is not None and question.claim.quantity not in OF_PARTS:
        return
    ledger = part_of(question.ledger, question.claim.layer)
    for name, reading in READINGS.items():
        scale = _SCALE.search(name)
        if reading.quantity != question.claim.quantity or (scale and scale[1] != _scale_of(question.claim.printed)):
            continue
        try:
            value = reading.value(ledger)
        except CnncalcError:
            continue  # the tool has no number for such a network
        yield name, value.numerator if value.denominator == 1 else value
