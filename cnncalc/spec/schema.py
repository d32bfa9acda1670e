"""The JSON Schema of the spec language, draft 7, made from the cards: a new card is in it by itself."""

from __future__ import annotations

from typing import Any

from cnncalc.layers import CARDS, Layer
from cnncalc.layers.fields import KIND
from cnncalc.layers.sliding import ROUNDINGS
from cnncalc.sizes import LARGEST
from cnncalc.spec.header import QUANTITIES
from cnncalc.spec.item import MODIFIERS
from cnncalc.spec.model import NAME
from cnncalc.volume import MAX_AXES

_TEXT = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 1, "maximum": LARGEST}
_NATURAL = {**_COUNT, "minimum": 0}
_INTEGER = {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}

_TO_LARGEST = "(?=[0-9]{1,10}(?![0-9]))0*(?:%s[0-9]{0,8}|10{9})"
_FROM_1, _FROM_0 = _TO_LARGEST % "[1-9]", _TO_LARGEST % "[0-9]"
_SIZE = f"(?:{_FROM_1}|[A-Za-wyz][0-9]?)"
_BETWEEN = r"(?:\s*[x×]\s*|(?<=[0-9])X(?=[0-9]))"
_VOLUME = {"type": "string", "pattern": rf"^\s*\[?\s*{_SIZE}(?:{_BETWEEN}{_SIZE}){{1,3}}\s*\]?\s*$"}

_FORMULA_TEXT = {"type": "string", "pattern": r"^(?![0-9x]+$)[A-Za-z0-9_+*/%() -]+$"}
_FORMULA = {"anyOf": [_INTEGER, {"type": "string", "pattern": r"^[A-Za-z0-9_+*/%() -]+$"}]}


def _per_axis(number: dict[str, Any], text: str, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how a number for each axis may be written: a list, ``3x5``; formulas may stand in the list."""
    item = {"anyOf": [number, _FORMULA_TEXT, *more]}
    listed = {"type": "array", "items": item, "minItems": 1, "maxItems": MAX_AXES}
    return [number, listed, {"type": "string", "pattern": f"^(?:{text})(?:x(?:{text})){{1,{MAX_AXES - 1}}}$"}]


_PAIR = {"type": "array", "items": {"anyOf": [_NATURAL, _FORMULA_TEXT]}, "minItems": 2, "maxItems": 2}
_TWO_ENDS = {"type": "string", "pattern": f"^{_FROM_0}:{_FROM_0}$"}
_ENDS = [*_per_axis(_NATURAL, f"{_FROM_0}(?::{_FROM_0})?", _PAIR, _TWO_ENDS), _TWO_ENDS]
_LISTED = {
    "per_axis": _per_axis(_COUNT, _FROM_1),
    "natural_per_axis": _per_axis(_NATURAL, _FROM_0),
    "ends": _ENDS,
    "padding": [*_ENDS, {"enum": ["same", "same_upper", "same_lower", "valid"]}],
}
"""Kinds of field with a value per axis: the whole of what a reader of settings reads."""

_NO_FORMULA = ("flag", "fraction")
"""Kinds of field that are no counts."""

_NUMBERS = {"type": "object", "additionalProperties": {"anyOf": [_FORMULA, {"type": "null"}]}}
_DEFAULTS = {"type": "object", "additionalProperties": {"anyOf": [_INTEGER, {"type": "null"}]}}
_ITEMS: dict[str, Any] = {"type": "array", "items": {"$ref": "#/definitions/layer"}}
_BODY: dict[str, Any] = {"anyOf": [_TEXT, {**_ITEMS, "minItems": 1}]}
_INNER: dict[str, Any] = {"anyOf": [_TEXT, _ITEMS]}
_PATH: dict[str, Any] = {"anyOf": [_TEXT, {"$ref": "#/definitions/layer"}, _ITEMS]}
_KNOWN = "|".join(sorted([*CARDS, *MODIFIERS]))


def schema() -> dict[str, Any]:
    """Return the schema of a spec file."""
    kinds: dict[str, Any] = {}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc spec",
        "description": "A ConvNet: its input, its layers, and the figures that were published about it.",
        "type": "object",
        "required": ["name"],
        "anyOf": [{"required": ["input", "layers"]}, {"required": ["family"]}],
        "additionalProperties": False,
        "properties": {
            "name": {**_TEXT, "description": "What the network is called."},
            "source": {**_TEXT, "description": "The paper or lecture it is from, and where in it."},
            "family": {**_TEXT, "description": "The packaged family that it is a member of: layers come from there."},
            "set": {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "description": "The family's parameters for this member.",
            },
            "input": {**_VOLUME, "description": "HxWxC, without the batch; WxC and DxHxWxC work too."},
            "rounding": {"enum": list(ROUNDINGS), "description": "What becomes of pixels that a stride leaves over."},
            "freeze": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}], "description": "Layers that do not train."},
            "parameters": {"$ref": "#/definitions/parameters"},
            "blocks": {"type": "object", "additionalProperties": {"$ref": "#/definitions/block"}},
            "layers": _BODY,
            "published": {"type": "array", "items": {"$ref": "#/definitions/published"}},
        },
        "definitions": {
            "layer": {"anyOf": [_pattern(), _short_or_call(), *(_ref(kind) for kind in sorted(CARDS))]},
            "block": {"anyOf": [_INNER, _block()]},
            "parameters": {"anyOf": [{"type": "array", "items": _TEXT}, _DEFAULTS]},
            "published": _published(),
            **{kind: _card(CARDS[kind], kinds) for kind in sorted(CARDS)},
            **kinds,
        },
    }


def _ref(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{kind}"}


def _pattern() -> dict[str, Any]:
    return {**_TEXT, "description": "Short forms: conv3-64, or a pattern: [conv3-64 relu]*2 maxpool2."}


def _short_or_call() -> dict[str, Any]:
    """A name and its short form, or a block and its parameters; with modifiers."""
    named = {f"^(?!(?:{_KNOWN})$){NAME}$": {"anyOf": [_pattern(), {"type": "null"}, _NUMBERS]}}
    return {
        "type": "object",
        "not": {"propertyNames": {"enum": list(MODIFIERS)}},
        "properties": _modifiers(),
        "patternProperties": named,
        "additionalProperties": False,
    }


def _block() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["layers"],
        "properties": {"parameters": {"$ref": "#/definitions/parameters"}, "layers": _INNER},
        "additionalProperties": False,
    }


def _modifiers() -> dict[str, Any]:
    names = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
    return {
        "name": {"type": "string", "pattern": f"^(?:{NAME})$"},
        "from": {**names, "description": "Whom it reads; else the layer before."},
        "repeat": {**_FORMULA, "description": "How often it stands, one after the other."},
        "share": {**_TEXT, "description": "The layer whose weights it uses."},
        "train_only": {"type": "boolean", "description": "There for training alone, as auxiliary heads are."},
    }


def _card(card: type[Layer], kinds: dict[str, Any]) -> dict[str, Any]:
    """Return the long form of a layer: its type, its fields, its name."""
    fields = card.model().model_json_schema(mode="validation")
    required = fields.get("required", [])
    body: dict[str, Any] = {
        "type": "object" if required else ["object", "null"],
        "description": (card.__doc__ or "").strip(),
        "properties": {name: _field(field, kinds) for name, field in fields.get("properties", {}).items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }
    if card.reads_many:
        paths = {"type": "array", "items": _PATH, "minItems": 2, "description": "Paths side by side, then this layer."}
        body = {"anyOf": [paths, body]}
    return {
        "type": "object",
        "required": [card.type],
        "properties": {card.type: body, **_modifiers()},
        "additionalProperties": False,
    }


def _field(field: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    """Return a field's schema; one that several fields share is written once, among the definitions."""
    default = {"default": field["default"]} if field.get("default") is not None else {}
    kept = {key: value for key, value in field.items() if key not in {"title", "default"}}
    shared = next((option for option in (kept, *kept.get("anyOf", ())) if KIND in option), None)
    if shared is None:
        return {**kept, **default}
    kind = shared[KIND]
    own = {key: value for key, value in shared.items() if key != KIND}
    kinds[kind] = own if kind in _NO_FORMULA else {"anyOf": [*_LISTED.get(kind, (own,)), _FORMULA_TEXT]}
    return {**_ref(kind), **default}


def _published() -> dict[str, Any]:
    texts = dict.fromkeys(("printed", "source", "layer"), _TEXT)
    return {
        "type": "object",
        "required": ["quantity", "printed", "source"],
        "properties": {"quantity": {"enum": list(QUANTITIES)}, **texts},
        "additionalProperties": False,
    }
