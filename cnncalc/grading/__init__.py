"""Answers and networks that students hand in: assignments, submissions, marks.

An answer is a claim, and a network is a spec: what judges lectures and papers judges these, with points. A submission
is data from a stranger, read and marked in a child process with limits.
"""

from __future__ import annotations

from cnncalc.grading.door import grade
from cnncalc.grading.marks import Item, Marks

__all__ = ["Item", "Marks", "grade"]
