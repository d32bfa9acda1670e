"""A hundred thousand broken specs: python tests/benchmarks/bench_hostile.py [HOW MANY].

The mutants of tests/test_hostile.py, more of them, on all processors. Prints how they were answered, by code, and the
dearest by the processor's time.

Targets: nothing but cnncalc's own errors, every error with its place, none slower than 50 ms (a network that unrolls to
many layers may take a fifth of a PyYAML load more for each).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from sidebyside import held, leave, say

sys.path.append(str(Path(__file__).parents[1]))
from test_hostile import answer, mutant, one_load, too_dear

MUTANTS = 100_000
CHUNK = 500
SHOWN = 5


class Found(NamedTuple):
    """What some mutants showed: codes counted, and sentences about those that were answered badly."""

    codes: Counter[str]
    refused: Counter[str]
    raised: list[str]
    lost: list[str]
    dear: list[str]
    dearest: list[tuple[float, int, str, int]]


def try_mutants(seeds: range) -> Found:
    """Answer some mutants, and write down how."""
    found = Found(Counter(), Counter(), [], [], [], [])
    one_load()
    for seed in seeds:
        one = answer(mutant(seed))
        found.codes.update(one.codes)
        found.refused[one.error.code if one.error else one.raised[:40] or "ok"] += 1
        if one.raised:
            found.raised.append(f"mutant({seed}): {one.raised}")
        if one.error and any(error.where.line is None for error in one.error.errors):
            found.lost.append(f"mutant({seed}): {one.error}")
        if dear := too_dear(one):
            found.dear.append(f"mutant({seed}): {dear}")
        found.dearest.append((1000 * one.cost, seed, one.codes[0], one.layers))
    found.dearest.sort(reverse=True)
    del found.dearest[SHOWN:]
    return found


def main() -> None:
    """Try them all."""
    many = int(sys.argv[1]) if sys.argv[1:] else MUTANTS
    workers = os.cpu_count() or 1
    say(f"{many:,} mutants on {workers} processors; one load by PyYAML is {1000 * one_load():.2f} ms")
    with ProcessPoolExecutor(workers) as pool:
        chunks = [range(start, min(start + CHUNK, many)) for start in range(0, many, CHUNK)]
        parts = list(pool.map(try_mutants, chunks))
    say("  mutants: " + ", ".join(f"{code} {count:,}" for code, count in total(parts, "refused")))
    say("  errors: " + ", ".join(f"{code} {count:,}" for code, count in total(parts, "codes")))
    for cost, seed, code, layers in sorted((row for part in parts for row in part.dearest), reverse=True)[:SHOWN]:
        say(f"  {cost:.0f} ms at first sight: mutant({seed}), {code}, {layers:,} layers")
    met = []
    for name in ("raised", "lost", "dear"):
        bad = [line for part in parts for line in getattr(part, name)]
        for line in bad[:SHOWN]:
            say(f"    {line}")
        what = {"raised": "not our own errors", "lost": "without a place", "dear": "too dear"}[name]
        met.append(held(what, len(bad), 0))
    leave(*met)


def total(parts: list[Found], field: str) -> list[tuple[str, int]]:
    """Add up a counter of all parts, the most frequent first."""
    return sum((getattr(part, field) for part in parts), Counter()).most_common()


if __name__ == "__main__":
    main()
