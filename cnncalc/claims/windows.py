"""What a claim asks of windows: do they fit, which are there, how many settings have they, which pixels do they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.claims.claim import Claim
from cnncalc.claims.kinds import Fitting, Settings, Values
from cnncalc.claims.quantities import names_of
from cnncalc.errors import FilterTooLarge, MissingKey, ShapeError, StrideMisfit, UsageError
from cnncalc.ledger import tally
from cnncalc.network import Network, Node
from cnncalc.term import LETTERS
from cnncalc.volume import Volume, parse_volume

if TYPE_CHECKING:
    from cnncalc.claims.question import Question

MOST_TRIED = 1_000
"""So many input sizes are tried before none is said to fit."""


def answer_of_windows(claim: Claim, question: Question) -> tuple[Any, str]:
    """Return what a claim about windows is held against, and its sum."""
    if claim.quantity == "fit":
        return _fit(claim, question)
    if claim.quantity == "fitting_input":
        return _fitting_input(claim, question)
    network = question.network
    if claim.quantity == "settings":
        return _settings(network, claim.layer), ""
    if claim.quantity == "hyperparameters":
        return _hyperparameters(network, claim.layer)
    return _pixels(claim, network)


def _windowed(network: Network, layer: str | None) -> list[Node]:
    return [node for node in _named(network, layer) if node.card.windows(node.x)]


def _named(network: Network, layer: str | None) -> list[Node]:
    """Return the layers that a claim is about: all, one, a block's, or several."""
    names = names_of(tally(network), layer) if layer is not None else None
    return [node for node in network.nodes if names is None or node.name in names]


def _fit(claim: Claim, question: Question) -> tuple[Fitting, str]:
    """Say whether every window fits; the first that does not is the one at issue."""
    try:
        network = _floored(question)
    except (StrideMisfit, FilterTooLarge) as error:
        formula = error.sum
        return Fitting(fits=False, formula=formula), formula
    if network.conditions is not None:
        return _fit_in_letters(network)
    fits = [fit for node in _windowed(network, claim.layer) if (fit := node.card.fit(node.x))]
    if not fits:
        raise UsageError("there is no window to fit", ways_out=("a convolution or a pooling",))
    issue = next((fit for fit in fits if not fit.fits), fits[0])
    exact = None if isinstance(issue.exact, tuple) or len(fits) > 1 else issue.exact
    formula = issue.sum
    return Fitting(all(fit.fits for fit in fits), exact, formula=formula), formula


def _floored(question: Question) -> Network:
    """Return the network, its strides floored where they do not fit. Raises the first misfit if that cannot be."""
    try:
        return question.network
    except StrideMisfit as error:
        try:
            return question.rounded("floor")
        except FilterTooLarge:
            raise error from None


def _fit_in_letters(network: Network) -> tuple[Fitting, str]:
    from cnncalc.letters import required  # noqa: PLC0415 - sympy, only where a letter is

    conditions = required(network)
    found = Fitting(fits=True, condition=" and ".join(conditions))
    return found, "" if conditions else "no stride rules a size out"


def _fitting_input(claim: Claim, question: Question) -> tuple[Any, str]:
    """Return the smallest square input, from the claim's own on, on which every stride fits: 227, or 227x227x3."""
    if claim.input is None:
        raise MissingKey("an input to start from is missing", ways_out=("input: 224x224x3",))
    start = parse_volume(claim.input)
    if not all(isinstance(size, int) for size in start.shape):
        raise UsageError("an input to start from is numbers", ways_out=("input: 224x224x3",))
    tried = ""
    for size in range(max(start.spatial), max(start.spatial) + MOST_TRIED):
        volume = Volume(start.channels, (size,) * len(start.spatial))
        try:
            network = question.on(str(volume), claim.rounding)
        except ShapeError as error:
            tried = tried or error.sum
            continue
        if network.conditions is not None:
            raise UsageError("a network in letters has no one input that fits", ways_out=("quantity: fit",))
        written = "; ".join(part for part in (tried, *map(_written, _windowed(network, None)[:1])) if part)
        return (volume.shape if {"x", "×"} & set(claim.printed) else size), written
    raise UsageError(f"no input from {claim.input} on fits, as far as {MOST_TRIED:,} sizes show")


def _written(node: Node) -> str:
    fit = node.card.fit(node.x)
    return fit.sum if fit else ""


def _settings(network: Network, layer: str | None) -> Settings:
    found = set()
    if network.conditions is not None:
        raise UsageError("settings are listed in numbers", ways_out=("quantity: fit", "numbers in place of letters"))
    for node in _windowed(network, layer):
        windows = set(node.card.windows(node.x))
        if len(windows) > 1 or not isinstance(next(iter(windows)).padding, int):
            raise UsageError(f"{node.name} has no one filter, stride and padding", ways_out=("name another network",))
        window = windows.pop()
        found.add((window.kernel_size, window.stride, window.padding))
    if not found:
        raise UsageError("there is no window", ways_out=("a convolution or a pooling",))
    return Settings(found)


def _hyperparameters(network: Network, layer: str | None) -> tuple[int, str]:
    """Count the settings that layers leave open: those that a letter stands for."""
    letters = [
        LETTERS[field]
        for node in _named(network, layer)
        for field in node.card.fields()
        if field in LETTERS and _is_open(getattr(node.card, field))
    ]
    if not letters:
        raise UsageError("no layer leaves a setting open", ways_out=("letters for settings: conv(F)-K/sS/pP",))
    return len(letters), ", ".join(letters)


def _is_open(value: Any) -> bool:
    return any(map(_is_open, value)) if isinstance(value, tuple) else bool(getattr(value, "free_symbols", ()))


def _require_no_holes(network: Network) -> None:
    """Raise UsageError where taps lie further apart than what each of them sees is wide: pixels between are unseen."""
    rows = {row.name: row for row in tally(network).rows}
    for node in _windowed(network, None):
        below = rows[node.inputs[0]]
        for window, size, jump in zip(node.card.windows(node.x), below.receptive_field, below.jump, strict=True):
            known = isinstance(size, int) and isinstance(jump, int)
            if window.kernel_size > 1 and (not known or window.dilation * jump > size):
                message = f"{node.name} leaves out pixels between those that it sees, and which is not known here"
                raise UsageError(message, ways_out=("quantity: receptive_field",))


def _pixels(claim: Claim, network: Network) -> tuple[Values, str]:
    """Return the input pixels that one output sees, numbered row by row from 1."""
    ledger = tally(network)
    row = ledger[claim.layer] if claim.layer is not None else ledger.rows[-1]
    if network.conditions is not None:
        raise UsageError("pixels are numbered in an input of numbers", ways_out=("input: 224x224x3",))
    _require_no_holes(network)
    place = claim.at or (0,) * len(row.fields)
    if len(place) != len(row.fields) or any(at >= size for at, size in zip(place, row.volume.spatial, strict=True)):
        raise UsageError("there is no such output", ways_out=("at: [0, 0]",))
    spans = []
    for at, size, jump, padding, limit in zip(
        place, row.receptive_field, row.jump, row.padding, network.input.spatial, strict=True
    ):
        start = at * jump - padding
        if not isinstance(start, int) or not isinstance(size, int):
            raise UsageError("which pixels one output sees is not known here", ways_out=("another layer",))
        spans.append(range(max(start, 0), min(start + size, limit)))
    numbers = [0]
    for span, limit in zip(spans, network.input.spatial, strict=True):
        numbers = [number * limit + pixel for number in numbers for pixel in span]
        if len(numbers) > MOST_TRIED:
            raise UsageError(f"it sees more than {MOST_TRIED:,} pixels", ways_out=("quantity: receptive_field",))
    shown = "x".join(str(len(span)) for span in spans)
    return Values(number + 1 for number in numbers), f"{shown} pixels from {', '.join(str(s.start) for s in spans)} on"
