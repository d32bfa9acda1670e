"""The JSON Schema of assignments, draft 7, for editors: what `file` reads, key by key."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.claim import ALIASES, OF_EXAMPLES
from cnncalc.claims.quantities import COUNTED
from cnncalc.claims.schema import schema as claims_schema
from cnncalc.grading.assignment import LEVELS
from cnncalc.grading.fields import ASKED, MOST_QUESTIONS
from cnncalc.grading.requirement import EXAMPLES
from cnncalc.grading.slips import KNOWN, OWN_SLIPS
from cnncalc.grading.template import FITS, LARGEST, MOST_CHOICES, MOST_NAMES, MOST_VALUES
from cnncalc.memory.conventions import CONVENTIONS

_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": ["string", "number"], "description": "How a submission calls it; each its own."}
_POINTS = {"type": "number", "minimum": 0, "maximum": 999_999}
_SHARE = {"type": ["string", "number"], "pattern": r"^([0-9.]+%?|[0-9]+/[0-9]+)$"}
_AMOUNT = {"type": ["string", "number"], "pattern": r"^[0-9][0-9.,]*( ?[%KMG]|[eE][0-9]+)?$"}
_TAKEN = ("network", "input", "rounding", "set", "memory", "batch", "dtype", "source", "reading")


def schema() -> dict[str, Any]:
    """Return the schema of an assignment."""
    claim = claims_schema()["definitions"]["claim"]["properties"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc assignment",
        "description": "Questions about networks, and networks to be designed, with points.",
        "type": "object",
        "required": ["name"],
        "anyOf": [{"required": ["questions"]}, {"required": ["designs"]}],
        "additionalProperties": False,
        "properties": {
            "name": _TEXT,
            "note": {**_TEXT, "description": "What a tutor should know about it."},
            "feedback": {"enum": list(LEVELS), "description": "How much students are told, if nobody says otherwise."},
            **_asked(claim),
            "questions": {"type": "array", "maxItems": MOST_QUESTIONS, "items": {"$ref": "#/definitions/question"}},
            "designs": {"type": "array", "maxItems": MOST_QUESTIONS, "items": {"$ref": "#/definitions/design"}},
        },
        "definitions": {"question": _question(claim), "design": _design()},
    }


def _asked(claim: dict[str, Any]) -> dict[str, Any]:
    """Return what an assignment says for all its questions, and a question for itself."""
    names = [*(slip.name for slip in KNOWN), *OWN_SLIPS, *CONVENTIONS]
    return {
        **{key: claim[key] for key in _TAKEN},
        "digits": {"type": "integer", "minimum": 1, "maximum": 40, "description": "To so many digits; else in full."},
        "tolerance": {**_AMOUNT, "description": "How far off it may be: a number, or a percentage of the value."},
        "unit": {"enum": ["B", "KB", "MB", "GB", "KiB", "MiB", "GiB"], "description": "Of a number without a unit."},
        "layout": {"enum": ["hwc", "chw"], "description": "The order of a volume's sizes; either, if not said."},
        "slips": {
            "type": "object",
            "description": "The share of the points that a known slip keeps: 1/2, 50%, 0.5.",
            "additionalProperties": False,
            "properties": dict.fromkeys(names, _SHARE),
        },
        **_drawn(),
    }


def _drawn() -> dict[str, Any]:
    """Return what a paper draws."""
    number = {"type": "integer", "minimum": 0, "maximum": LARGEST}
    listed = {"type": "array", "items": number, "minItems": 1, "maxItems": MOST_VALUES}
    between = {"type": "string", "pattern": r"^[0-9]+ *\.\. *[0-9]+( +step +[0-9]+)?$"}
    return {
        "vary": {
            "type": "object",
            "description": "Numbers that a paper draws, for names in braces: {size: 7..64, kernel: [3, 5]}.",
            "minProperties": 1,
            "maxProperties": MOST_NAMES,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,31}$"},
            "additionalProperties": {"anyOf": [between, listed, number]},
        },
        "fits": {"enum": list(FITS), "description": "Whether the strides fit with the numbers that are drawn."},
        "choices": {
            "enum": [0, *range(2, MOST_CHOICES + 1)],
            "description": "How many a paper offers: one right, the others known slips; 0: an open question. "
            "Of whether a stride fits there are two.",
        },
    }


def _question(claim: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["name", "quantity"],
        "additionalProperties": False,
        "properties": {
            "name": _NAME,
            "ask": {**_TEXT, "description": "The question in words."},
            "quantity": {"enum": [*ASKED, *ALIASES], "description": "What is asked for."},
            "points": _POINTS,
            "layer": claim["layer"],
            "layers": {
                "type": "array",
                "minItems": 1,
                "items": _TEXT,
                "description": "Rows: the points are shared by these layers, and each is answered by itself.",
            },
            **_asked(claim),
            **{key: claim[key] for key in OF_EXAMPLES},
        },
    }


def _design() -> dict[str, Any]:
    requirement = {
        "type": "object",
        "required": ["that"],
        "additionalProperties": False,
        "properties": {"that": {**_TEXT, "examples": list(EXAMPLES)}, "points": _POINTS},
    }
    return {
        "type": "object",
        "required": ["name", "require"],
        "additionalProperties": False,
        "properties": {
            "name": _NAME,
            "ask": {**_TEXT, "description": "What is to be designed, in words."},
            "leaderboard": {"type": "array", "maxItems": 5, "items": {"enum": list(COUNTED)}},
            "require": {"type": "array", "minItems": 1, "items": requirement},
        },
    }
