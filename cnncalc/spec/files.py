"""The shelf of packaged specs, and how a file is read: regular files only, and never too much of one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cnncalc.errors import Unreadable
from cnncalc.spec.characters import MAX_BYTES
from cnncalc.volume import nearest, shorten

_PACKAGE = Path(__file__).parent.parent
SHELF = next((shelf for shelf in (_PACKAGE / "specs", _PACKAGE.parent / "specs") if shelf.is_dir()), _PACKAGE)
"""Where the packaged specs lie: inside the wheel, or beside the package in a checkout."""

CLAIM_ROOMS = ("lectures", "papers")
"""The shelf's folders of claims files: what decks and papers print. They hold no networks."""


def packaged() -> tuple[str, ...]:
    """Return the names of the specs that come with the package, sorted."""
    return tuple(sorted(path.stem for path in SHELF.glob("*.yaml")))


def families() -> tuple[str, ...]:
    """Return the names of the families that packaged specs are members of, sorted."""
    return tuple(sorted(path.stem for path in (SHELF / "families").glob("*.yaml")))


def claim_files() -> tuple[str, ...]:
    """Return the names of the claims files that come with the package, ``lectures/deck-cs231n``, sorted."""
    return tuple(sorted(f"{room}/{path.stem}" for room in CLAIM_ROOMS for path in (SHELF / room).glob("*.yaml")))


def family_file(name: str) -> Path:
    """Return a family's file."""
    return SHELF / "families" / f"{name}.yaml"


def read_bytes(path: Path) -> bytes:
    """Return a regular file's bytes, never waiting for a pipe or a device. Raises Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        near = nearest(path.stem, packaged())
        ways_out = tuple(f"did you mean {name}?" for name in near) or ("cnncalc list names the packaged specs",)
        raise Unreadable(f"{shorten(str(path), 80)}: {reason}", ways_out=ways_out) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{shorten(str(path), 80)} is no regular file", ways_out=("name a YAML file",))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)
