"""Ten thousand seeds: every paper fits as asked, its choices are distinct, one is right. By hand, as all of these.

Target: below 10 ms a paper.
"""

from __future__ import annotations

import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from cnncalc.grading.file import read_assignment
from cnncalc.grading.paper import draw

SEEDS = 10_000


def main() -> None:
    """Draw them all and hold each against the lecture's formula, as the tests do with fewer."""
    spec = spec_from_file_location("test_quiz", Path(__file__).parents[1] / "grading" / "test_quiz.py")
    if spec is None or spec.loader is None:
        sys.exit("test_quiz.py is not where it should be")
    tests = module_from_spec(spec)
    spec.loader.exec_module(tests)
    template = read_assignment(tests.VOLUME)
    many = int(sys.argv[1]) if sys.argv[1:] else SEEDS
    start = time.process_time()
    for seed in range(many):
        _, (asked,), _ = draw(template, str(seed))
        tests.check_volume(asked)
    each = (time.process_time() - start) / many
    sys.stdout.write(f"{many:,} papers, all as asked; {1000 * each:.1f} ms each\n")


if __name__ == "__main__":
    main()
