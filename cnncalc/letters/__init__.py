"""The same network with letters: the only door to sympy. The user's text never reaches it, only letters and numbers."""

from cnncalc.letters.conditions import Condition
from cnncalc.letters.fitting import bounds, fitting, in_words, least, required
from cnncalc.letters.formula import Formula, settle, symbol
from cnncalc.letters.largest import largest
from cnncalc.letters.order import compared
from cnncalc.letters.pour import build_in_letters, worked_out

__all__ = [
    "Condition",
    "Formula",
    "bounds",
    "build_in_letters",
    "compared",
    "fitting",
    "in_words",
    "largest",
    "least",
    "required",
    "settle",
    "symbol",
    "worked_out",
]
