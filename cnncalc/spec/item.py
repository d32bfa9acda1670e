"""What one item of `layers:` says, beside what it is: its name, whom it reads, how often, with whose weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from cnncalc.errors import BadValue, NotationError, TooLarge
from cnncalc.layers import Layer
from cnncalc.sizes import Size
from cnncalc.spec.blocks import INDEX, Block, read_number
from cnncalc.spec.formula import evaluate, is_formula, together
from cnncalc.spec.model import is_name
from cnncalc.spec.nodes import Mapping as MappingNode
from cnncalc.spec.nodes import Node, Scalar, Sequence, plain
from cnncalc.spec.pattern import MAX_LAYERS, pattern_names
from cnncalc.spec.problems import Problems
from cnncalc.spec.scope import Ref, Scope
from cnncalc.volume import shorten

MODIFIERS = ("name", "from", "repeat", "share", "train_only")
"""Keys beside the one that says what a layer is."""


class Use(NamedTuple):
    """How one layer, block or pattern is used.

    name        what it is called; None: counted
    flow        whom it reads; nothing: the layer before
    repeat      how often it stands one after the other
    share       the layer whose weights it uses
    train_only  whether it is there for training alone
    round       how often the innermost repetition has been before
    repeated    whether there is a repetition around it, so that names are numbered
    """

    name: str | None = None
    flow: tuple[str | Ref, ...] = ()
    repeat: int = 1
    share: Ref | None = None
    train_only: bool = False
    round: int = 0
    repeated: bool = False

    def called(self, name: str | None) -> Use:
        """Return the use under a name, unless it has one. Raises BadValue for what is no name."""
        return self._replace(name=self.name or require_name(name))

    def times(self) -> Iterator[Use]:
        """Yield the use of each repetition; only the first may read elsewhere."""
        for index in range(self.repeat):
            yield self._replace(round=index, repeated=self.repeat > 1, flow=() if index else self.flow)

    def names(self, scope: Scope) -> dict[str, Size]:
        """Return what formulas may name here: the scope's parameters, and the index."""
        counted = INDEX in scope.names and not self.repeated
        return scope.names if counted else together(scope.names, {INDEX: self.round})


def read_use(node: MappingNode, scope: Scope, problems: Problems) -> Use:
    """Read an item's modifiers. Raises BadValue, FormulaError or TooLarge."""
    given = {key: node.pairs[key][1] for key in MODIFIERS if key in node.pairs}
    train_only = plain(given["train_only"]) if "train_only" in given else False
    if not isinstance(train_only, bool):
        raise BadValue("train_only must be true or false", ways_out=("train_only: true",))
    return Use(
        require_name(plain(given["name"])) if "name" in given else None,
        tuple(_refs(given["from"], scope, problems)) if "from" in given else (),
        _repeats(given["repeat"], scope) if "repeat" in given else 1,
        _owner(given["share"], scope, problems) if "share" in given else None,
        train_only,
    )


def require_name(name: object) -> str | None:
    """Return a layer's name, or None if it was given none. Raises BadValue for what is no name."""
    if name is not None and not is_name(name):
        message = f"{shorten(str(name))!r} is no name"
        raise BadValue(message, ways_out=("letters, digits and _.- after a letter, 64 at most: conv1_1",))
    return cast("str | None", name)


def given_names(items: list[Node]) -> Iterator[str]:
    """Yield the names that a body gives, by keys and in patterns, so that no counted name takes one."""
    for item in items:
        if isinstance(item, MappingNode):
            for key, (_, value) in item.pairs.items():
                if isinstance(value, Scalar) and isinstance(value.value, str):
                    yield value.value if key == "name" else key
                elif isinstance(value, Sequence):
                    yield from given_names(list(value.items))
        elif isinstance(item, Sequence):
            yield from given_names(list(item.items))
        else:
            yield from pattern_names(item.text)


def read_card(card: type[Layer], value: Node, names: Mapping[str, Size]) -> Layer:
    """Read the long form of a layer, formulas filled in.

    Raises NotationError, FormulaError, or pydantic's ValidationError for its fields.
    """
    if isinstance(value, Scalar) and value.value is None:
        return card()
    if not isinstance(value, MappingNode):
        sample = ", ".join(f"{field}: 3" for field in card.required())
        raise NotationError(f"{card.type} takes keys", ways_out=(f"{card.type}: {{{sample}}}",))
    fields: dict[str, Any] = {field: _filled(plain(item), names) for field, (_, item) in value.pairs.items()}
    return card(**fields)


def read_arguments(block: Block, value: Node, names: Mapping[str, Size]) -> dict[str, Size]:
    """Read a block's parameters from its long form. Raises NotationError, BadValue, FormulaError, MissingKey."""
    if isinstance(value, Scalar) and value.value is None:
        return block.bind([], {})
    if not isinstance(value, MappingNode):
        raise NotationError(f"{block.name} takes parameters by name", ways_out=(block.usage(),))
    return block.bind([], {key: read_number(item, names, key) for key, (_, item) in value.pairs.items()})


def _refs(node: Node, scope: Scope, problems: Problems) -> Iterator[Ref]:
    for item in node.items if isinstance(node, Sequence) else [node]:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            raise BadValue("from and share name layers", ways_out=("from: conv1", "from: [conv1, conv2]"))
        yield Ref(item.value, scope, problems.where(item))


def _owner(node: Node, scope: Scope, problems: Problems) -> Ref:
    if isinstance(node, Sequence):
        raise BadValue("share names one layer", ways_out=("share: conv1",))
    return next(_refs(node, scope, problems))


def _repeats(node: Node, scope: Scope) -> int:
    times = read_number(node, scope.names, "repeat")
    if not isinstance(times, int):
        raise BadValue(f"cannot repeat {times} times", ways_out=("give it a number: --set",))
    if times < 0:
        raise BadValue(f"cannot repeat {times} times", ways_out=("repeat: 1",))
    if times > MAX_LAYERS:
        raise TooLarge(f"repeats more than {MAX_LAYERS:,} times", ways_out=("repeat fewer times",))
    return times


def _filled(value: object, names: Mapping[str, Size]) -> object:
    """Put numbers for formulas into a field's value, in lists too."""
    if isinstance(value, list):
        return [_filled(part, names) for part in value]
    return evaluate(value, names) if isinstance(value, str) and is_formula(value, names) else value
