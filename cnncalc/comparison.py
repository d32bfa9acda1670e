"""Two networks side by side: each quantity in numbers or letters, the ratio, and who is smaller when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger, must_hold
from cnncalc.network import Network
from cnncalc.row import COUNTS, SCHEMA_VERSION, jsonable
from cnncalc.sizes import Size
from cnncalc.volume import shorten

QUANTITIES = (*COUNTS, "parameter_bytes", "frozen", "trainable")


class Pair(NamedTuple):
    """One quantity of two networks.

    ratio       right over left, exactly; None where the left is 0
    difference  left minus right
    smaller     who is smaller, and for which values of the letters
    """

    quantity: str
    left: Size
    right: Size
    ratio: Any
    difference: Size
    smaller: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ledgers and their quantities side by side."""

    left: Ledger
    right: Ledger
    pairs: tuple[Pair, ...]

    def __getitem__(self, quantity: str) -> Pair:
        """Return the pair of one quantity. Raises UsageError with those that there are."""
        found = next((pair for pair in self.pairs if pair.quantity == quantity), None)
        if found is None:
            ways_out = tuple(pair.quantity for pair in self.pairs)
            raise UsageError(f"no quantity is called {shorten(str(quantity))!r}", ways_out=ways_out)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON carries it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "left": {"name": self.left.network.name, **_side(self.left)},
            "right": {"name": self.right.network.name, **_side(self.right)},
            "ratio": {pair.quantity: None if pair.ratio is None else str(jsonable(pair.ratio)) for pair in self.pairs},
            "difference": {pair.quantity: jsonable(pair.difference) for pair in self.pairs},
            "smaller": {pair.quantity: pair.smaller for pair in self.pairs},
        }


def side_by_side(left: Ledger, right: Ledger) -> Comparison:
    """Compare two ledgers: every total, depth, non-linearities, and the receptive field of the last layer."""
    named = [(name, getattr(left.totals, name), getattr(right.totals, name)) for name in QUANTITIES]
    named += [("nonlinearities", nonlinearities(left.network), nonlinearities(right.network))]
    named += [("depth", left.totals.depth, right.totals.depth)]
    bounds = _bounds(left.network, right.network)
    return Comparison(left, right, tuple(_pair(*sides, bounds) for sides in named))


def _bounds(*networks: Network) -> dict[str, tuple[int, int | None]]:
    """Return the values of letters that both networks can have; of a letter that has none, nothing."""
    if all(network.conditions is None for network in networks):
        return {}
    from cnncalc.letters import bounds  # noqa: PLC0415 - sympy, only where a letter is

    both: dict[str, tuple[int, int | None]] = {}
    for network in networks:
        for name, (low, high) in bounds(network).items():
            lower, upper = both.get(name, (1, None))
            both[name] = max(low, lower), min((end for end in (high, upper) if end is not None), default=None)
    return {name: (low, high) for name, (low, high) in both.items() if high is None or low <= high}


def nonlinearities(network: Network) -> int:
    """Count the layers that stacks are compared by: activations, softmax and dropout left out."""
    return sum(node.card.nonlinear for node in network.nodes)


def _pair(quantity: str, left: Size, right: Size, bounds: dict[str, tuple[int, int | None]]) -> Pair:
    if isinstance(left, int) and isinstance(right, int):
        from fractions import Fraction  # noqa: PLC0415 - `import cnncalc` does without

        ratio = Fraction(right, left) if left else None
        smaller = "same" if left == right else ("left" if left < right else "right")
        return Pair(quantity, left, right, ratio, left - right, smaller)
    from cnncalc.letters import compared  # noqa: PLC0415 - sympy, only where a letter is

    return Pair(quantity, left, right, *compared(left, right, bounds))


def _side(ledger: Ledger) -> dict[str, Any]:
    last = ledger.rows[-1].to_dict()
    shared = {name: last[name] for name in ("output_shape", "receptive_field")}
    conditions = {} if ledger.network.conditions is None else {"conditions": must_hold(ledger.network)}
    return {**ledger.totals.to_dict(), "nonlinearities": nonlinearities(ledger.network), **shared, **conditions}
