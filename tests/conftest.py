"""How hypothesis behaves: the same examples for everyone in CI, new ones at every run elsewhere, no clock anywhere."""

from __future__ import annotations

import os

from hypothesis import settings

# On a busy machine the threads of a small product wait for each other many times as long as they multiply.
for threads in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# Machines are shared and seconds are for tests/benchmarks, so no example has a deadline.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
