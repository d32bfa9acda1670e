"""Whether an answer is a value, as near as is asked for; and if it is but for how it is written, the slip in that."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from cnncalc.claims.kinds import Fitting, Values
from cnncalc.claims.numbers import EXACT, TRUNCATED, TWO_DIGITS, Number
from cnncalc.claims.printed import FitWord, split_values
from cnncalc.claims.verdict import Verdict, verdict
from cnncalc.claims.volumes import Sizes
from cnncalc.grading import slips as named
from cnncalc.grading.assignment import Accepted
from cnncalc.grading.key import FIT, NUMBER, ROW, SIZES, Right
from cnncalc.powers import split_power
from cnncalc.units import ABOUT, BYTES, Figure

ROUNDED_DIGITS = 3
"""Digits of a value that cannot be written in full, or is asked for in MB, if the assignment says no other."""

WITHIN = "within the tolerance"
_BARE = re.compile(rf"(?:{'|'.join(map(re.escape, ABOUT))})?\s*[0-9][0-9,.]*", re.IGNORECASE)
_SIZES = re.compile("[0-9] ?[x×] ?[0-9]")
_UNITS = {"B": " bytes", "MACs": " MACs", "FLOPs": " FLOPs"}
_PER_AXIS = re.compile(r"[0-9]{1,12}(\s*[x×]\s*[0-9]{1,12})*")


def held(text: str, value: Any, right: Right) -> tuple[str, str]:
    """Return the verdict if the text is the value, and the slip in its writing if it is the value but for that."""
    quantity, accepted = right.question.claim.quantity, right.question.accepted
    if value is None:
        return _held_misfit(text, right.misfit)
    if right.kind == FIT:
        return _held_fit(text, value)
    if right.kind == SIZES:
        return _held_sizes(text, value, quantity, accepted)
    if right.kind == NUMBER:
        return _held_number(text, value, quantity, accepted)
    if right.kind == ROW:
        return _held_list(text, value, right)
    return (EXACT, "") if verdict(text, value, quantity=quantity).verdict == EXACT else ("", "")


def _held_misfit(text: str, misfit: Fitting | None) -> tuple[str, str]:
    """Does not fit, which is all there is to say; with a quotient, the one that shows it."""
    said = FitWord(text)
    if said.word is not False:
        return "", ""
    return _held_fit(text, misfit) if said.number and misfit else (EXACT, "")


def _held_list(text: str, value: Values, right: Right) -> tuple[str, str]:
    """Every value of a list is held as one that is asked for alone: none is a bound, and none has too few digits."""
    parts = split_values(text, len(value))
    if len(parts) != len(value):
        return "", ""
    quantity, accepted = right.question.claim.quantity, right.question.accepted
    words = [_held_number(part, one, quantity, accepted)[0] for part, one in zip(parts, value, strict=True)]
    return (next((word for word in words if word != EXACT), EXACT) if all(words) else "", "")


def _held_fit(text: str, value: Fitting) -> tuple[str, str]:
    """Fits or not; where it does not, also the quotient that shows it, if it is none of whole pixels."""
    said = FitWord(text)
    if said.word not in {None, value.fits}:
        return "", ""
    if said.number is None or (said.word is not None and (value.exact is None or _SIZES.search(text))):
        return EXACT, ""  # the sizes that come out are another question's
    printed = said.number.figure.value
    alone = said.word is None and (value.exact is None or value.fits)
    if alone or (printed == int(printed) and not value.fits):
        return "", ""
    found = said.number.match(value.exact)
    return (found.verdict, "") if found else ("", "")


def _held_sizes(text: str, value: tuple[Any, ...], quantity: str, accepted: Accepted) -> tuple[str, str]:
    if quantity != "output_shape":
        text = text.removesuffix("+").removeprefix("~").strip()
    if quantity != "output_shape" and _PER_AXIS.fullmatch(text):
        sizes = tuple(map(int, re.findall("[0-9]+", text)))
        return (EXACT if sizes == value or (len(sizes) == 1 and set(value) == set(sizes)) else "", "")
    found = verdict(text, value, quantity=quantity)
    if not found.follows:
        return "", ""
    reading = found.reading or ""
    said = Sizes(text, len(value)).sizes
    if reading == "axes of 1 aside":
        return (EXACT if said[-1] == value[-1] and len(said) <= len(value) else "", "")
    if "without channels" in reading or reading == "per axis":
        return "", named.NO_CHANNELS
    layout = "chw" if reading == "channels first" else "hwc"
    if layout == "chw" and _alike(said, value[::-1]) and not _alike(said, (value[-1], *value[:-1])):
        return "", ""  # CxWxH is nobody's order
    alike = len(set(value)) == 1 or "@" in text  # LeNet's 6@28x28 says which are the maps
    return (EXACT, "") if alike or accepted.layout in {None, layout} else ("", named.OTHER_LAYOUT)


def _alike(sizes: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Whether sizes are the same, in numbers or in letters, however they are written."""
    return len(sizes) == len(others) and all(a == b or str(a) == str(b) for a, b in zip(sizes, others, strict=True))


def in_unit(text: str, accepted: Accepted) -> str:
    """Return a number with the unit that is asked for, if it has none; one is asked for of bytes alone."""
    if not (accepted.unit and _BARE.fullmatch(split_power(text)[0])):
        return text
    return text + _UNITS.get(accepted.unit, f" {accepted.unit}")


def _held_number(text: str, value: Any, quantity: str, accepted: Accepted) -> tuple[str, str]:
    """Hold a number as it stands; a power of ten without a unit, in the unit that is asked for or else in bytes."""
    found = _held_as(in_unit(text, accepted), value, quantity, accepted)
    return found if found[0] or not split_power(text)[1] else _held_as(text, value, quantity, accepted)


def _held_as(text: str, value: Any, quantity: str, accepted: Accepted) -> tuple[str, str]:
    number = Number(text, quantity)
    if number.relation:
        return "", ""
    printed = -number.figure.value if number.negative else number.figure.value
    if number.refusal:
        return "", ""
    if printed == value:
        return EXACT, ""
    if accepted.tolerance is not None:
        allowed = accepted.tolerance * abs(value) if accepted.relative else accepted.tolerance
        return (WITHIN, "") if abs(printed - value) <= allowed else ("", _taken_for_mb(number, value, allowed))
    text = _shortened(number, accepted.digits) or text
    return _held_rounded(Number(text, quantity), verdict(text, value, quantity=quantity), accepted)


def _taken_for_mb(number: Number, value: Any, allowed: Any) -> str:
    """Name the slip if the number is near enough once its MB are taken for MiB."""
    unit = str(number.figure.unit)
    if unit not in BYTES or unit == "B" or "i" in unit or number.negative:
        return ""
    other = number.figure.in_unit(f"{unit[0]}iB").value
    return named.MIB_AS_MB if abs(other - value) <= allowed else ""


def _shortened(number: Number, wanted: int | None) -> str:
    """Write 138000000, or 138,000K, as 138 x 10^6 where three digits are wanted: zeros behind those hold places."""
    figure, digits = number.figure, str(number.figure.digits)
    if not wanted or figure.places:  # zeros behind a point are said
        return ""
    step = Fraction(figure.step, BYTES.get(str(figure.unit), 1))
    places = min(len(digits) - len(digits.rstrip("0")), len(digits) - wanted)
    sign, unit = "-" if number.negative else "", _UNITS.get(str(figure.unit), f" {figure.unit or ''}")
    return f"{sign}{digits[:-places]} x 10^{places + len(str(step)) - 1}{unit}" if places > 0 else ""


def _digits_of(figure: Figure, value: int, needed: int) -> int:
    """Return how many digits of the value a figure says: 100,000 says none of 90,592, though it rounds to it."""
    if figure.value == round(value, needed - len(str(abs(value)))):
        return needed
    return len(str(abs(value) // figure.step)) if abs(value) >= figure.step else 0


def _held_rounded(number: Number, found: Verdict, accepted: Accepted) -> tuple[str, str]:
    """Accept what the value rounds to with as many digits as are asked for; a number in full, if none are."""
    if not found.follows:
        return "", ""
    figure, reading = number.figure, found.reading or ""
    digits = 2 if TWO_DIGITS in reading else len(str(figure.digits)) if figure.digits else 0
    has_unit = figure.unit in BYTES and figure.unit != "B"
    needed = accepted.digits or (ROUNDED_DIGITS if has_unit or not isinstance(found.computed, int) else None)
    if needed is not None and isinstance(found.computed, int) and not has_unit:
        digits = min(digits, _digits_of(figure, found.computed, needed))
    if needed is None or digits < needed:
        return "", named.TOO_FEW_DIGITS if digits else ""
    if has_unit and "iB" in reading and "i" not in str(figure.unit):
        return "", named.MIB_AS_MB
    return (found.verdict, "") if found.verdict != TRUNCATED else ("", named.TRUNCATED)
