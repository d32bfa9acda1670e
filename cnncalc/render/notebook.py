"""Answers show themselves as HTML in a notebook; importing this teaches them how."""

from __future__ import annotations

from typing import Any

from cnncalc.backwards import Answer
from cnncalc.comparison import Comparison
from cnncalc.explanation import Explanation
from cnncalc.fit import Fit
from cnncalc.ledger import Ledger
from cnncalc.render import as_html
from cnncalc.solution import Solution

_SHOWN: tuple[tuple[Any, Any], ...] = (
    (Ledger, as_html.ledger_as_html),
    (Fit, as_html.fit_as_html),
    (Comparison, as_html.comparison_as_html),
    (Answer, as_html.answer_as_html),
    (Explanation, as_html.explanation_as_html),
    (Solution, as_html.solution_as_html),
)
for _kind, _show in _SHOWN:
    _kind._repr_html_ = _show
