"""One card per layer. Importing this folder imports every file in it, and so files every card under its type."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from cnncalc.layers.layer import CARDS, Layer

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["CARDS", "Layer"]
