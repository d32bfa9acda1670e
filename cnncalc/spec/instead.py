"""What could stand in a field instead of what was written: tried with the field's own reader before it is offered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, Where
from cnncalc.sizes import LARGEST
from cnncalc.spec.scalars import read_scalar
from cnncalc.volume import nearest, parse_volume

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST = 4
"""So many are offered."""

_PERCENT = 100
_LONGEST = 40  # characters of a stranger's text that are offered
_EXAMPLES: dict[str, Any] = {
    "input": "224x224x3",
    "freeze": "conv*",
    "printed": "138M",
    "published": [{"quantity": "parameters", "printed": "138M", "source": "table 1"}],
}
_ANYTHING = (3, 0.5, True, "mine")


def instead(model: type[BaseModel], field: str, value: object) -> tuple[str, ...]:
    """Return up to four settings that a field takes, those that the refused value may have meant first.

    >>> from cnncalc.layers import CARDS
    >>> instead(CARDS["conv"].model(), "stride", -2)
    ('stride: 2',)
    """
    for group in _groups(model, field, value):
        found = (f"{field}: {_write(candidate)}" for candidate in group if _takes(model, field, candidate))
        if offered := tuple(dict.fromkeys(found))[:MOST]:
            return offered
    return ()


def _groups(model: type[BaseModel], field: str, value: object) -> Iterator[list[Any]]:
    """Yield candidates: what was meant, the words that the field knows, its default, an example, anything at all."""
    words = _words([getattr(part, "json_schema", None) for part in model.model_fields[field].metadata])
    if isinstance(value, str):
        yield [*nearest(value, words), *_meant_by_text(value)]
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield [f"{value}x{value}x3"] if field == "input" else list(_meant_by_number(value))
    elif isinstance(value, list):
        yield ["x".join(map(str, value))] if all(type(part) is int for part in value) else []
    yield words
    default = model.model_fields[field].get_default(call_default_factory=True)
    yield [default] if isinstance(default, (int, float, str)) else []
    yield [_EXAMPLES[field]] if field in _EXAMPLES else []
    yield list(_ANYTHING)


def _meant_by_text(text: str) -> Iterator[Any]:
    """Yield the number in a text, true or false for YAML 1.1's words, and the text itself, cut to size."""
    if digits := re.search("[0-9]{1,9}", text, re.ASCII):
        yield int(digits[0])
    if text.lower() in {"yes", "on", "true", "no", "off", "false"}:
        yield text.lower() in {"yes", "on", "true"}
    yield text.strip()[:_LONGEST]


def _meant_by_number(number: float) -> Iterator[Any]:
    """Yield a number without its sign, whole, 1 for 0, as a part of a hundred, and as text."""
    if abs(number) <= LARGEST:
        size = abs(number) or 1
        yield from (floor(size), ceil(size), size / _PERCENT, str(number))


def _words(schema: Any) -> list[str]:
    """Return the words that a field's schema lists."""
    if isinstance(schema, dict):
        return [*schema.get("enum", ()), *(word for part in schema.get("anyOf", ()) for word in _words(part))]
    return [word for part in schema or () for word in _words(part)]


def _takes(model: type[BaseModel], field: str, candidate: object) -> bool:
    try:
        model.__pydantic_validator__.validate_assignment(model.model_construct(), field, candidate)
        if field == "input":
            parse_volume(str(candidate))
    except (ValueError, CnncalcError):
        return False
    return True


def _write(value: Any) -> str:
    """Write a value as YAML, quoted where it has to be."""
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_write(part)}' for key, part in value.items())}}}"
    return value if isinstance(value, str) and _is_plain(value) else json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    """Whether YAML reads a text without quotes as this text."""
    try:
        return bool(re.fullmatch("[A-Za-z0-9_. *]+", text)) and read_scalar(text, Where()) == text
    except CnncalcError:
        return False
