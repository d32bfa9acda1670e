"""`cnncalc convolve`: the lectures' worked examples on one's own numbers, or a filter on a picture."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cnncalc.cli.options import RoundingOption
from cnncalc.cli.say import Short, say, say_json
from cnncalc.errors import UsageError
from cnncalc.worked.asked import Pool
from cnncalc.worked.filters import FILTERS

_FILTER = f"Numbers, or {', '.join(FILTERS)}; with --pool its size: 2, 2x3."
_NUMBERS = "0..8, '[[0,1],[2,3]]', '1 2; 3 4', '.5 1/9'."


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(convolve)


def convolve(
    filter: Annotated[str, typer.Option("--filter", metavar="NUMBERS", help=_FILTER)],  # noqa: A002 - the lectures' word
    input: Annotated[str | None, typer.Option("--input", metavar="NUMBERS", help=_NUMBERS)] = None,  # noqa: A002
    shape: Annotated[
        str | None, typer.Option(metavar="HxW", help="The input's sizes, for numbers in one list.")
    ] = None,
    stride: Annotated[str | None, typer.Option(metavar="S", help="1, or 1x2; a pooling steps by its own size.")] = None,
    pad: Annotated[str, typer.Option(metavar="P", help="1, 1x2, 1:2 (before:after), same, valid.")] = "0",
    dilation: Annotated[str, typer.Option(metavar="D", help="1 is contiguous.")] = "1",
    rounding: RoundingOption = None,
    flip: Annotated[bool, typer.Option("--flip", help="Turn the filter around: true convolution.")] = False,  # noqa: FBT002
    pool: Annotated[Pool | None, typer.Option(help="A window without weights.")] = None,
    matrix: Annotated[bool, typer.Option("--matrix", help="The same as a sparse matrix.")] = False,  # noqa: FBT002
    image: Annotated[str | None, typer.Option(metavar="FILE", help="A picture instead of --input (Pillow).")] = None,
    output: Annotated[str | None, typer.Option(metavar="FILE", help="Where the filtered picture goes.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace that file.")] = False,  # noqa: FBT002
    format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table,  # noqa: A002
) -> None:
    """Slide a filter over your own numbers, exactly, and show each sum; or filter a picture.

    cnncalc convolve --input 0..8 --filter '[[0,1],[2,3]]'
    """
    window: dict[str, Any] = {"stride": stride, "padding": pad, "dilation": dilation, "rounding": rounding}
    window |= {"flip": flip, "pool": pool}
    _require_one(input, image, output)
    if image is not None and output is not None:
        if matrix or shape is not None:
            raise UsageError("--matrix, --shape are for numbers, not for a picture", ways_out=("leave them out",))
        _filter(image, filter, output, {**window, "overwrite": overwrite}, format)
    else:
        if overwrite:
            raise UsageError("--overwrite is for a picture's --output", ways_out=("leave it out",))
        _work_out(input, filter, {**window, "shape": shape}, format, matrix=matrix)


def _require_one(input: str | None, image: str | None, output: str | None) -> None:  # noqa: A002
    """Refuse both or neither of numbers and picture, and a picture that would go nowhere."""
    if (input is None) == (image is None):
        message = "convolve needs numbers (--input) or a picture (--image)" + ", not both" * (input is not None)
        ways_out = ("--input 0..8", "--image photo.png --output out.png")
        raise UsageError(message, ways_out=ways_out)
    if (image is None) != (output is None):
        message = "--output is where the picture goes, so the two come together"
        raise UsageError(message, ways_out=("--image photo.png --output out.png",))


def _work_out(input: str | None, filter: str, settings: dict[str, Any], format: Short, *, matrix: bool) -> None:  # noqa: A002
    from cnncalc.render.convolution import convolution_as_text  # noqa: PLC0415
    from cnncalc.worked.convolution import convolve as ask  # noqa: PLC0415 - a picture needs none of it

    found = ask(input, filter, **settings)
    if format is Short.json:
        say_json(found.to_dict(matrix=matrix))
    else:
        say(convolution_as_text(found, matrix=matrix))


def _filter(image: str, filter: str, output: str, settings: dict[str, Any], format: Short) -> None:  # noqa: A002
    from cnncalc.render.convolution import picture_as_text  # noqa: PLC0415
    from cnncalc.tensors.pictures import filter_picture  # noqa: PLC0415 - the array library, only for a picture

    done = filter_picture(image, filter, output, **settings)
    if format is Short.json:
        say_json(done.to_dict())
    else:
        say(picture_as_text(done))
