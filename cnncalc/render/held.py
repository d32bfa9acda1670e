"""Memory in words and tables: the conventions side by side, a peak and its place, what training or a machine holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.memory.budgets import spoken
from cnncalc.memory.conventions import CONVENTIONS, bytes_per_value
from cnncalc.memory.liveness import peak
from cnncalc.memory.orders import best_order, why_not
from cnncalc.render.blocks import Block
from cnncalc.render.cells import safe
from cnncalc.units import write_both, write_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.ledger import Ledger
    from cnncalc.memory.budgets import Budget, Room
    from cnncalc.network import Network


def side_by_side(title: str, ledgers: Mapping[str, Ledger], layout: str = "hwc") -> list[Block]:
    """Write every convention's count of each layer, then what each comes to and what it counts."""
    any_of_them = next(iter(ledgers.values()))
    rows = [("layer", "output", *ledgers)]
    for together in zip(*(ledger.rows for ledger in ledgers.values()), strict=True):
        counts = (write_count(row.activation_values) for row in together)
        rows.append((safe(together[0].name), together[0].volume.write(layout), *counts))
    per_image = (write_count(one.totals.activation_values) for one in ledgers.values())
    batch = "" if any_of_them.batch == 1 else f"batch {write_count(any_of_them.batch)}"
    rows.append(("together", batch, *per_image))
    sums = [("memory", "what it counts", "values", any_of_them.dtype), *map(_sum, ledgers.values())]
    network = any_of_them.network
    place = [f"the peak is at {safe(layer)}"] if (layer := peak(network).layer) else []
    return [
        Block(above=title),
        Block(rows, flush=2),
        Block(sums, below=[*place, _other_orders(network)], flush=2, ends=False),
    ]


def _sum(ledger: Ledger) -> tuple[str, str, str, str]:
    total, says = ledger.totals, CONVENTIONS[ledger.memory].says
    return ledger.memory, says, write_count(total.activation_values), _bytes(total.activation_bytes)


def side_by_side_cells(ledgers: Mapping[str, Ledger]) -> list[list[object]]:
    """Return names, volumes and counts as CSV carries them, the last line what they come to."""
    rows: list[list[object]] = [["name", "output_shape", *ledgers]]
    for together in zip(*(ledger.rows for ledger in ledgers.values()), strict=True):
        shared = [safe(together[0].name), together[0].volume.write()]
        rows.append([*shared, *(row.activation_values for row in together)])
    return [*rows, ["total", "", *(ledger.totals.activation_values for ledger in ledgers.values())]]


def peak_sentences(ledger: Ledger) -> list[str]:
    """Say where the peak is, and whether another order of the layers has a smaller one."""
    layer = peak(ledger.network).layer
    place = "the most at one moment" + (f", the first time at {safe(layer)}" if layer else "")
    return [f"{place}; a row is what lives while its layer runs, and rows do not add up", _other_orders(ledger.network)]


def _other_orders(network: Network) -> str:
    best = best_order(network)
    if best is None:
        return f"not searched for an order of the layers with a smaller peak: {why_not(network)}"
    if best.values == peak(network).values:
        return "no other order of the layers has a smaller peak"
    return f"another order of the layers has a smaller peak: {best.values:,} values / image"


def budget_block(held: Budget) -> Block:
    """Write what inference or training holds, part by part."""
    use = f"training with {held.optimizer}" if held.optimizer else "inference"
    images = "1 image" if held.batch == 1 else f"{write_count(held.batch)} images"
    size = bytes_per_value(held.dtype)
    parts = {**held.parts, "total": held.values}
    rows = [(spoken(name), write_count(n), _bytes(n * size)) for name, n in parts.items()]
    return Block([("held", "values", "bytes"), *rows], above=f"{use}, {images}, {held.dtype}")


def room_block(room: Room, limit: str) -> Block:
    """Say how many images fit into a memory."""
    use = f"training with {room.needs.optimizer}" if room.needs.optimizer else "inference"
    if room.batch is None or room.next is None:
        return Block(below=[f"{safe(limit)}: any batch fits, {use} keeps nothing of an image"])
    fits = f"{safe(limit)}: batch {room.batch:,} is the largest that fits {use} in {room.needs.dtype}"
    return Block(below=[
        f"{fits}: {room.needs.bytes:,} of {room.limit:,} bytes; batch {room.next.batch:,} needs {room.next.bytes:,}"
    ])  # fmt: skip


def _bytes(n: Any) -> str:
    return write_both(n) if isinstance(n, int) else f"{n} bytes"
