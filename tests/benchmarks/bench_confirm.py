"""Every packaged spec at its own input, confirmed on real tensors; what the tests do on shrunken inputs.

    python tests/benchmarks/bench_confirm.py [NETWORK ...]

Prints MACs per second, so that a slow kernel shows; leaves with status 1 if any number differs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sidebyside import leave, say

import cnncalc


def main() -> None:
    """Confirm the networks that are asked for, or all."""
    names = sys.argv[1:] or sorted(path.stem for path in (Path(__file__).parents[2] / "specs").glob("*.yaml"))
    leave(*map(_confirms, names))


def _confirms(name: str) -> bool:
    network = cnncalc.load(name)
    start = time.perf_counter()
    found = cnncalc.confirm(network)
    seconds = time.perf_counter() - start
    macs = sum(layer.measured["macs"] for layer in found.layers)
    wrong = sum(len(layer.differing) for layer in found.layers)
    verdict = "confirmed" if found.confirmed else f"{wrong} numbers differ"
    say(f"{name}: {verdict}, {macs / 1e9:.2f} G MACs, {macs / seconds / 1e9:.1f} G per second, weights drawn")
    return found.confirmed


if __name__ == "__main__":
    main()
