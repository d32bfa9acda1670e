"""Grading at scale: python tests/benchmarks/bench_grading.py [HOW MANY].

A hundred thousand mutated submissions, those of tests/grading/test_mutants.py, on all processors, each process held to
the memory of a child; then a class of a thousand, as `cnncalc grade` marks it, on two.

Targets: nothing but marks comes out, none takes a second of a processor, no mark is given to garbage; a class of 1,000
in under a minute.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sidebyside import held, leave, say

sys.path.append(str(Path(__file__).parents[1] / "grading"))
from test_mutants import HERE, Mutant, grade, mutant

from cnncalc.grading.crew import mark_class
from cnncalc.grading.file import assignment_text
from cnncalc.grading.limits import Limits, limit_memory

MUTANTS = 100_000
CHUNK = 500
SHOWN = 5
CLASS = 1_000
DEAREST = 1.0
MINUTE = 60.0


class Found(NamedTuple):
    """What some mutants showed: kinds counted, sentences about those that were answered badly, and the dearest."""

    kinds: Counter[str]
    raised: list[str]
    garbage: list[str]
    dearest: list[tuple[float, int]]


def try_mutants(seeds: range) -> Found:
    """Mark some mutants, and write down how."""
    found = Found(Counter(), [], [], [])
    with TemporaryDirectory() as folder:
        for seed in seeds:
            one = grade(mutant(seed), Path(folder))
            found.kinds["unreadable" if one.reason and not one.score else "some points" if one.score else "none"] += 1
            found.raised.extend([f"mutant({seed}): {one.raised}"] if one.raised else [])
            found.garbage.extend(f"mutant({seed}): {what}" for what in one.garbage)
            found.dearest.append((one.cost, seed))
    found.dearest.sort(reverse=True)
    del found.dearest[SHOWN:]
    return found


def mark_a_class(folder: Path) -> float:
    """Return the seconds that a class takes: every twentieth student hands in a mutant, the others one of the four."""
    texts = [(path.suffix, path.read_text(encoding="utf-8")) for path in sorted(HERE.iterdir())]
    for number in range(CLASS):
        suffix, text = mutant(number) if number % 20 == 0 else Mutant(*texts[number % len(texts)])
        (folder / f"student{number:04}{suffix}").write_bytes(text.encode("utf-8", "surrogatepass"))
    text, file = assignment_text("assignments/decks")
    start = time.perf_counter()
    room = mark_class(text, folder, file=file, workers=2)
    seconds = time.perf_counter() - start
    say(f"  {len(room.marks):,} students, {sum(marks.score > 0 for _, marks in room.marks):,} with points")
    return seconds


def main() -> None:
    """Mark them all."""
    many = int(sys.argv[1]) if sys.argv[1:] else MUTANTS
    workers = os.cpu_count() or 1
    say(f"{many:,} mutated submissions on {workers} processors")
    with ProcessPoolExecutor(workers, initializer=limit_memory, initargs=(Limits(),)) as pool:
        chunks = [range(start, min(start + CHUNK, many)) for start in range(0, many, CHUNK)]
        parts = list(pool.map(try_mutants, chunks))
    kinds = sum((part.kinds for part in parts), Counter[str]())
    say("  " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common()))
    dearest = sorted((row for part in parts for row in part.dearest), reverse=True)[:SHOWN]
    say("  dearest: " + ", ".join(f"mutant({seed}) {1000 * cost:.0f} ms" for cost, seed in dearest))
    met = [held("seconds of a processor", dearest[0][0], DEAREST)]
    for name, what in (("raised", "errors that came out"), ("garbage", "marks given to garbage")):
        bad = [line for part in parts for line in getattr(part, name)]
        for line in bad[:SHOWN]:
            say(f"    {line}")
        met.append(held(what, len(bad), 0))
    with TemporaryDirectory() as folder:
        met.append(held("seconds for a class", mark_a_class(Path(folder)), MINUTE))
    leave(*met)


if __name__ == "__main__":
    main()
