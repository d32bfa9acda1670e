"""What claims about the same network share: its ledgers, and what else their figures might mean."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from cnncalc.claims.circumstances import Case
from cnncalc.ledger import Ledger

MOST_KEPT = 64
"""So many ledgers are kept; a file of claims is about a few networks."""

MOST_SEARCH = 100_000
"""So many layers may all searches of a table's footer count together; beyond that a doubt is not searched for."""

SEARCH = 25
"""What a search for readings costs, in counts of the network."""

IN_LETTERS = 50
"""What a network in letters costs, in counts of one in numbers."""

Reading = tuple[str, Any]


class Memo:
    """What was worked out for claims before, by network.

    most      how many layers all searches may count together; None where somebody else keeps count
    ledgers   what is counted already; the networks are kept with them, so that an id stays its own
    """

    def __init__(self, most: int | None = None, ledgers: Iterable[Ledger] = ()) -> None:
        self._most = most
        self._ledgers: dict[Hashable, Ledger] = {
            (id(one.network), one.memory, one.batch, one.dtype): one for one in ledgers
        }
        self._searches: dict[Hashable, tuple[Any, list[Reading], Iterator[Reading]]] = {}
        self._searched = self._counted = 0

    def counted(self) -> int:
        """Return how many layers searches have counted since this was asked last."""
        counted, self._counted = self._searched - self._counted, self._searched
        return counted

    def note_search(self, case: Case) -> bool:
        """Note that readings of a case are searched; return whether that is still within bounds."""
        network = case.network
        self._searched += SEARCH * len(network.nodes) * (1 if network.conditions is None else IN_LETTERS)
        return self._most is None or self._searched <= self._most

    def ledger(self, case: Case) -> Ledger:
        """Return the ledger of a case, counted once."""
        key = (id(case.network), case.memory, case.batch, case.dtype)
        if key not in self._ledgers:
            if len(self._ledgers) >= MOST_KEPT:
                self._ledgers.clear()
            self._ledgers[key] = case.ledger()
        return self._ledgers[key]

    def search(self, case: Case, kind: str, make: Callable[[], Iterator[Reading]]) -> Iterator[Reading]:
        """Yield what a search finds, each reading worked out once, when it is asked for."""
        key = (id(case.network), *case[1:], kind)
        if key not in self._searches:
            if not self.note_search(case):
                return
            if len(self._searches) >= MOST_KEPT:
                self._searches.clear()
            self._searches[key] = (case.network, [], make())
        _, found, more = self._searches[key]
        yield from found
        for reading in more:
            found.append(reading)
            yield reading
