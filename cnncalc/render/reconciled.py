"""How a reconciliation is written: a line for each number that a tool prints, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.render.as_csv import lines
from cnncalc.render.cells import safe, spoken
from cnncalc.render.plain import grid
from cnncalc.units import write_count

if TYPE_CHECKING:
    from cnncalc.claims.parts import Part
    from cnncalc.claims.reconcile import Line, Reconciliation

HEADS = ("", "calls it", "number", "prints", "− cnncalc", "read from", "which is")
COLUMNS = ("quantity", "tool", "reading", "calls", "number", "prints", "computed", "difference", "source")
_NUMBERS = (2, 3, 4)


def as_text(found: Reconciliation) -> str:
    """Return the lines under cnncalc's own numbers, as aligned text."""
    return "\n\n".join([*(safe(line) for line in _heads(found)), grid(rows(found), right=_NUMBERS)])


def as_markdown(found: Reconciliation) -> str:
    """Return the lines as a Markdown table."""
    from cnncalc.render.as_markdown import escape, pipes  # noqa: PLC0415 - one renderer a run

    return "\n\n".join([*(escape(safe(line)) for line in _heads(found)), pipes(list(rows(found)))])


def as_csv(found: Reconciliation) -> str:
    """Return one line a number, every number in full."""
    head = (*COLUMNS, "parts", "not_counted")
    more = ({"parts": _sum(one.parts), "not_counted": " ".join(one.not_counted)} for one in found.lines)
    told = (one.to_dict() | rest for one, rest in zip(found.lines, more, strict=True))
    return lines([head, *([one[name] for name in head] for one in told)])


def as_json(found: Reconciliation) -> str:
    """Return the reconciliation as JSON."""
    from cnncalc.render.as_json import write  # noqa: PLC0415 - one renderer a run

    return write(found.to_dict())


def rows(found: Reconciliation) -> Iterator[tuple[str, ...]]:
    """Yield the heads, and under each of cnncalc's own numbers the lines of the tools."""
    yield HEADS
    quantity = ""
    for line in found.lines:
        if line.reading.quantity != quantity:
            quantity = line.reading.quantity
            yield ("cnncalc", _own(quantity, found.ledger.memory), write_count(line.own), "", "", "", "")
        yield _row(line)


def _heads(found: Reconciliation) -> list[str]:
    name = found.ledger.network.name
    return [name, *([f"tools are read on torchvision's model: {'; '.join(found.differs)}"] if found.differs else [])]


def _own(quantity: str, memory: str) -> str:
    name = spoken(quantity)
    return f"{name} ({memory})" if quantity.startswith("activation") else name


def _row(line: Line) -> tuple[str, ...]:
    one = line.reading
    return (
        f"  {one.name}",
        one.calls,
        write_count(line.number),
        one.prints(line.number),
        _signed(line.difference),
        one.source,
        _which_is(line),
    )


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else write_count(number).replace("-", "−")


def _which_is(line: Line) -> str:
    """Write what a number adds up, and what the tool has no rule for."""
    missing = f"not counted by it: {', '.join(line.not_counted)}" if line.not_counted else ""
    return "; ".join(text for text in (_sum(line.parts), missing) if text)


def _sum(parts: tuple[Part, ...]) -> str:
    """Write a sum: the first part by its name, each further one with its number."""
    if not parts:
        return "nothing"
    first, *more = parts
    return " ".join(
        [first.says, *(f"{'−' if part.number < 0 else '+'} {abs(part.number):,} {part.says}" for part in more)]
    )
