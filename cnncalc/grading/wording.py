"""A question in words: its author's, or what it is about."""

from __future__ import annotations

from typing import Any

from cnncalc.claims.claim import Claim
from cnncalc.claims.quantities import HELD
from cnncalc.grading.assignment import Question

BARE = Claim("", "")
"""A claim that says nothing: what differs from it was said."""

_ASKED = {"fit": "Does it fit?", "output_shape": "The output volume?", "macs": "MACs?", "flops": "FLOPs?"}


def in_words(question: Question) -> str:
    """Return what is asked; of a row, which one.

    >>> from cnncalc.grading.file import read_assignment
    >>> asked = "{name: q, network: lenet5, quantity: output_shape, layers: [C1]}"
    >>> in_words(read_assignment("{name: e, questions: [" + asked + "]}").questions[0])
    'lenet5, C1: The output volume?'
    """
    claim = question.claim
    if question.ask:
        is_row = claim.layer and question.name.endswith(f".{claim.layer}")
        return f"{question.ask} [{claim.layer}]" if is_row else question.ask
    words = _ASKED.get(claim.quantity, f"{claim.quantity.replace('_', ' ').capitalize()}?")
    return f"{_of_what(claim)}: {words}{_how(question)}"


def _of_what(claim: Claim) -> str:
    """Return what a question is about: a network and a layer, or the numbers of a worked example."""
    if claim.values is not None:
        pools = claim.quantity == "pool_value"
        always = ("values", "kernel_size", "kind") if pools else ("values", "kernel")
        window = ("at", "stride", "padding", "rounding")
        others = [name for name in window if getattr(claim, name) != getattr(BARE, name)]
        said = {"kernel_size": "filter", "at": "output"}
        return ", ".join(f"{said.get(name, name)} {_numbers(getattr(claim, name))}" for name in (*always, *others))
    network = claim.network if isinstance(claim.network, str) else "the network"
    on = f" on {claim.input}" if claim.input else ""
    return f"{network}{on}{f', {claim.layer}' if claim.layer else ''}"


def _numbers(value: Any) -> str:
    """Write rows of numbers as an assignment does: 0 1 / 2 3."""
    if not isinstance(value, list | tuple):
        return str(value)
    nested = any(isinstance(part, list | tuple) for part in value)
    return (" / " if nested else " ").join(map(_numbers, value))


def _how(question: Question) -> str:
    """Return how the answer is wanted, and under which convention, where it is not the usual one."""
    claim, accepted = question.claim, question.accepted
    said = [
        accepted.unit and f"in {accepted.unit}",
        accepted.digits and f"to {accepted.digits} {'digit' if accepted.digits == 1 else 'digits'}",
        accepted.layout and claim.quantity == "output_shape" and " x ".join(accepted.layout.upper()),
        claim.batch != 1 and f"batch {claim.batch}",
        claim.memory != BARE.memory and claim.quantity in HELD and f"counting {claim.memory}",
        claim.dtype != BARE.dtype and f"in {claim.dtype}",
    ]
    return f" ({', '.join(str(one) for one in said if one)})" if any(said) else ""
