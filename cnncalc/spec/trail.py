"""How the unrolling of a text got to where it is: the calls around it, and the steps so far."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.errors import SpecError, TooLarge, Where
from cnncalc.sizes import Size
from cnncalc.spec.nodes import Node, Scalar
from cnncalc.spec.pattern import Piece, expand
from cnncalc.spec.problems import Problems

MAX_STEPS = 20_000
"""Items and calls that one spec may take to unroll, layers or not."""


class Trail:
    """The calls that led here, the outermost first, each with its line."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.calls: list[tuple[str, int | None]] = []
        self.steps = 0

    def where(self, node: Node) -> Where:
        """Return a node's place, and the line of the outermost call that led to it."""
        return self.problems.where(node)._replace(called=self.calls[0][1] if self.calls else None)

    def spots(self, node: Scalar, offsets: set[int]) -> dict[int, Where]:
        """Return the places of characters of a pattern."""
        where = self.where(node)
        spots = node.spots(offsets)
        return {offset: where._replace(line=line, column=column) for offset, (line, column) in spots.items()}

    def pieces(self, node: Scalar, names: Mapping[str, Size]) -> list[tuple[Piece, Where]]:
        """Return the layers and calls of a pattern, each with its place. Raises what `expand` raises, at its place."""
        try:
            pieces = expand(str(node.value), names)
        except SpecError as error:
            raise error.at(self.spots(node, {error.offset})[error.offset]) from None
        spots = self.spots(node, {piece.offset for piece in pieces})
        return [(piece, spots[piece.offset]) for piece in pieces]

    def step(self, node: Node) -> None:
        """Count an item or a call. Raises TooLarge for more than any network takes."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            message = f"takes more than {MAX_STEPS:,} steps to unroll"
            raise TooLarge(message, where=self.where(node), ways_out=("repeat fewer times",))
