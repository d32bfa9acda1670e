"""How the keys of a claims file are read, one by one; what is wrong is a ValueError that pydantic passes on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator

from cnncalc.claims.claim import ALIASES, QUANTITIES
from cnncalc.letter import Letter, read_letter
from cnncalc.settings import describe
from cnncalc.sizes import LARGEST
from cnncalc.volume import MAX_AXES, nearest


def read_quantity(value: object) -> str:
    """Read a quantity, under any of its names."""
    name = ALIASES.get(str(value), str(value))
    if name not in QUANTITIES:
        near = nearest(name, QUANTITIES)
        known = f"did you mean {' or '.join(near)}?" if near else "one of " + ", ".join(QUANTITIES)
        msg = f"nobody knows {describe(value)}; {known}"
        raise ValueError(msg)
    return name


def one_of(*known: str) -> Any:
    """Return a reader of one of these words."""

    def read(value: object) -> object:
        if value not in known:
            msg = f"must be one of {', '.join(known)}, not {describe(value)}"
            raise ValueError(msg)
        return value

    return PlainValidator(read)


def read_batch(value: object) -> int | Letter:
    """Read how many images there are at once: a whole number, or a letter."""
    letter = read_letter(value) if isinstance(value, str) else None
    if letter is not None:
        return letter
    if type(value) is int and 1 <= value <= LARGEST:
        return value
    msg = f"must be a whole number of images from 1 on, or a letter, not {describe(value)}"
    raise ValueError(msg)


def read_network(value: object) -> object:
    """Read what a claim calls its network."""
    if not isinstance(value, str | dict) or not value:
        msg = "must be a packaged spec, a one-line network, or a spec"
        raise ValueError(msg)
    return value


def read_formula(value: object) -> object:
    """Read a formula, or one per quantity."""
    texts = value.values() if isinstance(value, dict) else [value]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        msg = "must be a formula, or one per quantity: {channels: K, weights: F*F*C*K}"
        raise ValueError(msg)
    for name in value if isinstance(value, dict) else ():
        read_quantity(str(name).rpartition(".")[2])
    return value


def read_place(value: object) -> object:
    """Read a row and a column, a depth before them, or one number."""
    listed = value if isinstance(value, list) else [value]
    if not 1 <= len(listed) <= MAX_AXES or not all(type(part) is int and 0 <= part < 10**6 for part in listed):
        msg = "must be a row and a column (a depth before them), or one number, counted from 0"
        raise ValueError(msg)
    return tuple(listed)


Text = Annotated[str, Field(strict=True, min_length=1, max_length=2000)]
Number = Annotated[int, Field(strict=True, ge=1, le=1000)]
