"""A claims file: the figures of a deck, a paper or one's own slides. All that is wrong with it is said at once.

    source: CS231n, lecture 9            # of every claim that says no other
    network: vgg16                       # likewise: a packaged spec, a one-line network, or a spec
    claims:
      - {id: s1, where: slide 12, quantity: parameters, printed: 138M}

Read as specs are: line and column are kept, no anchors, tags or merge keys, at most 256 KiB, regular files only.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError

from cnncalc.claims.claim import KINDS, Claim, unread
from cnncalc.claims.keys import Number, Text, one_of, read_batch, read_formula, read_network, read_place, read_quantity
from cnncalc.errors import BadValue, MissingKey, NotationError, UnknownKey, Where
from cnncalc.layers.sliding import RoundingField
from cnncalc.memory.conventions import BYTES, CONVENTIONS
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence, plain
from cnncalc.spec.problems import Problems

MOST_CLAIMS = 2_000
"""So many claims of one file are read."""

_AS_WRITTEN = ("values", "kernel", "printed", "id", "where", "says", "source", "sum", "formula", "input", "cannot")
"""Keys whose numbers stay text: 0.10 is not 0.1, and 1.80 has two decimals."""

_SHARED = ("source", "network", "input", "rounding", "set", "memory", "batch", "dtype")
"""Keys of the file that every claim takes over."""


class Shared(BaseModel):
    """What a file says for all its claims."""

    model_config = ConfigDict(extra="forbid", defer_build=True, hide_input_in_errors=True)

    source: Text = ""
    network: Annotated[Any, PlainValidator(read_network)] = None
    input: Text | None = None
    rounding: RoundingField = None
    set: dict[str, Any] | None = None
    memory: Annotated[str, one_of(*CONVENTIONS)] = "lecture"
    batch: Annotated[Any, PlainValidator(read_batch)] = 1
    dtype: Annotated[str, one_of(*BYTES)] = "float32"


class _File(Shared):
    """The keys of a claims file."""

    name: Text = ""
    note: Text = ""
    claims: Any = None


class Worked(BaseModel):
    """The numbers, filter and window of an example that is worked out by hand."""

    values: Any = None
    kernel: Any = None
    at: Annotated[Any, PlainValidator(read_place)] = None
    kernel_size: Number = 2
    stride: Number | None = None
    padding: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    kind: Annotated[str, one_of(*KINDS)] = "max"


class _Claim(Shared, Worked):
    """The keys of a claim."""

    quantity: Annotated[str, BeforeValidator(read_quantity)]
    printed: Text
    id: Text = ""
    where: Text = ""
    says: Text = ""
    layer: Text | None = None
    reading: Text | None = None
    formula: Annotated[Any, PlainValidator(read_formula)] = None
    sum: Text | None = None
    cannot: Text | None = None


def is_claims(root: Node) -> bool:
    """Whether a text is meant as a claims file, not as a spec."""
    return isinstance(root, Mapping) and "claims" in root.pairs


def claims_of(root: Node, file: str | None) -> tuple[Claim, ...]:
    """Return the claims of a text that was read. Raises a SpecError, or SeveralErrors with the first twenty."""
    problems = Problems(file)
    if not isinstance(root, Mapping):
        message = "a claims file starts with keys: source, claims"
        raise NotationError(message, where=problems.where(root), ways_out=("source: my slides", "claims:"))
    shared = _validated(_File, root, problems)
    listed = root.pairs["claims"][1] if "claims" in root.pairs else None
    if not isinstance(listed, Sequence) or not listed.items:
        error = MissingKey("there are no claims", ways_out=("claims: [{quantity: parameters, printed: 138M}]",))
        problems.note(error, problems.where(listed or root))
        problems.stop()
        return ()
    if len(listed.items) > MOST_CLAIMS:
        where = problems.where(listed.items[MOST_CLAIMS])
        raise BadValue(f"more than {MOST_CLAIMS:,} claims", where=where, ways_out=("several files",))
    defaults = {name: getattr(shared, name) for name in _SHARED} if shared else {}
    claims = [_claim(node, defaults, problems) for node in listed.items]
    _require_own_ids(listed.items, claims, problems)
    problems.stop()
    return tuple(claim for claim in claims if claim is not None)


def _claim(node: Node, defaults: dict[str, Any], problems: Problems) -> Claim | None:
    where = problems.where(node)
    if not isinstance(node, Mapping):
        error = NotationError("a claim is quantity: … and printed: …", ways_out=("{quantity: depth, printed: 16}",))
        problems.note(error, where)
        return None
    model = _validated(_Claim, node, problems)
    if model is None:
        return None
    note_unread(node, model.quantity, problems, is_sum=model.sum is not None)
    given = {name: value for name, value in model if name in node.pairs}
    return Claim(**{**defaults, **given, "place": _printed_at(node, where)})


def note_unread(node: Mapping, quantity: str, problems: Problems, *, is_sum: bool = False) -> None:
    """Keep, at its place, each key that says nothing about what is claimed or asked."""
    for key in unread(node.pairs, quantity, is_sum=is_sum):
        message = f"nothing reads {key} beside {'a sum' if is_sum else f'quantity: {quantity}'}"
        problems.note(UnknownKey(message, ways_out=("leave it out",)), problems.where(node.pairs[key][0]))


def _printed_at(node: Mapping, where: Where) -> Where:
    """Return the place of the figure itself."""
    printed = node.pairs["printed"][1]
    return where._replace(line=printed.line, column=printed.column)


def _require_own_ids(nodes: list[Node], claims: list[Claim | None], problems: Problems) -> None:
    seen: set[str] = set()
    for node, claim in zip(nodes, claims, strict=True):
        if claim and claim.id and claim.id in seen:
            error = BadValue(f"the id {claim.id!r} is taken by an earlier claim", ways_out=("another id",))
            problems.note(error, problems.where(node))
        seen.add(claim.id if claim else "")


def _validated(model: type[BaseModel], node: Mapping, problems: Problems) -> Any:
    data = {key: () if key == "claims" else _value(key, value) for key, (_, value) in node.pairs.items()}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.note_fields(error, node, (model,), problems.where(node))
        return None


def _value(key: str, node: Node) -> Any:
    return texts(node) if key in _AS_WRITTEN else plain(node)


def texts(node: Node) -> Any:
    """Return lists and values as they are written. A tree is at most 32 deep, and so is this recursion."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [texts(item) for item in node.items]
    return {key: texts(value) for key, (_, value) in node.pairs.items()}
