"""cnncalc says what a ConvNet costs before anyone builds it.

    import cnncalc
    network = cnncalc.load("vgg16")
    cnncalc.tally(network).totals.parameters    # 138357544
    cnncalc.check(input="7x7", kernel_size=3, stride=3).fits    # False

Every public name is here, and nothing is loaded before it is needed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cnncalc import errors
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc.api import compare, load, solve
    from cnncalc.checking import check, which
    from cnncalc.claims import Verdict, verdict
    from cnncalc.claims.reconcile import Reconciliation, reconcile
    from cnncalc.explanation import explain
    from cnncalc.fit import Fit
    from cnncalc.grading import Item, Marks, grade
    from cnncalc.ledger import Ledger, Totals, conventions, tally
    from cnncalc.memory.budgets import Budget, Room, budget, largest_batch
    from cnncalc.memory.liveness import Peak, peak
    from cnncalc.memory.orders import Order, best_order
    from cnncalc.network import Network, Node
    from cnncalc.row import Row
    from cnncalc.tensors import Confirmation, confirm, run
    from cnncalc.volume import Volume
    from cnncalc.worked.convolution import convolve

__version__ = "0.1.0"

_HOMES = {
    "check": "cnncalc.checking",
    "compare": "cnncalc.api",
    "convolve": "cnncalc.worked.convolution",
    "explain": "cnncalc.explanation",
    "solve": "cnncalc.api",
    "confirm": "cnncalc.tensors",
    "run": "cnncalc.tensors",
    "Confirmation": "cnncalc.tensors",
    "which": "cnncalc.checking",
    "load": "cnncalc.api",
    "tally": "cnncalc.ledger",
    "conventions": "cnncalc.ledger",
    "peak": "cnncalc.memory.liveness",
    "Peak": "cnncalc.memory.liveness",
    "best_order": "cnncalc.memory.orders",
    "Order": "cnncalc.memory.orders",
    "budget": "cnncalc.memory.budgets",
    "Budget": "cnncalc.memory.budgets",
    "largest_batch": "cnncalc.memory.budgets",
    "Room": "cnncalc.memory.budgets",
    "grade": "cnncalc.grading",
    "Item": "cnncalc.grading",
    "Marks": "cnncalc.grading",
    "Ledger": "cnncalc.ledger",
    "Row": "cnncalc.row",
    "Totals": "cnncalc.ledger",
    "reconcile": "cnncalc.claims.reconcile",
    "Reconciliation": "cnncalc.claims.reconcile",
    "verdict": "cnncalc.claims",
    "Verdict": "cnncalc.claims",
    "Fit": "cnncalc.fit",
    "Network": "cnncalc.network",
    "Node": "cnncalc.network",
    "Volume": "cnncalc.volume",
}


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home, the first time it is asked for."""
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'cnncalc' has no attribute {name!r}"
        raise AttributeError(msg)
    if "IPython" in sys.modules:
        import_module("cnncalc.render.notebook")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


__all__ = [
    "Budget",
    "CnncalcError",
    "Confirmation",
    "Fit",
    "Item",
    "Ledger",
    "Marks",
    "Network",
    "Node",
    "Order",
    "Peak",
    "Reconciliation",
    "Room",
    "Row",
    "Totals",
    "Verdict",
    "Volume",
    "__version__",
    "best_order",
    "budget",
    "check",
    "compare",
    "confirm",
    "conventions",
    "convolve",
    "errors",
    "explain",
    "grade",
    "largest_batch",
    "load",
    "peak",
    "reconcile",
    "run",
    "solve",
    "tally",
    "verdict",
    "which",
]
