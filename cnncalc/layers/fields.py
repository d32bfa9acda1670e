"""The kinds of value that a card's fields hold: a reader of `settings`, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

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


_ENDS_SCHEMA = _one_or_per_axis({"anyOf": [_NATURAL_SCHEMA, _SIDES_SCHEMA]})
_PADDING_SCHEMA = {"anyOf": [_ENDS_SCHEMA, {"enum": ["same", "same_upper", "same_lower", "valid"]}]}


def _field(reads: Any, kind: str, schema: dict[str, Any], reader: Callable[[Any], Any]) -> Any:
    return Annotated[reads, PlainValidator(reader), WithJsonSchema({KIND: kind, **schema})]


if TYPE_CHECKING:
    Count: TypeAlias = int
    Natural: TypeAlias = int
    PerAxis: TypeAlias = Any
    NaturalPerAxis: TypeAlias = Any
    Ends: TypeAlias = PaddingSize
    Padding: TypeAlias = PaddingSize
    Flag: TypeAlias = bool
    Fraction: TypeAlias = float
else:
    Count = _field(int, "count", _COUNT_SCHEMA, settings.read_count)
    Natural = _field(int, "natural", _NATURAL_SCHEMA, settings.read_natural)
    PerAxis = _field(Any, "per_axis", _one_or_per_axis(_COUNT_SCHEMA), settings.read_per_axis)
    NaturalPerAxis = _field(Any, "natural_per_axis", _one_or_per_axis(_NATURAL_SCHEMA), settings.read_naturals)
    Ends = _field(Any, "ends", _ENDS_SCHEMA, settings.read_ends)
    Padding = _field(Any, "padding", _PADDING_SCHEMA, settings.read_padding)
    Flag = _field(bool, "flag", {"type": "boolean"}, settings.read_flag)
    Fraction = _field(
        float, "fraction", {"type": "number", "minimum": 0, "exclusiveMaximum": 1}, settings.read_fraction
    )
