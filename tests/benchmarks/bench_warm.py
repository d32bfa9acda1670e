"""What a table costs in a process that runs already: python tests/benchmarks/bench_warm.py.

VGG-16, step by step: the text read, the volumes worked out, the layers tallied; and the tally of all packaged specs.

Target: the tally of VGG-16 takes less than a millisecond of processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sidebyside import held, leave, say

import cnncalc
from cnncalc.network import build
from cnncalc.spec.read import read_spec

SHELF = Path(__file__).parents[2] / "specs"
MOST_MS = 1.0


def milliseconds(call: Callable[[], object], times: int = 200) -> float:
    """Return the median processor time of a call, once it has run a few times."""
    costs = []
    for _ in range(times):
        start = time.process_time()
        call()
        costs.append(time.process_time() - start)
    return 1000 * median(costs[times // 10 :])


def main() -> None:
    """Measure."""
    text = (SHELF / "vgg16.yaml").read_bytes()
    spec = read_spec(text)
    network = build(spec)
    tally = milliseconds(lambda: cnncalc.tally(network))
    say(f"VGG-16, {len(network.nodes)} layers, in a running process")
    for name, call in (
        ("read", lambda: read_spec(text)),
        ("build", lambda: build(spec)),
        ("to_dict", cnncalc.tally(network).to_dict),
    ):
        cost = milliseconds(call)
        say(f"  {name}: {cost:.3f} ms, {cost / tally:.2f} times the tally")
    met = held("tally", tally, MOST_MS, " ms")
    networks = [cnncalc.load(path) for path in sorted(SHELF.glob("*.yaml"))]
    layers = sum(len(one.nodes) for one in networks)
    every = milliseconds(lambda: [cnncalc.tally(one) for one in networks], 20)
    say(f"  all {len(networks)} packaged specs: {every:.2f} ms, {1000 * every / layers:.1f} µs a layer")
    leave(met)


if __name__ == "__main__":
    main()
