"""Names and wires while a spec is unrolled: who is called what, and what the next layer reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.errors import BadValue, Where, WiringError
from cnncalc.sizes import Size
from cnncalc.spec.model import INPUT
from cnncalc.volume import nearest, shorten


class Ref(NamedTuple):
    """A name in a `from:` and the scope that it was written in; it may stand further down."""

    name: str
    scope: Scope
    where: Where


class Scope:
    """One body of layers: a spec's, or one call of a block.

    path    what its layers' names begin with: ``stage2_1/``
    names   its parameters and their values
    flow    what the next layer reads: layers by their full name, or names that are still to come

    repeated    whether a path of it is being unrolled that stands in a repetition
    """

    def __init__(self, path: str, names: dict[str, Size], outer: Scope | None, flow: tuple[str | Ref, ...]) -> None:
        self.path = path
        self.names = names
        self.outer = outer
        self.flow = flow
        self.repeated = False
        self.layers: dict[str, str] = {INPUT: INPUT} if outer is None else {}
        self._places: dict[str, Where] = {}
        self._counts: dict[str, Size] = {}
        self._reserved: set[str] = set()

    @property
    def root(self) -> Scope:
        """The spec's own scope."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names that layers further down were given from being counted up to."""
        self._reserved.update(names)

    def claim(self, name: str | None, stem: str, where: Where, *, repeated: bool) -> str:
        """Return a layer's local name: its own, numbered where it repeats, or its kind counted: conv1, conv2.

        Raises BadValue for a name that another layer has.
        """
        if name is None or repeated or self.repeated:
            name = self._counted(f"{name}_" if name else stem)
        if name == INPUT:
            raise BadValue("'input' is the name of row 0", ways_out=("choose another name",))
        if name in self._places:
            line = self._places[name].line
            taken = f"in line {line}" if line else "already"
            raise BadValue(f"the name {name!r} is taken {taken}", ways_out=(f"{name}_2",))
        self._places[name] = where
        return name

    def _counted(self, stem: str) -> str:
        while True:
            count = self._counts[stem] = self._counts.get(stem, 0) + 1
            name = f"{stem}{count}"
            if name not in self._reserved and name not in self._places:
                return name

    def awaits(self, name: str) -> bool:
        """Whether a layer that could not be read may have had this name: given, or counted like conv2 and a_2."""
        return name in self._reserved or name[-1:].isdigit() or (self.outer is not None and self.outer.awaits(name))

    def find(self, ref: Ref) -> str:
        """Return the full name of the layer that a reference means: in its own body, else in one around it.

        Raises WiringError, with the nearest names, if there is none.
        """
        scope: Scope | None = self
        known: list[str] = []
        while scope is not None:
            if ref.name in scope.layers:
                return scope.layers[ref.name]
            known += scope.layers
            scope = scope.outer
        ways_out = tuple(f"did you mean {name}?" for name in nearest(ref.name, known))
        ways_out = ways_out or ("known: " + ", ".join(known[:8]),)
        raise WiringError(f"no layer is called {shorten(ref.name)!r}", where=ref.where, ways_out=ways_out)
