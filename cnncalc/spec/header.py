"""The keys of a spec, and of a published figure in it, as pydantic reads them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from cnncalc.layers.sliding import RoundingField
from cnncalc.row import COUNTS
from cnncalc.settings import describe

QUANTITIES = (*COUNTS, "trainable", "frozen", "parameter_bytes", "output_shape", "receptive_field", "depth")
"""What a published figure can be about."""

MOST_PATTERNS = 100
"""So many patterns of `freeze` are read."""

_Text = Annotated[str, Field(strict=True, min_length=1, max_length=2000)]
BODY = ("layers", "blocks", "parameters", "set")
"""Keys that pydantic leaves to the readers of layers and blocks."""


def _read_quantity(value: object) -> object:
    if value not in QUANTITIES:
        msg = f"must be one of {', '.join(QUANTITIES)}, not {describe(value)}"
        raise ValueError(msg)
    return value


def _read_patterns(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_PATTERNS or not all(isinstance(part, str) and 0 < len(part) <= 200 for part in listed):  # noqa: PLR2004 - of characters
        msg = "must be a layer's name or a pattern such as conv*, or a list of them"
        raise ValueError(msg)
    return tuple(listed)


class Claim(BaseModel):
    """A published figure."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    quantity: Annotated[str, PlainValidator(_read_quantity), WithJsonSchema({"enum": list(QUANTITIES)})]
    printed: _Text
    source: _Text
    layer: _Text | None = None


class Header(BaseModel):
    """The keys of a spec."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: _Text
    source: _Text = ""
    family: _Text | None = None
    input: _Text | None = None
    rounding: RoundingField = None
    freeze: Annotated[tuple[str, ...], PlainValidator(_read_patterns)] = ()
    parameters: Any = None
    set: Any = None
    blocks: Any = None
    layers: Any = None
    published: list[Claim] = []
