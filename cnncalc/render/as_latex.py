"""LaTeX: a tabular for a slide or a paper; needs no package but booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.as_table import title, verdict_cells
from cnncalc.render.cells import TITLES, summary, table

if TYPE_CHECKING:
    from cnncalc.claims.published import Judged
    from cnncalc.ledger import Ledger

_ESCAPES = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "[": "{[}",  # at the start of a row it would be an argument of the row before
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "*": r"$\cdot$",
    "−": "$-$",
    "·": r"$\cdot$",
    "≡": r"$\equiv$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≈": r"$\approx$",
    "×": r"$\times$",
    "→": r"$\to$",
    "…": r"\ldots{}",
    "′": "$'$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    **{sign: f"$^{digit}$" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}
"""What pdflatex has no glyph for, or takes for its own."""


def as_latex(ledger: Ledger, judged: Sequence[Judged] = (), layout: str = "hwc") -> str:
    """Return a tabular of the rows, then totals and verdicts as text."""
    _, *rows, sums = table(ledger, layout)
    parts = [
        f"% {title(ledger)}",
        *tabular(TITLES._replace(product="fan-in"), map(line, rows), [line(sums)], flush=3),
        "",
        *(escape(sentence) + r"\\" for sentence in summary(ledger)),
        *(escape(" ".join(part for part in verdict_cells(one) if part)) + r"\\" for one in judged),
    ]
    return "\n".join(parts)


def maths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a tabular whose first column is text and whose others are formulas in LaTeX already."""
    body = [" & ".join([escape(name), *(f"${formula}$" for formula in formulas)]) + r" \\" for name, *formulas in rows]
    return "\n".join(tabular(heads, body))


def tabular(heads: Sequence[str], body: Iterable[str], sums: Sequence[str] = (), flush: int | None = None) -> list[str]:
    """Return the lines of a tabular: heads, rows that are written, sums; columns from `flush` on stand to the right."""
    left = len(heads) if flush is None else flush
    below = [r"\midrule", *sums] if sums else []
    start = [r"\begin{tabular}{" + "l" * left + "r" * (len(heads) - left) + "}", r"\toprule", line(heads), r"\midrule"]
    return [*start, *body, *below, r"\bottomrule", r"\end{tabular}"]


def volume(sizes: Iterable[str]) -> str:
    r"""Return sizes joined by ``\times``, sums in brackets."""
    return r" \times ".join(map(_factor, sizes))


def _factor(formula: str) -> str:
    outside = re.sub(r"\{[^{}]*\}", "", formula)
    return rf"\left({formula}\right)" if re.search(" [+-] ", outside) else formula


def line(row: Sequence[str]) -> str:
    """Return one row of a tabular."""
    return " & ".join(escape(cell) for cell in row) + r" \\"


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    return "".join(_ESCAPES.get(character, character) for character in text)
