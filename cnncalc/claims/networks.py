"""Networks by what claims call them: each is read once, and a file may only ask for so much."""

from __future__ import annotations

from typing import Any

from cnncalc.api import load, require_apart, require_heard
from cnncalc.claims.memo import IN_LETTERS
from cnncalc.errors import BadValue, CnncalcError, TooLarge
from cnncalc.network import Network, build
from cnncalc.spec.files import packaged
from cnncalc.spec.line import read_line
from cnncalc.volume import nearest, parse_volume, shorten

MOST_WORK = 400_000
"""So many layers may all claims together be counted on; a search for readings, done once for claims that share it,
is as much as `memo.SEARCH` counts."""

MOST_SEARCHED = 2_000
"""So many layers may a network have for readings and slips to be searched for."""

_REFUSED = 100
"""What a network that cannot be read costs, in layers."""

_KEPT = 100_000
"""So many layers are kept; beyond that a network is read again."""


class Networks:
    """Networks by what claims call them; each is read once.

    A claims file may come from a stranger: its text names packaged specs and one-line networks, and no files.
    """

    def __init__(self) -> None:
        self._known: dict[str, Network | CnncalcError] = {}
        self._kept = 0
        self._work = 0

    def __call__(self, network: Any, input: str | None, rounding: Any, set: Any) -> Network:  # noqa: A002 - as in specs
        """Load a network. Raises what `load` raises, and TooLarge for a file that asks for too much."""
        found = self._found(network, input, rounding, set)
        self.spend(_size(found))
        if isinstance(found, CnncalcError):
            raise found
        return found

    def size(self, network: Any, input: str | None, rounding: Any, set: Any) -> int:  # noqa: A002 - as in specs
        """Return how many layers a network costs, one that does not fit too."""
        return _size(self._found(network, input, rounding, set))

    def _found(self, network: Any, input: str | None, rounding: Any, set: Any) -> Network | CnncalcError:  # noqa: A002
        key = repr((network, input, rounding, set))
        if key not in self._known:
            self._keep(key, _load_or_error(network, input, rounding, set))
        return self._known[key]

    def _keep(self, key: str, found: Network | CnncalcError) -> None:
        self._kept += _size(found)
        if self._kept > _KEPT:
            self._known, self._kept = {}, _size(found)
        self._known[key] = found

    @property
    def is_spent(self) -> bool:
        """Whether the claims have asked for all that they may."""
        return self._work > MOST_WORK

    def spend(self, layers: int) -> None:
        """Note that so many layers were counted. Raises TooLarge."""
        self._work += layers
        if self.is_spent:
            message = f"all claims together ask for more than {MOST_WORK:,} layers to be counted"
            raise TooLarge(message, ways_out=("several files, one after the other", "smaller networks"))


def _size(found: Network | CnncalcError) -> int:
    if isinstance(found, CnncalcError):
        return max(_REFUSED, len(getattr(getattr(found, "network", None), "nodes", ())))
    return len(found.nodes) * (1 if found.conditions is None else IN_LETTERS)


def _load_or_error(network: Any, input: str | None, rounding: Any, set: Any) -> Network | CnncalcError:  # noqa: A002
    try:
        return _load(network, input, rounding, set)
    except CnncalcError as error:
        return error


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
    volume = parse_volume(input) if input else None
    require_heard(spec.unheard)
    require_apart(set or {}, volume or spec.input)
    return build(spec, input=volume, rounding=rounding)
