"""The smallest peak that any order of a network's layers has: exact for small graphs, never a guess.

A moment of an inference is the set of layers that have run: it alone says what is held. The search goes from no layer
to all of them, always from the moment whose peak so far is smallest, so that the first way found to the end has
the smallest peak. A layer that holds no more afterwards than before, and no more than the peak so far meanwhile,
runs at once: whatever else waits, running it later cannot save anything. Chains therefore cost nothing, and side by
side paths multiply only where each of them would raise the peak.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cnncalc.memory.liveness import overwrites, peak
from cnncalc.network import require_network
from cnncalc.row import jsonable
from cnncalc.spec.model import INPUT

if TYPE_CHECKING:
    from cnncalc.network import Network

AFFORDED = 500_000
"""So many edges are looked at before the search is given up: a second or two."""

LARGEST_GRAPH = 5_000
"""So many layers a graph may have to be searched: what has run is a number of as many bits."""

Path: TypeAlias = "tuple[Path, int] | None"


class Order(NamedTuple):
    """An order of a network's layers, and the most values that it holds at one moment, for one image."""

    values: int
    layers: tuple[str, ...]


class _Moment(NamedTuple):
    """What has run, as bits; what may run next; the values held; the peak up to here; and the way that led here."""

    done: int
    ready: int
    held: int
    peak: int
    path: Path


class _TooLong(Exception):
    """More was looked at than is afforded."""


def best_order(network: Network) -> Order | None:
    """Return an order with the smallest peak of all; None where letters or too many layers or orders forbid the search.

    >>> from cnncalc import load
    >>> best_order(load("conv3-64 relu conv3-64", input="224x224x3")).values
    6422528
    """
    require_network(network)
    if len(network.nodes) > LARGEST_GRAPH or not is_counted(network):
        return None
    try:
        moment = _Graph(network).searched()
    except _TooLong:
        return None
    return Order(moment.peak, tuple(network.nodes[number].name for number in _walked(moment.path)))


def why_not(network: Network) -> str:
    """Return why no best order was found."""
    if not is_counted(network):
        return "its sizes are letters"
    return "too many layers" if len(network.nodes) > LARGEST_GRAPH else "too many orders"


def is_counted(network: Network) -> bool:
    """Whether every volume is a number."""
    return all(isinstance(values, int) for values in (network.input.values, *(n.y.values for n in network.nodes)))


def peak_to_dict(network: Network) -> dict[str, Any]:
    """Return a network's peak as JSON carries it: where it is, and the smallest of any order, for one image."""
    most, best = peak(network), best_order(network)
    return {
        "layer": most.layer,
        "values": jsonable(most.values),
        "smallest": None if best is None else {"values": best.values, "order": list(best.layers)},
        "not_searched": why_not(network) if best is None else None,
    }


def _walked(path: Path) -> list[int]:
    numbers = []
    while path is not None:
        path, number = path
        numbers.append(number)
    return numbers[::-1]


class _Graph:
    """The layers as numbers: volume 0 is the input, volume n + 1 what layer n gives; readers are bits of layers."""

    def __init__(self, network: Network) -> None:
        number = {INPUT: 0, **{node.name: index + 1 for index, node in enumerate(network.nodes)}}
        self.reads = [tuple(dict.fromkeys(number[name] for name in node.inputs)) for node in network.nodes]
        self.sizes = [network.input.values, *(node.y.values for node in network.nodes)]
        self.overwrites = [overwrites(node) for node in network.nodes]
        self.readers = [0] * len(number)
        self.read_by: list[list[int]] = [[] for _ in number]
        for index, volumes in enumerate(self.reads):
            for volume in volumes:
                self.readers[volume] |= 1 << index
                self.read_by[volume].append(index)
        self.everything = (1 << len(network.nodes)) - 1
        self.looked = 0

    def searched(self) -> _Moment:
        """Return the last moment of an order with the smallest peak. Raises _TooLong."""
        start = _Moment(0, self._freed_to_run(0, 0), self.sizes[0], self.sizes[0], None)
        waiting: list[tuple[int, int, _Moment]] = []
        seen: set[int] = set()
        self._wait(waiting, start)
        while True:
            moment = heappop(waiting)[-1]
            if moment.done == self.everything:
                return moment
            if moment.done in seen:
                continue
            seen.add(moment.done)
            for index in _bits(moment.ready):
                self._wait(waiting, self._ran(moment, index))

    def _wait(self, waiting: list[tuple[int, int, _Moment]], moment: _Moment) -> None:
        """Run what may run at once, then wait in line: the smallest peak first, and of those who has run most."""
        moment = self._hurried(moment)
        heappush(waiting, (moment.peak, -self.looked, moment))

    def _hurried(self, moment: _Moment) -> _Moment:
        while moment.ready:
            if not moment.ready & (moment.ready - 1):
                moment = self._ran(moment, moment.ready.bit_length() - 1)
                continue
            for index in _bits(moment.ready):
                after = self._ran(moment, index)
                if after.held <= moment.held and after.peak == moment.peak:
                    moment = after
                    break
            else:
                break
        return moment

    def _ran(self, moment: _Moment, index: int) -> _Moment:
        """Return the moment after a layer has run."""
        self._look(1 + len(self.reads[index]) + len(self.read_by[index + 1]) + (len(self.reads) >> 12))
        done = moment.done | 1 << index
        freed = [volume for volume in self.reads[index] if not self.readers[volume] & ~done]
        places = self.overwrites[index] and bool(freed)
        during = moment.held + (0 if places else self.sizes[index + 1])
        after = during if places else during - sum(self.sizes[volume] for volume in freed)
        ready = moment.ready ^ 1 << index | self._freed_to_run(done, index + 1)
        return _Moment(done, ready, after, max(moment.peak, during), (moment.path, index))

    def _freed_to_run(self, done: int, volume: int) -> int:
        """Return the readers of a new volume that have all they read, as bits."""
        ready = (
            index for index in self.read_by[volume] if all(not v or done >> (v - 1) & 1 for v in self.reads[index])
        )
        return sum(1 << index for index in ready)

    def _look(self, edges: int) -> None:
        self.looked += edges
        if self.looked > AFFORDED:
            raise _TooLong


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1
