"""How a fit is written: the sum first, then the verdict, then what rounding would do, then ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.fit import Fit
from cnncalc.render.cells import safe
from cnncalc.render.plain import grid
from cnncalc.volume import write_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence


def as_text(fit: Fit) -> str:
    """Write the answer to `check --input 7x7 --filter 3 --stride 3`."""
    lines = fit.formula.splitlines()
    if fit.fits:
        return "\n".join([*lines, f"fits: {write_sizes(fit.floor)}"])
    if min(fit.floor) < 1:
        lines.append("does not fit: the filter is larger than the padded input")
    else:
        lines.append(f"does not fit: the stride leaves {_left_over(fit)}")
        lines += [f"  floor  {write_sizes(fit.floor)}, {fit.losses()}"]
        lines += [f"  ceil   {write_sizes(fit.ceil)}, {fit.inventions()}"]
    if fit.ways_out:
        lines += ["ways out:", *(f"  {way}" for way in fit.ways_out)]
    return "\n".join(lines)


def fits_as_text(name: str, fits: Sequence[tuple[str, Fit]]) -> str:
    """Write a line for every window of a network, and how many do not divide."""
    rows = [("layer", "sum", "verdict"), *(_row(layer, fit) for layer, fit in fits)]
    misfits = [layer for layer, fit in fits if not fit.fits]
    verdict = "every stride fits" if not misfits else f"{len(misfits)} of {len(fits)} do not fit: {', '.join(misfits)}"
    return f"{grid(rows)}\n\n{safe(name)}: {verdict}"


def _row(layer: str, fit: Fit) -> tuple[str, str, str]:
    return layer, fit.sum, "fits" if fit.fits else f"does not fit; {_rounded(fit)}"


def _rounded(fit: Fit) -> str:
    """Say what a network that goes on all the same makes of it."""
    if all(window.rounding == "ceil" for window in fit.windows):
        return f"ceil {write_sizes(fit.ceil)}, {fit.inventions()}"
    return f"floor {write_sizes(fit.floor)}, {fit.losses()}"


def _left_over(fit: Fit) -> str:
    parts = {f"{left} pixel{'s' * (left > 1)}" for left in fit.leftover if left}
    return f"{' and '.join(sorted(parts))} over"
