"""One answer held against the key: right, right after a known slip, wrong, or no answer at all.

What is refused is refused for all quantities: True, NaN, 1_000, > 5, and whatever is longer than an answer. A figure
must come with as many digits as are asked for, so that "0 billion" is not a number that 760 rounds to.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.claims.kinds import Fitting
from cnncalc.claims.numbers import Number
from cnncalc.claims.printed import split_values
from cnncalc.claims.relations import split
from cnncalc.claims.verdict import CONSISTENT, DOES_NOT_FOLLOW, verdict
from cnncalc.claims.volumes import joined
from cnncalc.errors import CnncalcError
from cnncalc.grading import slips as named
from cnncalc.grading.held import ROUNDED_DIGITS, held, in_unit
from cnncalc.grading.key import FIT, FORMULA, NUMBER, ROW, SIZED, SIZES, WINDOWS, Right
from cnncalc.grading.marks import MISSING, UNREADABLE
from cnncalc.grading.submission import Answer

LONGEST = 200
"""Characters of an answer."""

LONGEST_ROW = 100 * LONGEST
"""Characters of an answer of many values; no more for a longer key, whose length is nobody's business."""

_AXES = 3
"""Sizes of a picture's volume."""
_DASHES = str.maketrans("–−", "--")
_BEFORE = re.compile(r"(?:\+|(-))?(\.)?(?=[0-9])")
_FLOPS = re.compile("FLOPs?$", re.IGNORECASE)
_GROUPS = re.compile("[0-9]{1,3}(?:[ '’][0-9]{3})+(?![0-9])", re.ASCII)
_OF_FIT = re.compile(r"(it|yes|no|not|does|doesn.?t|fits?|misfit|common)\b", re.IGNORECASE)
_NO_NUMBER = re.compile(r"[+-]?\.?(nan|inf|infinity)", re.IGNORECASE)


_WANTED = {
    FIT: "a verdict: write fits or does not fit.",
    SIZES: "a volume: write its sizes with x between.",
    ROW: "numbers in a row: write them one by one, with spaces between.",
    WINDOWS: "filters, strides and paddings: write filter/stride/padding.",
    FORMULA: "a formula: write letters, digits, + - * / ^ and brackets.",
    NUMBER: "a number: write its digits, with K, M, G or a unit behind them if you like, and nothing else.",
}


class Found(NamedTuple):
    """What an answer is.

    verdict  of `claims`, or missing, unreadable
    share    of the points
    slip     the known slip that it is consistent with
    why      what its writing alone says: why it is unreadable, or that it is short; nothing of the key
    """

    verdict: str
    share: Fraction = Fraction(0)
    slip: str = ""
    why: str = ""


def judge(right: Right, answer: Answer | None) -> Found:
    """Hold an answer against the key. Never raises for what a student wrote."""
    if answer is None or (answer.text is not None and not answer.text.strip()):
        return Found(MISSING)
    text = _text(answer, right)
    longest = LONGEST_ROW if right.kind == ROW else LONGEST
    if why := _refused(answer, text, longest):
        return Found(UNREADABLE, why=why)
    text = " ".join(str(text).split())
    try:
        text = _plain(text, right)
        return _judged(right, text)
    except CnncalcError:
        if _could_be_right(right, text):
            return Found(DOES_NOT_FOLLOW)
        return Found(UNREADABLE, why=f"This cannot be read as {_WANTED[right.kind]}")


def _could_be_right(right: Right, text: str) -> bool:
    """Whether a text is an answer if the network fits, or if not; which of the two holds, nobody is told by that."""
    quantity = right.question.claim.quantity
    if right.question.claim.network is None or right.kind == FIT:
        return False
    anything = SIZED.get(quantity, 1)
    return _can_be_read(text, Fitting(fits=False), "fit") or (
        right.value is None and _can_be_read(text, anything, quantity)
    )


def _can_be_read(text: str, value: Any, quantity: str) -> bool:
    try:
        verdict(text, value, quantity=quantity)
    except CnncalcError:
        return False
    return True


def _text(answer: Answer, right: Right) -> str | None:
    """Return an answer as one text: [32, 32, 10] is a volume, or values in a row."""
    if not answer.parts:
        return answer.text
    return (" " if right.kind == ROW else "x").join(answer.parts)


def _plain(text: str, right: Right) -> str:
    """Write an answer as figures are: (32, 32, 10), or 32*32*10, as 32x32x10; +.5 as 0.5, a dash as a minus.

    How a volume is written is a matter of what is asked, not of the value: there may be none.
    """
    claim = right.question.claim
    if claim.quantity == "fitting_input":
        return _side(joined(text, _AXES).split("x"), str(claim.input).rpartition("x")[2]) or text
    if right.kind == ROW:
        return " ".join(_signed(part) for part in split_values(text.translate(_DASHES), len(right.value)))
    if right.kind == SIZES and not _OF_FIT.match(text):
        axes, has_channels = len(right.value or SIZED[claim.quantity]), claim.quantity == "output_shape"
        return joined(text.translate(_DASHES), axes, channels=has_channels)
    return _signed(_bare(text.translate(_DASHES)))


def _bare(text: str) -> str:
    """Return a number as it is read: without a full stop, groups of digits behind commas."""
    return _GROUPS.sub(lambda found: re.sub("[ '’]", ",", found[0]), text.removesuffix("."), count=1)


def _side(sizes: list[str], channels: str) -> str:
    """Return the side of a square input, 11 of 11x11x3; nothing if it is none."""
    is_square = len(sizes) > 1 and len({*sizes[:2]}) == 1 and sizes[2:] in ([], [channels])
    return sizes[0] if is_square else ""


def _signed(text: str) -> str:
    """Return a number without a plus, and with the 0 before its point."""
    sign = _BEFORE.match(text)
    return f"{sign[1] or ''}{'0.' if sign[2] else ''}{text[sign.end() :]}" if sign else text


def _refused(answer: Answer, text: str | None, longest: int) -> str:
    if answer.is_word:
        return "True and False are no answers: write a number, sizes with x between, or fits / does not fit."
    if text is None:
        return "One value belongs here, not a list or a dictionary."
    if len(text) > longest:
        return "This is longer than an answer."
    if "_" in text:
        return "An underscore is no part of a number: write 1000 or 1,000."
    if _NO_NUMBER.fullmatch(text.strip()):
        return "NaN and infinity are no numbers."
    return "A bound is no answer: write the value." if split(text)[0] else ""


def _judged(right: Right, text: str) -> Found:
    shares = dict(right.question.slips)
    found, slip = held(text, right.value, right)
    if found and right.question.claim.quantity == "macs" and _FLOPS.search(text):
        found, slip = "", named.MACS_AS_FLOPS
    if found:
        return Found(found, Fraction(1))
    if slip and slip != named.TOO_FEW_DIGITS:
        default = Fraction(1 if slip == named.MIB_AS_MB and right.question.accepted.unit is None else 0)
        return Found(CONSISTENT + slip, shares.get(slip, default), slip)
    for name, value in right.slips:
        if _is_slip(text, value, right):
            return Found(CONSISTENT + name, shares.get(name, Fraction(0)), name)
    form = _said_of_form(text, right)
    if slip:
        return Found(CONSISTENT + slip, shares.get(slip, Fraction(0)), slip, form)
    return Found(DOES_NOT_FOLLOW, why=form)


def _said_of_form(text: str, right: Right) -> str:
    """Say that a number is short, by its writing alone: whether its few digits are right is nobody's business."""
    quantity, accepted = right.question.claim.quantity, right.question.accepted
    if right.kind != NUMBER or accepted.tolerance is not None:
        return ""
    figure = Number(in_unit(text, accepted), quantity).figure
    in_full = LONGEST if figure.unit in {None, "B"} else ROUNDED_DIGITS
    short = len(str(figure.digits)) < (accepted.digits or in_full)
    return named.SAYS[named.TOO_FEW_DIGITS] if figure.step > 1 and short else ""


def _is_slip(text: str, value: Any, right: Right) -> bool:
    """Whether an answer is what a slip gives. Some slips depend on the digit to which is printed: one says nothing."""
    try:
        if callable(value):
            figure = Number(text, right.question.claim.quantity).figure
            value = value(figure.step) if figure.digits >= 10 else None  # noqa: PLR2004 - two digits
        return value is not None and value != right.value and bool(held(text, value, right)[0])
    except CnncalcError:
        return False  # an answer that says "fits" is no volume
