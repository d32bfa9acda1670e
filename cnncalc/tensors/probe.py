"""The receptive field by touching the input: NaN in, and wherever NaN comes out, that pixel was seen.

Along one axis at a time, image number i of a batch has NaN in all of its pixels number i. The middle output of a
layer is NaN in just the images whose pixel it sees. One more image has no NaN: where NaN comes out of that, as behind a
maximum over nothing but padding, touching shows nothing.
"""

from __future__ import annotations

from typing import Any

from cnncalc.field import Field
from cnncalc.library import Array, Library
from cnncalc.network import Network
from cnncalc.seen import Seen, Span
from cnncalc.spec.model import INPUT
from cnncalc.tensors.execution import steps
from cnncalc.tensors.weights import Drawn


def probe(network: Network, xp: Library, dtype: str, seed: int) -> dict[str, tuple[Span, ...]]:
    """Return, layer by layer and axis by axis, the first and the last pixel that changed the middle output.

    Layers out of which NaN comes untouched are left out.
    """
    seen: dict[str, tuple[Span, ...]] = {}
    lost: set[str] = set()
    for axis, size in enumerate(network.input.spatial):
        volumes = {INPUT: _touched(xp, network, axis, dtype)}
        for step in steps(network, xp, volumes, Drawn(xp, dtype, seed), ()):
            touched = _touches(xp, step.y, axis, step.y.shape[2 + axis] // 2)
            if size in touched:
                lost.add(step.node.name)
            span = (touched[0], touched[-1]) if touched else None
            seen[step.node.name] = (*seen.get(step.node.name, ()), span)
    return {name: spans for name, spans in seen.items() if name not in lost}


def expected(met: Span, seen: Seen, field: Field) -> Span:
    """Return what the middle output sees by the rules: place by place, and no more than the table's field.

    Behind layers that pick channels that is the most it can see, so what was met is expected if it lies within.
    """
    middle = len(seen.spans) // 2
    span = seen.spans[middle]
    most = field.one(middle) if field.is_known else None
    if span and most and not _within(span, most):
        return int(most[0]), int(most[1])
    return met if seen.most and (met is None or (span and _within(met, span))) else span


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _touched(xp: Library, network: Network, axis: int, dtype: str) -> Array:
    """Return an image per pixel of the axis, and one more: ones, and NaN in image i wherever the axis is at i."""
    size = network.input.spatial[axis]
    shape = [1] * (2 + len(network.input.spatial))
    shape[0], shape[2 + axis] = size + 1, size
    diagonal = xp.eye(size + 1, size, dtype=xp.bool, device=xp.device)
    images = (size + 1, network.input.channels, *network.input.spatial)
    ones = xp.ones(images, dtype=getattr(xp, dtype), device=xp.device)
    return xp.where(xp.reshape(diagonal, tuple(shape)), xp.number(float("nan"), ones), ones)


def _touches(xp: Library, y: Array, axis: int, middle: int) -> list[int]:
    """Return the images in which the middle of an axis is NaN anywhere."""
    places: list[Any] = [slice(None)] * len(y.shape)
    places[2 + axis] = middle
    lost = xp.isnan(xp.reshape(y[tuple(places)], (y.shape[0], -1)))
    hit = xp.any(lost, axis=1)
    return [image for image in range(y.shape[0]) if bool(hit[image])]
