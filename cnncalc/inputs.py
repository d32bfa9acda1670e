"""Which inputs a whole network accepts: the sizes for which every stride fits, and the smallest that it takes."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.congruence import ANY, Congruence, NoSolution
from cnncalc.errors import CnncalcError
from cnncalc.letter import Letter
from cnncalc.network import build
from cnncalc.sizes import Size
from cnncalc.spec.model import Spec
from cnncalc.term import AXES
from cnncalc.volume import Volume

_AFFORDED = 100_000
"""So many layers are looked at in the search for the smallest input: a second or two."""

_PICTURE = 3
"""So many channels has an input of a network that does not say."""


class Inputs(NamedTuple):
    """The inputs that a network accepts.

    sizes       per axis, the sizes for which every stride fits
    conditions  what else must hold, as sentences
    smallest    the smallest input that every layer can take: no side of it can be shorter; None if none was found
    searched    up to which side
    """

    sizes: dict[str, Congruence]
    conditions: tuple[str, ...]
    smallest: Volume | None
    searched: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            "fits": self.smallest is not None,
            "sizes": {name: congruence._asdict() for name, congruence in self.sizes.items()},
            "conditions": list(self.conditions),
            "smallest": None if self.smallest is None else list(self.smallest.shape),
            "searched": self.searched,
        }


def accepted(spec: Spec) -> Inputs:
    """Work out which inputs a network accepts, whatever its own.

    Raises StrideMisfit if no size fits every stride.
    """
    from cnncalc.letters import fitting, in_words, least  # noqa: PLC0415 - sympy, only here

    axes = AXES[len(spec.input.spatial) if spec.input else 2]
    channels: Size = spec.input.channels if spec.input else Letter.named("C")
    network = build(spec, input=Volume(channels, tuple(Letter.named(axis) for axis in axes)))
    classes, _ = fitting(network)
    lows = least(network)
    sizes = {axis: classes.get(axis, ANY) for axis in axes}
    if isinstance(channels, Letter):
        channels = classes.get("C", ANY).at_least(max(lows.get("C", 1), _PICTURE))
    starts = tuple(size.at_least(lows.get(axis, 1)) for axis, size in sizes.items())
    smallest, searched = _smallest(spec, channels, tuple(sizes.values()), starts)
    if smallest is not None:
        smallest = _shortened(spec, smallest, tuple(sizes.values()), starts)
    return Inputs(sizes, tuple(in_words(network, but=axes)), smallest, searched)


def _shortened(spec: Spec, found: Volume, sizes: tuple[Congruence, ...], starts: tuple[int, ...]) -> Volume:
    """Shorten one side after the other as far as every layer takes it; where all sides are alike, none can be."""
    tries = max(_AFFORDED // max(len(spec.entries), 1), 1)
    for axis, (congruence, start) in enumerate(zip(sizes, starts, strict=True)):
        side = start
        while side < found.spatial[axis] and tries > 0:
            shorter = Volume(found.channels, (*found.spatial[:axis], side, *found.spatial[axis + 1 :]))
            if _takes(spec, shorter):
                found = shorter
            tries, side = tries - 1, congruence.at_least(side + 1)
    return found


def _takes(spec: Spec, volume: Volume) -> bool:
    try:
        build(spec, input=volume)
    except CnncalcError:
        return False
    return True


def _smallest(
    spec: Spec, channels: Size, sizes: tuple[Congruence, ...], starts: tuple[int, ...]
) -> tuple[Volume | None, int]:
    """Try sides from where each axis may start, until every layer takes them; return up to which side."""
    try:
        together = ANY
        for congruence in sizes:
            together = together.and_also(congruence)
        sides = (together.at_least(max(starts)),) * len(sizes)
        sizes = (together,) * len(sizes)
    except NoSolution:  # no square fits
        sides = starts
    for _ in range(max(_AFFORDED // max(len(spec.entries), 1), 1)):
        volume = Volume(channels, sides)
        if _takes(spec, volume):
            return volume, max(sides)
        try:
            sides = tuple(size.at_least(side + 1) for size, side in zip(sizes, sides, strict=True))
        except NoSolution:
            break
    return None, max(sides)
