"""What a spec says, once it has been read: plain data, immutable, checked."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.errors import Where
from cnncalc.layers import Layer
from cnncalc.volume import Volume
from cnncalc.window import Rounding

INPUT = "input"
"""The name of row 0."""

NAME = r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}"
"""How a layer may be called; ``/`` stands between a block's name and its layers'."""


def is_name(name: object) -> bool:
    """Whether a layer may be called so."""
    return isinstance(name, str) and bool(re.fullmatch(NAME, name))


class Entry(NamedTuple):
    """One layer of a spec, unrolled.

    card        what it is
    name        its full name, the blocks that it is in first: ``stage2_1/conv1``
    inputs      the layers that it reads
    where       where it was written
    share       the layer whose weights it uses, if it has none of its own
    train_only  whether it is there for training alone
    """

    card: Layer
    name: str
    inputs: tuple[str, ...]
    where: Where = Where()
    share: str | None = None
    train_only: bool = False


class Published(NamedTuple):
    """A figure that somebody printed about the network.

    quantity  a total of the ledger, or a layer's quantity if `layer` is given
    printed   the figure as printed: 138M, 93MB
    source    where it was printed
    where     its place in the spec
    """

    quantity: str
    printed: str
    source: str
    layer: str | None = None
    where: Where = Where()


class Spec(NamedTuple):
    """A network as written: before its shapes are known.

    unheard  names that a caller set, and no letter of a one-line network is called so
    """

    name: str
    input: Volume | None
    entries: tuple[Entry, ...]
    rounding: Rounding = "exact"
    source: str = ""
    published: tuple[Published, ...] = ()
    freeze: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    file: str | None = None
    frozen_at: Where = Where()
    unheard: tuple[str, ...] = ()
