"""A class: a file or folder for each student in one folder; and their marks, with how often each slip was made."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.errors import Unreadable
from cnncalc.grading.marks import Marks, number
from cnncalc.row import SCHEMA_VERSION
from cnncalc.volume import shorten


class Student(NamedTuple):
    """One student: a name, and what was handed in."""

    name: str
    path: Path


@dataclass(frozen=True)
class Classroom:
    """The marks of a class, in the order of the students' names.

    left_over  files among the results of students who are not there any more
    """

    assignment: str
    marks: tuple[tuple[str, Marks], ...]
    left_over: tuple[str, ...] = ()

    @cached_property
    def slips(self) -> dict[str, dict[str, int]]:
        """By item, how often each known slip was made."""
        found: dict[str, Counter[str]] = {}
        for _, marks in self.marks:
            for item in marks.items:
                found.setdefault(item.name, Counter()).update([item.slip] if item.slip else [])
        return {name: dict(counter.most_common()) for name, counter in found.items()}

    @cached_property
    def summary(self) -> list[dict[str, Any]]:
        """By item: the mean score, how many have all its points, how many none, and the slips."""
        if not self.marks:
            return []
        rows = []
        for items in zip(*(marks.items for _, marks in self.marks), strict=True):
            name, most = items[0].name, items[0].max_score
            mean = sum(item.score for item in items) / len(items)
            full, none = sum(item.is_full for item in items), sum(not item.score for item in items)
            rows.append({"name": name, "max_score": number(most), "mean": number(mean), "full": full, "none": none,
                         "slips": self.slips[name]})  # fmt: skip
        return rows

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        students = []
        for name, marks in self.marks:
            told = marks.to_dict()
            students.append({"student": name, **{key: told[key] for key in ("score", "max_score", "reason", "items")}})
        return {
            "schema_version": SCHEMA_VERSION,
            "assignment": self.assignment,
            "students": students,
            "summary": self.summary,
        }


def students_of(folder: Path) -> list[Student]:
    """Return what lies in a folder, a student each, sorted by name. Raises Unreadable."""
    try:
        entries = sorted(entry for entry in os.listdir(folder) if not entry.startswith("."))  # noqa: PTH208 - names alone
    except OSError as error:
        message = f"{shorten(str(folder), 80)}: {error.strerror}"
        raise Unreadable(message, ways_out=("a folder with a file or folder for each student",)) from None
    if not entries:
        raise Unreadable(f"{shorten(str(folder), 80)} is empty", ways_out=("a file for each student: ada.yaml",))
    named = [_without_suffix(folder, entry) for entry in entries]
    stems = Counter(named)
    others = set(entries)  # beside ada.yaml and ada.csv, ada.yaml.csv keeps its whole name as well
    kept = [stem if stems[stem] == 1 and (stem == entry or stem not in others) else entry
            for stem, entry in zip(named, entries, strict=True)]  # fmt: skip
    return [Student(name, folder / entry) for name, entry in zip(kept, entries, strict=True)]


def _without_suffix(folder: Path, entry: str) -> str:
    """Return a file's name without its suffix; a folder's whole: alan.turing is a student."""
    return entry if (folder / entry).is_dir() else Path(entry).stem
