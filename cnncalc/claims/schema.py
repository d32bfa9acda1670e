"""The JSON Schema of claims files, draft 7, for editors: what `file` reads, key by key."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.claim import ALIASES, KINDS, QUANTITIES
from cnncalc.claims.file import MOST_CLAIMS
from cnncalc.layers.sliding import ROUNDINGS
from cnncalc.letter import LETTER
from cnncalc.memory.conventions import BYTES, CONVENTIONS
from cnncalc.volume import MAX_AXES

_TEXT = {"type": "string", "minLength": 1}
_FIGURE = {"type": ["string", "number"]}
_COUNT = {"type": "integer", "minimum": 1, "maximum": 1000}
_LINE: dict[str, Any] = {"type": "array", "minItems": 1, "items": _FIGURE}
_GRID: dict[str, Any] = {"type": "array", "minItems": 1, "items": _LINE}
_ROWS: dict[str, Any] = {"anyOf": [_FIGURE, _LINE, _GRID, {"type": "array", "minItems": 1, "items": _GRID}]}


def schema() -> dict[str, Any]:
    """Return the schema of a claims file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc claims",
        "description": "Figures that a deck or a paper prints, each with what it is about and where it stands.",
        "type": "object",
        "required": ["claims"],
        "additionalProperties": False,
        "properties": {
            "name": {**_TEXT, "description": "What the file is called."},
            "note": {**_TEXT, "description": "What a reader should know about it."},
            **_shared("of every claim that says no other"),
            "claims": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_CLAIMS,
                "items": {"$ref": "#/definitions/claim"},
            },
        },
        "definitions": {"claim": _claim()},
    }


def _shared(whose: str) -> dict[str, Any]:
    return {
        "source": {**_TEXT, "description": f"The deck or paper, {whose}."},
        "network": {
            "anyOf": [_TEXT, {"type": "object"}],
            "description": f"A packaged spec, a one-line network, or a spec as a dictionary, {whose}.",
        },
        "input": {**_TEXT, "description": "HxWxC, in numbers or letters."},
        "rounding": {"enum": list(ROUNDINGS), "description": "What becomes of pixels that a stride leaves over."},
        "set": {"type": "object", "description": "Values for the spec's parameters."},
        "memory": {"enum": list(CONVENTIONS), "description": "Which numbers count as held."},
        "batch": {
            "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{LETTER}$"}],
            "description": "Images at once, or a letter.",
        },
        "dtype": {"enum": list(BYTES)},
    }


def _claim() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["quantity", "printed"],
        "additionalProperties": False,
        "properties": {
            "quantity": {"enum": [*QUANTITIES, *ALIASES], "description": "What it is a figure of."},
            "printed": {
                **_FIGURE,
                "description": "The figure as it stands there: 138M, ~16M, 55x55x96, 49 C^2.",
            },
            "id": {**_FIGURE, "description": "How this claim is called; each its own."},
            "where": {**_FIGURE, "description": "Its place in the source: slide 12, table 2."},
            "says": {**_FIGURE, "description": "The words around it."},
            **_shared("if not the file's"),
            "reading": {**_TEXT, "description": "The convention that the source states: it is tried first."},
            "layer": {**_TEXT, "description": "A layer, a block, or several: fc*, conv1 + conv2."},
            "formula": {
                "anyOf": [_FIGURE, {"type": "object", "additionalProperties": _FIGURE}],
                "description": "What is printed, in letters; or one formula per quantity, layer.quantity.",
            },
            "sum": {**_FIGURE, "description": "A sum that gives the number; the network's totals are names in it."},
            "values": {**_ROWS, "description": "The numbers of a worked example: 0 1 / 2 3 or [[0, 1], [2, 3]]."},
            "kernel": {**_ROWS, "description": "The weights that slide over them."},
            "at": {
                "anyOf": [
                    {"type": "integer", "minimum": 0},
                    {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": MAX_AXES},
                ]
            },
            "kernel_size": _COUNT,
            "stride": _COUNT,
            "padding": {"type": "integer", "minimum": 0, "maximum": 100},
            "kind": {"enum": list(KINDS)},
            "cannot": {**_TEXT, "description": "Why no verdict is possible; what can be computed is still said."},
        },
    }
