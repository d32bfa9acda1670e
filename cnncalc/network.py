"""A Spec becomes a Network: layers settled and ordered, every volume known, every window's fit checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from cnncalc.errors import (
    AxesMisfit,
    CnncalcError,
    GroupMisfit,
    MissingKey,
    ShapeError,
    SharingMisfit,
    UsageError,
    Where,
    WiringError,
)
from cnncalc.fit import Fit
from cnncalc.layers import Layer
from cnncalc.letter import Letter
from cnncalc.sizes import LARGEST
from cnncalc.spec.model import INPUT, Entry, Published, Spec
from cnncalc.volume import Volume, nearest, shorten
from cnncalc.window import Rounding
from cnncalc.wiring import ordered

Output: TypeAlias = Callable[[Entry, Layer, Any], Volume]
"""How a layer's output is worked out: with numbers, or with letters."""


class Node(NamedTuple):
    """A layer in its place.

    inputs  whom it reads
    x       what comes in: a volume, or a tuple of them for layers that read many
    y       what goes out
    where   where it was written
    share   the layer whose weights it uses, if it has none of its own
    """

    name: str
    card: Layer
    inputs: tuple[str, ...]
    x: Any
    y: Volume
    where: Where
    share: str | None = None


@dataclass(frozen=True)
class Network:
    """A network whose every volume is known; each layer stands behind those that it reads. Immutable.

    conditions   in letters: what must hold so that every stride fits; None for a network of numbers
    """

    name: str
    input: Volume
    nodes: tuple[Node, ...]
    source: str = ""
    published: tuple[Published, ...] = ()
    freeze: tuple[str, ...] = ()
    conditions: tuple[Any, ...] | None = None

    def __getitem__(self, name: str) -> Node:
        """Return the layer of this name. Raises UsageError with the nearest names."""
        return named(self.nodes, name)


def fits(network: Network) -> list[tuple[str, Fit]]:
    """Return how the windows of each layer that has some sit on what comes in."""
    return [(node.name, fit) for node in network.nodes if (fit := node.card.fit(node.x))]


def outputs(network: Network) -> tuple[str, ...]:
    """Return the layers that nobody reads: what the network is run for."""
    read = {name for node in network.nodes for name in node.inputs}
    return tuple(node.name for node in network.nodes if node.name not in read)


def require_network(found: Any) -> None:
    """Raise UsageError for what is no network, such as a name that has not been loaded."""
    if not isinstance(found, Network):
        loaded = f"cnncalc.load({shorten(found)!r})" if isinstance(found, str) else 'cnncalc.load("vgg16")'
        message = f"a network is wanted, not {type(found).__name__}"
        raise UsageError(message, ways_out=(loaded,))


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_N = TypeVar("_N", bound=_Named)


def named(layers: Iterable[_N], name: str) -> _N:
    """Return the layer of this name, be it a node or a row. Raises UsageError with the nearest names."""
    layers = tuple(layers)
    for layer in layers:
        if layer.name == name:
            return layer
    near = nearest(str(name), [layer.name for layer in layers])
    ways_out = tuple(f"did you mean {other}?" for other in near) or ("cnncalc table names the layers",)
    raise UsageError(f"no layer is called {shorten(str(name))!r}", ways_out=ways_out)


def build(
    spec: Spec,
    *,
    input: Volume | None = None,  # noqa: A002 - the spec language's word
    rounding: Rounding | None = None,
    train: bool = False,
) -> Network:
    """Work out every volume on an input, the spec's own unless another is given; `train` keeps training's heads.

    Raises a ShapeError at the first layer that cannot take what comes in; its `network` holds the layers before.
    Raises WiringError for a cycle.
    """
    volume = input or spec.input
    if volume is None:
        message = "a one-line network does not say its input"
        raise MissingKey(message, ways_out=("--input 32x32x3",))
    if spec.input is not None and len(volume.spatial) != len(spec.input.spatial):
        raise _axes_misfit(spec.name, spec.input, volume)
    entries = ordered(entry for entry in spec.entries if train or not entry.train_only)
    if is_lettered(volume, entries):
        from cnncalc.letters import build_in_letters  # noqa: PLC0415 - sympy, only where a letter is

        _require_no_clash(spec, volume)
        return build_in_letters(spec, entries, volume, rounding or spec.rounding)
    nodes: list[Node] = []
    try:
        nodes.extend(unrolled(entries, volume, rounding or spec.rounding))
    except ShapeError as error:
        error.network = Network(spec.name, volume, tuple(nodes), spec.source)
        from cnncalc.trial import channels_last, other_inputs  # noqa: PLC0415 - it tries networks of its own

        tried = (entries, volume, rounding or spec.rounding)
        if nodes and not isinstance(error, GroupMisfit):  # no height or width mends a count of groups
            error.ways_out = tuple(way.replace("input ", "its own input ", 1) for way in error.ways_out)
            error.ways_out += other_inputs(*tried)
        error.ways_out = channels_last(*tried) + error.ways_out
        raise
    own = volume == spec.input and rounding in {None, spec.rounding} and not train
    network = Network(spec.name, volume, tuple(nodes), spec.source, spec.published if own else (), spec.freeze)
    if network.freeze:
        _require_frozen(network, spec.frozen_at)
    return network


def _axes_misfit(name: str, own: Volume, volume: Volume) -> AxesMisfit:
    """Say that a picture's network was given a line, or the like: 227x224 is 227 places of 224 channels."""
    axes = {1: "a line WxC", 2: "a picture HxWxC", 3: "a solid DxHxWxC"}
    message = f"{name} takes {axes[len(own.spatial)]}, {own}, and {volume} is {axes[len(volume.spatial)]}"
    with_channels = f"{volume}x{own.channels}" if len(volume.spatial) + 1 == len(own.spatial) else str(own)
    return AxesMisfit(message, ways_out=(f"input {with_channels}",))


def _require_frozen(network: Network, where: Where) -> None:
    """Raise, at its place, for a pattern of `freeze` that names no layer."""
    from cnncalc.memory.freezing import frozen_layers  # noqa: PLC0415 - few networks freeze anything

    try:
        frozen_layers(network)
    except CnncalcError as error:
        raise error.at(where) from None


def _require_no_clash(spec: Spec, volume: Volume) -> None:
    for letter in (str(size) for size in volume.shape if isinstance(size, Letter)):
        if letter in spec.parameters:
            message = f"{letter} is a letter of the input and a parameter of the spec"
            raise UsageError(message, ways_out=("another letter for the input",))


def is_lettered(volume: Volume, entries: Iterable[Entry]) -> bool:
    """Whether a letter stands in the input or in a layer."""
    if any(isinstance(size, Letter) for size in volume.shape):
        return True
    return any(card.lettered() for card in {id(entry.card): entry.card for entry in entries}.values())


def checked(entry: Entry, card: Layer, x: Any) -> Volume:  # noqa: ARG001 - letters want to know which layer it is
    """Return what goes out for an input of numbers. Raises what is wrong with it."""
    card.check(x)
    y = card.output(x)
    if y.values > LARGEST**2:
        raise ShapeError(f"the volume {y} holds more values than any machine", ways_out=("use smaller sizes",))
    return y


def unrolled(
    entries: tuple[Entry, ...], volume: Volume, rounding: Rounding, output: Output = checked
) -> Iterator[Node]:
    """Yield every layer with what comes in and what goes out; `output` works that out, or raises what is wrong."""
    known: dict[str, Node] = {}
    volumes = {INPUT: volume}
    for entry, card in zip(entries, _settled(entries, rounding), strict=True):
        x: Any = tuple(volumes[name] for name in entry.inputs) if card.reads_many else volumes[entry.inputs[0]]
        try:
            y = output(entry, card, x)
            node = Node(entry.name, card, entry.inputs, x, y, entry.where, entry.share)
            _check(node, known)
        except CnncalcError as error:
            raise error.at(entry.where) from None
        known[entry.name], volumes[entry.name] = node, y
        yield node


def _settled(entries: Iterable[Entry], rounding: Rounding) -> Iterator[Layer]:
    """Give each card the network's rounding where it has none; equal cards stay one object."""
    known: dict[int, Layer] = {}
    for entry in entries:
        card = known.get(id(entry.card))
        if card is None:
            card = known[id(entry.card)] = entry.card.settled(rounding)
        yield card


def _check(node: Node, known: dict[str, Node]) -> None:
    if node.share is None:
        return
    if node.card.reads_many:
        raise WiringError(f"{node.card.type} has no weights to share", ways_out=("remove share",))
    owner = known.get(node.share)
    if owner is None or owner.share is not None:
        raise WiringError(f"{node.share!r} has no weights to share yet", ways_out=("share an earlier layer's",))
    ours, theirs = _tensors(node), _tensors(owner)
    if ours != theirs:
        message = f"{owner.name} has {theirs}, {node.name} needs {ours}"
        raise SharingMisfit(message, ways_out=("remove share", "give both the same settings and channels"))


def _tensors(node: Node) -> str:
    """Write what a layer's tensors are like: how many weights and biases, for how many channels, of which shape."""
    settings = node.card.settings(node.x)
    shape = "".join(f", {name} {settings[name]}" for name in ("kernel_size", "groups") if name in settings)
    counts = f"{node.card.weights(node.x)} weights and {node.card.biases(node.x)} biases"
    return f"{counts} of a {node.card.type} for {node.y.channels} channels{shape}"
