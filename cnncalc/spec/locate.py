"""What a user calls a SPEC: a path, the name of a packaged spec, a one-line network, or a dict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cnncalc.errors import CnncalcError, UnknownLayer, Unreadable
from cnncalc.spec.files import SHELF, packaged, read_bytes
from cnncalc.spec.line import read_line
from cnncalc.spec.model import Spec
from cnncalc.spec.read import read_spec
from cnncalc.volume import nearest, shorten

LONGEST_LINE = 65_536
"""Characters of a one-line network; longer ones belong into a file."""


def find_spec(text: str, *, set: Mapping[str, int] | None = None) -> Spec:  # noqa: A002 - the spec language's word
    """Read the spec that a text names; `set` chooses its parameters.

    Raises Unreadable for a file that cannot be read, any SpecError for what is wrong inside.
    """
    if _is_packaged(text):
        return read_file(SHELF / f"{text}.yaml", set=set)
    if (
        text.endswith((".yaml", ".yml"))
        or text.startswith(("/", "./", "../", "~"))
        or _exists(text)
        or _is_folder(text)
    ):
        return read_file(Path(text), set=set)
    if len(text) > LONGEST_LINE:
        raise Unreadable(f"a one-line network of over {LONGEST_LINE:,} characters", ways_out=("write it into a file",))
    if not text.strip():
        raise Unreadable("no network is named", ways_out=("vgg16", "specs/vgg16.yaml", "'conv3-64 relu fc-10'"))
    try:
        return read_line(text, set=set)
    except CnncalcError as error:
        near = nearest(text.lower(), packaged())
        if near and " " not in text:
            message = f"no file, packaged spec or layer is called {shorten(text)!r}"
            raise Unreadable(message, ways_out=tuple(f"did you mean {name}?" for name in near)) from error
        if isinstance(error, UnknownLayer) and " " not in text:
            error.ways_out += ("cnncalc list names the packaged specs",)
        raise


def read_file(path: Path, *, set: Mapping[str, int] | None = None) -> Spec:  # noqa: A002
    """Read a spec file: a regular file of at most 256 KiB.

    Raises Unreadable, or any SpecError for what is wrong inside.
    """
    return read_spec(read_bytes(path), file=str(path), set=set)


def _is_packaged(text: str) -> bool:
    """Whether the shelf has it; asked without listing the shelf."""
    return text.replace("-", "").replace("_", "").isalnum() and _exists(str(SHELF / f"{text}.yaml"))


def _is_folder(text: str) -> bool:
    """Whether a text is a folder and nothing that a network could be called."""
    return text in {".", ".."} or (text.endswith("/") and Path(text).is_dir())


def _exists(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False
