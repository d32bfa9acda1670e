"""How the cost grows with the network: python tests/benchmarks/bench_growth.py.

Chains of 1,000, 10,000 and 100,000 layers, convolutions and relus in turns: processor time per layer to read, build and
tally, and memory per layer that a ledger holds. Python's garbage collector walks over everything that is held, now and
then; without it 100,000 layers cost what 1,000 cost, and this is shown too.

Targets: a layer of the chain of 10,000 costs at most 1.3 times what one of 1,000 costs, of 100,000 at most 2 times, or
1.3 times without the collector; memory at most 1.2 times.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from sidebyside import held, leave, say

import cnncalc
from cnncalc.network import Network, build
from cnncalc.spec.read import read_spec

LENGTHS = (1_000, 10_000, 100_000)
FLAT = 1.3
COLLECTED = 2
MOST_MEMORY = 1.2


class PerLayer(NamedTuple):
    """Microseconds to read, build and tally a layer, and the bytes that its row and its node hold."""

    read: float
    build: float
    tally: float
    held: float

    @property
    def time(self) -> float:
        """All three steps."""
        return self.read + self.build + self.tally


def text(length: int) -> str:
    """Return a chain of so many layers."""
    return f"name: chain\ninput: 32x32x8\nlayers: '[conv3-8 relu]*{length // 2}'\n"


def once(length: int) -> tuple[float, float, float]:
    """Return the processor time per layer of each step, in microseconds."""
    gc.collect()
    steps = [time.process_time()]
    spec = read_spec(text(length))
    steps.append(time.process_time())
    network = build(spec)
    steps.append(time.process_time())
    ledger = cnncalc.tally(network)
    steps.append(time.process_time())
    if len(ledger.rows) != length + 1:
        message = f"{len(ledger.rows)} rows, not {length} and the input"
        raise ValueError(message)
    read, built, tallied = (1e6 * (after - before) / length for before, after in pairwise(steps))
    return read, built, tallied


def memory(length: int) -> float:
    """Return the bytes per layer that a network and its ledger hold."""
    tracemalloc.start()
    kept: tuple[Network, cnncalc.Ledger] | None = None
    before, _ = tracemalloc.get_traced_memory()
    network = build(read_spec(text(length)))
    kept = (network, cnncalc.tally(network))
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return (after - before) / length


def measure(length: int) -> PerLayer:
    """Measure a chain: the shorter, the more often."""
    once(length)
    costs = [once(length) for _ in range(max(3, 20_000 // length))]
    return PerLayer(*(median(step) for step in zip(*costs, strict=True)), memory(length))


def compare(title: str) -> dict[int, PerLayer]:
    """Measure every chain, and print each beside the shortest."""
    say(title)
    found: dict[int, PerLayer] = {}
    for length in LENGTHS:
        found[length] = one = measure(length)
        base = found[LENGTHS[0]]
        say(
            f"  {length:>7,} layers: read {one.read:.2f} + build {one.build:.2f} + tally {one.tally:.2f}"
            f" = {one.time:.2f} µs ({one.time / base.time:.2f} times 1,000's);"
            f" {one.held:,.0f} bytes ({one.held / base.held:.2f})"
        )
    return found


def main() -> None:
    """Measure."""
    short, middle, long = compare("chains of convolutions and relus, per layer").values()
    gc.disable()
    bare_short, _, bare_long = compare("without the garbage collector").values()
    leave(
        held("time per layer, 10,000 / 1,000", middle.time / short.time, FLAT),
        held("tally per layer, 10,000 / 1,000", middle.tally / short.tally, FLAT),
        held("time per layer, 100,000 / 1,000", long.time / short.time, COLLECTED),
        held("tally per layer, 100,000 / 1,000", long.tally / short.tally, COLLECTED),
        held("time per layer, 100,000 / 1,000, without the collector", bare_long.time / bare_short.time, FLAT),
        held("memory per layer, 100,000 / 1,000", long.held / short.held, MOST_MEMORY),
    )


if __name__ == "__main__":
    main()
