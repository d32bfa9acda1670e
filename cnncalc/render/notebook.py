"""Ledgers, fits and comparisons show themselves as HTML in a notebook; importing this teaches them how."""

from __future__ import annotations

from typing import Any

from cnncalc.comparison import Comparison
from cnncalc.fit import Fit
from cnncalc.ledger import Ledger
from cnncalc.render.as_html import comparison_as_html, fit_as_html, ledger_as_html

_SHOWN: tuple[tuple[Any, Any], ...] = (
    (Ledger, ledger_as_html),
    (Fit, fit_as_html),
    (Comparison, comparison_as_html),
)
for _kind, _show in _SHOWN:
    _kind._repr_html_ = _show
