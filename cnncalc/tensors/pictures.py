"""A filter on a picture: read by Pillow, filtered by the array kernels, written to a file of its own."""

from __future__ import annotations

import warnings
from importlib import import_module
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.arrays import taps_inside
from cnncalc.correlation import correlate
from cnncalc.errors import AxesMisfit, BackendMissing, ShapeError, UsageError
from cnncalc.fit import Fit
from cnncalc.layers.pool import AvgPool, MaxPool
from cnncalc.library import Array, Library
from cnncalc.tensors.backends import find
from cnncalc.volume import shorten, write_sizes
from cnncalc.window import Rounding, both_sides
from cnncalc.worked.asked import Asked, Pool, read_asked, seated

MOST_PIXELS = 2**25
"""Pixels of a picture with its padding; a camera has fewer."""
_MOST_COLUMN = 2**26
"""Values that the windows of one output row see."""
_MOST_PRODUCTS = 2**34
_WHITE = 255


class Filtered(NamedTuple):
    """What became of a picture.

    source, target  the two files; sizes as HxWxC, grey pictures have one channel
    values, cut     how many values came out, and how many of them no pixel can hold
    """

    source: str
    target: str
    operation: str
    fit: Fit
    input_sizes: tuple[int, ...]
    output_sizes: tuple[int, ...]
    cut: int

    @property
    def values(self) -> int:
        """How many values came out."""
        return prod(self.output_sizes)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        fields = {"input_shape": list(self.input_sizes), "output_shape": list(self.output_sizes)}
        plain = {"source": self.source, "target": self.target, "operation": self.operation, "formula": self.fit.formula}
        return {**plain, **fields, "values": self.values, "cut": self.cut}


def filter_picture(  # noqa: PLR0913 - a window has as many settings
    source: str,
    filter: Any,  # noqa: A002 - the lectures' word
    target: str,
    *,
    stride: str | None = None,
    padding: str = "0",
    dilation: str = "1",
    rounding: Rounding | None = None,
    flip: bool = False,
    pool: Pool | None = None,
    overwrite: bool = False,
) -> Filtered:
    """Filter each channel of a picture by itself, round to whole values, cut at 0 and 255, and write the result.

    Raises BackendMissing without Pillow, UsageError for what is no picture, too large, or a file that is there already;
    ShapeError for a window that does not fit.
    """
    asked = _on_a_plane(read_asked(filter, flip=flip, pool=pool), filter)
    pillow = _pillow()
    format = _format(pillow, target, overwrite=overwrite)  # noqa: A001 - Pillow's word
    size = write_sizes(asked.window(filter))
    picture = _opened(pillow, source)
    sizes = (picture.size[1], picture.size[0])
    fit = seated(
        sizes, rounding, pool=pool, kernel_size=size, stride=asked.stride(stride), padding=padding, dilation=dilation
    )
    _require_few(fit)
    seen = [taps_inside(*axis, padding=False) for axis in zip(sizes, fit.windows, strict=True)]
    if asked.pool == "max" and any(0 in counts for counts in seen):
        message = "a window sees nothing but padding, which has no maximum"
        raise ShapeError(message, formula=fit.formula, ways_out=("padding 0", "pool average"))
    xp, cut, planes = find("numpy"), 0, []
    for plane in picture.split():
        found = xp.round(_filtered(xp, xp.asarray(plane, dtype=xp.float32)[None, None, ...], asked, fit))[0, 0, ...]
        shown = xp.clip(found, 0, _WHITE)
        cut += int(xp.sum(shown != found))
        planes.append(pillow.fromarray(xp.asarray(shown, dtype=xp.uint8)))
    _write(pillow.merge(picture.mode, planes), target, format, overwrite=overwrite)
    output, channels = fit.output or (), len(planes)
    return Filtered(source, target, _called(asked, size), fit, (*sizes, channels), (*output, channels), cut)


def _filtered(xp: Library, x: Array, asked: Asked, fit: Fit) -> Array:
    """Run the array kernel on (1, 1, H, W)."""
    if asked.slid is not None:
        weights = xp.number([float(weight) for weight in asked.slid.flat], x)
        return correlate(xp, x, xp.reshape(weights, (1, 1, *asked.slid.sizes)), None, fit.windows)
    names = ("kernel_size", "stride", "padding", "dilation")
    settings: dict[str, Any] = {name: tuple(getattr(window, name) for window in fit.windows) for name in names}
    card = MaxPool if asked.pool == "max" else AvgPool
    return card(**settings, rounding=fit.windows[0].rounding).forward(xp, x, {})


def _on_a_plane(asked: Asked, filter: Any) -> Asked:  # noqa: A002 - the lectures' word
    """Return what is asked for with a filter of rows and columns. Raises AxesMisfit for one of other axes."""
    asked = asked.on(2)
    axes = len(asked.window(filter)) if asked.kernel is None else len(asked.kernel.sizes)
    if axes > 2 or (axes == 1 and asked.kernel is not None):  # noqa: PLR2004 - a plane; one size of a window is for both
        message = f"a picture's filter has rows and columns: 2 axes of numbers, not {axes}"
        raise AxesMisfit(message, ways_out=("--filter 2x2" if asked.pool else "--filter '[[0,1],[2,3]]'",))
    return asked


def _called(asked: Asked, size: str) -> str:
    return f"{asked.operation} with {asked.name or size}"


def _pillow() -> Any:
    try:
        return import_module("PIL.Image")
    except ImportError:
        message = "pictures are read by Pillow, which is not installed"
        raise BackendMissing(message, ways_out=("pip install pillow", "pip install 'cnncalc[image]'")) from None


def _opened(pillow: Any, source: str) -> Any:
    """Return a picture, upright, grey or in red, green and blue. Raises UsageError for what is none, or too large."""
    if not Path(source).is_file():
        message = "is no file" if Path(source).exists() else "is not there"
        raise UsageError(f"{shorten(source, 200)!r} {message}", ways_out=("--image photo.png",))
    try:
        with warnings.catch_warnings(), Path(source).open("rb") as file:
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            picture = pillow.open(file)
            _require_readable(picture, shorten(source))
            upright = import_module("PIL.ImageOps").exif_transpose(picture)
            return upright.convert("L" if picture.mode in {"1", "L", "LA"} else "RGB")
    except UsageError:
        raise
    except (pillow.DecompressionBombWarning, pillow.DecompressionBombError):
        raise _too_large(f"{shorten(source)} has too many pixels") from None
    except Exception as error:  # noqa: BLE001 - each of Pillow's readers has its own errors for a broken file
        says = shorten(str(error).strip().split("\n")[0] or type(error).__name__, 80)
        raise UsageError(f"{shorten(source)} is no picture that can be read: {says}", ways_out=("a PNG",)) from None


def _require_readable(picture: Any, name: str) -> None:
    """Refuse what would fill the memory, or would lose values, before the pixels are read."""
    if prod(picture.size) > MOST_PIXELS:
        raise _too_large(f"{name} has {prod(picture.size):,} pixels")
    if picture.mode[0] in "IF":
        raise UsageError(f"{name} has more than 8 bits per value", ways_out=("save it with 8 bits per channel",))


def _require_few(fit: Fit) -> None:
    """Refuse what would fill the memory or take an hour, before anything is laid out."""
    padded = prod(size + both_sides(window.padding) for size, window in zip(fit.sizes, fit.windows, strict=True))
    output, taps = fit.output or (0,), prod(window.kernel_size for window in fit.windows)
    if padded > MOST_PIXELS:
        raise _too_large(f"the picture with its padding has {padded:,} pixels")
    if taps * output[-1] > _MOST_COLUMN or taps * prod(output) > _MOST_PRODUCTS:
        raise _too_large(f"{write_sizes(output)} places of {taps:,} weights are too much work")


def _too_large(says: str) -> UsageError:
    return UsageError(f"{says}; {MOST_PIXELS:,} pixels is the most", ways_out=("a smaller picture or filter",))


def _format(pillow: Any, target: str, *, overwrite: bool) -> str:
    """Return how a file of this name is written. Raises UsageError if nobody knows, or if it is there already."""
    path = Path(target)
    pillow.init()
    found = pillow.registered_extensions().get(path.suffix.lower())
    if found not in pillow.SAVE:
        message = f"no kind of picture ends in {shorten(path.suffix or path.name)!r}"
        raise UsageError(message, ways_out=(f"--output {path.with_suffix('.png').name if path.name else 'out.png'}",))
    if path.exists() and not (overwrite and path.is_file()):
        free = next(
            name for number in range(2, 10**6) if not (name := path.with_stem(f"{path.stem}-{number}")).exists()
        )
        raise UsageError(f"{target} is there already", ways_out=(f"--output {free}", "--overwrite"))
    return str(found)


def _write(picture: Any, target: str, format: str, *, overwrite: bool) -> None:  # noqa: A002 - Pillow's word
    """Write a file once its picture is whole; a new one unless told otherwise."""
    whole = BytesIO()
    picture.save(whole, format=format)
    with Path(target).open("wb" if overwrite else "xb") as file:
        file.write(whole.getvalue())
