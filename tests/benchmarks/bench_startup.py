"""What `cnncalc table specs/vgg16.yaml` costs, start-up and all: python tests/benchmarks/bench_startup.py.

Measured against a process that only imports what cnncalc is made with (typer, rich's table, pydantic, yaml), in turns;
and against the same table from torchinfo, if torch and torchinfo are here.

Targets: at most 1.3 times the bare imports, at most one fifth of torchinfo.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from sidebyside import held, in_turns, leave, ratio, run, say

SPEC = str(Path(__file__).parents[2] / "specs" / "vgg16.yaml")
TABLE = [sys.executable, "-m", "cnncalc", "table", SPEC]
PYTHON = [sys.executable, "-c", "pass"]
IMPORTS = [sys.executable, "-c", "import typer, yaml; from rich.table import Table; from pydantic import BaseModel"]
TORCHINFO = [
    sys.executable,
    "-c",
    """
import torch, torchinfo
from torch import nn
layers, before = [], 3
for width, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
    for _ in range(times):
        layers += [nn.Conv2d(before, width, 3, padding=1, device="meta"), nn.ReLU()]
        before = width
    layers.append(nn.MaxPool2d(2))
layers.append(nn.Flatten())
for before, after in ((25088, 4096), (4096, 4096), (4096, 1000)):
    layers += [nn.Linear(before, after, device="meta"), nn.ReLU()]
print(torchinfo.summary(nn.Sequential(*layers), input_size=(1, 3, 224, 224), device="meta", verbose=0))
""",
]

AGAINST_IMPORTS = 1.3
AGAINST_TORCHINFO = 1 / 5


def compare(name: str, other: list[str], most: float, rounds: int) -> bool:
    """Time the table and another process in turns, and hold the ratio against its target."""
    pairs = in_turns(partial(run, TABLE), partial(run, other), rounds)
    clock, processor = (ratio((a[which], b[which]) for a, b in pairs) for which in (0, 1))
    ours, theirs = (median(pair[which].clock for pair in pairs) for which in (0, 1))
    say(f"  table {1000 * ours:.0f} ms, {name} {1000 * theirs:.0f} ms; by the processor's time {processor:.3g}")
    return held(f"table / {name}", clock, most)


def main() -> None:
    """Measure."""
    say("cnncalc table specs/vgg16.yaml, the whole process")
    bare = in_turns(partial(run, IMPORTS), partial(run, PYTHON))
    say(f"  the bare imports are {ratio((a.clock, b.clock) for a, b in bare):.3g} times an empty Python")
    met = [compare("the bare imports", IMPORTS, AGAINST_IMPORTS, 25)]
    if find_spec("torch") and find_spec("torchinfo"):
        met.append(compare("torchinfo", TORCHINFO, AGAINST_TORCHINFO, 7))
    else:
        say("  table / torchinfo: skipped, torch and torchinfo are not here")
    leave(*met)


if __name__ == "__main__":
    main()
