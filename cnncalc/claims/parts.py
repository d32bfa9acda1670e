"""A reading: another number for the same network, as a sum of named parts, each a formula over the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from cnncalc.ledger import Ledger


class Part(NamedTuple):
    """What a reading adds: how many of what. Numbers are integers, or Fractions where a K is read as 1024."""

    number: Any
    says: str


Parts = tuple[Part, ...]


def _all_known(ledger: Ledger) -> tuple[str, ...]:  # noqa: ARG001 - a convention knows every layer
    return ()


class Reading(NamedTuple):
    """One convention, or one number that a tool prints.

    name         how a verdict calls it: consistent with NAME
    quantity     what it is another number for: parameters, macs, flops, activation_values, …_bytes
    says         what it counts, in a sentence
    source       where its rule was read: a tool's version and file, or a book
    parts        ledger → what it adds up
    tool         the tool that prints it; empty for a convention
    calls        what the tool calls it
    prints       number → as the tool prints it
    not_counted  ledger → kinds of layers that the tool has no rule for
    """

    name: str
    quantity: str
    says: str
    source: str
    parts: Callable[[Ledger], Parts]
    tool: str = ""
    calls: str = ""
    prints: Callable[[Any], str] = str
    not_counted: Callable[[Ledger], tuple[str, ...]] = _all_known

    def value(self, ledger: Ledger) -> Any:
        """Add the parts up: an int, or a Fraction where a K is read as 1024."""
        return sum(part.number for part in self.parts(ledger))


def part(says: str, number: Callable[[Ledger], Any]) -> Callable[[Ledger], Parts]:
    """Return the parts of a reading that has one."""
    return lambda ledger: (Part(number(ledger), says),)


def gathered(parts: Iterable[Part]) -> Parts:
    """Add up what is called the same, in the order in which it is first met; leave out what comes to nothing."""
    sums: dict[str, Any] = {}
    for number, says in parts:
        sums[says] = sums.get(says, 0) + number
    return tuple(Part(number, says) for says, number in sums.items() if number)
