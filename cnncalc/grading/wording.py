"""A question in words: its author's, or what it is about."""

from __future__ import annotations

from cnncalc.grading.assignment import Question

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
    network = claim.network if isinstance(claim.network, str) else "the network"
    words = _ASKED.get(claim.quantity, f"{claim.quantity.replace('_', ' ').capitalize()}?")
    on = f" on {claim.input}" if claim.input else ""
    layer = f", {claim.layer}" if claim.layer else ""
    return f"{network}{on}{layer}: {words}"
