"""A Network becomes rows and totals. Every number is a Python integer; nothing is rounded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.field import Field, joined
from cnncalc.letter import Letter
from cnncalc.memory.conventions import CONVENTIONS, bytes_per_value, convention
from cnncalc.memory.freezing import frozen_layers
from cnncalc.network import Network, named, require_network
from cnncalc.row import COUNTED, SCHEMA_VERSION, Row, jsonable
from cnncalc.sizes import LARGEST, Size
from cnncalc.spec.model import INPUT
from cnncalc.volume import Volume, shorten

_IN_LETTERS = ("volume", "fields", *COUNTED)


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


@dataclass(frozen=True)
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
        told: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "name": self.network.name,
            "input": {
                "shape": [jsonable(size) for size in self.network.input.shape],
                "batch": jsonable(self.batch),
                "dtype": self.dtype,
            },
            "memory": self.memory,
            **({} if self.network.conditions is None else {"conditions": must_hold(self.network)}),
            "layers": [row.to_dict() for row in self.rows],
            "totals": self.totals.to_dict(),
        }
        if self.memory == "peak":
            from cnncalc.memory.orders import peak_to_dict  # noqa: PLC0415 - only a peak has an order

            told["peak"] = peak_to_dict(self.network)
        return told


def must_hold(network: Network) -> list[str]:
    """Return what must hold of letters, as sentences: ``fits if H is odd``. Of a network of numbers nothing must."""
    if network.conditions is None:
        return []
    from cnncalc.letters import in_words  # noqa: PLC0415 - sympy, only where a letter is

    return in_words(network)


def tally(network: Network, *, batch: Size = 1, dtype: str = "float32", memory: str = "lecture") -> Ledger:
    """Count every layer and add up.

    Raises UsageError for a batch below 1, an unknown dtype or memory convention.

    >>> from cnncalc import load
    >>> tally(load("conv3-8 fc-10", input="4x4x1")).totals.parameters
    1370
    """
    require_network(network)
    lettered = network.conditions is not None or isinstance(batch, Letter)
    if isinstance(batch, Letter):
        from cnncalc.letters import worked_out  # noqa: PLC0415 - sympy, only where a letter is

        batch = worked_out(batch)
    else:
        require_batch(batch)
    rows = tuple(_rows(network, dtype, memory))
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("weights", "biases", "buffers")}
    _require_own_letter(batch, network, sums)
    size = bytes_per_value(dtype)
    sums |= {name: batch * sum(getattr(row, name) for row in rows) for name in ("macs", "flops")}
    sums["activation_values"] = batch * convention(memory).together([row.activation_values for row in rows])
    sums["activation_bytes"] = sums["activation_values"] * size
    sums["parameter_bytes"] = (sums["weights"] + sums["biases"]) * size
    totals = Totals(**sums, frozen=_frozen(network, rows), depth=depth(network))
    ledger = Ledger(network, rows, totals, batch, dtype, memory)
    if lettered:
        return _written(ledger)
    return ledger


def require_batch(batch: Any) -> None:
    """Raise UsageError for what is no number of images."""
    if type(batch) is not int or not 1 <= batch <= LARGEST:
        message = f"a batch has at least one image, and at most 10^9, not {shorten(repr(batch))}"
        raise UsageError(message, ways_out=("batch 1",))


def _require_own_letter(batch: Size, network: Network, sums: dict[str, Size]) -> None:
    """Raise UsageError for a batch of H images of height H: one letter for two things."""
    own: set[Any] = getattr(batch, "free_symbols", set())
    taken = {letter for size in (*network.input.shape, *sums.values()) for letter in getattr(size, "free_symbols", ())}
    if own & taken:
        raise UsageError(f"{batch} is a letter of the network and of the batch", ways_out=("another letter",))


def conventions(network: Network, *, batch: Size = 1, dtype: str = "float32") -> dict[str, Ledger]:
    """Count under every memory convention, by name. Raises what `tally` raises.

    >>> from cnncalc import load
    >>> {name: ledger.totals.activation_values for name, ledger in conventions(load("vgg16")).items()}["buffers"]
    24319464
    """
    return {name: tally(network, batch=batch, dtype=dtype, memory=name) for name in CONVENTIONS}


def depth(network: Network) -> int:
    """Count the convolutions and fully connected layers on the path that has most: the number that names networks."""
    deepest = {INPUT: 0}
    for node in network.nodes:
        deepest[node.name] = max(deepest[name] for name in node.inputs) + node.card.has_weight_matrix
    return max(deepest.values())


def _frozen(network: Network, rows: tuple[Row, ...]) -> Size:
    """Add up the parameters of layers that training leaves alone."""
    frozen = frozen_layers(network)
    return sum(row.parameters for row in rows if row.name in frozen) if frozen else 0


def _written(ledger: Ledger) -> Ledger:
    """Return a ledger whose numbers in letters write themselves as people do: 49·C²."""
    from cnncalc.letters import settle  # noqa: PLC0415 - sympy, only where a letter is

    def written(values: Any, names: Iterable[str]) -> Any:
        return values._replace(
            **{name: settle(getattr(values, name), ledger.network.conditions or ()) for name in names}
        )

    rows = tuple(written(row, _IN_LETTERS) for row in ledger.rows)
    totals = written(ledger.totals, Totals._fields)
    return replace(ledger, rows=rows, totals=totals)


def _together(paths: list[tuple[Field, ...]], x: tuple[Volume, ...], y: Volume) -> tuple[Field, ...]:
    """Return, per axis, what the values of a layer that reads many see along all its paths."""
    sizes = (volume.spatial for volume in x)
    axes = zip(zip(*paths, strict=True), zip(*sizes, strict=True), y.spatial, strict=True)
    return tuple(joined(zip(fields, places, strict=True), outputs) for fields, places, outputs in axes)


def _rows(network: Network, dtype: str, memory: str) -> Iterator[Row]:
    size = bytes_per_value(dtype)
    values, *held = convention(memory).rows(network)
    start = (Field(),) * len(network.input.spatial)
    seen = {INPUT: start}
    yield Row(INPUT, INPUT, (), network.input, 0, 0, 0, 0, 0, values, values * size, start, None)
    for node, values in zip(network.nodes, held, strict=True):
        name, card, inputs, x, y, _, share = node
        sources = _together([seen[source] for source in inputs], x, y) if card.reads_many else seen[inputs[0]]
        axes = zip(sources, card.views(x), y.spatial, strict=True)
        fields = seen[name] = tuple(field.through(view, outputs) for field, view, outputs in axes)
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
