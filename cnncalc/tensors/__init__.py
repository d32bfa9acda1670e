"""The same network with arrays: find the library, make the weights, execute, free, confirm."""

from cnncalc.tensors.confirmation import Confirmation, Confirmed, confirm
from cnncalc.tensors.execution import run

__all__ = ["Confirmation", "Confirmed", "confirm", "run"]
