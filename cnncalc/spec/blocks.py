"""Blocks: bodies of layers with a name and parameters, defined once and used like a layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Names
from typing import NamedTuple

from cnncalc.errors import BadValue, MissingKey, NotationError, SpecError, UnknownKey, UnknownLayer
from cnncalc.layers import Layer
from cnncalc.sizes import LARGEST, Size
from cnncalc.spec.formula import Parameters, evaluate
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.spec.notation import WORDS, read_filled, unknown_layer
from cnncalc.spec.problems import Problems
from cnncalc.volume import nearest, shorten

INDEX = "i"
"""The name of the count of a repetition, from 0."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
_KEYS = ("parameters", "layers")
_EXAMPLE = 64


class Block(NamedTuple):
    """A block: its parameters with their defaults (None: must be given), its body, where it stands."""

    name: str
    parameters: dict[str, Size]
    body: Node
    node: Scalar

    def bind(self, positional: list[Size], named: dict[str, Size]) -> dict[str, Size]:
        """Return the value of every parameter.

        Raises NotationError for too many values, UnknownKey, MissingKey.
        """
        if len(positional) > len(self.parameters):
            message = f"{self.name} takes {len(self.parameters)} parameters, not {len(positional)}"
            raise NotationError(message, ways_out=(self.usage(),))
        given = dict(zip(self.parameters, positional, strict=False))
        twice = [name for name in named if name in given]
        if twice:
            raise NotationError(f"{self.name} is told its {twice[0]} twice", ways_out=(self.usage(),))
        given |= named
        for name in given:
            if name not in self.parameters:
                ways_out = tuple(f"did you mean {near}?" for near in nearest(name, self.parameters))
                raise UnknownKey(
                    f"{self.name} has no parameter {shorten(name)!r}", ways_out=ways_out or (self.usage(),)
                )
        values = {name: given.get(name, default) for name, default in self.parameters.items()}
        missing = [name for name, value in values.items() if value is None]
        if missing:
            raise MissingKey(f"{self.name} does not say its {' and '.join(missing)}", ways_out=(self.usage(),))
        bound = {name: value for name, value in values.items() if value is not None}
        return Parameters(bound) if bound else bound

    def called(self, arguments: list[tuple[str | None, str]], names: Names[str, Size]) -> dict[str, Size]:
        """Return the value of every parameter in a call, ``(4*width, stride=2)``.

        Raises what `bind` raises, and FormulaError.
        """
        positional = [evaluate(text, names) for key, text in arguments if key is None]
        named = {key: evaluate(text, names) for key, text in arguments if key is not None}
        if len(positional) + len(named) < len(arguments):
            raise NotationError(f"{self.name} is told a parameter twice", ways_out=(self.usage(),))
        return self.bind(positional, named)

    def usage(self) -> str:
        """Write how the block is called: ``bottleneck(width, stride=1)``."""
        parameters = (name if value is None else f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.name}({', '.join(parameters)})"


def read_blocks(node: Node, problems: Problems) -> dict[str, Block]:
    """Read a spec's `blocks:`. What is wrong is noted, and the block left out."""
    if not isinstance(node, Mapping):
        problems.note(NotationError("blocks are keys", ways_out=("blocks: {basic: {…}}",)), problems.where(node))
        return {}
    blocks = {}
    for name, (key, value) in node.pairs.items():
        try:
            blocks[name] = _read_block(name, key, value)
        except SpecError as error:
            problems.note(error, problems.where(key))
    return blocks


def _read_block(name: str, key: Scalar, value: Node) -> Block:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_\-]{0,39}", name, re.ASCII) or name.lower() in WORDS:
        taken = "is a layer already" if name.lower() in WORDS else "is no name for a block"
        raise BadValue(f"{shorten(name)!r} {taken}", ways_out=("choose another name",))
    if not isinstance(value, Mapping):
        return Block(name, {}, value, key)
    strangers = [other for other in value.pairs if other not in _KEYS]
    if strangers or "layers" not in value.pairs:
        message = f"a block has the keys parameters and layers; here: {', '.join(map(shorten, list(value.pairs)[:6]))}"
        raise NotationError(message, ways_out=(f"{name}: {{parameters: {{width: 64}}, layers: [conv3-width, relu]}}",))
    parameters = read_parameters(value.pairs["parameters"][1]) if "parameters" in value.pairs else {}
    return Block(name, parameters, value.pairs["layers"][1], key)


class Whole(Block):
    """A spec as a block that whoever loads it calls, with ``set``."""

    def usage(self) -> str:
        """Write what may be set: ``set width=64``."""
        parameters = (f"{name}={_EXAMPLE if value is None else value}" for name, value in self.parameters.items())
        return f"set {', '.join(parameters)}" if self.parameters else "set nothing: it has no parameters"


def read_parameters(node: Node) -> dict[str, Size]:
    """Read parameters: a list of names that must be given, or names with defaults (nothing: must be given).

    Raises BadValue for a name that is no identifier, or a default that is no whole number.
    """
    if isinstance(node, Sequence):
        return {_identifier(item.text if isinstance(item, Scalar) else ""): None for item in node.items}
    if isinstance(node, Mapping):
        return {_identifier(name): _default(name, value) for name, (_, value) in node.pairs.items()}
    raise BadValue("parameters are names with defaults", ways_out=("parameters: {width: 64, stride: 1}",))


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name) or name == INDEX:
        reason = "counts repetitions" if name == INDEX else "is no name for a parameter"
        raise BadValue(f"{shorten(name)!r} {reason}", ways_out=("letters, digits and _: width",))
    return name


def _default(name: str, node: Node) -> int | None:
    value = node.value if isinstance(node, Scalar) else node
    if value is None:
        return None
    if type(value) is not int or abs(value) > LARGEST:
        raise BadValue(f"the default of {name} must be a whole number to 10^9", ways_out=(f"{name}: 64",))
    return value


def read_number(node: Node, names: Names[str, Size], what: str) -> Size:
    """Read a whole number or a formula. Raises BadValue or FormulaError."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        return evaluate(value, names)
    if type(value) is not int or abs(value) > LARGEST:
        raise BadValue(f"{what} must be a whole number to 10^9 or a formula", ways_out=(f"{what}: 3",))
    return value


def read_layer(text: str, names: Names[str, Size], blocks: Iterable[str]) -> Layer:
    """Read a short form, its formulas filled in. Raises what `read_short` raises, with the block that looks like it."""
    try:
        return read_filled(text, names)
    except UnknownLayer as error:
        raise unknown(text, blocks) if nearest(text.partition("(")[0], blocks) else error from None


def unknown(kind: str, blocks: Iterable[str]) -> UnknownLayer:
    """Return the error for what is neither a layer nor a block, with the block that looks like it."""
    near = nearest(kind.partition("(")[0], blocks)
    if near:
        return UnknownLayer(f"no layer is called {shorten(kind)!r}", ways_out=(f"did you mean {near[0]}?",))
    return unknown_layer(kind)
