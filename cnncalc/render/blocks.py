"""Small tables and sentences below or instead of a ledger's: as plain text, Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cnncalc.render.as_latex import escape as latex_escape
from cnncalc.render.as_latex import line, tabular
from cnncalc.render.as_markdown import escape, pipes
from cnncalc.render.plain import grid


class Block(NamedTuple):
    """A table, the first row its heads, with sentences above or below it.

    flush  the first column of numbers
    ends   whether the last row holds sums
    """

    rows: Sequence[Sequence[str]] = ()
    above: str = ""
    below: Sequence[str] = ()
    flush: int = 1
    ends: bool = True


def write(blocks: Iterable[Block], how: str, width: int | None = None) -> str:
    """Write blocks as ``table``, ``markdown`` or ``latex``; a table for a terminal is no wider than `width`."""
    if how == "table":
        return "\n\n".join(part for block in blocks for part in _plain(block, width) if part)
    joined = "\n" if how == "latex" else "\n\n"
    return joined.join(part for block in blocks for part in _WRITERS[how](block) if part)


def _plain(block: Block, width: int | None) -> list[str]:
    table = grid(block.rows, right=range(block.flush, len(block.rows[0]))) if block.rows else ""
    if width and table and max(map(len, table.split("\n"))) > width:
        table = _stacked(block, width)
    below = (_wrapped(sentence, width) for sentence in block.below)
    above = _wrapped(block.above, width) if block.above else ""
    return ["\n".join(part for part in (above, table) if part), "\n".join(below)]


def _stacked(block: Block, width: int) -> str:
    """Write a row as two lines: what it is, then its numbers."""
    numbers = grid([row[block.flush :] for row in block.rows], right=range(len(block.rows[0]))).split("\n")
    names = (_wrapped("  ".join(cell for cell in row[: block.flush] if cell), width) for row in block.rows)
    return "\n".join(f"{name}\n  {line}" for name, line in zip(names, numbers, strict=True))


def _wrapped(sentence: str, width: int | None) -> str:
    from textwrap import fill  # noqa: PLC0415 - only a terminal has a width

    return fill(sentence, width) if width else sentence


def _markdown(block: Block) -> list[str]:
    above = f"**{escape(block.above)}**" if block.above else ""
    table = pipes(block.rows, flush=block.flush) if block.rows else ""
    return [above, table, "\n".join(f"- {escape(sentence)}" for sentence in block.below)]


def _latex(block: Block) -> list[str]:
    above = latex_escape(block.above) + r"\\" if block.above else ""
    below = [latex_escape(sentence) + r"\\" for sentence in block.below]
    return [above, *(_tabular(block) if block.rows else []), *below]


def _tabular(block: Block) -> list[str]:
    head, *body = block.rows
    sums = [line(body.pop())] if block.ends else []
    return tabular(head, map(line, body), sums, block.flush)


_WRITERS: dict[str, Callable[[Block], list[str]]] = {"markdown": _markdown, "latex": _latex}
