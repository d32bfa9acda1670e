"""How answers to questions asked backwards are written: which values fit, and the largest within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.render.cells import safe, spoken, summary

if TYPE_CHECKING:
    from cnncalc.backwards import Answer
    from cnncalc.solution import Solution


def answer_as_text(answer: Answer) -> str:
    """Write which values fit, a line for what each of the first gives."""
    given = zip(answer.values, answer.output, strict=False)
    return "\n".join([answer.says, *(f"  {value} → {out}" for value, out in given)])


def solution_as_text(found: Solution) -> str:
    """Write the largest value, the totals there, and what the next one breaks."""
    name = safe(found.parameter)
    lines = [f"{name} = {found.value}", *(f"  {line}" for line in summary(found.ledger))]
    broken = found.broken
    if broken:
        lines.append(f"{name} = {found.next_value} has more than {broken.most:,} {spoken(broken.quantity)}")
    else:
        lines.append(f"no larger {name} can be had")
    return "\n".join(lines)
