"""The same network with letters: the only door to sympy. The user's text never reaches it, only letters and numbers."""

from cnncalc.letters.formula import Formula, settle
from cnncalc.letters.largest import largest
from cnncalc.letters.order import compared
from cnncalc.letters.pour import Condition, build_in_letters, fitting, in_words, symbol, worked_out

__all__ = [
    "Condition",
    "Formula",
    "build_in_letters",
    "compared",
    "fitting",
    "in_words",
    "largest",
    "settle",
    "symbol",
    "worked_out",
]
