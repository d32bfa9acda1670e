"""A number that remembers how it was written.

    >>> H, F, P, S = (Term.named(*pair) for pair in [("H", 227), ("F", 11), ("P", 0), ("S", 4)])
    >>> print((H - F + 2 * P) // S + 1)
    (H − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55

A `Term` is poured into the same rules as plain integers, so a formula that is shown is the formula
that was computed. Floor brackets appear only when something is left over. Plain integers that change
nothing (`+ 0`, `· 1`) leave no trace: a rule may be general and still read like the lecture's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.sizes import Size, ratio, teach

if TYPE_CHECKING:
    from fractions import Fraction

LETTERS = {
    "out_channels": "K",
    "out_features": "K",
    "kernel_size": "F",
    "stride": "S",
    "padding": "P",
    "dilation": "d",
    "groups": "G",
    "multiplier": "m",
    "output_padding": "A",
    "output_size": "N",
    "size": "n",
    "parts": "n",
    "block_size": "b",
    "start": "i",
    "stop": "j",
    "scale": "s",
}
"""Which letter stands for which field: the lectures' letters, joined to the code's names here only."""

AXES = {1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""The letters of the spatial sizes, by the number of axes."""

_SUM, _PRODUCT, _ATOM = 1, 2, 3
_MOST_PLACES = 12


class Term:
    """An exact number, its letters and its digits.

    value     the number: an int, or a Fraction after `/`
    letters   how it came about, in letters: ``(H − F + 2·P)/S + 1``
    digits    the same with numbers poured in: ``(227 − 11 + 2·0)/4 + 1``
    """

    __slots__ = ("digits", "letters", "strength", "value")

    def __init__(self, value: Any, letters: str, digits: str, strength: int = _ATOM) -> None:
        self.value = value
        self.letters = letters
        self.digits = digits
        self.strength = strength

    @classmethod
    def named(cls, letter: str, value: int) -> Term:
        """Return a number that goes by a letter."""
        return cls(value, letter, str(value))

    def __str__(self) -> str:
        """Write letters = digits = value, without saying the same twice."""
        value = write_number(self.value)
        digits = value if self.digits == value.replace(",", "") else self.digits
        return " = ".join(dict.fromkeys((self.letters, digits, value)))

    def __repr__(self) -> str:
        return f"Term({self})"

    def _join(self, other: Term, sign: str, value: Any, strength: int) -> Term:
        left = strength
        right = strength + (sign in {" − ", "/"})  # a − (b − c), a/(b/c)
        pairs = ((self.letters, other.letters), (self.digits, other.digits))
        letters, digits = (
            _bracket(a, self.strength, left) + sign + _bracket(b, other.strength, right) for a, b in pairs
        )
        return Term(value, letters, digits, strength)

    def __add__(self, other: Size) -> Term:
        if _is_plain(other, 0):
            return self
        other = _as_term(other)
        if other.value < 0 and other.letters.startswith("−"):
            return self - Term(-other.value, other.letters[1:], other.digits[1:])
        return self._join(other, " + ", self.value + other.value, _SUM)

    def __radd__(self, other: Size) -> Term:
        return self if _is_plain(other, 0) else _as_term(other) + self

    def __sub__(self, other: Size) -> Term:
        if _is_plain(other, 0):
            return self
        other = _as_term(other)
        return self._join(other, " − ", self.value - other.value, _SUM)

    def __rsub__(self, other: Size) -> Term:
        return _as_term(other) - self

    def __neg__(self) -> Term:
        letters, digits = (_bracket(text, self.strength, _PRODUCT) for text in (self.letters, self.digits))
        return Term(-self.value, "−" + letters, "−" + digits, _SUM)

    def __mul__(self, other: Size) -> Any:
        if _is_plain(other, 1):
            return self
        if _is_plain(other, 0):
            return 0
        other = _as_term(other)
        return self._join(other, "·", self.value * other.value, _PRODUCT)

    def __rmul__(self, other: Size) -> Any:
        return self * other if _is_plain(other, 1) or _is_plain(other, 0) else _as_term(other) * self

    def __pow__(self, exponent: int) -> Term:
        pair = (_bracket(text, self.strength, _ATOM) for text in (self.letters, self.digits))
        letters, digits = (text + _superscript(exponent) for text in pair)
        return Term(self.value**exponent, letters, digits, _PRODUCT)

    def __truediv__(self, other: Size) -> Term:
        other = _as_term(other)
        return self._join(other, "/", _over(self.value, other.value), _PRODUCT)

    def __floordiv__(self, other: Size) -> Term:
        if _is_plain(other, 1):
            return self
        exact = self / other
        whole = exact.value // 1
        if whole == exact.value:
            return Term(whole, exact.letters, exact.digits, _PRODUCT)
        return Term(whole, f"⌊{exact.letters}⌋", f"⌊{exact.digits}⌋")

    def __rfloordiv__(self, other: Size) -> Any:
        return _as_term(other) // self

    def __mod__(self, other: Size) -> Any:
        other = _as_term(other)
        pairs = ((self.letters, other.letters), (self.digits, other.digits))
        letters, digits = (
            f"{_bracket(a, self.strength, _PRODUCT)} mod {_bracket(b, other.strength, _ATOM)}" for a, b in pairs
        )
        return Term(self.value % other.value, letters, digits, _SUM)

    def __rmod__(self, other: Size) -> Any:
        return _as_term(other) % self

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Term) else other))

    def __lt__(self, other: Size) -> bool:
        return bool(self.value < _as_term(other).value)

    def __gt__(self, other: Size) -> bool:
        return bool(self.value > _as_term(other).value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __int__(self) -> int:
        return int(self.value)


class _Answers:
    """How Terms answer the questions of `sizes`."""

    @staticmethod
    def _called(name: str, a: Size, b: Size, value: Any) -> Term:
        a, b = _as_term(a), _as_term(b)
        return Term(value, f"{name}({a.letters}, {b.letters})", f"{name}({a.digits}, {b.digits})")

    def least(self, a: Size, b: Size) -> Term:
        return self._called("min", a, b, min(_as_term(a).value, _as_term(b).value))

    def greatest(self, a: Size, b: Size) -> Term:
        return self._called("max", a, b, max(_as_term(a).value, _as_term(b).value))

    def common_divisor(self, a: Size, b: Size) -> Term:
        import math  # noqa: PLC0415 - one rule in thirty asks

        return self._called("gcd", a, b, math.gcd(_as_term(a).value, _as_term(b).value))

    @staticmethod
    def ratio(a: Size, b: Size) -> Any:
        return _as_term(a) / b


teach(Term, _Answers())


def together(number: Size) -> Size:
    """Keep a product in brackets where it is written, ``(3·3·64)·64``; any other reading passes through."""
    if isinstance(number, Term) and number.strength < _ATOM:
        return Term(number.value, f"({number.letters})", f"({number.digits})")
    return number


def write_number(value: Any) -> str:
    """Write a number as a lecture does: 102,760,448, and 7/3 as 2.33."""
    if getattr(value, "denominator", 1) != 1:
        return _write_fraction(value)
    return f"{int(value):,}".replace("-", "−")


def _write_fraction(value: Fraction) -> str:
    """Write two decimals, or as many as it takes to tell 1.999 from 2."""
    places = 2
    while (cut := round(value, places)).denominator == 1 and places < _MOST_PLACES:
        places += 1
    sign, whole = ("−" if cut < 0 else ""), abs(int(cut * 10**places))
    return f"{sign}{whole // 10**places:,}.{whole % 10**places:0{places}d}".rstrip("0").rstrip(".")


def _over(a: Any, b: Any) -> Any:
    """Return a/b exactly; a fraction is only made where something is left over."""
    return a // b if a % b == 0 else ratio(a, 1) / b


def _is_plain(number: Size, value: int) -> bool:
    return type(number) is int and number == value


def _as_term(number: Size) -> Term:
    if isinstance(number, Term):
        return number
    text = write_number(number).replace(",", "")
    return Term(number, text, text, _SUM if text.startswith("−") else _ATOM)


def _bracket(text: str, strength: int, needed: int) -> str:
    return text if strength >= needed else f"({text})"


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
