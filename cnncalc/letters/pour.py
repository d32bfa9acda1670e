"""Letters poured into the cards.

The cards run on positive whole sympy symbols instead of integers. What a number would decide is kept as a
condition: a stride that must fit becomes "H is odd", a filter that must fit in becomes a smallest size.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy

from cnncalc.congruence import Congruence, NoSolution, solve
from cnncalc.errors import ShapeError, StrideMisfit
from cnncalc.letter import Letter
from cnncalc.letters.formula import Formula
from cnncalc.network import Network, unrolled
from cnncalc.sizes import Size, teach
from cnncalc.volume import Volume
from cnncalc.window import Sides

if TYPE_CHECKING:
    from cnncalc.layers import Layer
    from cnncalc.spec.model import Entry, Spec
    from cnncalc.window import Rounding


class GreatestCommonDivisor(sympy.Function):
    """gcd of two whole numbers, which waits until both are known; sympy's own is one of polynomials."""

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, a: Any, b: Any) -> Any:
        """Return the divisor of two numbers; None lets letters wait."""
        return sympy.igcd(a, b) if a.is_Integer and b.is_Integer else None

    def _sympystr(self, printer: Any) -> str:
        return f"gcd({', '.join(printer._print(part) for part in self.args)})"  # noqa: SLF001 - sympy's own way


class _Answers:
    """How letters answer the questions of `sizes`: exactly, through floor and mod."""

    least = staticmethod(sympy.Min)
    greatest = staticmethod(sympy.Max)

    @staticmethod
    def common_divisor(a: Size, b: Size) -> Any:
        return GreatestCommonDivisor(a, b)

    @staticmethod
    def quotient(a: Size, b: Size) -> Any:
        return sympy.sympify(a) / b

    ratio = quotient


teach(sympy.Basic, _Answers())


class Condition(NamedTuple):
    """What must hold at a layer: `divisor` divides `number`."""

    layer: str
    number: Any
    divisor: Any

    def __str__(self) -> str:
        return f"{Formula(self.number)} ≡ 0 mod {Formula(self.divisor)}"


@cache
def symbol(name: str) -> Any:
    """Return the sympy symbol of a letter: a positive whole number."""
    return sympy.Symbol(name, integer=True, positive=True)


_SIGNS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: sympy.sympify(a) / b,
    "//": lambda a, b: sympy.floor(sympy.sympify(a) / b),
    "%": sympy.Mod,
    "min": sympy.Min,
    "max": sympy.Max,
    "gcd": _Answers.common_divisor,
}


def worked_out(value: Any) -> Any:
    """Return a letter, or a sum of them, as sympy has it; tuples piece by piece, numbers as they are."""
    if isinstance(value, Letter):
        if not value.sign:
            return symbol(value.left)
        return _SIGNS[value.sign](worked_out(value.left), worked_out(value.right))
    if isinstance(value, Sides):
        return Sides(*map(worked_out, value))
    return tuple(map(worked_out, value)) if type(value) is tuple else value


def build_in_letters(spec: Spec, entries: tuple[Entry, ...], volume: Volume, rounding: Rounding) -> Network:
    """Work out every volume in letters, and what must hold.

    Raises ShapeError for what no value of the letters can meet.
    """
    conditions: list[Condition] = []
    poured = tuple(entry._replace(card=_poured(entry.card)) for entry in entries)

    def output(entry: Entry, card: Layer, x: Any) -> Volume:
        conditions.extend(_conditions(entry.name, card, x))
        return _flat(card.output(x))

    source = Volume(worked_out(volume.channels), worked_out(volume.spatial))
    nodes = tuple(unrolled(poured, source, rounding, output))
    network = Network(spec.name, source, nodes, spec.source, (), spec.freeze, tuple(conditions))
    fitting(network)
    return network


def _poured(card: Layer) -> Layer:
    return card.replace(**{name: worked_out(value) for name, value in card.__dict__.items()})


def _flat(y: Volume) -> Volume:
    """Return a volume with its floors merged. Raises ShapeError for one that is negative whatever the letters are."""
    if any(sympy.sympify(size).is_nonpositive for size in y.shape):
        raise ShapeError(f"nothing is left: the volume would be {y}", ways_out=("a smaller filter", "a larger input"))
    return Volume(y.channels, tuple(flattened(size) for size in y.spatial))


def flattened(size: Any) -> Any:
    """Merge floors: ⌊u⌋ + n is ⌊u + n⌋, and ⌊(⌊u⌋ + n)/m⌋ is ⌊(u + n)/m⌋ for whole n and m."""
    if not isinstance(size, sympy.Basic):
        return size
    number, rest = size.as_coeff_Add()
    if not isinstance(rest, sympy.floor) or not number.is_Integer:
        return size
    shift, inner = sympy.expand(rest.args[0]).as_coeff_Add()
    factor, floor = inner.as_coeff_Mul()
    if isinstance(floor, sympy.floor) and (1 / factor).is_Integer and (shift / factor).is_Integer:
        return flattened(sympy.floor(sympy.expand(floor.args[0] * factor) + shift + number, evaluate=False))
    return sympy.floor(inner + shift + number, evaluate=False) if number else size


def _conditions(layer: str, card: Layer, x: Any) -> list[Condition]:
    """Return what must divide what; raise what is wrong whatever the letters are."""
    if card.reads_many:
        card.check(x)
        return []
    found = [Condition(layer, number, divisor) for divisor, number, *_ in card.divisions(x)]
    for window, size in zip(card.windows(x), x.spatial, strict=False):
        if window.rounding == "exact":
            found.append(Condition(layer, window.travel(size), window.stride))
    open_ones = []
    for condition in found:
        rest = sympy.Mod(condition.number, condition.divisor)
        if rest.is_number and rest != 0:
            message = f"{condition.divisor} never divides {Formula(condition.number)}"
            raise StrideMisfit(message, formula=f"{Formula(condition.number)} mod {condition.divisor} = {rest}")
        if rest != 0:
            open_ones.append(condition)
    return open_ones


def fitting(network: Network) -> tuple[dict[str, Congruence], tuple[Condition, ...]]:
    """Return the values of each letter for which every stride fits, and the conditions that are no congruences.

    Raises StrideMisfit if no value can meet them all.
    """
    classes: dict[str, Congruence] = {}
    rest: list[Condition] = []
    for condition in network.conditions or ():
        linear = _linear(condition)
        if linear is None:
            if condition not in rest:
                rest.append(condition)
            continue
        name, factor, shift, modulus = linear
        try:
            classes[name] = classes.get(name, Congruence(0, 1)).and_also(solve(factor, -shift, modulus))
        except NoSolution:
            message = f"no {name} fits every stride: {condition} at {condition.layer} contradicts the layers before"
            raise StrideMisfit(message, ways_out=("rounding: floor",)) from None
    return classes, tuple(rest)


def _linear(condition: Condition) -> tuple[str, int, int, int] | None:
    """Return (letter, a, b, m) for a condition a·letter + b ≡ 0 mod m, if it is one."""
    letters = sorted(sympy.sympify(condition.number).free_symbols, key=str)
    if len(letters) != 1 or not sympy.sympify(condition.divisor).is_Integer:
        return None
    expanded = sympy.expand(condition.number)
    factor, shift = expanded.coeff(letters[0], 1), expanded.coeff(letters[0], 0)
    if sympy.expand(factor * letters[0] + shift - expanded) != 0 or not (factor.is_Rational and shift.is_Rational):
        return None
    scale = int(sympy.ilcm(factor.q, shift.q))
    return str(letters[0]), int(factor * scale), int(shift * scale), int(condition.divisor) * scale


def in_words(network: Network) -> list[str]:
    """Return what must hold so that every stride fits, as sentences; nothing if it always does."""
    classes, rest = fitting(network)
    sentences = [f"fits if {congruence.write(name)}" for name, congruence in classes.items() if congruence.modulus > 1]
    return sentences + [f"fits if {condition} ({condition.layer})" for condition in rest]
