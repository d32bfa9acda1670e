"""What a user calls a SPEC: a path, the name of a packaged spec, a one-line network, or a dict."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cnncalc.errors import Unreadable
from cnncalc.spec.model import Spec
from cnncalc.spec.read import read_line, read_spec
from cnncalc.spec.yaml import MAX_BYTES
from cnncalc.volume import nearest, shorten

_PACKAGE = Path(__file__).parent.parent
SHELF = next((shelf for shelf in (_PACKAGE / "specs", _PACKAGE.parent / "specs") if shelf.is_dir()), _PACKAGE)
"""Where the packaged specs lie: inside the wheel, or beside the package in a checkout."""


def find_spec(text: str) -> Spec:
    """Read the spec that a text names.

    Raises Unreadable for a file that cannot be read, any SpecError for what is wrong inside.
    """
    if text in packaged():
        return read_file(SHELF / f"{text}.yaml")
    if text.endswith((".yaml", ".yml")) or (os.sep in text and _exists(text)):
        return read_file(Path(text))
    if not text.strip():
        raise Unreadable("no network is named", ways_out=("vgg16", "specs/vgg16.yaml", "'conv3-64 relu fc-10'"))
    try:
        return read_line(text)
    except Exception as error:
        near = nearest(text.lower(), packaged())
        if near and " " not in text:
            message = f"no file, packaged spec or layer is called {shorten(text)!r}"
            raise Unreadable(message, ways_out=tuple(f"did you mean {name}?" for name in near)) from error
        raise


def packaged() -> tuple[str, ...]:
    """Return the names of the specs that come with the package, sorted."""
    return tuple(sorted(path.stem for path in SHELF.glob("*.yaml")))


def read_file(path: Path) -> Spec:
    """Read a spec file: a regular file of at most 256 KiB.

    Raises Unreadable, or any SpecError for what is wrong inside.
    """
    return read_spec(read_bytes(path), file=str(path))


def read_bytes(path: Path) -> bytes:
    """Return a regular file's bytes, never waiting for a pipe or a device. Raises Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        near = nearest(path.stem, packaged())
        ways_out = tuple(f"did you mean {name}?" for name in near) or ("cnncalc list names the packaged specs",)
        raise Unreadable(f"{shorten(str(path), 80)}: {reason}", ways_out=ways_out) from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(f"{shorten(str(path), 80)} is no regular file", ways_out=("name a YAML file",))
        return file.read(MAX_BYTES + 1)


def _exists(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False
