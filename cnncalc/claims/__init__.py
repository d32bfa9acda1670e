"""A printed figure and its verdict.

A number printed in a lecture, a number published in a paper and a student's answer are the same thing: a claim about a
ledger. `verdict` reads the figure as printed and holds it against the computed value.
"""

from __future__ import annotations

from cnncalc.claims.verdict import Verdict, verdict

__all__ = ["Verdict", "verdict"]
