"""Every claim of a file and its verdict, computed when asked; nothing about a verdict is stored in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cnncalc.claims.claim import Claim
from cnncalc.claims.file import claims_of, is_claims
from cnncalc.claims.judge import Audited, judge_claim
from cnncalc.claims.memo import Memo
from cnncalc.claims.networks import Networks
from cnncalc.errors import CnncalcError, SeveralErrors, Unreadable, UsageError
from cnncalc.row import SCHEMA_VERSION
from cnncalc.spec.files import SHELF, claim_files, packaged, read_bytes
from cnncalc.spec.locate import find_spec
from cnncalc.spec.model import Spec
from cnncalc.spec.nodes import Node
from cnncalc.spec.problems import MOST_ERRORS
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import nearest, shorten


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
        return all(one.verdict.follows for one in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "claims": [one.to_dict() for one in self.claims],
            "summary": self.summary,
        }


def audit(names: Iterable[str]) -> Audit:
    """Judge every claim of claims files, and every published figure of specs.

    Raises what is wrong with a file, and SeveralErrors with every figure that cannot be read, each at its place.
    """
    claims = [claim for name in names for claim in gather(name)]
    if not claims:
        message = "there are no claims and no published figures"
        raise UsageError(message, ways_out=("claims: [{quantity: parameters, printed: 138M}]", "published: …"))
    networks, memo = Networks(), Memo()
    judged: list[Audited] = []
    errors: list[CnncalcError] = []
    for claim in claims:
        try:
            judged.append(judge_claim(claim, networks, memo))
            networks.spend(memo.counted())
        except CnncalcError as error:
            errors.extend(_placed(one, claim) for one in error.errors)
        if len(errors) >= MOST_ERRORS or networks.is_spent:
            break
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralErrors(tuple(errors[:MOST_ERRORS]))
    return Audit(tuple(judged))


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
        if not _looks_like_path(name) and not _is_there(name):
            near = nearest(name, [*claim_files(), *packaged()])
            ways_out = tuple(f"did you mean {other}?" for other in near) or (*claim_files(), "my-slides.yaml")
            raise Unreadable(f"no file, deck, paper or spec is called {shorten(name)!r}", ways_out=ways_out)
        path = Path(name)
    root = _read(path)
    if is_claims(root):
        return claims_of(root, str(path))
    return _published(find_spec(str(path)), str(path))


def _read(path: Path) -> Node:
    try:
        return read_yaml(read_bytes(path), file=str(path))
    except CnncalcError as error:
        error.ways_out = error.ways_out or ("claims: [{quantity: parameters, network: vgg16, printed: 138M}]",)
        raise


def _packaged(name: str) -> Path | None:
    return SHELF / f"{name}.yaml" if name in (*claim_files(), *packaged()) else None


def _looks_like_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or name.startswith(("/", "./", "../", "~"))


def _is_there(name: str) -> bool:
    try:
        return bool(name.strip()) and Path(name).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _published(spec: Spec, path: str) -> tuple[Claim, ...]:
    """Return a spec's published figures as claims about it."""
    return tuple(
        Claim(one.quantity, one.printed, source=one.source, network=Path(path), layer=one.layer, place=one.where)
        for one in spec.published
    )
