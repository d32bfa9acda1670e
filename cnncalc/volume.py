"""A volume: what flows between layers. Channels, and one to three spatial sizes; never the batch.

Written as the lectures write it, ``HxWxC``: 1-D ``WxC``, 3-D ``DxHxWxC``; a vector of K is ``1x1xK``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnncalc.errors import UsageError
from cnncalc.letter import read_letter
from cnncalc.sizes import LARGEST, Size, product

MAX_AXES = 3


class Volume(NamedTuple):
    """Channels and spatial sizes, in values.

    >>> parse_volume("224x224x3")
    Volume(channels=3, spatial=(224, 224))
    """

    channels: Size
    spatial: tuple[Size, ...]

    @property
    def places(self) -> Size:
        """H·W: how many places a filter can look at."""
        return product(self.spatial)

    @property
    def values(self) -> Size:
        """H·W·C: how many numbers it holds."""
        return product((*self.spatial, self.channels))

    @property
    def shape(self) -> tuple[Size, ...]:
        """The sizes in the lectures' order: H, W, C."""
        return (*self.spatial, self.channels)

    def vector(self, features: Size) -> Volume:
        """Return a vector of so many features, as a volume of this many axes: 1x1xK."""
        return Volume(features, (1,) * len(self.spatial))

    def write(self, layout: str = "hwc") -> str:
        """Write it as ``HxWxC``, or as ``CxHxW`` for the layout ``chw``."""
        return write_sizes(self.shape if layout == "hwc" else (self.channels, *self.spatial))

    def __str__(self) -> str:
        return self.write()


def write_sizes(sizes: Iterable[Size]) -> str:
    """Write sizes with x between, a sum of letters in brackets: ``(H + 2)x7``."""
    texts = (str(size) for size in sizes)
    return "x".join(f"({text})" if " " in text else text for text in texts)


def parse_sizes(text: str, *, what: str = "size", letters: bool = False) -> tuple[Size, ...]:
    """Read ``7``, ``7x7`` or ``[227x227x3]`` into whole numbers; with `letters` also ``HxWxC``.

    Raises UsageError for anything else: no floats, no signs, nothing over 10^9.
    """
    inner = text.strip().removeprefix("[").removesuffix("]")
    parts = [_size(part.strip(), letters=letters) for part in re.split("[x×]|(?<=[0-9])X(?=[0-9])", inner)]
    if None in parts:
        raise no_sizes(text, what=what, letters=letters)
    return tuple(parts)


def no_sizes(text: str, *, what: str, letters: bool) -> UsageError:
    """Return what is wrong with a text that was to be sizes."""
    or_letters = " or letters such as H and C2" if letters else ""
    message = f"{what} {shorten(text)!r} is not written as whole numbers from 1 to 10^9{or_letters}, joined by x"
    return UsageError(message, ways_out=("write 7x7 or 224x224x3",))


def _size(text: str, *, letters: bool) -> Size:
    if re.fullmatch("[0-9]{1,10}", text, re.ASCII):
        return int(text) if 0 < int(text) <= LARGEST else None
    return read_letter(text) if letters else None


def parse_volume(text: str) -> Volume:
    """Read ``HxWxC`` (``WxC``, ``DxHxWxC``), in numbers or in letters.

    Raises UsageError for anything else.
    """
    *spatial, channels = parse_sizes(text, what="volume", letters=True)
    if not 1 <= len(spatial) <= MAX_AXES:
        message = f"a volume has one to three spatial sizes and its channels; {shorten(text)!r} has {len(spatial)}"
        raise UsageError(message, ways_out=("write HxWxC, as 224x224x3; a vector of 784 is 1x1x784",))
    return Volume(channels, tuple(spatial))


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """Return up to two known words that look like this one."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    return get_close_matches(word[:64], list(known), n=2, cutoff=cutoff)


def few(names: Sequence[str], most: int = 5) -> str:
    """Write the first of some names, and … for the rest."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def shorten(text: str, width: int = 40) -> str:
    """Cut a user's text for a message."""
    return text if len(text) <= width else text[: width - 1] + "…"
