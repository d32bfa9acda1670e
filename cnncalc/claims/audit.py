"""Every claim of a file and its verdict, computed when asked; nothing about a verdict is stored in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.api import load
from cnncalc.claims.claim import Claim
from cnncalc.claims.file import claims_of, is_claims
from cnncalc.claims.printed import Values
from cnncalc.claims.question import Question
from cnncalc.claims.verdict import DOES_NOT_FOLLOW, Verdict, verdict
from cnncalc.errors import BadValue, CnncalcError, SeveralErrors, Unreadable, UsageError
from cnncalc.network import Network, build
from cnncalc.row import jsonable
from cnncalc.spec.files import SHELF, claim_files, packaged, read_bytes
from cnncalc.spec.locate import find_spec
from cnncalc.spec.model import Spec
from cnncalc.spec.problems import MOST_ERRORS
from cnncalc.spec.read import read_line
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import nearest, parse_volume, shorten

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
            "computed": _plain(self.verdict.computed),
            "verdict": self.verdict.verdict,
            "reading": self.verdict.reading,
            "possible": self.verdict.possible,
            "note": self.verdict.note,
            "sum": self.sum,
            "place": {name: part for name, part in claim.place._asdict().items() if name in {"file", "line", "column"}},
        }


@dataclass(frozen=True)
class Audit:
    """All claims that were asked about."""

    claims: tuple[Audited, ...]

    @cached_property
    def summary(self) -> dict[str, int]:
        """How often each verdict was given."""
        return dict(Counter(one.verdict.verdict for one in self.claims))

    @property
    def follows(self) -> bool:
        """Whether no claim is refuted."""
        return not any(one.verdict.verdict == DOES_NOT_FOLLOW for one in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {"schema_version": 1, "claims": [one.to_dict() for one in self.claims], "summary": self.summary}


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
    if _looks_like_path(network) and network.endswith((".yaml", ".yml")):
        message = f"a claims file reads no other file: {shorten(network)!r}"
        raise BadValue(message, ways_out=("network: vgg16", "network: conv3-64 relu fc-10", "network: {layers: …}"))
    try:
        spec = read_line(network, set=set)
    except CnncalcError as error:
        near = nearest(network.lower(), packaged()) if " " not in network else []
        error.ways_out = tuple(f"did you mean {name}?" for name in near) + error.ways_out
        raise
    return build(spec, input=parse_volume(input) if input else None, rounding=rounding)


def audit(names: Iterable[str]) -> Audit:
    """Judge every claim of claims files, and every published figure of specs.

    Raises what is wrong with a file, and SeveralErrors with every figure that cannot be read, each at its place.
    """
    claims = [claim for name in names for claim in gather(name)]
    networks = Networks()
    judged: list[Audited] = []
    errors: list[CnncalcError] = []
    for claim in claims:
        try:
            judged.append(judge_claim(claim, networks))
        except CnncalcError as error:
            errors.extend(_placed(one, claim) for one in error.errors)
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralErrors(tuple(errors[:MOST_ERRORS]))
    return Audit(tuple(judged))


def judge_claim(claim: Claim, networks: Networks) -> Audited:
    """Hold one claim against the rules. Raises a CnncalcError for a claim that cannot be read or makes no sense."""
    question = Question(claim, networks)
    if claim.cannot is not None:
        return _not_judged(claim, question)
    answer = question.answer()
    printed = claim.formula or claim.printed
    if answer.value is None:
        return Audited(claim, _of_misfit(claim, question, answer.misfit), answer.misfit)
    found = verdict(
        printed,
        answer.value,
        quantity=claim.quantity,
        readings=question.readings(),
        stated=question.stated(),
    )
    return Audited(claim, found._replace(printed=claim.printed), answer.sum)


def _of_misfit(claim: Claim, question: Question, misfit: str) -> Verdict:
    """Say that a network does not fit; rounded, it may print as the claim does."""
    for name, value in question.readings():
        found = verdict(claim.printed, value, quantity=claim.quantity)
        if found.follows:
            note = f"{misfit}; possibly {name}: {found.note or claim.printed}"
            return Verdict(claim.printed, None, f"consistent with {name}", name, note, possible=True)
    return Verdict(claim.printed, None, DOES_NOT_FOLLOW, None, misfit)


def _not_judged(claim: Claim, question: Question) -> Audited:
    """Say why there is no verdict, and what the value is where there is one."""
    if claim.network is None and claim.sum is None and claim.values is None:
        return Audited(claim, Verdict(claim.printed, None, NOT_JUDGED, None, str(claim.cannot)))
    answer = question.answer()
    note = f"{claim.cannot}; it is {_written(answer.value)}"
    return Audited(claim, Verdict(claim.printed, answer.value, NOT_JUDGED, None, note), answer.sum)


def _written(value: Any) -> str:
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return str(value)
    if isinstance(value, tuple):
        return (", " if isinstance(value, Values) else "x").join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _placed(error: CnncalcError, claim: Claim) -> CnncalcError:
    """Put an error at the claim's figure; what a network's text says about its own lines stays in the message."""
    name = f"{claim.id}: " if claim.id else ""
    return type(error)(f"{name}{error.message}", where=claim.place, formula=error.formula, ways_out=error.ways_out)


def gather(name: str) -> tuple[Claim, ...]:
    """Return the claims that a name means: a claims file, a packaged one, or a spec with published figures.

    Raises Unreadable for a file that cannot be read, any SpecError for what is wrong inside.
    """
    path = _packaged(name)
    if path is None:
        if not _looks_like_path(name) and not Path(name).exists():
            near = nearest(name, [*claim_files(), *packaged()])
            ways_out = tuple(f"did you mean {other}?" for other in near) or (*claim_files(), "my-slides.yaml")
            raise Unreadable(f"no file, deck, paper or spec is called {shorten(name)!r}", ways_out=ways_out)
        path = Path(name)
    root = read_yaml(read_bytes(path), file=str(path))
    if is_claims(root):
        return claims_of(root, str(path))
    return _published(find_spec(str(path)), str(path))


def _packaged(name: str) -> Path | None:
    if name in claim_files():
        return SHELF / f"{name}.yaml"
    return SHELF / f"{name}.yaml" if name in packaged() else None


def _looks_like_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name


def _published(spec: Spec, path: str) -> tuple[Claim, ...]:
    """Return a spec's published figures as claims about it."""
    if not spec.published:
        message = f"{shorten(spec.name)} has no claims and no published figures"
        raise UsageError(message, ways_out=("claims: [{quantity: parameters, printed: 138M}]", "published: …"))
    return tuple(
        Claim(one.quantity, one.printed, source=one.source, network=Path(path), layer=one.layer, place=one.where)
        for one in spec.published
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON carries it."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [_plain(part) for part in value]
    return jsonable(value)
