"""A Network becomes rows and totals. Every number is a Python integer; nothing is rounded here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.field import Field, joined
from cnncalc.letter import Letter
from cnncalc.memory import bytes_per_value, convention
from cnncalc.network import Network, Node, named
from cnncalc.sizes import Size
from cnncalc.spec.model import INPUT
from cnncalc.term import AXES, Term
from cnncalc.volume import Volume, shorten

SCHEMA_VERSION = 1


class Row(NamedTuple):
    """One layer's figures, for one image.

    weights, biases, buffers, macs, flops   counts
    activation_values                       numbers held, under the ledger's memory convention
    fields                                  the receptive field of one output value, per axis
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    volume: Volume
    weights: Size
    biases: Size
    buffers: Size
    macs: Size
    flops: Size
    activation_values: Size
    activation_bytes: Size
    fields: tuple[Field, ...]
    node: Node | None

    @property
    def parameters(self) -> Size:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def output_shape(self) -> tuple[Size, ...]:
        """The output volume as H, W, C."""
        return self.volume.shape

    @property
    def receptive_field(self) -> tuple[Size, ...]:
        """Input pixels that one output value sees, per axis."""
        return tuple(field.size for field in self.fields)

    @property
    def jump(self) -> tuple[Size, ...]:
        """Input pixels between neighbours' fields, per axis; a Fraction after upsampling."""
        return tuple(_over(field.jump, field.period) for field in self.fields)

    @property
    def padding(self) -> tuple[Size, ...]:
        """Input pixels by which the first field starts before the image, per axis."""
        return tuple(field.padding for field in self.fields)

    @property
    def settings(self) -> dict[str, Any]:
        """The window settings that the layer came to: kernel_size, stride, padding, dilation, groups."""
        return self.node.card.settings(self.node.x) if self.node else {}

    @property
    def weights_written(self) -> str:
        """The weights as the lecture prints them, poured from the same rule: ``(3*3*64)*64``; or nothing."""
        if self.node is None or not self.weights or not isinstance(self.weights, int):
            return ""
        card, x = pour_terms(self.node)
        weights = card.weights(x)
        return weights.digits.replace("·", "*") if isinstance(weights, Term) else str(weights)

    def fit(self) -> dict[str, Any]:
        """How the window fits: whether it leaves nothing over, and the pixels lost or invented per axis."""
        windows = self.node.card.windows(self.node.x) if self.node else ()
        if windows and not all(isinstance(size, int) for size in self.volume.shape):
            return {"exact": None, "lost": None, "invented": None}
        if not windows or not self.node:
            none = [0] * len(self.volume.spatial)
            return {"exact": True, "lost": none, "invented": none}
        axes = list(zip(windows, self.node.x.spatial, strict=True))
        return {
            "exact": not any(window.leftover(size) for window, size in axes),
            "lost": [window.lost(size) for window, size in axes],
            "invented": [window.invented(size) for window, size in axes],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON carries it."""
        counts = (
            "weights",
            "biases",
            "parameters",
            "buffers",
            "macs",
            "flops",
            "activation_values",
            "activation_bytes",
        )
        return {
            "name": self.name,
            "type": self.type,
            "inputs": list(self.inputs),
            "output_shape": [jsonable(size) for size in self.output_shape],
            **{count: jsonable(getattr(self, count)) for count in counts},
            "receptive_field": [jsonable(size) for size in self.receptive_field],
            "paths_agree": all(field.agree for field in self.fields),
            "jump": [jsonable(jump) for jump in self.jump],
            "padding": [jsonable(padding) for padding in self.padding],
            "fit": self.fit(),
            "settings": {name: _listed(value) for name, value in self.settings.items()},
            "weights_written": self.weights_written,
        }


class Totals(NamedTuple):
    """A network's sums. What a batch repeats (operations, activations) is multiplied by it."""

    weights: Size
    biases: Size
    buffers: Size
    macs: Size
    flops: Size
    activation_values: Size
    activation_bytes: Size
    parameter_bytes: Size
    frozen: Size = 0
    depth: int = 0

    @property
    def trainable(self) -> Size:
        """Parameters that training changes: all but the frozen ones."""
        return self.parameters - self.frozen

    @property
    def parameters(self) -> Size:
        """Weights and biases."""
        return self.weights + self.biases

    def to_dict(self) -> dict[str, Size]:
        """Return the totals as JSON carries them."""
        named = self._asdict()
        first = {"weights": named.pop("weights"), "biases": named.pop("biases"), "parameters": self.parameters}
        return {name: jsonable(number) for name, number in {**first, **named, "trainable": self.trainable}.items()}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows and totals of a network, under one convention."""

    network: Network
    rows: tuple[Row, ...]
    totals: Totals
    batch: int
    dtype: str
    memory: str

    def __getitem__(self, name: str) -> Row:
        """Return the row of a layer, or of the input. Raises UsageError with the nearest names."""
        return named(self.rows, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as ``table --format json`` prints it, without the published figures' verdicts."""
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.network.name,
            "input": {
                "shape": [jsonable(size) for size in self.rows[0].output_shape],
                "batch": jsonable(self.batch),
                "dtype": self.dtype,
            },
            "memory": self.memory,
            "layers": [row.to_dict() for row in self.rows],
            "totals": self.totals.to_dict(),
        }


def tally(network: Network, *, batch: Size = 1, dtype: str = "float32", memory: str = "lecture") -> Ledger:
    """Count every layer and add up.

    Raises UsageError for a batch below 1, an unknown dtype or memory convention.

    >>> from cnncalc import load
    >>> tally(load("conv3-8 fc-10", input="4x4x1")).totals.parameters
    1370
    """
    lettered = network.conditions is not None or isinstance(batch, Letter)
    if isinstance(batch, Letter):
        from cnncalc.letters import worked_out  # noqa: PLC0415 - sympy, only where a letter is

        batch = worked_out(batch)
    elif type(batch) is not int or batch < 1:
        raise UsageError(f"a batch has at least one image, not {batch!r}", ways_out=("batch 1",))
    rows = tuple(_rows(network, dtype, memory))
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("weights", "biases", "buffers")}
    repeated = ("macs", "flops", "activation_values", "activation_bytes")
    sums |= {name: batch * sum(getattr(row, name) for row in rows) for name in repeated}
    sums["parameter_bytes"] = (sums["weights"] + sums["biases"]) * bytes_per_value(dtype)
    totals = Totals(**sums, frozen=_frozen(rows, network.freeze), depth=depth(network))
    ledger = Ledger(network, rows, totals, batch, dtype, memory)
    if lettered:
        from cnncalc.letters import written  # noqa: PLC0415 - likewise

        return written(ledger)
    return ledger


def depth(network: Network) -> int:
    """Count the convolutions and fully connected layers on the path that has most: the number that names networks."""
    deepest = {INPUT: 0}
    for node in network.nodes:
        deepest[node.name] = max(deepest[name] for name in node.inputs) + node.card.has_weight_matrix
    return max(deepest.values())


def _frozen(rows: tuple[Row, ...], patterns: tuple[str, ...]) -> Size:
    """Add up the parameters of layers that a pattern names, ``conv*``.

    Raises UsageError for a pattern that names nothing.
    """
    if not patterns:
        return 0
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few networks freeze anything

    for pattern in patterns:
        if not any(fnmatchcase(row.name, pattern) for row in rows[1:]):
            message = f"freeze: no layer is called {shorten(pattern)!r}"
            raise UsageError(message, ways_out=("conv*", "cnncalc table names the layers"))
    return sum(row.parameters for row in rows if any(fnmatchcase(row.name, pattern) for pattern in patterns))


def _rows(network: Network, dtype: str, memory: str) -> Iterator[Row]:
    size, held = bytes_per_value(dtype), convention(memory)
    start = (Field(),) * len(network.input.spatial)
    seen = {INPUT: start}
    values = network.input.values
    yield Row(INPUT, INPUT, (), network.input, 0, 0, 0, 0, 0, values, values * size, start, None)
    for node in network.nodes:
        name, card, inputs, x, y, _, share = node
        sources = joined([seen[source] for source in inputs])
        fields = seen[name] = tuple(field.through(view) for field, view in zip(sources, card.views(x), strict=True))
        values = held(node)
        own = share is None
        yield Row(
            name,
            card.type,
            inputs,
            y,
            card.weights(x) if own else 0,
            card.biases(x) if own else 0,
            card.buffers(x) if own else 0,
            card.macs(x, y),
            card.flops(x, y),
            values,
            values * size,
            fields,
            node,
        )


def pour_terms(node: Node) -> tuple[Any, Any]:
    """Return the layer's card and its input with their numbers as Terms: the rule then writes itself."""
    x = tuple(map(_termed, node.x)) if node.card.reads_many else _termed(node.x)
    return node.card.poured(Term.named), x


def _termed(x: Volume) -> Volume:
    spatial = zip(AXES[len(x.spatial)], x.spatial, strict=True)
    sizes = tuple(size if size == 1 else Term.named(letter, size) for letter, size in spatial)
    return Volume(Term.named("C", x.channels), sizes)


def _over(a: Size, b: Size) -> Size:
    """Return a/b: an int where it is whole, else a Fraction; None where it is not known."""
    if a is None:
        return None
    if a % b == 0:
        return a // b
    from fractions import Fraction  # noqa: PLC0415 - only upsampling needs it

    return Fraction(a, b)


def jsonable(number: Size) -> int | str | None:
    """Return a number as JSON carries it: whole ones as they are, fractions and formulas as text."""
    return number if number is None or isinstance(number, int) else getattr(number, "plain", str(number))


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else jsonable(value)
