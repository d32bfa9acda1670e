"""A submission's files: regular ones of bounded size; a link is not followed, a pipe never waited for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cnncalc.errors import Unreadable, Where
from cnncalc.spec.characters import MAX_BYTES

SUFFIXES = (".yaml", ".yml", ".json", ".csv")
MOST_FILES = 50
"""So many files of one student are read."""


def files_of(folder: Path) -> list[Path]:
    """Return the files of a student's folder that may hold answers, sorted. Raises Unreadable."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.lower().endswith(SUFFIXES))
    except OSError as error:
        raise Unreadable(f"the folder cannot be read: {error.strerror}", ways_out=("a folder of files",)) from None
    names = [name for name in names if not name.startswith(".")]
    if not names:
        raise Unreadable("there is no file of answers", ways_out=tuple(f"answers{suffix}" for suffix in SUFFIXES))
    if len(names) > MOST_FILES:
        raise Unreadable(f"more than {MOST_FILES} files", ways_out=("one file of answers",))
    return [folder / name for name in names]


def read_regular(path: Path) -> bytes:
    """Return a regular file's bytes, one more than allowed at most; never waits for a pipe. Raises Unreadable."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    where = Where(path.name)
    if path.is_symlink():
        raise Unreadable("a link is not read", where=where, ways_out=("the file itself",))
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise Unreadable(f"it cannot be read: {reason}", where=where, ways_out=("a file of answers",)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable("it is no regular file", where=where, ways_out=("a file of answers",))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES + 1)
