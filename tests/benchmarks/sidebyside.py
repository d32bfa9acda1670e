"""Side by side: two things are timed in turns, A B A B, and compared round by round.

A machine that is shared has fast and slow minutes; the ratio of two neighbours hardly has. So benchmarks print ratios,
hold the median against a target, and leave with status 1 if it is not met.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple

ROUNDS = 15


class Cost(NamedTuple):
    """What one run took: seconds by the clock, and by the processor."""

    clock: float
    processor: float


def run(command: list[str]) -> Cost:
    """Time one whole process, and let its answer go. Raises CalledProcessError if it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - the benchmarks' own
    clock, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(clock, used)


def in_turns(a: Callable[[], Cost], b: Callable[[], Cost], rounds: int = ROUNDS) -> list[tuple[Cost, Cost]]:
    """Run A B A B …, after one round that warms every cache."""
    a(), b()
    return [(a(), b()) for _ in range(rounds)]


def ratio(pairs: Iterable[tuple[float, float]]) -> float:
    """Return the median of the ratios of neighbours."""
    return median(a / b for a, b in pairs)


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def held(what: str, value: float, most: float, unit: str = "") -> bool:
    """Print a value, its target, and whether it is met."""
    met = value <= most
    say(f"  {what}: {value:,.3g}{unit}, target at most {most:,.3g}{unit}: {'met' if met else 'NOT MET'}")
    return met


def leave(*met: bool) -> None:
    """End with status 1 unless every target is met."""
    sys.exit(0 if all(met) else 1)
