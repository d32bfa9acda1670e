"""The receptive field by touching the input: NaN in, and wherever NaN comes out, that pixel was seen.

Along one axis at a time, image number i of a batch has NaN in all of its pixels number i. The middle output of a
layer is NaN in just the images whose pixel it sees.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from cnncalc.arrays import Array, Library
from cnncalc.network import Network
from cnncalc.row import Row
from cnncalc.spec.model import INPUT
from cnncalc.tensors.execution import steps
from cnncalc.tensors.weights import Drawn

Span: TypeAlias = tuple[int, int]
"""The first and the last pixel along an axis."""


class Seen(NamedTuple):
    """What the middle output of a layer sees along an axis.

    first, last    the first and last pixel, by the rules; beyond the image where padding is seen
    begin, end     the first and last pixel of the image that changed it; None: none did
    """

    first: int
    last: int
    begin: int | None
    end: int | None

    def agrees(self, size: int) -> bool:
        """Whether both ends are where the rules put them; an end beyond the image can only not be exceeded.

        With holes between its taps, a filter that begins outside need not meet the image's first pixel.
        """
        if self.begin is None or self.end is None:
            return self.last < 0 or self.first >= size
        begins = self.begin == self.first if self.first >= 0 else self.begin >= 0
        ends = self.end == self.last if self.last < size else self.end < size
        return begins and ends


def probe(network: Network, rows: dict[str, Row], xp: Library, dtype: str, seed: int) -> dict[str, tuple[Seen, ...]]:
    """Return, layer by layer and axis by axis, what the middle output sees; unknown fields are left out."""
    seen: dict[str, tuple[Seen, ...]] = {}
    for axis, size in enumerate(network.input.spatial):
        volumes = {INPUT: _touched(xp, network, axis, dtype)}
        for step in steps(network, xp, volumes, Drawn(xp, dtype, seed), ()):
            field = rows[step.node.name].fields[axis]
            if not field.is_known:
                continue
            middle = step.y.shape[2 + axis] // 2
            touched = _touches(xp, step.y, axis, middle, size)
            found = (touched[0], touched[-1]) if touched else (None, None)
            one = Seen(int(field.first(middle)), int(field.last(middle)), *found)
            seen[step.node.name] = (*seen.get(step.node.name, ()), one)
    return seen


def _touched(xp: Library, network: Network, axis: int, dtype: str) -> Array:
    """Return as many images as the axis has pixels: ones, and NaN in image i wherever the axis is at i."""
    size = network.input.spatial[axis]
    shape = [1] * (2 + len(network.input.spatial))
    shape[0], shape[2 + axis] = size, size
    diagonal = xp.eye(size, dtype=xp.bool, device=xp.device)
    ones = xp.ones((size, network.input.channels, *network.input.spatial), dtype=getattr(xp, dtype), device=xp.device)
    return xp.where(xp.reshape(diagonal, tuple(shape)), xp.number(float("nan"), ones), ones)


def _touches(xp: Library, y: Array, axis: int, middle: int, size: int) -> list[int]:
    """Return the images in which the middle of an axis is NaN anywhere."""
    places: list[Any] = [slice(None)] * len(y.shape)
    places[2 + axis] = middle
    lost = xp.isnan(xp.reshape(y[tuple(places)], (size, -1)))
    hit = xp.any(lost, axis=1)
    return [image for image in range(size) if bool(hit[image])]
