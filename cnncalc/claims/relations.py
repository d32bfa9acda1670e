"""What a figure may say of a value besides being it: `> 500`, `over 100M`, `at most 24GB`."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, Final

from cnncalc.errors import UsageError

_HOLDS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys((">=", "≥", "at least"), ge),
    **dict.fromkeys(("<=", "≤", "at most"), le),
    **dict.fromkeys((">", "over", "more than"), gt),
    **dict.fromkeys(("<", "under", "less than", "fewer than"), lt),
}
"""Relations and how they are printed; `>=` stands before `>`, which it starts with."""

_LONGEST: Final = max(map(len, _HOLDS))


def split(printed: str) -> tuple[str, str]:
    """Return the relation that a figure is printed with, if any, and the rest. Raises UsageError.

    >>> split("Over 100M"), split("138M")
    (('over', '100M'), ('', '138M'))
    """
    if not isinstance(printed, str):
        raise UsageError("a figure is text, as it was printed", ways_out=("138M", "'138'"))
    text = printed.strip()
    start = text[:_LONGEST].lower()
    word = next((word for word in _HOLDS if start.startswith(word)), "")
    rest = text[len(word) :]
    return ("", text) if rest[:1].isalpha() else (word, rest.lstrip())


def holds(relation: str, value: Any, bound: Any) -> bool:
    """Whether a value stands in a relation to a bound."""
    return bool(_HOLDS[relation](value, bound))
