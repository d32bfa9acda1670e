"""CSV: one line a layer, every number in full, every setting in a column of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.cells import safe, setting
from cnncalc.row import COUNTS

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger
    from cnncalc.row import Row

SETTINGS = ("kernel_size", "stride", "padding", "dilation", "groups")
_FORMULA = ("=", "+", "-", "@", "|", "%")
"""What spreadsheets take for the start of a formula. Source: OWASP, CSV Injection."""
_NUMBER = re.compile("[+-][0-9][0-9.,]*")
VIEW = ("receptive_field", "jump", "field_padding")


def as_csv(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:  # noqa: ARG001 - rows only
    """Return a header, the rows and a line of totals."""
    head = ("name", "type", "inputs", "output_shape", *SETTINGS, *COUNTS, *VIEW)
    blank = [""] * (2 + len(SETTINGS))
    sums = ("total", "", *blank, *(getattr(ledger.totals, count) for count in COUNTS), "", "", "")
    return lines([head, *(_line(row, layout) for row in ledger.rows), sums])


def lines(rows: Iterable[Sequence[object]], *, signed: bool = True) -> str:
    """Return rows as the lines of a CSV; unless they hold `signed` numbers, -1 is somebody's text too."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell, signed=signed) for cell in row] for row in rows)
    return text.getvalue().rstrip("\n")


def _harmless(cell: object, *, signed: bool) -> object:
    """Return a stranger's text so that a spreadsheet shows it and does not work it out: an apostrophe before =1+1."""
    if not isinstance(cell, str) or cell.lstrip()[:1] not in _FORMULA or (signed and _NUMBER.fullmatch(cell)):
        return cell
    return f"'{cell}"


def _line(row: Row, layout: str) -> list[object]:
    settings = [setting(row.settings.get(name, "")) for name in SETTINGS]
    view = ["" if None in value else setting(value) for value in (row.receptive_field, row.jump, row.padding)]
    counts = [getattr(row, count) for count in COUNTS]
    return [safe(row.name), row.type, " ".join(row.inputs), row.volume.write(layout), *settings, *counts, *view]
