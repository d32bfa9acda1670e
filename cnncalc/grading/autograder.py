"""The zip that Gradescope takes: setup.sh, run_autograder, the assignment, and a wheel of the cnncalc that made it.

Source: Gradescope, Autograder Specifications: setup.sh runs once, run_autograder for each submission; the zip is
unpacked to /autograder/source, a submission lies in /autograder/submission, /autograder/results/results.json is read.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zipfile import is_zipfile

from cnncalc.errors import UsageError
from cnncalc.grading.file import assignment_text, read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.paper import draw_paper
from cnncalc.grading.wheel import packed, wheel

SCRIPTS = ("setup.sh", "run_autograder")
_FOLDER = Path(__file__).parent / "gradescope"


class Autograder(NamedTuple):
    """A built autograder.

    name    the assignment's
    points  what Gradescope's "autograder points" must say
    files   in the zip, sorted
    data    the zip
    """

    name: str
    points: Fraction
    files: tuple[str, ...]
    data: bytes


def build(assignment: str, *, version: str, seed: str | None = None) -> Autograder:
    """Build the zip for an assignment, which a path or a packaged name says. Raises what is wrong with it.

    version  cnncalc's own
    seed     draws its numbers first, if it has any to draw
    """
    text, file = assignment_text(assignment)
    if seed is not None:
        text = draw_paper(text, seed, file=file).text
    found = make_key(read_assignment(text, file=file)).assignment
    files = {name: (_FOLDER / name).read_bytes() for name in SCRIPTS}
    files |= dict([("assignment.yaml", text.encode()), wheel(version)])
    return Autograder(found.name, found.points, tuple(sorted(files)), packed(files, SCRIPTS))


def write(built: Autograder, output: Path) -> None:
    """Write the zip; a zip that stood there before is replaced, no other file. Raises UsageError."""
    try:
        if output.is_file() and not is_zipfile(output):
            raise UsageError(f"{output} is there and is no zip", ways_out=("--output autograder.zip",))
        output.write_bytes(built.data)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise UsageError(message, ways_out=("--output autograder.zip",)) from None
