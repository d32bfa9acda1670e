"""What a network takes in a machine's memory, at inference or in training, and the largest batch that fits.

    inference = parameters + buffers + the peak of the volumes · batch
    training  = parameters + gradients + optimiser state + buffers + saved volumes · batch

A gradient is a value per trainable parameter; an optimiser's state is 0 (SGD), 1 (momentum: a velocity) or 2 (Adam: two
moments) of them. All are of one dtype. Not counted: the gradients of volumes, which come and go, kernels' workspace and
what an allocator or a driver keeps for itself: a machine needs somewhat more.
Source: Sutskever et al. 2013; Kingma and Ba 2014, Adam; Rajbhandari et al. 2020, ZeRO, section 3.1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.errors import Unmet, UsageError
from cnncalc.ledger import tally
from cnncalc.memory.conventions import BYTES, bytes_per_value
from cnncalc.network import Network
from cnncalc.row import jsonable
from cnncalc.sizes import Size, ceiling
from cnncalc.units import BYTES as UNITS
from cnncalc.units import read_figure, write_both

OPTIMIZERS = {"sgd": 0, "momentum": 1, "adam": 2}
"""Values that an optimiser keeps of each trainable parameter."""

_WHOLE = {"int8"}
"""Whole numbers have no gradient."""


class Budget(NamedTuple):
    """What must be held, each in values; volumes are those of the whole batch.

    optimizer   None at inference
    gradients   one per trainable parameter; 0 at inference
    state       what the optimiser keeps; 0 at inference
    volumes     the peak at inference, what is saved in training
    """

    optimizer: str | None
    batch: Size
    dtype: str
    parameters: Size
    gradients: Size
    state: Size
    buffers: Size
    volumes: Size

    @property
    def parts(self) -> dict[str, Size]:
        """What is held, by name, in values."""
        if self.optimizer is None:
            return {"parameters": self.parameters, "buffers": self.buffers, "peak_activations": self.volumes}
        learning = {"parameters": self.parameters, "gradients": self.gradients, "optimizer_state": self.state}
        return {**learning, "buffers": self.buffers, "saved_activations": self.volumes}

    @property
    def values(self) -> Size:
        """All of it, in values."""
        return sum(self.parts.values())

    @property
    def bytes(self) -> Size:
        """All of it, in bytes."""
        return self.values * bytes_per_value(self.dtype)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it: values by name, and all of it in values and bytes."""
        return {
            "optimizer": self.optimizer,
            "batch": jsonable(self.batch),
            "dtype": self.dtype,
            **{name: jsonable(values) for name, values in self.parts.items()},
            "total_values": jsonable(self.values),
            "total_bytes": jsonable(self.bytes),
        }


class Room(NamedTuple):
    """The largest batch that fits into a memory.

    limit   the memory, in bytes
    batch   the largest batch; None where any fits, since an image takes nothing
    needs   what that batch takes; what one more takes
    """

    limit: int
    batch: int | None
    needs: Budget
    next: Budget | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            "limit_bytes": self.limit,
            "batch": self.batch,
            "bytes": self.needs.bytes,
            "next_bytes": self.next.bytes if self.next else None,
        }


def budget(network: Network, *, optimizer: str | None = None, batch: Size = 1, dtype: str = "float32") -> Budget:
    """Count what inference holds or, with an optimiser, training.

    Raises UsageError for an optimiser, batch or dtype that nobody knows, and for training in whole numbers.

    >>> from cnncalc import load
    >>> budget(load("fc-10", input="1x1x4"), optimizer="adam").parts
    {'parameters': 50, 'gradients': 50, 'optimizer_state': 100, 'buffers': 0, 'saved_activations': 4}
    """
    if optimizer is not None and str(optimizer) not in OPTIMIZERS:
        raise UsageError(f"no optimiser is called {optimizer!r}", ways_out=tuple(OPTIMIZERS))
    ledger = tally(network, batch=batch, dtype=dtype, memory="saved" if optimizer else "peak")
    if optimizer and dtype in _WHOLE:
        ways_out = tuple(name for name in BYTES if name not in _WHOLE)
        raise UsageError(f"{dtype} holds whole numbers, and those are not trained", ways_out=ways_out)
    total = ledger.totals
    gradients = total.trainable if optimizer else 0
    state = OPTIMIZERS[optimizer] * gradients if optimizer else 0
    volumes = total.activation_values
    return Budget(optimizer, ledger.batch, dtype, total.parameters, gradients, state, total.buffers, volumes)


def largest_batch(network: Network, memory: str | int, *, optimizer: str | None = None, dtype: str = "float32") -> Room:
    """Find the largest batch that fits into a memory, ``"24GiB"`` or a number of bytes, by exact division.

    Raises Unmet if not even one image fits; UsageError for what is no memory, and for a network in letters.

    >>> from cnncalc import load
    >>> largest_batch(load("vgg16"), "24GiB", optimizer="adam").batch
    350
    """
    limit = memory if type(memory) is int else read_memory(memory)
    one = budget(network, optimizer=optimizer, dtype=dtype)
    if not isinstance(one.values, int):
        raise UsageError("letters have no largest batch", ways_out=("give every letter a number",))
    if one.bytes > limit:
        raise _too_small(limit, memory if isinstance(memory, str) else f"{memory:,} bytes", one)
    if not one.volumes:
        return Room(limit, None, one, None)
    fixed = one.values - one.volumes
    batch = (limit // bytes_per_value(dtype) - fixed) // one.volumes
    return Room(limit, batch, *(one._replace(batch=n, volumes=n * one.volumes) for n in (batch, batch + 1)))


_MEMORIES = ("24GiB", "24 GB", "800MB")


def read_memory(text: Any) -> int:
    """Read ``24GiB``, ``24 GB`` or ``800MB`` as whole bytes. Raises UsageError."""
    try:
        figure = read_figure(text)
    except UsageError as error:
        raise UsageError(error.message, ways_out=_MEMORIES) from None
    if figure.unit not in UNITS:
        raise UsageError(f"{text!r} is no memory: a number and its unit", ways_out=_MEMORIES)
    return int(figure.value)


def spoken(part: str) -> str:
    """Return a part's name as prose has it.

    >>> spoken("optimizer_state")
    'optimiser state'
    """
    return part.replace("_", " ").replace("optimizer", "optimiser")


def _too_small(limit: int, written: str, one: Budget) -> Unmet:
    """Say what one image needs; the ways out are as much memory, and the smaller dtypes that fit."""
    use = f"training with {one.optimizer}" if one.optimizer else "inference"
    message = f"not even one image fits into {written}: {use} in {one.dtype} needs {write_both(one.bytes)}"
    allowed = [dtype for dtype in BYTES if not (one.optimizer and dtype in _WHOLE)]
    smaller = [f"--dtype {dtype}" for dtype in allowed if one._replace(dtype=dtype).bytes <= limit]
    parts = " + ".join(f"{values:,} {spoken(name)}" for name, values in one.parts.items())
    formula = f"({parts})·{bytes_per_value(one.dtype)} = {one.bytes:,} bytes"
    return Unmet(message, formula=formula, ways_out=(f"--fit-in {ceiling(one.bytes, UNITS['MiB'])}MiB", *smaller))
