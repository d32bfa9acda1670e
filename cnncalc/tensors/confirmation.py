"""One number, proved twice: each that the ledger predicts is held against what a run on real arrays met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger, tally
from cnncalc.library import Library
from cnncalc.memory.budgets import read_memory
from cnncalc.memory.conventions import bytes_per_value
from cnncalc.memory.liveness import Peak, peak
from cnncalc.network import Network, outputs
from cnncalc.row import SCHEMA_VERSION, Row
from cnncalc.seen import Span, followed
from cnncalc.spec.model import INPUT
from cnncalc.tensors.backends import find, require_dtype, row_by_row
from cnncalc.tensors.execution import Step, drawn_input, nbytes, require_numbers, steps
from cnncalc.tensors.machine import require_room, within_memory
from cnncalc.tensors.probe import expected, probe
from cnncalc.tensors.weights import Drawn, require_seed
from cnncalc.window import both_sides


class Confirmed(NamedTuple):
    """A layer's numbers, each predicted and measured.

    Both hold, under the same names: output_shape, without the batch; weights, biases and buffers in values, 0 where
    another layer's are used; macs and activation_bytes of the whole batch; live_bytes, of all volumes that live while
    the layer runs; and, where the receptive field was probed, the pixels that the middle output sees per axis.
    """

    name: str
    type: str
    predicted: dict[str, Any]
    measured: dict[str, Any]

    @property
    def differing(self) -> tuple[str, ...]:
        """The quantities whose two numbers differ."""
        return tuple(name for name, value in self.predicted.items() if self.measured[name] != value)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {"name": self.name, "type": self.type, "predicted": self.predicted, "measured": self.measured}


@dataclass(frozen=True)
class Confirmation:
    """What a run met, layer by layer, beside what the ledger says.

    peak   predicted and measured bytes of volumes at the fullest moment
    """

    network: Network
    layers: tuple[Confirmed, ...]
    peak: tuple[int, int]
    batch: int
    dtype: str
    backend: str

    @property
    def confirmed(self) -> bool:
        """Whether every number was met."""
        return self.peak[0] == self.peak[1] and not any(layer.differing for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``confirm --format json`` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.network.name,
            "confirmed": self.confirmed,
            "batch": self.batch,
            "dtype": self.dtype,
            "backend": self.backend,
            "peak_bytes": {"predicted": self.peak[0], "measured": self.peak[1]},
            "layers": [layer.to_dict() for layer in self.layers],
        }


@within_memory()
def confirm(  # noqa: PLR0913 - what may be chosen about a run, all by name
    network: Network,
    *,
    batch: int = 1,
    dtype: str = "float32",
    backend: str = "numpy",
    device: str | None = None,
    seed: int = 0,
    field: bool = False,
    memory_limit: str | int | None = None,
    progress: Callable[[Step], None] | None = None,
) -> Confirmation:
    """Run a network on drawn images and weights, and hold each number of its ledger against what was met.

    field         probe the receptive field as well: an image per pixel of an axis, and one more
    memory_limit  bytes, or ``"8GiB"``; half of what the machine has free if not given
    progress      called behind each layer
    Raises MemoryShort, before anything is allocated, if the run needs more; UsageError for a network in letters.

    >>> from cnncalc import load
    >>> confirm(load("conv3-8 relu maxpool2 fc-10", input="8x8x3")).confirmed
    True
    """
    import numpy as np  # noqa: PLC0415 - only this room loads an array library

    require_numbers(network)
    require_dtype(dtype)
    require_seed(seed)
    ledger, most = tally(network, batch=batch, dtype=dtype, memory="outputs"), peak(network)
    images = max(batch, *(size + 1 for size in network.input.spatial)) if field else batch
    _require_room(ledger, most, images, memory_limit)
    xp = find(backend, device)
    require_dtype(dtype, xp)
    with np.errstate(all="ignore"), row_by_row(xp):  # NaN may come out; shapes, sizes and products are asked for
        layers, fullest = _run(ledger, most, xp, seed, progress)
        if field:
            layers = _with_fields(layers, ledger, xp, seed)
    met = (most.values * batch * bytes_per_value(dtype), fullest)
    return Confirmation(network, tuple(layers), met, batch, dtype, backend)


def _run(
    ledger: Ledger, most: Peak, xp: Library, seed: int, progress: Callable[[Step], None] | None
) -> tuple[list[Confirmed], int]:
    """Return what was met layer by layer, and the bytes that lived at the fullest moment."""
    network, batch, dtype = ledger.network, ledger.batch, ledger.dtype
    rows = {row.name: row for row in ledger.rows}
    volumes = {INPUT: drawn_input(xp, network, batch, dtype, seed)}
    fullest, layers = nbytes(xp, volumes[INPUT]), []
    run = steps(network, xp, volumes, Drawn(xp, dtype, seed), outputs(network))
    for step, alive in zip(run, most.alive[1:], strict=True):
        row = rows[step.node.name]
        predicted = _predicted(row, batch, bytes_per_value(dtype), alive)
        live = sum(nbytes(xp, volume) for volume in volumes.values())
        layers.append(Confirmed(row.name, row.type, predicted, _measured(step, nbytes(xp, step.y), live)))
        fullest = max(fullest, live)
        if progress:
            progress(step)
    return layers, fullest


def _with_fields(layers: list[Confirmed], ledger: Ledger, xp: Library, seed: int) -> list[Confirmed]:
    """Add the pixels that the middle output sees, touched and by the rules, where touching shows anything."""
    touched, seen = probe(ledger.network, xp, ledger.dtype, seed), followed(ledger.network)
    rows = {row.name: row for row in ledger.rows}
    found = []
    for layer in layers:
        if met := touched.get(layer.name):
            said = [expected(*axis) for axis in zip(met, seen[layer.name], rows[layer.name].fields, strict=True)]
            layer = layer._replace(  # noqa: PLW2901 - the same layer with one more number
                predicted={**layer.predicted, "pixels_seen": list(map(_ends, said))},
                measured={**layer.measured, "pixels_seen": list(map(_ends, met))},
            )
        found.append(layer)
    return found


def _ends(span: Span) -> list[int | None]:
    return [None, None] if span is None else list(span)


def _require_room(ledger: Ledger, most: Peak, images: int, limit: str | int | None) -> None:
    """Refuse a run whose volumes, with the arrays of its largest layer and of those that share, are too many."""
    size, owners = bytes_per_value(ledger.dtype), {node.share for node in ledger.network.nodes}
    arrays = {row.name: row.weights + row.biases + row.buffers for row in ledger.rows}
    shared = sum(arrays[name] for name in owners if name)
    held = shared + max(values for name, values in arrays.items() if name not in owners)
    layers = "the largest layer" if not shared else "the largest layer and of those that share"
    wide, layer = _widest(ledger.network)
    wide = wide if wide > most.values else 0  # else it is among what the kernels need besides
    alive = f"{most.values:,} values at {most.layer}"
    alive = f"({alive} + {wide:,} under the padding of {layer})" if wide else alive
    formula = f"({alive}·{images} images + {held:,} of {layers})·{size} bytes"
    if limit is not None and type(limit) not in (int, str):
        raise UsageError(f"a memory limit is bytes or a text, not {limit!r}", ways_out=("8GiB", "8 * 2**30"))
    allowed = read_memory(limit) if isinstance(limit, str) else limit
    ways_out = ("without --field",) if images > ledger.batch else ()
    require_room(((most.values + wide) * images + held) * size, allowed, formula, ways_out)


def _widest(network: Network) -> tuple[int, str]:
    """Return the most values that a layer adds to its volume by padding it, and the layer: an image at a time."""
    found = [(0, "")]
    for node in network.nodes:
        paddings = () if node.card.reads_many else node.card.settings(node.x).get("padding", ())
        volume = node.x if node.card.windows(node.x) else node.y
        sizes = (size + both_sides(padding) for size, padding in zip(volume.spatial, paddings, strict=False))
        found.append((volume.channels * prod(sizes) - volume.values if paddings else 0, node.name))
    return max(found)


def _predicted(row: Row, batch: int, size: int, alive: int) -> dict[str, Any]:
    return {
        "output_shape": list(row.volume.shape),
        "weights": row.weights,
        "biases": row.biases,
        "buffers": row.buffers,
        "macs": row.macs * batch,
        "activation_bytes": row.volume.values * batch * size,
        "live_bytes": alive * batch * size,
    }


def _measured(step: Step, output_bytes: int, live_bytes: int) -> dict[str, Any]:
    sizes = {name: prod(array.shape) for name, array in step.tensors.items()}
    weights, biases = sizes.pop("weight", 0), sizes.pop("bias", 0)
    return {
        "output_shape": [*step.y.shape[2:], step.y.shape[1]],
        "weights": weights,
        "biases": biases,
        "buffers": sum(sizes.values()),
        "macs": step.macs,
        "activation_bytes": output_bytes,
        "live_bytes": live_bytes,
    }
