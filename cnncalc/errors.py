"""The family tree of errors, then the family.

    CnncalcError
    ├── UsageError            a call that cannot be understood: wrong argument, wrong unit
    │   └── NoValue           numbers for which a formula has no whole value; a ValueError, too
    ├── Unmet                 a request that no value can meet
    ├── InternalError         a mistake of cnncalc's own
    ├── SpecError             a text that is no spec
    │   ├── Unreadable        no such file, too large, not UTF-8
    │   ├── YamlError         not the YAML that specs are written in
    │   ├── NotationError     a short form or a pattern with a slip in it
    │   ├── UnknownLayer      a layer that nobody has described
    │   ├── UnknownKey        a key that nothing reads
    │   ├── MissingKey        a key that must be there
    │   ├── BadValue          a value of the wrong kind or size
    │   ├── FormulaError      a formula that is none, or names what has no value
    │   ├── WiringError       a layer that reads one that is not there, or reads itself in the end
    │   └── TooLarge          more layers, digits or nesting than any network has
    ├── ShapeError            a layer that cannot take what comes in
    │   ├── StrideMisfit      the stride leaves pixels over
    │   ├── FilterTooLarge    the filter does not fit into the padded input
    │   ├── GroupMisfit       the groups do not divide the channels
    │   ├── AxesMisfit        a value per axis, and another number of axes
    │   ├── VolumeMisfit      volumes that cannot be added, multiplied, joined or cut so
    │   └── SharingMisfit     weights that another layer's input cannot use
    ├── RunError              a network that cannot be run on tensors
    │   ├── BackendMissing    an array library that is not installed, or a device that is not there
    │   ├── BackendLacks      an operation that the array library does not have
    │   ├── WeightsMisfit     arrays that are not this network's: another shape, dtype or name; NaN among them
    │   └── MemoryShort       more memory than may be used
    └── SeveralErrors         all that is wrong with one file, at once

Every error says the same five things: `code`, `where`, `message`, `formula`, `ways_out`.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple


class Where(NamedTuple):
    """A place in what the user wrote; what is not known is None. Lines and columns start at 1.

    called   the line that called the block which the place is in
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    layer: str | None = None
    called: int | None = None

    def __str__(self) -> str:
        """Write the place as compilers do: ``layer (file:line:column)``."""
        spot = ":".join(str(part) for part in self[:3] if part is not None)
        if self.line is not None and self.file is None:
            spot = f"line {self.line}, column {self.column}"
        if self.called is not None:
            spot += f", called in line {self.called}"
        if self.layer and spot:
            return f"{self.layer} ({spot})"
        return self.layer or spot


class CnncalcError(Exception):
    """Everything that cnncalc raises.

    code      a stable name for programs: ``stride-misfit``
    where     the place in the user's text
    message   one sentence
    formula   the sum with its numbers, if there is one
    ways_out  what would work instead; each was computed and tried
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        where: Where | None = None,
        formula: str = "",
        ways_out: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where or Where()
        self.formula = formula
        self.ways_out = ways_out

    @property
    def errors(self) -> tuple[CnncalcError, ...]:
        """Only this error; a `SeveralErrors` has more. So every handler can loop."""
        return (self,)

    def at(self, where: Where) -> CnncalcError:
        """Return this error with the places that it did not know itself filled in."""
        known = {name: part for name, part in self.where._asdict().items() if part is not None}
        self.where = where._replace(**known)
        return self

    @property
    def sum(self) -> str:
        """The formula in one line, its axes side by side."""
        return "; ".join(self.formula.splitlines())

    def __str__(self) -> str:
        """Write the error as the terminal shows it."""
        place = str(self.where)
        lines = [f"{self.code}: {place}: {self.message}" if place else f"{self.code}: {self.message}"]
        lines += [f"  {line}" for line in self.formula.splitlines()]
        if self.ways_out:
            lines.append("  ways out: " + " · ".join(self.ways_out))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return the error as JSON carries it."""
        return {
            "code": self.code,
            "where": self.where._asdict(),
            "message": self.message,
            "formula": self.formula,
            "ways_out": list(self.ways_out),
        }


class UsageError(CnncalcError):
    """A call that cannot be understood."""

    code = "usage"


class NoValue(UsageError, ValueError):
    """Numbers in place of letters for which a formula has no whole value, or its network none at all."""

    code = "no-value"


class Unmet(CnncalcError):
    """A request that no value can meet: the answer is no."""

    code = "unmet"


class InternalError(CnncalcError):
    """A mistake of cnncalc's own."""

    code = "internal"


class SpecError(CnncalcError):
    """A text that is no spec. `offset` counts the characters before the slip, in a text of one line."""

    code = "spec"
    offset: int = 0


class Unreadable(SpecError):
    """No such file, too large, not UTF-8."""

    code = "unreadable"


class YamlError(SpecError):
    """Not the YAML that specs are written in."""

    code = "yaml"


class NotationError(SpecError):
    """A short form or a pattern with a slip in it."""

    code = "notation"


class UnknownLayer(SpecError):
    """A layer that nobody has described: never a 0."""

    code = "unknown-layer"


class UnknownKey(SpecError):
    """A key that nothing reads."""

    code = "unknown-key"


class MissingKey(SpecError):
    """A key that must be there."""

    code = "missing-key"


class BadValue(SpecError):
    """A value of the wrong kind or size."""

    code = "bad-value"


class FormulaError(SpecError):
    """A formula that is none, or names what has no value."""

    code = "formula"


class WiringError(SpecError):
    """A layer that reads one that is not there, or reads itself in the end."""

    code = "wiring"


class TooLarge(SpecError):
    """More layers, digits or nesting than any network has."""

    code = "too-large"


class ShapeError(CnncalcError):
    """A layer that cannot take what comes in. `network` holds the layers before it, whose volumes are known."""

    code = "shape"
    network: Any = None


class StrideMisfit(ShapeError):
    """The stride leaves pixels over."""

    code = "stride-misfit"


class FilterTooLarge(ShapeError):
    """The filter does not fit into the padded input."""

    code = "filter-too-large"


class GroupMisfit(ShapeError):
    """The groups do not divide the channels."""

    code = "group-misfit"


class AxesMisfit(ShapeError):
    """A value per axis, and another number of axes."""

    code = "axes-misfit"


class VolumeMisfit(ShapeError):
    """Volumes that cannot be added, multiplied, joined or cut so."""

    code = "volume-misfit"


class SharingMisfit(ShapeError):
    """Weights that another layer's input cannot use."""

    code = "sharing-misfit"


class RunError(CnncalcError):
    """A network that cannot be run on tensors."""

    code = "run-error"


class BackendMissing(RunError):
    """An array library that is not installed, or a device that is not there."""

    code = "backend-missing"


class BackendLacks(RunError):
    """An operation that the array library does not have."""

    code = "backend-lacks"


class WeightsMisfit(RunError):
    """Arrays that are not this network's: another shape, dtype or name; NaN among them."""

    code = "weights-misfit"


class MemoryShort(RunError):
    """More memory than may be used."""

    code = "memory-short"


class SeveralErrors(CnncalcError):
    """All that is wrong with one file, at once. Speaks with the first one's voice."""

    code = "several"

    def __init__(self, errors: tuple[CnncalcError, ...]) -> None:
        first = errors[0]
        super().__init__(first.message, where=first.where, formula=first.formula, ways_out=first.ways_out)
        self.all = errors

    @property
    def errors(self) -> tuple[CnncalcError, ...]:
        """All of them, in the order of the text."""
        return self.all

    def __str__(self) -> str:
        """Write all of them, a blank line apart."""
        return "\n\n".join(str(error) for error in self.all)
