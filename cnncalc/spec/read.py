"""A text becomes a Spec: all that is wrong with it is said at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from cnncalc.errors import (
    BadValue,
    CnncalcError,
    MissingKey,
    NotationError,
    SeveralErrors,
    SpecError,
    TooLarge,
    UnknownKey,
    Where,
)
from cnncalc.layers import CARDS, Layer
from cnncalc.layers.sliding import RoundingField
from cnncalc.settings import describe
from cnncalc.spec.model import Entry, Published, Spec
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence, find, plain
from cnncalc.spec.notation import MAX_LAYERS, expand, read_short, unknown_layer
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import Volume, nearest, parse_volume, shorten

MOST_ERRORS = 20
"""So many errors of one file are shown; nobody reads more."""

QUANTITIES = (
    "weights",
    "biases",
    "parameters",
    "buffers",
    "macs",
    "flops",
    "activation_values",
    "activation_bytes",
    "parameter_bytes",
    "output_shape",
)
"""What a published figure can be about."""

NAME = r"[A-Za-z_][A-Za-z0-9_.\-/]{0,63}"
"""How a layer may be called."""

_Text = Annotated[str, Field(strict=True, min_length=1, max_length=2000)]


def _read_quantity(value: object) -> object:
    if value not in QUANTITIES:
        msg = f"must be one of {', '.join(QUANTITIES)}, not {describe(value)}"
        raise ValueError(msg)
    return value


class _Claim(BaseModel):
    """A published figure."""

    model_config = ConfigDict(extra="forbid")

    quantity: Annotated[str, PlainValidator(_read_quantity)]
    printed: _Text
    source: _Text
    layer: _Text | None = None


class _Header(BaseModel):
    """The keys of a spec."""

    model_config = ConfigDict(extra="forbid")

    name: _Text
    source: _Text = ""
    input: _Text
    rounding: RoundingField = None
    layers: Any
    published: list[_Claim] = []


class _Reader:
    """Reads one text and keeps what goes wrong."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.errors: list[CnncalcError] = []

    def where(self, node: Node, layer: str | None = None) -> Where:
        return Where(self.file, node.line, node.column, layer)

    def note(self, error: CnncalcError, where: Where) -> None:
        self.errors.append(error.at(where))
        if len(self.errors) >= MOST_ERRORS:
            self.stop()

    def stop(self) -> None:
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralErrors(tuple(self.errors))

    def note_all(self, error: ValidationError, node: Node, known: Iterable[str], layer: str | None = None) -> None:
        for problem in error.errors(include_url=False):
            spot = find(node, problem["loc"])
            if problem["type"] == "extra_forbidden":
                spot = _key(node, problem["loc"]) or spot
            keys = _Claim.model_fields if problem["loc"][:1] == ("published",) else known
            self.note(_translate(dict(problem), list(keys)), self.where(spot, layer))

    def header(self, node: Node) -> _Header | None:
        if not isinstance(node, Mapping):
            message = "a spec starts with keys: name, input, layers"
            self.note(NotationError(message, ways_out=("name: mine", "input: 32x32x3")), self.where(node))
            return None
        data = {key: plain(value) if key != "layers" else () for key, (_, value) in node.pairs.items()}
        try:
            return _Header.model_validate(data)
        except ValidationError as error:
            self.note_all(error, node, _Header.model_fields)
            return None

    def input(self, node: Node, text: str) -> Volume | None:
        try:
            return parse_volume(text)
        except CnncalcError as error:
            self.note(BadValue(f"input: {error.message}", ways_out=error.ways_out), self.where(node))
            return None

    def layers(self, node: Node) -> list[Entry]:
        items = node.items if isinstance(node, Sequence) else [node]
        entries: list[Entry] = []
        for item in items:
            entries += self.item(item)
            if len(entries) > MAX_LAYERS:
                self.note(TooLarge(f"over {MAX_LAYERS:,} layers"), self.where(item))
                break
        if not entries and not self.errors:
            self.note(MissingKey("there are no layers", ways_out=("layers: [conv3-64, relu]",)), self.where(node))
        return entries

    def item(self, node: Node) -> list[Entry]:
        """Read one item of `layers:`, a pattern or a mapping."""
        try:
            if isinstance(node, Mapping):
                return [self.mapping(node)]
            if isinstance(node, Scalar) and isinstance(node.value, str):
                return list(self.pattern(node))
            shown = "a list inside the list" if isinstance(node, Sequence) else describe(node.value)
            message = f"a layer is a short form or a mapping, not {shown}"
            ways_out = ('quote a pattern: "[conv3-64 relu]*2"', "conv: {out_channels: 64, kernel_size: 3}")
            self.note(NotationError(message, ways_out=ways_out), self.where(node))
        except SpecError as error:
            self.note(error, self.where(node))
        return []

    def pattern(self, node: Scalar, name: str | None = None) -> Iterator[Entry]:
        text = str(node.value)
        start = node.column + (0 if node.plain else 1)
        try:
            pieces = expand(text)
        except SpecError as error:
            self.note(error, Where(self.file, node.line, start + error.offset))
            return
        for piece in pieces:
            where = Where(self.file, node.line, start + piece.offset, name or piece.name)
            try:
                yield Entry(read_short(piece.short), self.named(name or piece.name), where)
            except SpecError as error:
                fresh = type(error)(error.message, formula=error.formula, ways_out=error.ways_out)
                if not any(str(fresh.at(where)) == str(noted) for noted in self.errors):
                    self.note(fresh, where)

    def mapping(self, node: Mapping) -> Entry:
        pairs = dict(node.pairs)
        name_node = pairs.pop("name", (None, None))[1]
        name = None if name_node is None else self.named(plain(name_node))
        if len(pairs) != 1:
            keys = ", ".join(shorten(key, 20) for key in list(pairs)[:6]) or "none"
            message = f"a layer has one key that says what it is, and may have a name; here: {keys}"
            raise NotationError(message, ways_out=("conv: {out_channels: 64, kernel_size: 3}", "conv1: conv3-64"))
        ((key, (key_node, value)),) = pairs.items()
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return self.named_short(key, value)
        return Entry(self.card(key, key_node, value, name), name, self.where(key_node, name))

    def named_short(self, name: str, value: Scalar) -> Entry:
        entries = list(self.pattern(value, self.named(name)))
        if len(entries) != 1:
            message = f"{shorten(name)!r} names one layer, here are {len(entries)}"
            raise NotationError(message, ways_out=(f"{name}: conv3-64", "write the pattern without a name"))
        return entries[0]

    def card(self, kind: str, key: Scalar, value: Node, name: str | None) -> Layer:
        card = CARDS.get(kind)
        if card is None:
            raise unknown_layer(kind).at(self.where(key))
        if isinstance(value, Scalar) and value.value is None:
            value = Mapping(value.line, value.column)
        if not isinstance(value, Mapping):
            raise NotationError(f"{kind} takes keys", ways_out=(f"{kind}: {{{_sample(card)}}}",)).at(self.where(value))
        try:
            return card(**cast("dict[str, Any]", plain(value)))
        except ValidationError as error:
            self.note_all(error, Mapping(key.line, key.column, value.pairs), card.fields(), name or kind)
            return CARDS["flatten"]()  # stands in, so that the rest is read too; the noted error stops the spec

    def named(self, name: object) -> str | None:
        if name is None:
            return None
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            message = f"{shorten(str(name))!r} is no name"
            raise BadValue(message, ways_out=("letters, digits and _.-/ after a letter, 64 at most: conv1_1",))
        return name


def read_spec(text: str | bytes, *, file: str | None = None) -> Spec:
    """Read a spec.

    Raises a SpecError, or SeveralErrors with the first twenty.
    """
    reader = _Reader(file)
    root = read_yaml(text, file=file)
    header = reader.header(root)
    layers = find(root, ("layers",))
    entries = reader.layers(layers) if layers is not root else []
    volume = reader.input(find(root, ("input",)), header.input) if header else None
    reader.stop()
    assert header is not None  # noqa: S101 - a header that could not be read has stopped
    claims = tuple(Published(**claim.model_dump()) for claim in header.published)
    rounding = header.rounding or "exact"
    return Spec(header.name, volume, tuple(entries), rounding, header.source, claims, file)


def read_dict(data: dict[str, Any]) -> Spec:
    """Read a spec that is a dict of the same keys, by way of its JSON: one door, one set of bounds.

    Raises a SpecError, or SeveralErrors; lines in them count in the JSON, indented by two.
    """
    import json  # noqa: PLC0415 - only dicts need it

    try:
        return read_spec(json.dumps(data, indent=2, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValue(f"a dict spec holds what JSON holds: {error}", ways_out=("strings, numbers, lists",)) from None


def read_line(pattern: str, *, name: str = "") -> Spec:
    """Read a one-line network: a pattern; its input comes from the caller.

    Raises a SpecError, or SeveralErrors.
    """
    reader = _Reader(None)
    scalar = Scalar(pattern, pattern, plain=True, line=1, column=1)
    entries = reader.layers(scalar)
    reader.stop()
    return Spec(name or shorten(pattern, 200), None, tuple(entries))


def _key(node: Node, path: tuple[str | int, ...]) -> Scalar | None:
    parent = find(node, path[:-1])
    return parent.pairs[str(path[-1])][0] if isinstance(parent, Mapping) and path[-1] in parent.pairs else None


def _translate(problem: dict[str, Any], known: list[str]) -> CnncalcError:
    """Say what pydantic found in the words of the spec language."""
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = nearest(str(problem["loc"][-1]), known)
        ways_out = tuple(f"did you mean {name}?" for name in near) or ("the keys: " + ", ".join(known),)
        return UnknownKey(f"nothing reads the key {shorten(key)!r}", ways_out=ways_out)
    if problem["type"] == "missing":
        return MissingKey(f"the key {key!r} is missing", ways_out=(f"add {key}: …",))
    message = problem["msg"].removeprefix("Value error, ")
    return BadValue(f"{key}: {message}")


def _sample(card: type[Layer]) -> str:
    return ", ".join(f"{name}: 3" for name in card.required())
