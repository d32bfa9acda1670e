"""What a claim asks, answered by the rules: the value, the sum behind it, and what else might be meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from cnncalc.claims.circumstances import Case
from cnncalc.claims.claim import BY_SUM, OF_WINDOWS, WORKED, Claim
from cnncalc.claims.exact import write_exact
from cnncalc.claims.memo import Memo
from cnncalc.claims.quantities import COUNTED, quantity_of
from cnncalc.errors import FilterTooLarge, MissingKey, StrideMisfit, UsageError
from cnncalc.ledger import Ledger
from cnncalc.network import Network
from cnncalc.term import Term

Load: TypeAlias = Callable[[Any, Any, Any, Any], Network]
"""How a claim's network is loaded: from what it is called, its input, rounding and parameters."""


class Answer(NamedTuple):
    """What the rules say to a claim.

    value   what the figure is held against; None if the network does not fit
    sum     how it comes about, with its numbers
    misfit  why there is no value
    """

    value: Any
    sum: str = ""
    misfit: str = ""


class Question:
    """A claim and its network, which is loaded once.

    memo       what other claims have worked out
    explained  whether the sum behind the value is asked for
    """

    def __init__(self, claim: Claim, load: Load, memo: Memo | None = None, *, explained: bool = True) -> None:
        self.claim = claim
        self.memo = memo or Memo()
        self._load = load
        self._explained = explained

    @cached_property
    def network(self) -> Network:
        """The network that the claim is about. Raises MissingKey, and whatever is wrong with it."""
        if self.claim.network is None:
            raise MissingKey("the claim does not say what it is about", ways_out=("network: vgg16", "sum: 3*32*32"))
        return self.rounded(self.claim.rounding)

    def rounded(self, rounding: str | None) -> Network:
        """Load the network under a rounding."""
        claim = self.claim
        return self.on(claim.input, rounding)

    def on(self, input: Any, rounding: Any) -> Network:  # noqa: A002 - the spec language's word
        """Load the network on an input, under a rounding."""
        return self._load(self.claim.network, input, rounding, self.claim.set)

    @property
    def case(self) -> Case:
        """What the claim is about, as slips see it."""
        claim = self.claim
        return Case(self.network, claim.layer, claim.quantity, claim.memory, claim.batch, claim.dtype)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the claim's network. Raises whatever is wrong with it."""
        return self.memo.ledger(self.case)

    def answer(self) -> Answer:
        """Answer it by the rules. Raises a CnncalcError for a claim that makes no sense."""
        claim = self.claim
        if claim.sum is not None:
            return self._of_sum()
        if claim.quantity in BY_SUM:
            raise MissingKey(f"a {claim.quantity} needs its sum", ways_out=("sum: 14,197,122/21,841",))
        if claim.quantity in WORKED:
            from cnncalc.claims.worked_claim import answer_of_worked  # noqa: PLC0415 - few claims are worked examples

            return Answer(*answer_of_worked(claim))
        if claim.quantity in OF_WINDOWS:
            from cnncalc.claims.windows import answer_of_windows  # noqa: PLC0415 - few claims are about a window

            return Answer(*answer_of_windows(claim, self))
        try:
            ledger = self.ledger
        except (StrideMisfit, FilterTooLarge) as error:
            return Answer(None, misfit=f"it does not fit: {error.sum}")
        value = quantity_of(ledger, claim.layer, claim.quantity)
        if not self._explained:
            return Answer(value)
        from cnncalc.claims.sums import sum_of  # noqa: PLC0415 - only an audit shows sums

        return Answer(value, sum_of(ledger, claim.layer, claim.quantity))

    def case_under(self, rounding: str) -> Case:
        """Return the case on the network under another rounding."""
        claim = self.claim
        return Case(self.rounded(rounding), claim.layer, claim.quantity, claim.memory, claim.batch, claim.dtype)

    def _of_sum(self) -> Answer:
        """Work out the claim's own sum: exactly, or in letters."""
        from cnncalc.claims.expression import evaluate  # noqa: PLC0415 - most claims name a quantity

        text = str(self.claim.sum)
        names = self._names() if self.claim.network is not None else {}
        in_letters = self.claim.quantity in BY_SUM or self.claim.formula is not None

        def letter(name: str) -> Any:
            if not in_letters:
                raise UsageError(f"{name!r} in the sum has no value", ways_out=("a number in its place",))
            from cnncalc.letters import symbol  # noqa: PLC0415 - sympy, only where a letter is

            return symbol(name)

        value = evaluate(text, names=names, letter=letter)
        if hasattr(value, "free_symbols"):
            from cnncalc.letters import Formula  # noqa: PLC0415

            return Answer(Formula(value), f"{text} = {Formula(value)}")
        terms = {name: Term.named(name, number) for name, number in names.items()}
        return Answer(value, str(evaluate(text, names=terms, number=_as_printed)))

    def _names(self) -> dict[str, Any]:
        """Return what a sum may name: the network's totals, and its layers' as ``fc6.weights``."""
        ledger = self.ledger
        text = str(self.claim.sum)
        names = {name: _expression(quantity_of(ledger, None, name)) for name in COUNTED if name in text}
        for row in ledger.rows if "." in text else ():
            for name in COUNTED:
                if f"{row.name}.{name}" in text and hasattr(row, name):
                    names[f"{row.name}.{name}"] = _expression(getattr(row, name))
        return names


def _expression(value: Any) -> Any:
    """Return what can be added up: a formula's expression, or the number itself."""
    return getattr(value, "expression", value)


def _as_printed(number: Any) -> Term:
    """Return a number of a sum as a Term that is written as it was printed."""
    text = write_exact(number)
    return Term(number, text, text)
