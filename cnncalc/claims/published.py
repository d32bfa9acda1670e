"""The figures that a spec says were printed about its network, each with its verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from cnncalc.claims.verdict import Verdict, verdict
from cnncalc.errors import CnncalcError, UsageError
from cnncalc.fold import fold
from cnncalc.ledger import Ledger, tally
from cnncalc.memory import CONVENTIONS
from cnncalc.network import Network
from cnncalc.spec.model import Published

_HELD = ("activation_values", "activation_bytes")


class Judged(NamedTuple):
    """A published figure, and what it is to the number that the rules give."""

    claim: Published
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        computed = self.verdict.computed
        return {
            **{name: part for name, part in self.claim._asdict().items() if name != "where"},
            "computed": list(computed) if isinstance(computed, tuple) else computed,
            "verdict": self.verdict.verdict,
            "reading": self.verdict.reading,
            "note": self.verdict.note,
        }


def judge(network: Network) -> tuple[Judged, ...]:
    """Hold each published figure of a network against its ledger: one image, float32, the `lecture` convention.

    A figure of activation memory that does not follow is tried under the other conventions.
    Raises a CnncalcError that names the claim if its figure cannot be read or its layer does not exist.
    """
    if not network.published:
        return ()
    under = cache(lambda memory: tally(network, memory=memory))
    return tuple(Judged(claim, _judge(claim, under)) for claim in network.published)


def _judge(claim: Published, under: Callable[[str], Ledger]) -> Verdict:
    own, *others = CONVENTIONS
    readings = ((name, _computed(claim, under(name))) for name in others if claim.quantity in _HELD)
    try:
        return verdict(claim.printed, _computed(claim, under(own)), quantity=claim.quantity, readings=readings)
    except CnncalcError as error:
        error.message = f"published {claim.quantity}: {error.message}"
        raise error.at(claim.where) from None


def _computed(claim: Published, ledger: Ledger) -> Any:
    if claim.layer is not None:
        row = fold(ledger, claim.layer.count("/") + 1)[claim.layer]
        if not hasattr(row, claim.quantity):
            raise UsageError(f"a layer has no {claim.quantity} of its own", ways_out=("leave out layer",))
        return getattr(row, claim.quantity)
    if hasattr(ledger.totals, claim.quantity):
        return getattr(ledger.totals, claim.quantity)
    return getattr(ledger.rows[-1], claim.quantity)
