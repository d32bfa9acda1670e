"""Which layers training leaves alone: those that a pattern of the network's `freeze` names, ``conv*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import UsageError
from cnncalc.volume import shorten

if TYPE_CHECKING:
    from cnncalc.network import Network


def frozen_layers(network: Network) -> frozenset[str]:
    """Return the names of the frozen layers. Raises UsageError for a pattern that names nothing."""
    if not network.freeze:
        return frozenset()
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few networks freeze anything

    frozen: set[str] = set()
    names = {node.name for node in network.nodes}
    for pattern in dict.fromkeys(network.freeze):
        found = {pattern} & names or {name for name in names if fnmatchcase(name, pattern)}
        if not found:
            message = f"freeze: no layer is called {shorten(pattern)!r}"
            raise UsageError(message, ways_out=("conv*", "cnncalc table names the layers"))
        frozen |= found
    return frozenset(frozen)
