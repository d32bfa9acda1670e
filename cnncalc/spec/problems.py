"""All that is wrong with one file, gathered with its places and said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import BadValue, CnncalcError, MissingKey, SeveralErrors, UnknownKey, Where
from cnncalc.spec.nodes import Mapping, Node, Scalar, find
from cnncalc.volume import nearest, shorten

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

MOST_ERRORS = 20
"""So many errors of one file are shown; nobody reads more."""


ELSEWHERE = {
    "filters": "out_channels",
    "units": "out_features",
    "kernel": "kernel_size",
    "filter": "kernel_size",
    "pool_size": "kernel_size",
    "strides": "stride",
    "pad": "padding",
    "use_bias": "bias",
    "dilation_rate": "dilation",
}
"""How other frameworks call what is a key here."""


class Problems:
    """What is wrong with one text so far."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.errors: list[CnncalcError] = []
        self.noted = 0
        self._said: set[tuple[object, ...]] = set()

    def where(self, node: Node, layer: str | None = None) -> Where:
        """Return a node's place."""
        return Where(self.file, node.line, node.column, layer)

    def note(self, error: CnncalcError, where: Where) -> None:
        """Keep an error, once per place: a block that is called twice has its slip once. Stop at the twentieth."""
        self.noted += 1
        error = _copy(error).at(where)
        place = error.where
        said = (error.code, error.message, place.file, place.line, place.column)
        if said in self._said:
            return
        self._said.add(said)
        self.errors.append(error)
        if len(self.errors) >= MOST_ERRORS:
            self.stop()

    def stop(self) -> None:
        """Raise what has been noted, if anything has."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralErrors(tuple(sorted(self.errors, key=_place)))

    def note_fields(
        self, error: ValidationError, node: Mapping, models: tuple[type[BaseModel], ...], where: Where
    ) -> None:
        """Keep what pydantic found wrong with a mapping's keys, in the words of the spec language.

        The first model is the mapping's, the last that of mappings which are listed in it.
        """
        known = list(dict.fromkeys(name for model in models for name in model.model_fields))
        found = error.errors(include_url=False)
        slips = {str(one["loc"][-1]) for one in found if one["type"] == "extra_forbidden"}
        meant = {name for slip in slips for name in _meant(slip, known)}
        for problem in found:
            if problem["type"] == "missing" and problem["loc"][-1] in meant:
                continue  # it is there, with a slip in it
            spot: Node = find(node, problem["loc"])
            if problem["type"] == "extra_forbidden":
                spot = _key(node, problem["loc"]) or spot
            place = where._replace(line=spot.line, column=spot.column)
            self.note(_translate(dict(problem), models, known), place)


def _place(error: CnncalcError) -> tuple[int, int]:
    return error.where.line or 0, error.where.column or 0


def _copy(error: CnncalcError) -> CnncalcError:
    """Return an error of its own: short forms are read once and their errors may come from a cache."""
    return type(error)(error.message, where=error.where, formula=error.formula, ways_out=error.ways_out)


def _key(node: Node, path: tuple[str | int, ...]) -> Scalar | None:
    parent = find(node, path[:-1])
    return parent.pairs[str(path[-1])][0] if isinstance(parent, Mapping) and path[-1] in parent.pairs else None


def _meant(key: str, known: list[str]) -> list[str]:
    """Return the keys that an unknown one may stand for: as other frameworks call it, or with a slip."""
    other = ELSEWHERE.get(key)
    if other in known:
        return [other]
    close = nearest(key, known, cutoff=0.8)  # a slip leaves the first letter alone, or is a small one
    return close or [name for name in nearest(key, known, cutoff=0.5) if name[:1] == key[:1]]


def _translate(problem: dict[str, Any], models: tuple[type[BaseModel], ...], known: list[str]) -> CnncalcError:
    path = problem["loc"]
    key = ".".join(str(part) for part in path)
    if problem["type"] == "extra_forbidden":
        near = _meant(str(path[-1]), known)
        ways_out = tuple(f"did you mean {name}?" for name in near) or ("the keys: " + ", ".join(known),)
        return UnknownKey(f"nothing reads the key {shorten(key)!r}", ways_out=ways_out)
    if problem["type"] == "missing":
        return MissingKey(f"the key {key!r} is missing", ways_out=(f"add {key}: …",))
    said = _SAID.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    from cnncalc.spec.instead import instead  # noqa: PLC0415 - only a slip needs it

    nested = len(path) > 1 and isinstance(path[-1], str)
    field = next(str(part) for part in reversed(path) if isinstance(part, str))
    return BadValue(f"{key}: {said}", ways_out=instead(models[-1 if nested else 0], field, problem["input"]))


_SAID = {
    "string_type": "must be text",
    "string_too_short": "is empty",
    "string_too_long": "is longer than anyone reads",
    "list_type": "must be a list",
    "model_type": "must be keys with values",
}
"""What pydantic says in its own words."""
