"""Layers as they are unrolled: their wires may be names that are still to come. In the end they become entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import TooLarge, Where, WiringError
from cnncalc.layers import Layer
from cnncalc.spec.item import Use
from cnncalc.spec.model import Entry
from cnncalc.spec.pattern import MAX_LAYERS
from cnncalc.spec.problems import Problems
from cnncalc.spec.scope import Ref, Scope


class _Draft(NamedTuple):
    """A layer whose wires may still be references."""

    card: Layer
    name: str
    flow: tuple[str | Ref, ...]
    where: Where
    share: Ref | None
    train_only: bool


class Drafts:
    """The layers of one text so far.

    train_only   whether what is added now is for training alone, as the body is that it stands in
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.drafts: list[_Draft] = []
        self.train_only = False

    def add(self, card: Layer, scope: Scope, where: Where, use: Use) -> None:
        """Add a layer, which the next one in its scope reads. Raises WiringError, BadValue or TooLarge."""
        flow = use.flow or scope.flow
        _require_readers(card, flow)
        local = scope.claim(use.name, card.stem, where, repeated=use.repeated)
        full = scope.path + local
        if len(self.drafts) >= MAX_LAYERS:
            raise TooLarge(f"over {MAX_LAYERS:,} layers", ways_out=("repeat fewer times",))
        train_only = use.train_only or self.train_only
        self.drafts.append(_Draft(card, full, flow, where._replace(layer=full), use.share, train_only))
        scope.layers[local] = full
        scope.flow = (full,)

    def entries(self) -> Iterator[Entry]:
        """Yield every layer with its wires resolved. What reads a layer that is not there is noted."""
        dangling: set[tuple[int | None, int | None]] = set()
        unread = self.problems.noted
        for draft in self.drafts:
            refs = [wire for wire in (*draft.flow, draft.share) if isinstance(wire, Ref)]
            if any((ref.where.line, ref.where.column) in dangling for ref in refs):
                continue  # said once
            try:
                inputs = tuple(_resolve(wire) for wire in draft.flow)
                share = None if draft.share is None else _resolve(draft.share)
            except WiringError as error:
                if not (unread and any(ref.scope.awaits(ref.name) for ref in refs)):
                    self.problems.note(error, draft.where)
                dangling.add((error.where.line, error.where.column))
            else:
                yield Entry(draft.card, draft.name, inputs, draft.where, share, draft.train_only)


def _require_readers(card: Layer, flow: tuple[str | Ref, ...]) -> None:
    if len(flow) > 1 and not card.reads_many:
        message = f"{card.type} reads one volume, here are {len(flow)}"
        raise WiringError(message, ways_out=("join them first: concat: [PATH, PATH]",))
    if len(flow) < 2 and card.reads_many:  # noqa: PLR2004 - several are two
        message = f"{card.type} reads several volumes"
        raise WiringError(message, ways_out=(f"{card.type}: [PATH, PATH]", "from: [conv1, conv2]"))


def _resolve(wire: str | Ref) -> str:
    return wire if isinstance(wire, str) else wire.scope.find(wire)
