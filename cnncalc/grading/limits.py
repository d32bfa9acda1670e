"""How much of a machine one submission may use, and how a process is held to it.

The processor's time and the memory are limits of the operating system (`resource`: Linux, macOS, other Unix), the wall
clock is the parent's, which kills the child with all that it may have started. Without `resource` only the clock holds.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import NamedTuple

try:
    import resource
except ImportError:  # pragma: no cover - Windows
    resource = None  # type: ignore[assignment]

ENFORCED = resource is not None
"""Whether the operating system holds a child to processor time and memory."""

MIB = 2**20
ENDED = "the process that read it ended"


class Limits(NamedTuple):
    """What one submission may use.

    seconds  on the wall clock
    cpu      seconds of a processor
    memory   bytes of address space, the interpreter's own included
    """

    seconds: float = 10.0
    cpu: int = 10
    memory: int = 1024 * MIB


def limit_memory(limits: Limits) -> None:
    """Hold this process to its memory."""
    if resource is not None:
        _lower(resource.RLIMIT_AS, limits.memory)


def forbid_files() -> None:
    """Let this process write to no file from now on; pipes stay open."""
    if resource is not None:
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_FSIZE, 0)


def limit_cpu(limits: Limits) -> None:
    """Give this process so many seconds from now on; the system ends it after that."""
    if resource is not None:
        _lower(resource.RLIMIT_CPU, math.ceil(time.process_time() + limits.cpu))


def _lower(kind: int, most: int) -> None:
    """Set a soft limit, within what the parent allows."""
    _, hard = resource.getrlimit(kind)
    with suppress(OSError, ValueError):  # macOS knows no RLIMIT_AS
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a child and all that it may have started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # pragma: no cover - Windows
            process.kill()


def why_ended(returncode: int, limits: Limits, *, late: bool) -> str:
    """Say why a child ended without an answer."""
    if late:
        return f"it took more than {limits.seconds:g} seconds"
    if returncode == -getattr(signal, "SIGXCPU", 0) != 0:
        return f"it took more than {limits.cpu} seconds of a processor"
    return ENDED
