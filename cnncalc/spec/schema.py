"""The JSON Schema of the spec language, draft 7, made from the cards: a new card is in it by itself."""

from __future__ import annotations

from typing import Any

from cnncalc.layers import CARDS, Layer
from cnncalc.layers.sliding import ROUNDINGS
from cnncalc.spec.model import NAME
from cnncalc.spec.read import QUANTITIES

_TEXT = {"type": "string", "minLength": 1}
_VOLUME = {"type": "string", "pattern": r"^\[?[0-9]+([x×][0-9]+){1,3}\]?$"}


def schema() -> dict[str, Any]:
    """Return the schema of a spec file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc spec",
        "description": "A ConvNet: its input, its layers, and the figures that were published about it.",
        "type": "object",
        "required": ["name", "input", "layers"],
        "additionalProperties": False,
        "properties": {
            "name": {**_TEXT, "description": "What the network is called."},
            "source": {**_TEXT, "description": "The paper or lecture it is from, and where in it."},
            "input": {**_VOLUME, "description": "HxWxC, without the batch; WxC and DxHxWxC work too."},
            "rounding": {"enum": list(ROUNDINGS), "description": "What becomes of pixels that a stride leaves over."},
            "layers": {
                "anyOf": [_pattern(), {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/layer"}}]
            },
            "published": {"type": "array", "items": {"$ref": "#/definitions/published"}},
        },
        "definitions": {
            "layer": {"anyOf": [_pattern(), _named(), *({"$ref": f"#/definitions/{kind}"} for kind in sorted(CARDS))]},
            "published": _published(),
            **{kind: _card(CARDS[kind]) for kind in sorted(CARDS)},
        },
    }


def _pattern() -> dict[str, Any]:
    return {**_TEXT, "description": "Short forms: conv3-64, or a pattern: [conv3-64 relu]*2 maxpool2."}


def _named() -> dict[str, Any]:
    """A layer's name, and its short form."""
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "patternProperties": {f"^(?:{NAME})$": _pattern()},
        "additionalProperties": False,
    }


def _card(card: type[Layer]) -> dict[str, Any]:
    """Return the long form of a layer: its type, its fields, its name."""
    fields = card.model().model_json_schema()
    required = fields.get("required", [])
    body = {
        "type": "object" if required else ["object", "null"],
        "description": (card.__doc__ or "").strip(),
        "properties": {name: _field(field) for name, field in fields.get("properties", {}).items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }
    return {
        "type": "object",
        "required": [card.type],
        "properties": {card.type: body, "name": {"type": "string", "pattern": f"^(?:{NAME})$"}},
        "additionalProperties": False,
    }


def _field(field: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only pydantic reads: a title that repeats the key, a default that is no value."""
    return {key: value for key, value in field.items() if key != "title" and not (key == "default" and value is None)}


def _published() -> dict[str, Any]:
    texts = dict.fromkeys(("printed", "source", "layer"), _TEXT)
    return {
        "type": "object",
        "required": ["quantity", "printed", "source"],
        "properties": {"quantity": {"enum": list(QUANTITIES)}, **texts},
        "additionalProperties": False,
    }
