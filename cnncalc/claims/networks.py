"""Networks by what claims call them; each is read once."""

from __future__ import annotations

from typing import Any

from cnncalc.api import load
from cnncalc.errors import BadValue, CnncalcError
from cnncalc.network import Network, build
from cnncalc.spec.files import packaged
from cnncalc.spec.read import read_line
from cnncalc.volume import nearest, parse_volume, shorten


class Networks:
    """Networks by what claims call them; each is read once.

    A claims file may come from a stranger: its text names packaged specs and one-line networks, and no files.
    """

    def __init__(self) -> None:
        self._known: dict[str, Network | CnncalcError] = {}

    def __call__(self, network: Any, input: str | None, rounding: Any, set: Any) -> Network:  # noqa: A002 - the spec's words
        """Load a network. Raises what `load` raises."""
        key = repr((network, input, rounding, set))
        if key not in self._known:
            try:
                self._known[key] = _load(network, input, rounding, set)
            except CnncalcError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, CnncalcError):
            raise found
        return found


def _load(network: Any, input: str | None, rounding: Any, set: Any) -> Network:  # noqa: A002
    if not isinstance(network, str) or network in packaged():
        return load(network, input=input, rounding=rounding, set=set)
    if network.endswith((".yaml", ".yml")):
        message = f"a claims file reads no other file: {shorten(network)!r}"
        raise BadValue(message, ways_out=("network: vgg16", "network: conv3-64 relu fc-10", "network: {layers: …}"))
    try:
        spec = read_line(network, set=set)
    except CnncalcError as error:
        near = nearest(network.lower(), packaged()) if " " not in network else []
        error.ways_out = tuple(f"did you mean {name}?" for name in near) + error.ways_out
        raise
    return build(spec, input=parse_volume(input) if input else None, rounding=rounding)
