"""The keys of an assignment, of its questions and designs, as pydantic reads them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from cnncalc.claims.claim import BY_SUM, QUANTITIES
from cnncalc.claims.file import Shared, Worked
from cnncalc.claims.keys import Text, one_of, read_quantity
from cnncalc.claims.quantities import COUNTED
from cnncalc.errors import UsageError
from cnncalc.grading.assignment import LEVELS
from cnncalc.grading.slips import KNOWN, OWN_SLIPS
from cnncalc.grading.template import FITS, MOST_CHOICES, read_vary
from cnncalc.memory.conventions import CONVENTIONS
from cnncalc.settings import describe
from cnncalc.units import read_figure
from cnncalc.volume import nearest

MOST_QUESTIONS = 500
"""So many questions, rows and requirements of one assignment are read."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-/ ]{0,63}")
ASKED = tuple(name for name in QUANTITIES if name not in BY_SUM)
"""What can be asked."""

_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")

WAYS_OUT = {
    "points": ("points: 2", "points: 0.5"),
    "slips": ("slips: {biases forgotten: 1/2}",),
    "tolerance": ("tolerance: 1%", "tolerance: 1000"),
    "quantity": ("quantity: parameters", "quantity: output_shape"),
    "name": ("name: q1",),
    "unit": ("unit: MB",),
    "layout": ("layout: hwc",),
    "layers": ("layers: [conv1, pool1]",),
    "feedback": ("feedback: hint",),
    "leaderboard": ("leaderboard: [parameters]",),
    "vary": ("vary: {size: 7..64, kernel: [3, 5], stride: 1..3}",),
    "fits": ('fits: "no"', 'fits: "either"'),
    "choices": ("choices: 4", "choices: 0"),
}
"""By key, what would be read."""


def _points(value: object) -> Fraction:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        msg = f"must be points such as 2 or 0.5, not {describe(value)}"
        raise ValueError(msg)
    return Fraction(value)


def _share(value: object) -> Fraction:
    """Read 1/2, 50% or 0.5."""
    text = str(value)
    over = re.fullmatch(r"([0-9]{1,4})/([1-9][0-9]{0,3})", text)
    if over:
        share = Fraction(int(over[1]), int(over[2]))
    elif _NUMBER.fullmatch(text.removesuffix("%")):
        share = Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    else:
        share = Fraction(-1)
    if not 0 <= share <= 1:
        msg = f"must be a share such as 1/2, 50% or 0.5, not {describe(value)}"
        raise ValueError(msg)
    return share


def _slips(value: object) -> tuple[tuple[str, Fraction], ...]:
    known = (*(slip.name for slip in KNOWN), *OWN_SLIPS, *CONVENTIONS)
    if not isinstance(value, dict):
        msg = "must be slips and shares: {biases forgotten: 1/2}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic's way
    for name in value:
        if name not in known:
            near = nearest(name, known)
            msg = f"no slip is called {describe(name)}; " + (f"did you mean {near[0]}?" if near else ", ".join(known))
            raise ValueError(msg)
    return tuple((name, _share(share)) for name, share in value.items())


def _tolerance(value: object) -> tuple[Fraction, bool]:
    text = str(value)
    try:
        figure = read_figure(text.removesuffix("%").rstrip())
    except UsageError:
        figure = None
    if figure is None or figure.unit or figure.approximate:
        msg = f"must be a number or a percentage, not {describe(value)}"
        raise ValueError(msg)
    return (Fraction(figure.value, 100), True) if text.endswith("%") else (Fraction(figure.value), False)


def _choices(value: object) -> int | None:
    if value is None or (type(value) is int and (value == 0 or 1 < value <= MOST_CHOICES)):
        return value
    msg = f"must be 0, or from 2 to {MOST_CHOICES}, not {describe(value)}"
    raise ValueError(msg)


def _name(value: object) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        msg = "must be letters, digits, _ . - / and spaces"
        raise ValueError(msg)
    return value


def _quantity(value: object) -> str:
    name = read_quantity(value)
    if name not in ASKED:
        msg = f"{name} cannot be asked for"
        raise ValueError(msg)
    return name


_Points = Annotated[Fraction, PlainValidator(_points)]
_Slips = Annotated[tuple[tuple[str, Fraction], ...], PlainValidator(_slips)]
_Name = Annotated[str, PlainValidator(_name)]
_Quantities = Annotated[tuple[Annotated[str, one_of(*COUNTED)], ...], Field(max_length=5)]


class AskedFields(Shared):
    """What an assignment says for all its questions."""

    reading: Text | None = None
    digits: Annotated[int, Field(strict=True, ge=1, le=40)] | None = None
    tolerance: Annotated[Any, PlainValidator(_tolerance)] = None
    unit: Annotated[str, one_of("B", "KB", "MB", "GB", "KiB", "MiB", "GiB")] | None = None
    layout: Annotated[str, one_of("hwc", "chw")] | None = None
    slips: _Slips = ()
    vary: Annotated[Any, PlainValidator(read_vary)] = ()
    fits: Annotated[str, one_of(*FITS)] | None = None
    choices: Annotated[int | None, PlainValidator(_choices)] = None


class FileFields(AskedFields):
    """The keys of an assignment."""

    name: Text
    note: Text = ""
    feedback: Annotated[str, one_of(*LEVELS)] = "hint"
    questions: Any = None
    designs: Any = None


class QuestionFields(AskedFields, Worked):
    """The keys of a question."""

    name: _Name
    quantity: Annotated[str, PlainValidator(_quantity)]
    points: _Points = Fraction(1)
    ask: Text = ""
    layer: Text | None = None
    layers: Annotated[list[Text], Field(min_length=1, max_length=MOST_QUESTIONS)] | None = None


class DesignFields(BaseModel):
    """The keys of a design."""

    model_config = ConfigDict(extra="forbid", defer_build=True, hide_input_in_errors=True)

    name: _Name
    ask: Text = ""
    leaderboard: _Quantities = ()
    require: Any = None


class RequirementFields(BaseModel):
    """The keys of a requirement."""

    model_config = ConfigDict(extra="forbid", defer_build=True, hide_input_in_errors=True)

    that: Text
    points: _Points = Fraction(1)
