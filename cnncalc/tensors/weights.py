"""The arrays that layers hold: given by the caller, or drawn from a seed as He et al. start their networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod, sqrt
from typing import Any, TypeAlias
from zlib import crc32

from cnncalc.errors import UsageError, WeightsMisfit
from cnncalc.library import Array, Library
from cnncalc.network import Network, Node
from cnncalc.tensors.backends import detached, taken
from cnncalc.volume import nearest, shorten

Tensors: TypeAlias = dict[str, Array]
"""A layer's arrays: `weight`, `bias`, `running_mean`, `running_var`."""

_SHOWN = 3
"""So many arrays are named in a message."""


class Drawn:
    """Weights out of a seed: normal with variance 2/fan-in, offsets 0, gammas and running variances 1.

    Each layer draws from its own stream, so it holds the same numbers whatever else is there; and only when it is
    asked, so that a network's weights need not all be in memory. The numbers are NumPy's on every library.
    Source: He et al. 2015, Delving Deep into Rectifiers, section 2.2.
    """

    def __init__(self, xp: Library, dtype: str, seed: int) -> None:
        self.xp, self.dtype, self.seed = xp, dtype, seed

    def of(self, node: Node, shapes: Mapping[str, tuple[int, ...]]) -> Tensors:
        """Return a layer's arrays."""
        import numpy as np  # noqa: PLC0415 - only this room loads an array library

        stream = np.random.default_rng((self.seed, crc32(node.name.encode())))
        drawn = {}
        for name, shape in shapes.items():
            if name == "weight" and len(shape) > 1:
                values = stream.standard_normal(shape, dtype=np.float32)
                values *= np.float32(sqrt(2 / prod(shape[1:])))
            else:
                values = np.full(shape, name in {"weight", "running_var"}, dtype=np.float32)
            drawn[name] = self.xp.asarray(
                values.astype(self.dtype, copy=False), dtype=getattr(self.xp, self.dtype), device=self.xp.device
            )
        return drawn


class Given:
    """Weights that the caller gives, under ``layer.weight``, ``layer.bias``, … as arrays of any library.

    Raises WeightsMisfit for a name that no layer has, or that is another layer's.
    """

    def __init__(self, xp: Library, dtype: str, network: Network, arrays: Mapping[str, Any]) -> None:
        if not hasattr(arrays, "items"):
            message = f"weights are names with arrays, not {type(arrays).__name__}"
            raise WeightsMisfit(message, ways_out=("{'conv1.weight': …}", "leave out weights="))
        self.xp, self.dtype, self.arrays = xp, dtype, arrays
        own = xp.empty(0, device=xp.device)
        self.own, self.wanted, self.device = type(own), getattr(xp, dtype), own.device
        self.layers: dict[str, Tensors] = {node.name: {} for node in network.nodes}
        shares = {node.name: node.share for node in network.nodes if node.share}
        for name, array in arrays.items():
            layer, _, tensor = str(name).rpartition(".")
            if layer not in self.layers:
                near = nearest(layer, self.layers)
                ways_out = tuple(f"{other}.weight" for other in near) or ("layer.weight, layer.bias",)
                raise WeightsMisfit(f"no layer takes the weights {shorten(str(name))!r}", ways_out=ways_out)
            if layer in shares:
                message = f"{name} is given, and {layer} uses those of {shares[layer]}"
                raise WeightsMisfit(message, ways_out=("leave it out",))
            self.layers[layer][tensor] = array

    def of(self, node: Node, shapes: Mapping[str, tuple[int, ...]]) -> Tensors:
        """Return a layer's arrays, looked over. Raises WeightsMisfit for what is missing, too much or misshapen."""
        given = self.layers[node.name]
        if not given and not shapes:
            return {}  # as most layers
        if not given.keys() <= shapes.keys():
            extra = min(given.keys() - shapes.keys())
            held = ", ".join(shapes) or "nothing"
            message = f"{node.name}.{shorten(extra)} is given, and {node.name} holds {held}"
            raise WeightsMisfit(message, ways_out=("leave it out",))
        return {name: self._array(node, name, given.get(name), shape) for name, shape in shapes.items()}

    def _array(self, node: Node, tensor: str, given: Any, shape: tuple[int, ...]) -> Array:
        if type(given) is self.own and (given.dtype, given.shape, given.device) == (self.wanted, shape, self.device):
            return detached(given)  # as nearly all are
        name = f"{node.name}.{tensor}"
        if given is None:
            raise WeightsMisfit(f"{name} is not given", ways_out=(f"give it as an array of shape {shape}",))
        try:
            array = taken(self.xp, given)
            held = tuple(array.shape)
        except (TypeError, ValueError, RuntimeError, OverflowError, AssertionError) as error:
            message = f"{name} is no array of numbers: {shorten(str(error), 80)}"
            raise WeightsMisfit(message, ways_out=(f"an array of shape {shape} in {self.dtype}",)) from None
        if not self.xp.isdtype(array.dtype, ("bool", "integral", "real floating")):
            message = f"{name} is no array of numbers: it holds {array.dtype}"
            raise WeightsMisfit(message, ways_out=(f"an array of shape {shape} in {self.dtype}",))
        if held != shape:
            message = f"{name} has the shape {held}, not {shape}"
            raise WeightsMisfit(message, ways_out=(f"an array of shape {shape}",))
        return self.xp.astype(array, getattr(self.xp, self.dtype), copy=False)

    def require_numbers(self, outputs: Iterable[Array]) -> None:
        """Raise WeightsMisfit with the arrays that hold NaN, if NaN came out.

        NaN comes through every layer, so the arrays need not all be read where none did.
        """
        if not any(bool(self.xp.any(self.xp.isnan(y))) for y in outputs):
            return
        lost = [name for name, array in self.arrays.items() if _holds_nan(self.xp, taken(self.xp, array))]
        if lost:
            message = f"{', '.join(lost[:_SHOWN])} hold{'s' * (len(lost) == 1)} NaN"
            raise WeightsMisfit(message, ways_out=("weights from before they were lost", "leave out weights="))


def _holds_nan(xp: Library, array: Array) -> bool:
    return xp.isdtype(array.dtype, "real floating") and bool(xp.any(xp.isnan(array)))


def require_seed(seed: int) -> None:
    """Raise UsageError for what draws no numbers."""
    if type(seed) is not int or seed < 0:
        raise UsageError(f"a seed is a whole number from 0, not {seed!r}", ways_out=("seed 0",))
