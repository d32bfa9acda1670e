"""The results of a class, a file per student: written whole or not at all, and found again when marking goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote

from cnncalc.errors import CnncalcError, UsageError
from cnncalc.grading.marks import Marks, unpack
from cnncalc.grading.regular import files_of, read_regular
from cnncalc.volume import shorten

KEPT = ".marks"
"""The folder inside the results in which marking that goes on finds what has been done."""

_LONGEST = 150
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)


class Results:
    """A folder of results. `about` is what the marks depend on besides the submission. Raises UsageError."""

    def __init__(self, folder: Path, about: str) -> None:
        self.folder = folder
        self.about = about
        try:
            (folder / KEPT).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"results cannot be written to {shorten(str(folder), 80)}: {error.strerror}"
            raise UsageError(message, ways_out=("another folder",)) from None

    def fingerprint(self, path: Path) -> str:
        """Return what a submission and its assignment are, in short; empty if it cannot be read."""
        try:
            files = files_of(path) if path.is_dir() else [path]
            parts = [(file.name, sha256(read_regular(file)).hexdigest()) for file in files]
        except CnncalcError:
            return ""
        return sha256(repr((self.about, parts)).encode()).hexdigest()

    def write(self, student: str, marks: Marks, seen: str) -> None:
        """Write a student's results, and then what `find` finds."""
        name = f"{file_name(student)}.json"
        _write(self.folder / name, {**marks.to_dict(), "student": student})
        _write(self.folder / KEPT / name, {"seen": seen, "marks": marks.pack()})

    def left_over(self, students: Iterable[str]) -> tuple[str, ...]:
        """Return the files that were written for students who are not among these."""
        now = {f"{file_name(student)}.json" for student in students}
        kept = (path.name for path in (self.folder / KEPT).glob("*.json"))
        return tuple(sorted(name for name in kept if name not in now and (self.folder / name).exists()))

    def find(self, student: str, seen: str) -> Marks | None:
        """Return the marks of a submission that has not changed since, and see to it that they are there to read."""
        name = f"{file_name(student)}.json"
        try:
            kept = json.loads((self.folder / KEPT / name).read_bytes())
            marks = unpack(kept["marks"]) if seen and kept["seen"] == seen else None
        except _DAMAGED:
            return None  # not marked yet, by another version, or by nobody
        if marks:
            _write(self.folder / name, {**marks.to_dict(), "student": student})
        return marks


def file_name(student: str) -> str:
    """Return a name for a student's results that no system takes for anything else.

    >>> file_name("../ada"), file_name("Ada L.")
    ('%2E.%2Fada', 'Ada L.')
    """
    exact = os.fsencode(student)  # names that are no text differ in their bytes alone
    plain = quote(exact, safe=" ")
    if len(plain) > _LONGEST:
        plain = f"{plain[:_LONGEST]}-{sha256(exact).hexdigest()[:16]}"
    return plain.replace(".", "%2E", 1) if plain.startswith(".") else plain


def _write(path: Path, data: dict[str, Any]) -> None:
    """Write a file beside its place and put it there at once, so that nobody ever finds half of it."""
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            json.dump(data, file, indent=2)
            file.write("\n")
            file.close()
            part.replace(path)
        except BaseException:
            file.close()
            part.unlink(missing_ok=True)
            raise
