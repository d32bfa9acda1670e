"""A text becomes a Spec: all that is wrong with it is said at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping as Names
from typing import Any

from pydantic import ValidationError

from cnncalc.errors import BadValue, CnncalcError, MissingKey, NotationError, SpecError, UnknownKey, Where
from cnncalc.sizes import Size
from cnncalc.spec.blocks import Block, Whole, read_blocks, read_parameters
from cnncalc.spec.expand import Expander
from cnncalc.spec.files import families, family_file, read_bytes
from cnncalc.spec.formula import Parameters, together
from cnncalc.spec.header import BODY, Claim, Header
from cnncalc.spec.model import Entry, Published, Spec
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence, plain
from cnncalc.spec.problems import Problems
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import Volume, nearest, parse_volume, shorten


class _Source:
    """One text: its root, its header, and what is wrong with it."""

    def __init__(self, text: str | bytes | Node, file: str | None) -> None:
        self.problems = Problems(file)
        self.root = read_yaml(text, file=file) if isinstance(text, str | bytes) else text
        self.header = self._read_header()

    def _read_header(self) -> Header | None:
        if not isinstance(self.root, Mapping):
            message = "a spec starts with keys: name, input, layers"
            error = NotationError(message, ways_out=("name: mine", "input: 32x32x3"))
            self.problems.note(error, self.problems.where(self.root))
            return None
        if "claims" in self.root.pairs:
            message = "this is a claims file, not a spec"
            raise BadValue(message, where=self.problems.where(self.root), ways_out=("cnncalc audit FILE",))
        data = {key: plain(value) if key not in BODY else () for key, (_, value) in self.root.pairs.items()}
        try:
            return Header.model_validate(data)
        except ValidationError as error:
            models = (Header, Claim) if "published" in data else (Header,)
            self.problems.note_fields(error, self.root, models, self.problems.where(self.root))
            return None

    def node(self, key: str) -> Node | None:
        """Return what stands under a key of the root."""
        return self.root.pairs[key][1] if isinstance(self.root, Mapping) and key in self.root.pairs else None

    def key(self, name: str) -> Scalar | None:
        """Return a key of the root itself."""
        return self.root.pairs[name][0] if isinstance(self.root, Mapping) and name in self.root.pairs else None

    def places(self, key: str) -> list[Where]:
        """Return the places of what is listed under a key of the root."""
        node = self.node(key)
        return [self.problems.where(item) for item in node.items] if isinstance(node, Sequence) else []

    def input(self) -> Volume | None:
        """Return the input volume, if the text says one."""
        node = self.node("input")
        if node is None or self.header is None or self.header.input is None:
            return None
        try:
            return parse_volume(self.header.input)
        except CnncalcError as error:
            self.problems.note(BadValue(f"input: {error.message}", ways_out=error.ways_out), self.problems.where(node))
            return None

    def entries(self, chosen: Names[str, Size]) -> tuple[Entry, ...]:
        """Return every layer, unrolled under the chosen parameters."""
        layers, blocks = self.node("layers"), self.node("blocks")
        known: dict[str, Block] = {} if blocks is None else read_blocks(blocks, self.problems)
        if layers is None:
            if self.node("family") is None:  # a member of a family has the family's layers, whatever else is wrong
                error = MissingKey("there are no layers", ways_out=("layers: [conv3-64, relu]",))
                self.problems.note(error, self.problems.where(self.root))
            return ()
        names = self.bind(chosen)
        if names is None:
            return ()
        names = together(names, Parameters() if known else {})
        entries = Expander(known, self.problems).entries(layers, names)
        if not entries and not self.problems.errors:
            error = MissingKey("there are no layers", ways_out=("layers: [conv3-64, relu]",))
            self.problems.note(error, self.problems.where(layers))
        return entries

    def bind(self, chosen: Names[str, Size]) -> dict[str, Size] | None:
        """Return the value of every parameter of the spec, the chosen one or its default; None if that is wrong."""
        node = self.node("parameters")
        try:
            known = {} if node is None else read_parameters(node)
            return Whole("the spec", known, self.root, Scalar("", "", True, 1, 1)).bind([], dict(chosen))  # noqa: FBT003
        except SpecError as error:
            self.problems.note(error, self.problems.where(node or self.root))
            return None

    def _require_known(self, node: Mapping, known: tuple[str, ...]) -> None:
        for name, (key, _) in node.pairs.items():
            if name not in known:
                near = tuple(f"did you mean {other}?" for other in nearest(name, known))
                ways_out = near or known or ("name the family: its parameters are set", "delete the line")
                error = UnknownKey(f"there is no parameter {shorten(name)!r}", ways_out=ways_out)
                self.problems.note(error, self.problems.where(key))

    def parameters(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        node = self.node("parameters")
        try:
            return () if node is None else tuple(read_parameters(node))
        except SpecError:
            return ()  # `bind` says what is wrong

    def chosen(self, known: tuple[str, ...] | None) -> dict[str, Size]:
        """Return the parameters that a member of a family sets; None if nobody knows what there is to set."""
        node = self.node("set")
        if node is None:
            return {}
        if isinstance(node, Mapping):
            self._require_known(node, tuple(node.pairs) if known is None else known)
            values = {key: value.value for key, (_, value) in node.pairs.items() if isinstance(value, Scalar)}
            numbers = {key: value for key, value in values.items() if isinstance(value, int) and value is not True}
            if len(numbers) == len(node.pairs):
                return {name: number for name, number in numbers.items() if known is None or name in known}
        error = BadValue("set gives parameters whole numbers", ways_out=("set: {width: 64}",))
        self.problems.note(error, self.problems.where(node))
        return {}


def read_spec(text: str | bytes | Node, *, file: str | None = None, set: Names[str, Size] | None = None) -> Spec:  # noqa: A002
    """Read a spec, or what has been read of one; `set` chooses its parameters.

    Raises a SpecError, or SeveralErrors with the first twenty.
    """
    source = _Source(text, file)
    header, body = source.header, source
    if header and header.family is not None:
        body = _family(header.family, source)
    chosen = {**source.chosen(body.parameters() if header else None), **(set or {})}
    entries = () if body is not source and source.problems.errors else body.entries(chosen)
    volume = source.input() or body.input()
    if header and volume is None and not source.problems.errors:
        error = MissingKey("the key 'input' is missing", ways_out=("input: 224x224x3",))
        source.problems.note(error, source.problems.where(source.root))
    source.problems.stop()
    body.problems.stop()
    if header is None or body.header is None:
        raise BadValue("the header cannot be read")  # never: a header that could not be read has stopped
    places = source.places("published")
    claims = tuple(
        Published(**claim.model_dump(), where=at) for claim, at in zip(header.published, places, strict=True)
    )
    rounding = header.rounding or body.header.rounding or "exact"
    freezing = source if header.freeze else body
    freeze = header.freeze or body.header.freeze
    at = freezing.problems.where(freezing.node("freeze") or freezing.root)
    return Spec(header.name, volume, entries, rounding, header.source, claims, freeze, body.parameters(), file, at)


def _family(name: str, member: _Source) -> _Source:
    """Read the family that a member belongs to: a packaged one, by its name and never by a path."""
    node = member.node("family") or member.root
    if name not in families():
        near = tuple(f"did you mean {other}?" for other in nearest(name, families()))
        error = BadValue(f"no family is called {shorten(name)!r}", ways_out=near or families())
        raise error.at(member.problems.where(node))
    own = next((key for key in ("layers", "blocks", "parameters") if member.node(key) is not None), None)
    if own:
        error = BadValue(f"a member of a family takes its {own} from there", ways_out=(f"remove {own}, or family",))
        raise error.at(member.problems.where(member.key(own) or node))
    path = family_file(name)
    return _Source(read_bytes(path), str(path))


def read_dict(data: dict[str, Any], *, set: Names[str, Size] | None = None) -> Spec:  # noqa: A002
    """Read a spec that is a dict of the same keys, by way of its JSON: one door, one set of bounds.

    Raises a SpecError, or SeveralErrors; lines in them count in the JSON, indented by two.
    """
    import json  # noqa: PLC0415 - only dicts need it

    try:
        text = json.dumps(data, indent=2, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValue(f"a dict spec holds what JSON holds: {error}", ways_out=("strings, numbers, lists",)) from None
    return read_spec(text, set=set)
