"""A ledger's rows as cells of text: what every format that people read shares."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from cnncalc.ledger import Ledger, must_hold
from cnncalc.network import outputs
from cnncalc.row import Row
from cnncalc.term import LETTERS
from cnncalc.units import write_both, write_bytes, write_count, write_short
from cnncalc.volume import few, write_sizes

_LAST_OF_FOUR = 0xFFFF
"""The last character whose number has four digits."""

_SHOWN_ONLY_IF_SET = {"dilation": {1}, "groups": {1}, "output_padding": {0}}


class Cells(NamedTuple):
    """One row, as text."""

    layer: str
    kind: str
    output: str
    product: str
    weights: str
    biases: str
    memory: str
    macs: str
    field: str


TITLES = Cells("layer", "type", "output", "", "weights", "biases", "memory", "MACs", "field")


def spoken(quantity: str, layer: str | None = None) -> str:
    """Return a quantity as prose has it, and whose it is.

    >>> spoken("activation_bytes"), spoken("macs", "conv1")
    ('activation bytes', 'MACs of conv1')
    """
    words = quantity.replace("_", " ").replace("macs", "MACs").replace("flops", "FLOPs")
    return f"{words} of {layer}" if layer else words


def cells(row: Row, limits: tuple[int, ...], layout: str = "hwc") -> Cells:
    """Write one row; `limits` are the input's spatial sizes, which clip the receptive field."""
    return Cells(
        safe(row.name),
        " ".join([row.type, *settings(row)]),
        row.volume.write(layout),
        row.weights_written,
        write_count(row.weights),
        write_count(row.biases),
        write_count(row.activation_values),
        write_count(row.macs),
        field(row, limits),
    )


def field(row: Row, limits: tuple[int, ...]) -> str:
    """Write the receptive field: at most the input, ``224x224+`` where it reaches beyond; ``~`` where paths differ."""
    sizes = row.receptive_field
    if None in sizes:
        return "?"
    if not all(isinstance(size, int) for size in (*sizes, *limits)):
        return write_sizes(sizes)
    clipped = "x".join(str(min(size, limit)) for size, limit in zip(sizes, limits, strict=True))
    beyond = "+" if any(size > limit for size, limit in zip(sizes, limits, strict=True)) else ""
    return ("" if all(part.agree for part in row.fields) else "~") + clipped + beyond


def table(ledger: Ledger, layout: str = "hwc") -> list[Cells]:
    """Write titles, every row, and the sums."""
    limits = ledger.network.input.spatial
    return [TITLES, *(cells(row, limits, layout) for row in ledger.rows), totals(ledger)]


def totals(ledger: Ledger) -> Cells:
    """Write the sums."""
    total = ledger.totals
    numbers = (total.weights, total.biases, total.activation_values, total.macs)
    weights, biases, memory, macs = (write_count(number) for number in numbers)
    memory = f"max {memory}" if ledger.memory == "peak" else memory
    return Cells("total", "", "", "", weights, biases, memory, macs, "")


def settings(row: Row) -> list[str]:
    """Write the window that a layer came to: F3 S1 P1, and d2, G2 where they are not 1."""
    return [
        f"{LETTERS[name]}{setting(value)}"
        for name, value in row.settings.items()
        if not set(value if isinstance(value, tuple) else (value,)) <= _SHOWN_ONLY_IF_SET.get(name, set())
    ]


def setting(value: Any) -> str:
    """Write one setting: ``3`` where all axes agree, else ``3x5``."""
    if not isinstance(value, tuple):
        return str(value)
    parts = [str(part) for part in value]
    return parts[0] if len(set(parts)) == 1 else write_sizes(value)


def summary(ledger: Ledger) -> list[str]:
    """Write the totals as sentences, each unit by its name; in letters, as one formula each."""
    if not isinstance(ledger.totals.macs, int) or ledger.network.conditions is not None:
        return [*_formulas(ledger), *_peak(ledger), *must_hold(ledger.network), *_outputs(ledger), _depth(ledger)]
    total, images = ledger.totals, "image" if ledger.batch == 1 else f"{ledger.batch:,} images"
    parameters, values, macs = (
        f"{write_short(number)} {unit}"
        for number, unit in (
            (total.parameters, "parameters"),
            (total.activation_values, f"activation values / {images} ({ledger.memory})"),
            (total.macs, f"MACs / {images}"),
        )
    )
    split = f"{write_count(total.weights)} weights + {write_count(total.biases)} biases"
    size = f"{write_bytes(total.parameter_bytes)} as {ledger.dtype}"
    return [
        f"{parameters}: {split} = {write_count(total.parameters)}, {size}",
        *([f"{write_count(total.trainable)} trainable, {write_count(total.frozen)} frozen"] if total.frozen else []),
        *([f"{write_count(total.buffers)} buffers, stored but not learned"] if total.buffers else []),
        f"{values}: {write_count(total.activation_values)}, {write_both(total.activation_bytes)}",
        *_peak(ledger),
        f"{macs}: {write_count(total.macs)}; {write_count(total.flops)} FLOPs",
        *_outputs(ledger),
        _depth(ledger),
    ]


def _peak(ledger: Ledger) -> list[str]:
    if ledger.memory != "peak":
        return []
    from cnncalc.render.held import peak_sentences  # noqa: PLC0415 - only a peak has a place

    return [f"  {sentence}" for sentence in peak_sentences(ledger)]


def _outputs(ledger: Ledger) -> list[str]:
    """Name the layers that nobody reads, if there are several: heads, or a layer that was left behind."""
    names = outputs(ledger.network)
    return [f"{len(names)} outputs, which no layer reads: {safe(few(names))}"] if len(names) > 1 else []


def _depth(ledger: Ledger) -> str:
    return f"depth {ledger.totals.depth}: convolutions and fully connected layers on the longest path"


def _formulas(ledger: Ledger) -> list[str]:
    total = ledger.totals
    named = (
        ("weights", total.weights),
        ("biases", total.biases),
        ("parameters", total.parameters),
        ("buffers", total.buffers),
        (f"activation values ({ledger.memory})", total.activation_values),
        ("MACs", total.macs),
        ("FLOPs", total.flops),
    )
    return [f"{name}: {write_count(number)}" for name, number in named]


def safe(text: str) -> str:
    """Return a stranger's text without what could steer a terminal or turn a line around."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character)[0] != "C":
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= _LAST_OF_FOUR else f"\\U{ord(character):08x}"
