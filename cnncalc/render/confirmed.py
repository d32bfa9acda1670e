"""How a confirmation is written: what was measured, and beside it what was predicted wherever the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.render.cells import safe
from cnncalc.render.plain import grid
from cnncalc.units import write_both, write_count

if TYPE_CHECKING:
    from cnncalc.tensors import Confirmation, Confirmed

_HEADS = {
    "output_shape": "output",
    "weights": "weights",
    "biases": "biases",
    "buffers": "buffers",
    "macs": "MACs",
    "activation_bytes": "bytes",
    "live_bytes": "bytes alive",
    "pixels_seen": "middle sees",
}


def as_text(confirmation: Confirmation) -> str:
    """Write a row per layer, the peak, and whether every number was met."""
    held = [name for name in _HEADS if any(name in layer.predicted for layer in confirmation.layers)]
    rows = [("layer", *(_HEADS[name] for name in held), "")]
    rows += [_row(layer, held) for layer in confirmation.layers]
    images = "1 image" if confirmation.batch == 1 else f"{confirmation.batch} images"
    title = f"{safe(confirmation.network.name)}, measured on {confirmation.backend}, {confirmation.dtype}, {images}"
    table = grid(rows, right=range(1, len(held) + 1))
    return "\n".join([title, "", table, "", _peak(confirmation), _verdict(confirmation)])


def _row(layer: Confirmed, held: list[str]) -> tuple[str, ...]:
    cells = (_cell(layer, name) for name in held)
    return safe(layer.name), *cells, "differs" if layer.differing else "confirmed"


def _cell(layer: Confirmed, name: str) -> str:
    """Write what was measured; with what was predicted, if that is another number."""
    if name not in layer.measured:
        return ""
    measured = _written(name, layer.measured[name])
    if name not in layer.differing:
        return measured
    return f"{measured} ≠ {_written(name, layer.predicted[name])}"


def _written(name: str, value: Any) -> str:
    if name == "output_shape":
        return "x".join(map(str, value))
    if name == "pixels_seen":
        return " x ".join("none" if first is None else f"{first}..{last}" for first, last in value)
    return write_count(value)


def _peak(confirmation: Confirmation) -> str:
    predicted, measured = confirmation.peak
    said = "as predicted" if predicted == measured else f"predicted {write_both(predicted)}"
    return f"the peak of the volumes: {write_both(measured)}, {said}"


def _verdict(confirmation: Confirmation) -> str:
    layers = confirmation.layers
    numbers = 1 + sum(len(layer.predicted) for layer in layers)
    wrong = sum(len(layer.differing) for layer in layers) + (confirmation.peak[0] != confirmation.peak[1])
    if wrong:
        return f"not confirmed: {write_count(wrong)} of {write_count(numbers)} numbers differ"
    parameters = sum(layer.measured["weights"] + layer.measured["biases"] for layer in layers)
    macs = sum(layer.measured["macs"] for layer in layers)
    measured = f"{write_count(parameters)} parameters, {write_count(macs)} MACs"
    return f"confirmed: all {write_count(numbers)} numbers of {len(layers)} layers; {measured}"
