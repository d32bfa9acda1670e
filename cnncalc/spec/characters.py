"""From bytes to characters: how long a text may be, what it is written in, and which characters it cannot hold."""

from __future__ import annotations

import re
from functools import cache

from cnncalc.errors import Unreadable, Where

MAX_BYTES = 262_144

SHORTER = 'a pattern says the same in one line: "[[conv3-64 relu]*2 maxpool2]*3"'
"""The way out of a text that is too long or too deep."""

# What YAML does not call printable, a byte order mark inside the text, and the line breaks that YAML 1.2 dropped.
_FORBIDDEN_ASCII = re.compile("[^\t\n\r\x20-\x7e]")


@cache
def _forbidden_anywhere() -> re.Pattern[str]:
    """Return the pattern for texts beyond ASCII; building it takes longer than reading most specs."""
    return re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def forbidden(text: str) -> re.Match[str] | None:
    """Return the first character that a spec cannot hold."""
    return (_FORBIDDEN_ASCII if text.isascii() else _forbidden_anywhere()).search(text)


def decode(text: str | bytes, file: str | None) -> str:
    """Return the text, once it is known to be short enough and UTF-8."""
    size = len(text)  # before anything is copied
    if isinstance(text, str) and size <= MAX_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        message = f"the text is larger than {MAX_BYTES:,} bytes"
        raise Unreadable(message, where=Where(file, 1, 1), ways_out=(SHORTER,))
    try:
        return text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError as error:
        where = spot(error.object[: error.start].decode("utf-8"), file)
        message = f"the byte 0x{error.object[error.start]:02X} is not UTF-8"
        raise Unreadable(message, where=where, ways_out=("save the file as UTF-8",)) from None


def spot(before: str, file: str | None) -> Where:
    """Return the place right after some text."""
    lines = re.split("\r\n|\r|\n", before)
    return Where(file, len(lines), len(lines[-1]) + 1)
