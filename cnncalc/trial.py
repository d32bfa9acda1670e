"""Trials: which other input a network would take. Many are tried, so each asks for yes or no and words nothing."""

from __future__ import annotations

from typing import Any

from cnncalc.errors import CnncalcError, ShapeError
from cnncalc.layers import Layer
from cnncalc.network import checked, unrolled
from cnncalc.spec.model import Entry
from cnncalc.volume import Volume
from cnncalc.window import Rounding

_SEARCHED = 64
"""How many input sizes on either side are tried as a way out."""

_AFFORDED = 1000
"""How many layers a search for a way out may look at, on either side: some tens of milliseconds."""


def other_inputs(entries: tuple[Entry, ...], volume: Volume, rounding: Rounding) -> tuple[str, ...]:
    """Return the nearest network input for which every layer fits."""
    if len(set(volume.spatial)) != 1:
        return ()
    size = volume.spatial[0]
    for step in range(1, min(_SEARCHED, _AFFORDED // len(entries)) + 1):
        for near in (size + step, size - step):
            other = Volume(volume.channels, (near,) * len(volume.spatial))
            if near > 0 and _fits(entries, other, rounding):
                return (f"network input {other}: every layer fits",)
    return ()


def channels_last(entries: tuple[Entry, ...], volume: Volume, rounding: Rounding) -> tuple[str, ...]:
    """Return the volume that is meant where channels were written first, 3x224x224, if every layer fits it."""
    first, *rest = volume.shape
    turned = Volume(first, tuple(rest))
    if first >= min(rest) or len(rest) != len(volume.spatial) or not _fits(entries, turned, rounding):
        return ()
    return (f"network input {turned}, channels last: every layer fits",)


def _fits(entries: tuple[Entry, ...], volume: Volume, rounding: Rounding) -> bool:
    try:
        for _ in unrolled(entries, volume, rounding, _tried):
            pass
    except CnncalcError:
        return False
    return True


def _tried(entry: Entry, card: Layer, x: Any) -> Volume:
    """Return what goes out, or raise without the sum and the ways out, which cost a hundred times the answer."""
    fit = card.fit(x)
    if fit and fit.output is None:
        raise ShapeError("does not fit")
    return checked(entry, card, x)
