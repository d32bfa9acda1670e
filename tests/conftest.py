"""How hypothesis behaves: the same examples for everyone in CI, new ones at every run elsewhere, no clock anywhere."""

from __future__ import annotations

import os

from hypothesis import settings

# Machines are shared and seconds are for tests/benchmarks, so no example has a deadline.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
