"""One claim and its verdict: what the rules say, held against what is printed."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.claims.claim import ALIASES, BY_SUM, WORKED, Claim
from cnncalc.claims.kinds import Fitting, Values
from cnncalc.claims.memo import Memo
from cnncalc.claims.question import Load, Question
from cnncalc.claims.search import readings, stated
from cnncalc.claims.verdict import DOES_NOT_FOLLOW, EXACT, ROUNDS, TRUNCATED, Verdict, verdict
from cnncalc.errors import BadValue
from cnncalc.row import jsonable

NOT_JUDGED = "not judged"
"""The verdict on a figure that cannot be computed, or is none; the note says why. It is never passed."""


class Audited(NamedTuple):
    """A claim, its verdict, and the sum behind it."""

    claim: Claim
    verdict: Verdict
    sum: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        claim = self.claim
        return {
            "id": claim.id,
            "source": claim.source,
            "where": claim.where,
            "quantity": claim.quantity,
            "layer": claim.layer,
            "printed": claim.printed,
            "says": claim.says,
            "computed": plain(self.verdict.computed),
            "verdict": self.verdict.verdict,
            "reading": self.verdict.reading,
            "possible": self.verdict.possible,
            "note": self.verdict.note,
            "sum": self.sum,
            "place": {name: part for name, part in claim.place._asdict().items() if name in {"file", "line", "column"}},
        }


def judge_claim(claim: Claim, load: Load, memo: Memo | None = None, *, explained: bool = True) -> Audited:
    """Hold one claim against the rules; `memo` keeps what claims share, `explained` asks for the sum.

    Raises a CnncalcError for a claim that cannot be read or makes no sense.
    """
    memo = memo or Memo()
    question = Question(claim, load, memo, explained=explained)
    if claim.cannot is not None:
        return _not_judged(claim, question)
    if isinstance(claim.formula, dict):
        return _of_formulas(claim, load, memo)
    answer = question.answer()
    printed = claim.formula or claim.printed
    if answer.value is None:
        return Audited(claim, _of_misfit(claim, question, answer.misfit), answer.misfit)
    found = verdict(
        printed,
        answer.value,
        quantity=claim.quantity,
        readings=readings(question),
        stated=stated(question),
    )
    return Audited(claim, found._replace(printed=claim.printed), answer.sum)


def _of_formulas(claim: Claim, load: Load, memo: Memo) -> Audited:
    """Judge a figure that says several things, ``layer.quantity: formula``; the worst of them decides."""
    parts = []
    for name, formula in claim.formula.items():
        layer, _, quantity = name.rpartition(".")
        part = claim._replace(formula=formula, layer=layer or claim.layer, quantity=ALIASES.get(quantity, quantity))
        parts.append((name, judge_claim(part, load, memo)))
    name, worst = min(parts, key=lambda part: _rank(part[1].verdict.verdict))
    computed = [f"{name} = {_written(one.verdict.computed)}" for name, one in parts]
    note = f"{name}: {worst.verdict.note}" if worst.verdict.note else ""
    return Audited(claim, worst.verdict._replace(printed=claim.printed, note=note), "; ".join(computed))


def _rank(verdict: str) -> int:
    """Return how much a verdict says for a figure; what is consistent with something else, little."""
    ranks = (NOT_JUDGED, DOES_NOT_FOLLOW, "", TRUNCATED, ROUNDS, EXACT)
    return ranks.index(verdict if verdict in ranks else "")


def _of_misfit(claim: Claim, question: Question, misfit: str) -> Verdict:
    """Say that a network does not fit; rounded, it may print as the claim does."""
    known = tuple(readings(question))
    if claim.reading is not None and claim.reading not in dict(known):
        ways_out = tuple(name for name, _ in known) or ("leave reading out",)
        raise BadValue(f"it does not fit, and has no reading {claim.reading!r}", ways_out=ways_out)
    for name, value in known:
        found = verdict(claim.printed, value, quantity=claim.quantity)
        if found.verdict in {EXACT, ROUNDS} and claim.reading in {None, name}:
            possible = claim.reading is None
            note = f"{misfit}; {'possibly ' if possible else ''}{name}: {found.note or claim.printed}"
            return Verdict(claim.printed, None, f"consistent with {name}", name, note, possible=possible)
    return Verdict(claim.printed, None, DOES_NOT_FOLLOW, None, misfit)


def _not_judged(claim: Claim, question: Question) -> Audited:
    """Say why there is no verdict, and what the value is where there is one."""
    if not _has_value(claim):
        return Audited(claim, Verdict(claim.printed, None, NOT_JUDGED, None, str(claim.cannot)))
    answer = question.answer()
    note = f"{claim.cannot}; {_said(answer.value) if answer.value is not None else answer.misfit}"
    return Audited(claim, Verdict(claim.printed, answer.value, NOT_JUDGED, None, note), answer.sum)


def _has_value(claim: Claim) -> bool:
    """Whether a claim says enough for a number to be worked out."""
    if claim.sum is not None or claim.quantity in BY_SUM:
        return claim.sum is not None
    return claim.values is not None if claim.quantity in WORKED else claim.network is not None


def _said(value: Any) -> str:
    return f"it {value}" if isinstance(value, Fitting) else f"it is {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return str(value)
    if isinstance(value, tuple):
        return (", " if isinstance(value, Values) else "x").join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def plain(value: Any) -> Any:
    """Return a value as JSON carries it."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [plain(part) for part in value]
    return jsonable(value)
