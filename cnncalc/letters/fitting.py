"""What a network in letters asks of them: gathered layer by layer, joined into one class per letter, and said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sympy

from cnncalc.congruence import ANY, Congruence, NoSolution
from cnncalc.errors import BadValue, ShapeError, StrideMisfit, VolumeMisfit
from cnncalc.letters.conditions import AtLeast, Condition, Divides, Equal, bounded
from cnncalc.letters.formula import Formula
from cnncalc.volume import shorten
from cnncalc.window import sides

if TYPE_CHECKING:
    from cnncalc.layers import Layer
    from cnncalc.network import Network
    from cnncalc.spec.model import Entry
    from cnncalc.volume import Volume

_SAME = ("give both paths the same stride and padding",)


_COUNTED = {"out_channels", "out_features", "output_size", "stop"}
"""Settings that a volume shows: it tells if they are too small."""

_FROM_0 = {"padding", "output_padding", "start", "part"}


def settled(entry: Entry, card: Layer) -> Iterator[AtLeast]:
    """Yield what makes the settings that were letters large enough; `card` has them worked out.

    Raises BadValue for one that never is: a stride of C − C.
    """
    for name in [name for name in card.fields() if name not in _COUNTED]:
        written, value = getattr(entry.card, name), getattr(card, name)
        low = 0 if name in _FROM_0 else 1
        for part in () if value == written else _parts(value):
            number = sympy.sympify(part) - low
            if number.is_negative:
                message = f"{name} must be {low} or more, and {shorten(str(written))} is {Formula(part)}"
                raise BadValue(message, where=entry.where, ways_out=(f"{name} {low}",))
            yield from bounded(entry.name, number)


def _parts(value: Any) -> Iterator[Any]:
    """Yield a setting's numbers, along each axis and at both ends."""
    if isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def asked(layer: str, card: Layer, x: Any) -> Iterator[Condition]:
    """Yield what a layer asks of what comes in; raise what is wrong whatever the letters are."""
    yield from _divisions(layer, card, x)
    for one, other in card.equalities(x):
        difference: Any = 0 if one == other else sympy.expand(sympy.sympify(one) - other)
        if difference != 0 and difference.is_zero is False:
            card.check(x)
            raise VolumeMisfit(f"{one} is never {other}", ways_out=_SAME)  # never: the card has refused it
        if difference != 0:
            yield Equal(layer, one, other)
    for least, number in card.bounds(x):
        if sympy.sympify(number - least).is_negative:
            card.check(x)
        yield from bounded(layer, number - least)


def _divisions(layer: str, card: Layer, x: Any) -> Iterator[Divides]:
    found = [(number, divisor) for divisor, number, *_ in card.divisions(x)]
    for window, size in zip(card.windows(x), () if card.reads_many else x.spatial, strict=False):
        found += [sympy.fraction(sympy.together(end)) for end in sides(window.padding) if isinstance(end, sympy.Basic)]
        if window.rounding == "exact":
            found.append((window.travel(size), window.stride))
    for number, divisor in found:
        rest = sympy.Mod(number, divisor)
        if rest.is_number and rest != 0:
            message = f"{divisor} never divides {Formula(number)}"
            raise StrideMisfit(message, formula=f"{Formula(number)} mod {divisor} = {rest}")
        if rest != 0:
            yield Divides(layer, number, divisor)


def left_over(layer: str, y: Volume, sizes: Iterable[Any]) -> Iterator[AtLeast]:
    """Yield what makes each size of an output 1 or more. Raises ShapeError for one that never is."""
    for size in sizes:
        number = sympy.sympify(size)
        if number.is_nonpositive:
            message = f"nothing is left: the volume would be {y}"
            raise ShapeError(message, ways_out=("a smaller filter", "a larger input"))
        if not number.is_positive:
            yield from bounded(layer, number - 1)


def fitting(network: Network) -> tuple[dict[str, Congruence], tuple[Condition, ...]]:
    """Return the values of each letter for which every layer fits, and the conditions that are no congruences.

    Smallest values are apart, in `least`. Raises StrideMisfit or VolumeMisfit if no value can meet them all.
    """
    classes: dict[str, Congruence] = {}
    rest: dict[str, Condition] = {}
    for condition in network.conditions or ():
        try:
            found = condition.congruence()
            if found:
                classes[found[0]] = classes.get(found[0], ANY).and_also(found[1])
                classes[found[0]].at_least(1)
        except NoSolution:
            raise _none(condition) from None
        if not found and not (isinstance(condition, AtLeast) and condition.least()):
            rest.setdefault(str(condition), condition)
    for name, low in least(network).items():
        _require(name, low, classes.get(name, ANY), network)
    return classes, tuple(rest.values())


def _none(condition: Condition) -> ShapeError:
    letters = " and ".join(sorted({str(letter) for side in condition[1:] for letter in _letters(side)}))
    message = f"no {letters} fits every stride: {condition} at {condition.layer} contradicts the layers before"
    if isinstance(condition, Equal):
        message = f"no {letters} fits every layer: {condition} at {condition.layer} never holds with the layers before"
        return VolumeMisfit(message, ways_out=_SAME)
    return StrideMisfit(message, ways_out=("rounding: floor",))


def _letters(side: Any) -> set[Any]:
    found: set[Any] = getattr(side, "free_symbols", set())
    return found


def _require(name: str, low: int, allowed: Congruence, network: Network) -> None:
    try:
        allowed.at_least(low)
    except NoSolution:
        small = next(one for one in network.conditions or () if isinstance(one, AtLeast) and one.least() == (name, low))
        message = f"no {name} fits every layer: {allowed.write(name)}, and {small} at {small.layer}"
        raise VolumeMisfit(message, ways_out=_SAME) from None


def least(network: Network) -> dict[str, int]:
    """Return the smallest value of each letter that leaves something of every volume, if that is not 1."""
    found: dict[str, int] = {}
    for condition in network.conditions or ():
        if isinstance(condition, AtLeast) and (low := condition.least()):
            found[low[0]] = max(low[1], found.get(low[0], 1))
    return found


def bounds(network: Network) -> dict[str, tuple[int, int | None]]:
    """Return the smallest and the largest value of each letter that is bound; None: as large as one likes.

    The smallest one fits every stride that asks for its letter alone.
    """
    classes, _ = fitting(network)
    lows = {
        name: classes.get(name, ANY).at_least(low)
        for name, low in {**dict.fromkeys(classes, 1), **least(network)}.items()
    }
    highs = {name: lows[name] for name, known in classes.items() if known.modulus == 0}
    for condition in network.conditions or ():
        if isinstance(condition, AtLeast) and (high := condition.most()):
            highs[high[0]] = min(high[1], highs.get(*high))
    return {name: (lows.get(name, 1), highs.get(name)) for name in {**lows, **highs}}


def in_words(network: Network, but: tuple[str, ...] = ()) -> list[str]:
    """Return what must hold so that every layer fits, as sentences: ``fits if H is odd``."""
    return [f"fits if {condition}" for condition in required(network, but)]


def required(network: Network, but: tuple[str, ...] = ()) -> list[str]:
    """Return what must hold so that every layer fits; nothing if it always does.

    Nothing is said of what letters in `but` must be each for itself.
    """
    classes, rest = fitting(network)
    said = {name: known for name, known in classes.items() if known.modulus != 1 and name not in but}
    found = [known.write(name) for name, known in said.items()]
    found += [f"{condition} ({condition.layer})" for condition in rest]
    for name, low in least(network).items():
        known = classes.get(name, ANY)
        if known.at_least(1) < low and name not in but:
            found.append(f"{name} ≥ {known.at_least(low)}")
    return found
