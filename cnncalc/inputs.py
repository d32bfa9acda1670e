"""Which inputs a whole network accepts: the sizes for which every stride fits, and the smallest that it takes."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.congruence import Congruence
from cnncalc.errors import CnncalcError
from cnncalc.letter import Letter
from cnncalc.network import build
from cnncalc.sizes import Size
from cnncalc.spec.model import Spec
from cnncalc.term import AXES
from cnncalc.volume import Volume

_AFFORDED = 100_000
"""So many layers are looked at in the search for the smallest input: a second or two."""

_ANY = Congruence(0, 1)


class Inputs(NamedTuple):
    """The inputs that a network accepts.

    sizes       per axis, the sizes for which every stride fits
    conditions  what else must hold, as sentences
    smallest    the smallest input with equal sides that every layer can take; None if none was found
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
    from cnncalc.letters import fitting, in_words  # noqa: PLC0415 - sympy, only here

    axes = AXES[len(spec.input.spatial) if spec.input else 2]
    channels: Size = spec.input.channels if spec.input else Letter.named("C")
    network = build(spec, input=Volume(channels, tuple(Letter.named(axis) for axis in axes)))
    classes, rest = fitting(network)
    sizes = {axis: classes.get(axis, _ANY) for axis in axes}
    sentences = tuple(in_words(network)[-len(rest) :]) if rest else ()
    return Inputs(sizes, sentences, *_smallest(spec, channels, sizes))


def _smallest(spec: Spec, channels: Size, sizes: dict[str, Congruence]) -> tuple[Volume | None, int]:
    together = _ANY
    for congruence in sizes.values():
        together = together.and_also(congruence)
    side, number = 0, 3 if isinstance(channels, Letter) else channels
    for _ in range(max(_AFFORDED // max(len(spec.entries), 1), 1)):
        side = together.at_least(side + 1)
        volume = Volume(number, (side,) * len(sizes))
        try:
            build(spec, input=volume)
        except CnncalcError:
            continue
        return volume, side
    return None, side
