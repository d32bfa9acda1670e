"""What a machine has free, so that a run that cannot fit is refused before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnncalc.errors import MemoryShort
from cnncalc.units import write_both
from cnncalc.volume import shorten

_SMALLER = "a smaller input or batch"

_ASSUMED = 4 * 2**30
"""Bytes, where a system does not say what it has."""


def require_room(needed: int, limit: int | None, formula: str, ways_out: tuple[str, ...] = ()) -> None:
    """Raise MemoryShort if so many bytes are more than the limit; None is half of what the machine has free."""
    allowed = free_bytes() // 2 if limit is None else limit
    if needed > allowed:
        what = "half of what is free here" if limit is None else "the limit"
        message = f"the run needs {write_both(needed)}, and {what} is {write_both(allowed)}"
        ways_out = (
            *ways_out,
            _SMALLER,
            f"--memory-limit {-(-needed // 2**20)}MiB, if the machine has it",
        )
        raise MemoryShort(message, formula=formula, ways_out=ways_out)


@contextmanager
def within_memory() -> Iterator[None]:
    """Say that the machine has no more, where an array library could not allocate. Raises MemoryShort."""
    try:
        yield
    except MemoryError as error:
        message = f"the machine has not the memory: {shorten(str(error), 120) or 'no array could be allocated'}"
        raise MemoryShort(message, ways_out=(_SMALLER, "less padding")) from None


def free_bytes() -> int:
    """Return the bytes that programs can have without swapping."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(available.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        pass  # no Linux
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return _ASSUMED
