"""What `cnncalc table` says of memory beyond a column: all conventions side by side, training, what fits in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.cli.say import Format, terminal_width
from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger
from cnncalc.memory.conventions import CONVENTIONS
from cnncalc.network import Network
from cnncalc.row import jsonable
from cnncalc.sizes import Size

if TYPE_CHECKING:
    from cnncalc.memory.budgets import Budget, Room


class Asked(NamedTuple):
    """What was asked about a machine's memory."""

    optimizer: str | None
    fit_in: str | None

    def answered(self, network: Network, batch: Size, dtype: str, how: Format) -> Answers:
        """Return the answers. Raises Unmet where nothing fits, UsageError for what cannot be read or written."""
        if self.optimizer is None and self.fit_in is None:
            return Answers(None, None, None)
        if how is Format.csv:
            message = "a CSV holds layers, and what a machine holds is none"
            raise UsageError(message, ways_out=("--format json", "--format table"))
        from cnncalc.memory.budgets import budget, largest_batch  # noqa: PLC0415 - most tables ask neither

        room = None
        if self.fit_in is not None:
            room = largest_batch(network, self.fit_in, optimizer=self.optimizer, dtype=dtype)
        return Answers(budget(network, optimizer=self.optimizer, batch=batch, dtype=dtype), room, self.fit_in)


class Answers(NamedTuple):
    """What inference or training holds, and how many images fit into a memory."""

    held: Budget | None
    room: Room | None
    limit: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON carries besides the ledger."""
        told: dict[str, Any] = {}
        if self.held:
            told["training" if self.held.optimizer else "inference"] = self.held.to_dict()
        if self.room:
            told["fit_in"] = self.room.to_dict()
        return told

    def written(self, how: Format) -> str:
        """Return it as text, Markdown or LaTeX; nothing if nothing was asked."""
        if not self.held:
            return ""
        from cnncalc.render.blocks import write  # noqa: PLC0415 - most tables say nothing of a machine
        from cnncalc.render.held import budget_block, room_block  # noqa: PLC0415

        blocks = [budget_block(self.held)]
        if self.room and self.limit is not None:
            blocks.append(room_block(self.room, self.limit))
        return write(blocks, how.value, terminal_width())


def side_by_side(ledgers: Mapping[str, Ledger], how: Format, layout: str) -> str:
    """Write every memory convention's counts, in any format but JSON's."""
    from cnncalc.render.as_table import title  # noqa: PLC0415 - only `--memory all` needs these
    from cnncalc.render.blocks import write  # noqa: PLC0415
    from cnncalc.render.held import side_by_side as blocks  # noqa: PLC0415
    from cnncalc.render.held import side_by_side_cells  # noqa: PLC0415

    if how is Format.csv:
        from cnncalc.render.as_csv import lines  # noqa: PLC0415

        return lines(side_by_side_cells(ledgers))
    return write(blocks(title(next(iter(ledgers.values()))), ledgers, layout), how.value, terminal_width())


def told_side_by_side(ledgers: Mapping[str, Ledger]) -> dict[str, Any]:
    """Return the ledger as JSON carries it, its `memory` a map of every convention, in total and per layer."""
    told = {**ledgers["peak"].to_dict(), **ledgers["lecture"].to_dict()}
    told["memory"] = {
        name: {
            "counts": CONVENTIONS[name].says,
            "values": jsonable(ledger.totals.activation_values),
            "bytes": jsonable(ledger.totals.activation_bytes),
        }
        for name, ledger in ledgers.items()
    }
    for number, layer in enumerate(told["layers"]):
        layer["memory"] = {name: jsonable(one.rows[number].activation_values) for name, one in ledgers.items()}
    return told
