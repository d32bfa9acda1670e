"""A network runs: layer by layer, each volume freed as soon as its last reader is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.layers import Layer
from cnncalc.ledger import require_batch
from cnncalc.library import Array, Library
from cnncalc.network import Network, Node, named, outputs, require_network
from cnncalc.spec.model import INPUT
from cnncalc.tensors.backends import DTYPES, detached, find, library_of, require_dtype, row_by_row
from cnncalc.tensors.machine import within_memory
from cnncalc.tensors.weights import Drawn, Given, Tensors, require_seed


class Step(NamedTuple):
    """What was met when a layer ran.

    node     the layer
    tensors  the arrays that it holds; none if it uses another layer's
    y        what went out
    macs     multiply-adds performed, for the whole batch
    """

    node: Node
    tensors: Tensors
    y: Array
    macs: int


@within_memory()
def run(  # noqa: PLR0913 - what may be chosen about a run, all by name
    network: Network,
    x: Array = None,
    *,
    weights: Mapping[str, Any] | None = None,
    seed: int = 0,
    keep: str | Collection[str] = (),
    batch: int = 1,
    dtype: str = "float32",
    backend: str = "numpy",
    device: str | None = None,
) -> dict[str, Array]:
    """Run a network and return its outputs, and the volumes named in `keep`, as arrays (N, C, H, W).

    x        an array (N, C, H, W) of any known library, which then does the work in the array's own dtype and on its
             device; else `batch` images of a dtype are drawn on a backend and its device
    weights  ``{"conv1.weight": (K, C/G, F, F), "conv1.bias": (K,), …}``; else drawn from the seed (He et al. 2015)
    Up to 32 MiB that volumes lay in stay ready for the next run.
    Raises UsageError for an input of another shape or a network in letters, RunError for what cannot be run.

    >>> from cnncalc import load
    >>> run(load("conv3-8 relu fc-10", input="8x8x3"))["fc1"].shape
    (1, 10, 1, 1)
    """
    require_numbers(network)
    keep = _kept(network, keep)
    require_seed(seed)
    if x is None:
        require_dtype(dtype)
        require_batch(batch)
        xp = find(backend, device)
        require_dtype(dtype, xp)
        x = drawn_input(xp, network, batch, dtype, seed)
    else:
        xp = library_of(x)
        dtype, x = _own_dtype(xp, network, x), detached(x)
    source = Drawn(xp, dtype, seed) if weights is None else Given(xp, dtype, network, weights)
    volumes: dict[str, Array] = {INPUT: x}
    with row_by_row(xp):
        for _ in steps(network, xp, volumes, source, {*keep, *outputs(network)}):
            pass
    if isinstance(source, Given):
        source.require_numbers(volumes[name] for name in outputs(network))
    kept = {name: xp.owned(volumes.pop(name)) for name in list(volumes)}
    return kept | {name: xp.asarray(kept[name], copy=True) for name in kept if name == INPUT}  # it is the caller's


def _kept(network: Network, keep: object) -> tuple[str, ...]:
    """Return the volumes that are to be kept: one name, or several. Raises UsageError for what is none."""
    names = (keep,) if isinstance(keep, str) else keep
    if not isinstance(names, Collection):
        raise UsageError(f"keep takes names of layers, not {type(keep).__name__}", ways_out=('keep=("conv1",)',))
    return tuple(str(name) if name == INPUT else named(network.nodes, name).name for name in names)


def require_numbers(network: Network) -> None:
    """Raise UsageError for what is no network, or one in letters."""
    require_network(network)
    if network.conditions is not None:
        raise UsageError("a network in letters has no tensors", ways_out=("give its input in numbers: 224x224x3",))


def drawn_input(xp: Library, network: Network, batch: int, dtype: str, seed: int) -> Array:
    """Return `batch` images of normal values for a network, the same on every library."""
    import numpy as np  # noqa: PLC0415 - only this room loads an array library

    shape = (batch, network.input.channels, *network.input.spatial)
    values = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32).astype(dtype, copy=False)
    return xp.asarray(values, dtype=getattr(xp, dtype), device=xp.device)


def steps(
    network: Network, xp: Library, volumes: dict[str, Array], weights: Drawn | Given, keep: Collection[str]
) -> Iterator[Step]:
    """Run layer by layer, yielding what was met; `volumes` holds what lives, y too, and at the end what is kept.

    Every volume is freed behind its last reader. A layer that overwrites its input is handed a copy if somebody
    still reads it, or if it is the caller's.
    """
    shared: dict[str, Tensors] = {}
    owners = {node.share for node in network.nodes if node.share}
    for node, spent in zip(network.nodes, _spent(network, keep), strict=True):
        card, first = node.card, node.inputs[0]
        x: Any = tuple(volumes[name] for name in node.inputs) if card.reads_many else volumes[first]
        if card.overwrites_input and (first not in spent or first == INPUT):
            x = xp.copy(x)
        elif card.overwrites_input:
            del volumes[first]
        tensors = shared[node.share] if node.share else _held(node, x, weights)
        if node.name in owners:
            shared[node.name] = tensors
        before = xp.macs
        y = volumes[node.name] = _worked_out(xp, card, x, tensors)
        del x
        yield Step(node, {} if node.share else tensors, y, xp.macs - before)
        del y, tensors
        for name in spent:
            volumes.pop(name, None)


def _worked_out(xp: Library, card: Layer, x: Any, tensors: Tensors) -> Array:
    """Return what a layer gives; of float16 it is worked out in float32 and rounded once, so that no sum overflows."""
    half = getattr(xp.namespace, "float16", None)
    if half is None or (x[0] if card.reads_many else x).dtype != half:
        return card.forward(xp, x, tensors)
    wide = tuple(xp.astype(one, xp.float32) for one in x) if card.reads_many else xp.astype(x, xp.float32)
    y = card.forward(xp, wide, {name: xp.astype(array, xp.float32) for name, array in tensors.items()})
    return xp.astype(y, half)


def _spent(network: Network, keep: Collection[str]) -> list[list[str]]:
    """Return, layer by layer, whose volumes nobody needs behind it; its own, if nobody reads that."""
    last: dict[str, int] = {}
    for place, node in enumerate(network.nodes):
        last.update(dict.fromkeys((node.name, *node.inputs), place))
    spent: list[list[str]] = [[] for _ in network.nodes]
    for name, place in last.items():
        if name not in keep:
            spent[place].append(name)
    return spent


def _held(node: Node, x: Any, weights: Drawn | Given) -> Tensors:
    """Return the arrays of a layer for what really comes in."""
    return weights.of(node, {} if node.card.reads_many else node.card.tensors(tuple(x.shape[1:])))


def nbytes(xp: Library, x: Array) -> int:
    """Return the bytes of an array's values."""
    return int(prod(x.shape)) * xp.bytes_of(x)


def _own_dtype(xp: Library, network: Network, x: Array) -> str:
    """Return the dtype of the caller's images. Raises UsageError for another shape or kind of number."""
    wanted = (network.input.channels, *network.input.spatial)
    if tuple(x.shape[1:]) != wanted:
        sizes = ", ".join(map(str, wanted))
        message = f"an input (N, {sizes}) is run, not {tuple(x.shape)}"
        way_out = f"load(…, input={network.input.write()!r}) of other sizes"
        if tuple(x.shape) == wanted:
            way_out = "x[None]"
        elif tuple(x.shape[1:]) == network.input.shape:
            way_out = "numpy.moveaxis(x, -1, 1): channels come first"
        raise UsageError(message, ways_out=(way_out,))
    require_batch(x.shape[0])
    for dtype in DTYPES:
        if getattr(xp.namespace, dtype, None) == x.dtype:
            return dtype
    raise UsageError(f"kernels do not compute in {x.dtype}", ways_out=("float32", "float64"))
