"""What a spec says, once it has been read: plain data, immutable, checked."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.errors import Where
from cnncalc.layers import Layer
from cnncalc.volume import Volume
from cnncalc.window import Rounding


class Entry(NamedTuple):
    """One layer of a spec: its card, its name if it was given one, the place it was written at."""

    card: Layer
    name: str | None
    where: Where


class Published(NamedTuple):
    """A figure that somebody printed about the network.

    quantity  a total of the ledger, or a layer's quantity if `layer` is given
    printed   the figure as printed: 138M, 93MB
    source    where it was printed
    """

    quantity: str
    printed: str
    source: str
    layer: str | None = None


class Spec(NamedTuple):
    """A network as written: before its shapes are known."""

    name: str
    input: Volume | None
    entries: tuple[Entry, ...]
    rounding: Rounding = "exact"
    source: str = ""
    published: tuple[Published, ...] = ()
    file: str | None = None
