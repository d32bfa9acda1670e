"""Why the same network has five numbers: what each tool prints, and what the number is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncalc.claims.built import built
from cnncalc.claims.parts import Part, Reading
from cnncalc.claims.tools import TOOLS
from cnncalc.errors import UsageError
from cnncalc.ledger import Ledger
from cnncalc.row import SCHEMA_VERSION
from cnncalc.volume import nearest, shorten

ALL = "all"
NAMES: tuple[str, ...] = tuple(dict.fromkeys(one.tool for one in TOOLS))
"""The tools, each by its name."""


class Line(NamedTuple):
    """One number of one tool, beside cnncalc's own.

    reading      the rule
    number       what it gives
    own          cnncalc's number for the same quantity
    parts        what the number adds up
    not_counted  kinds of layers that the tool has no rule for
    """

    reading: Reading
    number: int
    own: int
    parts: tuple[Part, ...]
    not_counted: tuple[str, ...]

    @property
    def difference(self) -> int:
        """What the tool counts more than cnncalc."""
        return self.number - self.own

    def to_dict(self) -> dict[str, Any]:
        """Return the line as JSON carries it."""
        one = self.reading
        return {
            "quantity": one.quantity,
            "tool": one.tool,
            "reading": one.name,
            "calls": one.calls,
            "number": self.number,
            "prints": one.prints(self.number),
            "computed": self.own,
            "difference": self.difference,
            "parts": [part._asdict() for part in self.parts],
            "not_counted": list(self.not_counted),
            "says": one.says,
            "source": one.source,
        }


@dataclass(frozen=True)
class Reconciliation:
    """A ledger, how the network differs as tools meet it, and a line for each number of each tool."""

    ledger: Ledger
    tool: str
    differs: tuple[str, ...]
    lines: tuple[Line, ...]

    def __getitem__(self, name: str) -> Line:
        """Return the line of one reading. Raises UsageError with the nearest names."""
        for line in self.lines:
            if line.reading.name == name:
                return line
        raise _unknown("reading", name, tuple(line.reading.name for line in self.lines))

    def to_dict(self) -> dict[str, Any]:
        """Return the reconciliation as JSON carries it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.ledger.network.name,
            "as": self.tool,
            "memory": self.ledger.memory,
            "differs": list(self.differs),
            "readings": [line.to_dict() for line in self.lines],
        }


def reconcile(ledger: Ledger, tool: str = ALL) -> Reconciliation:
    """Say what a tool, or each of all tools, prints about a ledger's network.

    Raises UsageError for a tool that nobody has read, and for a network in letters, which no tool counts.

    >>> from cnncalc import load, tally
    >>> reconcile(tally(load("conv3-8 relu fc-10", input="4x4x1")), "torchinfo")["torchinfo, mult-adds"].number
    2570
    """
    name = _named(tool)
    if not isinstance(ledger, Ledger):
        message = f"a ledger is wanted, not {type(ledger).__name__}"
        raise UsageError(message, ways_out=("reconcile(cnncalc.tally(network))",))
    if ledger.network.conditions is not None or type(ledger.batch) is not int:
        raise UsageError("other tools count numbers, not letters", ways_out=("--input 224x224x3", "--batch 1"))
    lines = tuple(_line(one, ledger) for one in TOOLS if name in (ALL, one.tool))
    return Reconciliation(ledger, name, built(ledger.network).differs, lines)


def _line(reading: Reading, ledger: Ledger) -> Line:
    parts = reading.parts(ledger)
    own = getattr(ledger.totals, reading.quantity)
    return Line(reading, sum(part.number for part in parts), own, parts, reading.not_counted(ledger))


def _named(tool: str) -> str:
    """Return a tool's name as it writes itself."""
    names = {name.lower(): name for name in (*NAMES, ALL)}
    if str(tool).lower() not in names:
        raise _unknown("tool", str(tool), (*NAMES, ALL))
    return names[str(tool).lower()]


def _unknown(what: str, name: str, names: tuple[str, ...]) -> UsageError:
    near = nearest(name, list(names))
    ways_out = tuple(f"did you mean {other}?" for other in near) or names
    return UsageError(f"no {what} is called {shorten(name)!r}", ways_out=ways_out)
