"""A layer's settings as users write them: 3, [3, 5], 3x5, 1:2. One reader for YAML, JSON, Python and the shell.

A reader takes what it is given and returns the one form that rules use, or raises ValueError with a
sentence a student understands. `True` is no number, `"3"` is text, 10^30 is a mistake.
"""

from __future__ import annotations

import re
from typing import Any, cast

from cnncalc.errors import AxesMisfit
from cnncalc.letter import Letter
from cnncalc.sizes import LARGEST, Size
from cnncalc.volume import MAX_AXES, shorten
from cnncalc.window import Sides


def read_count(value: object, *, low: int = 1) -> int:
    """Read a whole number from `low` to 10^9, or a letter."""
    if isinstance(value, Letter):
        return cast("int", value)
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]+\s*", value):
        msg = f"is text; write {shorten(value.strip())} without quotes"
        raise ValueError(msg)
    if type(value) is not int or not low <= value <= LARGEST:
        msg = f"must be a whole number from {low} to 10^9, not {describe(value)}"
        raise ValueError(msg)
    return value


def read_natural(value: object) -> int:
    """Read a whole number from 0 to 10^9."""
    return read_count(value, low=0)


def read_per_axis(value: object, *, low: int = 1) -> int | tuple[int, ...]:
    """Read one number for all axes, or one per axis: 3, [3, 5] or 3x5."""
    parts = _axes(value)
    if parts is None:
        return read_count(value, low=low)
    return cast("tuple[int, ...]", _settle(tuple(read_count(part, low=low) for part in parts)))


def read_naturals(value: object) -> int | tuple[int, ...]:
    """Read one number for all axes, or one per axis; 0 is allowed."""
    return read_per_axis(value, low=0)


def read_padding(value: object) -> Any:
    """Read zeros at the ends, or 'same' (as ONNX's SAME_UPPER and Keras define it), 'same_lower', 'valid'."""
    if isinstance(value, str) and value.replace("_upper", "") in {"same", "same_lower", "valid"}:
        return 0 if value == "valid" else value.replace("_upper", "")
    return read_ends(value)


def read_ends(value: object) -> Any:
    """Read zeros at the ends: 1, [1, 2] per axis, 1:2 before and after, [[1, 2], [0, 1]]."""
    parts = _axes(value)
    return _ends(value) if parts is None else _settle(tuple(_ends(part) for part in parts))


def read_flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        msg = f"must be true or false, not {describe(value)}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def read_fraction(value: object) -> float:
    """Read a number from 0 to below 1: a rate or a slope."""
    if type(value) not in (int, float) or not 0 <= value < 1:  # type: ignore[operator]
        msg = f"must be a number from 0 to below 1, not {describe(value)}"
        raise ValueError(msg)
    return float(value)  # type: ignore[arg-type]


def describe(value: object) -> str:
    """Name a user's value in a message, cut to length."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        return f"a number of {len(str(abs(value)))} digits" if abs(value) < 10**40 else "a number of over 40 digits"
    kinds = {list: "a list", dict: "a mapping", type(None): "nothing"}
    return kinds.get(type(value)) or shorten(repr(value).replace("True", "true").replace("False", "false"))


def _axes(value: object) -> list[Any] | None:
    """Return the values per axis, or None if there is one for all."""
    if isinstance(value, str):
        texts = value.split("x")
        parts: list[Any] | None = [_digits(part) for part in texts] if len(texts) > 1 else None
    else:
        parts = list(value) if isinstance(value, (list, tuple)) and not isinstance(value, Sides) else None
    if parts is not None and not 1 <= len(parts) <= MAX_AXES:
        msg = f"must be one number, or one for each of one to three axes, not {len(parts)}"
        raise ValueError(msg)
    return parts


def _digits(text: str) -> object:
    return int(text) if re.fullmatch("[0-9]{1,10}", text, re.ASCII) else text


def _settle(values: tuple[Any, ...]) -> Any:
    """Write what is equal on all axes once: 3x3 is 3, so that both cost the same and read the same."""
    return values[0] if len(values) > 1 and len(set(values)) == 1 else values


def _ends(value: object) -> Any:
    pair: list[Any] | None = None
    if isinstance(value, str) and ":" in value:
        pair = [_digits(part) for part in value.split(":")]
    elif isinstance(value, (list, tuple)):
        pair = list(value)
    if pair is None:
        return read_natural(value)
    if len(pair) != 2:  # noqa: PLR2004 - before and after
        msg = "must be one number for both ends of an axis, or two: before:after"
        raise ValueError(msg)
    before, after = (read_natural(part) for part in pair)
    return before if before == after else Sides(before, after)


def per_axis(value: Any, axes: int, what: str) -> tuple[Size, ...]:
    """Spread a field over the axes of the input that came.

    Raises AxesMisfit if the field has a value per axis and the input another number of axes.
    """
    if not isinstance(value, tuple) or isinstance(value, Sides):
        return (value,) * axes
    if len(value) != axes:
        message = f"{what} has {len(value)} values, one per axis, but the input has {axes} spatial axes"
        raise AxesMisfit(message, ways_out=(f"give {what} one value, or {axes}",))
    return value
