"""The order of a graph: each layer behind those that it reads. A plain topological sort; cycles are named."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.errors import WiringError
from cnncalc.spec.model import INPUT, Entry

_SHOWN = 6
"""So many layers of a cycle are named."""


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the layers so that each stands behind those it reads, in the order of the text where that does.

    Raises WiringError for a layer that reads itself in the end, or one that is not there.
    """
    entries = tuple(entries)
    seen = {INPUT}
    for entry in entries:
        if not seen.issuperset(entry.inputs):
            return _sorted(entries)
        seen.add(entry.name)
    return entries


def _sorted(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Kahn's algorithm: a layer is ready once all that it reads stand."""
    from heapq import heappop, heappush  # noqa: PLC0415 - most specs are in order

    index = {entry.name: number for number, entry in enumerate(entries)}
    readers: list[list[int]] = [[] for _ in entries]
    waits = [0] * len(entries)
    for number, entry in enumerate(entries):
        for name in entry.inputs:
            if name != INPUT:
                readers[_known(index, name, entry)].append(number)
                waits[number] += 1
    ready = [number for number, count in enumerate(waits) if not count]
    order: list[Entry] = []
    while ready:
        number = heappop(ready)
        order.append(entries[number])
        for reader in readers[number]:
            waits[reader] -= 1
            if not waits[reader]:
                heappush(ready, reader)
    if len(order) < len(entries):
        raise _cycle(entries, index, waits)
    return tuple(order)


def _known(index: dict[str, int], name: str, entry: Entry) -> int:
    if name not in index:
        message = f"it reads {name!r}, which is not there, or for training only"
        raise WiringError(message, where=entry.where, ways_out=("read another layer", "--train"))
    return index[name]


def _cycle(entries: tuple[Entry, ...], index: dict[str, int], waits: list[int]) -> WiringError:
    """Follow, from a layer that never got ready, one that it waits for, until a layer comes back."""
    entry = entries[next(number for number, count in enumerate(waits) if count)]
    path: dict[str, None] = {}
    while entry.name not in path:
        path[entry.name] = None
        entry = entries[next(index[name] for name in entry.inputs if name != INPUT and waits[index[name]])]
    walked = list(path)
    loop = [*walked[walked.index(entry.name) :], entry.name]
    shown = loop if len(loop) <= _SHOWN else [*loop[: _SHOWN - 2], "…", loop[-1]]
    message = f"a cycle: {' reads '.join(shown)}"
    return WiringError(message, where=entry.where, ways_out=("let one of them read an earlier layer",))
