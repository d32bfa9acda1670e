"""Letters poured into the cards.

The cards run on positive whole sympy symbols instead of integers. What a number would decide is kept as a
condition: a stride that must fit becomes "H is odd", a filter that must fit in "H ≥ 7", a crop "H = 572".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from cnncalc.errors import FormulaError
from cnncalc.letter import Letter
from cnncalc.letters.conditions import Condition
from cnncalc.letters.fitting import asked, fitting, left_over, settled
from cnncalc.letters.formula import symbol
from cnncalc.network import Network, unrolled
from cnncalc.sizes import Size, teach
from cnncalc.volume import Volume, shorten
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
_DIVIDING = {"/", "//", "%"}


def worked_out(value: Any) -> Any:
    """Return a letter, or a sum of them, as sympy has it; tuples piece by piece, numbers as they are.

    Raises FormulaError for a division by what is 0, whatever the letters are.
    """
    if isinstance(value, Letter):
        return whole(_worked_out(value))
    if isinstance(value, Sides):
        return Sides(*map(worked_out, value))
    return tuple(map(worked_out, value)) if type(value) is tuple else value


def _worked_out(value: Any) -> Any:
    if not isinstance(value, Letter):
        return value
    if not value.sign:
        return symbol(value.left)
    left, right = _worked_out(value.left), _worked_out(value.right)
    if value.sign in _DIVIDING and right == 0:
        raise FormulaError(f"{shorten(str(value))} divides by 0", ways_out=("divide by 1 or more",))
    return _SIGNS[value.sign](left, right)


def whole(size: Any) -> Any:
    """Return a whole number as an int, and letters as they are."""
    return int(size) if isinstance(size, sympy.Integer) else size


def build_in_letters(spec: Spec, entries: tuple[Entry, ...], volume: Volume, rounding: Rounding) -> Network:
    """Work out every volume in letters, and what must hold.

    Raises ShapeError for what no value of the letters can meet, BadValue or FormulaError for a setting that is none.
    """
    conditions: dict[Condition, None] = {}
    sizes: set[Any] = set()
    cards: dict[int, Layer] = {}
    for entry in entries:
        if id(entry.card) not in cards:
            cards[id(entry.card)] = card = _poured(entry)
            conditions.update(dict.fromkeys(settled(entry, card)))
    poured = tuple(entry._replace(card=cards[id(entry.card)]) for entry in entries)

    def output(entry: Entry, card: Layer, x: Any) -> Volume:
        y = card.output(x)
        conditions.update(dict.fromkeys(asked(entry.name, card, x)))
        seen = y.shape  # but what is made of sizes that were looked at: sums, and sides under `same`
        if card.reads_many or isinstance(getattr(card, "padding", 0), str):
            seen = () if card.reads_many else y.shape[-1:]
        new = [size for size in seen if size not in sizes and size != x.values]
        conditions.update(dict.fromkeys(left_over(entry.name, y, new)))
        sizes.update(new)
        return _flat(y)

    source = Volume(worked_out(volume.channels), worked_out(volume.spatial))
    nodes = tuple(unrolled(poured, source, rounding, output))
    network = Network(spec.name, source, nodes, spec.source, (), spec.freeze, tuple(conditions))
    fitting(network)
    return network


def _poured(entry: Entry) -> Layer:
    """Return the card with its letters worked out. Raises FormulaError."""
    try:
        return entry.card.replace(**{name: worked_out(value) for name, value in entry.card.__dict__.items()})
    except FormulaError as error:
        raise error.at(entry.where) from None


def _flat(y: Volume) -> Volume:
    """Return a volume with its floors merged, and whole numbers as such."""
    return Volume(whole(y.channels), tuple(flattened(whole(size)) for size in y.spatial))


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
