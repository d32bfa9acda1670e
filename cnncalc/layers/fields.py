"""The kinds of value that a card's fields hold: a reader of `settings`, and its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from cnncalc import settings
from cnncalc.sizes import LARGEST
from cnncalc.volume import MAX_AXES
from cnncalc.window import Padding as PaddingSize

KIND = "x-kind"
"""Marks a schema that several fields share, so that it is written once."""

_COUNT_SCHEMA = {"type": "integer", "minimum": 1, "maximum": LARGEST}
_NATURAL_SCHEMA = {**_COUNT_SCHEMA, "minimum": 0}
_SIDES_SCHEMA = {"type": "array", "items": _NATURAL_SCHEMA, "minItems": 2, "maxItems": 2}


def _one_or_per_axis(item: dict[str, Any]) -> dict[str, Any]:
    listed = {"type": "array", "items": item, "minItems": 1, "maxItems": MAX_AXES}
    return {"anyOf": [item, listed, {"type": "string", "pattern": r"^[0-9]+(:[0-9]+)?(x[0-9]+(:[0-9]+)?){0,2}$"}]}


def _kind(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {KIND: name, **schema}


_ENDS_SCHEMA = _one_or_per_axis({"anyOf": [_NATURAL_SCHEMA, _SIDES_SCHEMA]})
_PADDING_SCHEMA = {"anyOf": [_ENDS_SCHEMA, {"enum": ["same", "same_upper", "same_lower", "valid"]}]}

Count = Annotated[int, PlainValidator(settings.read_count), WithJsonSchema(_kind("Count", _COUNT_SCHEMA))]
Natural = Annotated[int, PlainValidator(settings.read_natural), WithJsonSchema(_kind("Natural", _NATURAL_SCHEMA))]
PerAxis = Annotated[
    Any, PlainValidator(settings.read_per_axis), WithJsonSchema(_kind("PerAxis", _one_or_per_axis(_COUNT_SCHEMA)))
]
NaturalPerAxis = Annotated[
    Any, PlainValidator(settings.read_naturals), WithJsonSchema(_one_or_per_axis(_NATURAL_SCHEMA))
]
Ends = Annotated[PaddingSize, PlainValidator(settings.read_ends), WithJsonSchema(_kind("Ends", _ENDS_SCHEMA))]
Padding = Annotated[
    PaddingSize, PlainValidator(settings.read_padding), WithJsonSchema(_kind("Padding", _PADDING_SCHEMA))
]
Flag = Annotated[bool, PlainValidator(settings.read_flag), WithJsonSchema({"type": "boolean"})]
Fraction = Annotated[
    float,
    PlainValidator(settings.read_fraction),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1}),
]
