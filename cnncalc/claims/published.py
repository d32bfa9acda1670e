"""The figures that a spec says were printed about its network, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cnncalc.claims.claim import Claim
from cnncalc.claims.judge import judge_claim, plain
from cnncalc.claims.memo import MOST_SEARCH, Memo
from cnncalc.claims.verdict import Verdict
from cnncalc.errors import CnncalcError
from cnncalc.ledger import Ledger
from cnncalc.network import Network
from cnncalc.spec.model import Published


class Judged(NamedTuple):
    """A published figure, and what it is to the number that the rules give."""

    claim: Published
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            **{name: part for name, part in self.claim._asdict().items() if name != "where"},
            "computed": plain(self.verdict.computed),
            "verdict": self.verdict.verdict,
            "reading": self.verdict.reading,
            "possible": self.verdict.possible,
            "note": self.verdict.note,
        }


def judge(network: Network, ledgers: Iterable[Ledger] = ()) -> tuple[Judged, ...]:
    """Hold each published figure of a network against its ledger: one image, float32, the `lecture` convention.

    ledgers   of the network, counted before under any convention; what is needed besides is counted here
    A figure that does not follow is searched for under other conventions and known slips.
    Raises a CnncalcError that names the claim if its figure cannot be read or its layer does not exist.
    """
    memo = Memo(MOST_SEARCH, ledgers)
    return tuple(Judged(claim, _judge(claim, network, memo)) for claim in network.published)


def _judge(claim: Published, network: Network, memo: Memo) -> Verdict:
    asked = Claim(claim.quantity, claim.printed, source=claim.source, network=network, layer=claim.layer)
    try:
        return judge_claim(asked, lambda *_: network, memo, explained=False).verdict
    except CnncalcError as error:
        error.message = f"published {claim.quantity}: {error.message}"
        raise error.at(claim.where) from None
