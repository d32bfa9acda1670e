"""JSON: the contract's keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import category

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger


def as_json(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:  # noqa: ARG001 - shapes stay H, W, C
    """Return the ledger and the verdicts on its published figures."""
    return write(told(ledger.to_dict(), judged))


def told(ledger: dict[str, Any], judged: Sequence[Judged], **more: Any) -> dict[str, Any]:
    """Return a ledger's keys, the verdicts on its published figures, and what else was asked for."""
    return {**ledger, "published": [one.to_dict() for one in judged], **more}


def write(data: dict[str, Any]) -> str:
    """Write JSON that a person can read too."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return text if text.isascii() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    """Escape what could steer a terminal or turn a line around, and what UTF-8 cannot carry."""
    return json.dumps(character)[1:-1] if category(character)[0] == "C" and character != "\n" else character
