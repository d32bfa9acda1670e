"""The options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.errors import UsageError
from cnncalc.letter import read_letter
from cnncalc.sizes import LARGEST, Size
from cnncalc.volume import shorten
from cnncalc.window import Rounding

SpecArgument = Annotated[str, typer.Argument(metavar="SPEC", help="A path, a packaged name, or a one-line network.")]
InputOption = Annotated[str | None, typer.Option("--input", metavar="HxWxC", help="Another input volume.")]
RoundingOption = Annotated[Rounding | None, typer.Option(help="What becomes of pixels that a stride leaves over.")]


TrainOption = Annotated[bool, typer.Option("--train", help="Keep heads that are there for training only.")]
FreezeOption = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Layers that do not train: conv*.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=N", help="A parameter of the spec.")]


def chosen(pairs: list[str] | None) -> dict[str, Size]:
    """Read ``--set growth=12``, or ``growth=k`` that leaves it open. Raises UsageError for anything else."""
    values: dict[str, Size] = {}
    for pair in pairs or ():
        name, _, number = pair.partition("=")
        letter = read_letter(number)
        if letter is None and not _is_number(number):
            message = f"--set {shorten(pair)!r} is no name and whole number or letter"
            raise UsageError(message, ways_out=("--set growth=12",))
        if name in values:
            raise UsageError(f"--set says {shorten(name)!r} twice", ways_out=(f"--set {shorten(pair)}",))
        values[name] = int(number) if letter is None else letter
    return values


def read_batch(text: str) -> Size:
    """Read a batch: a whole number or a letter. Raises UsageError for anything else."""
    if _is_number(text):
        return int(text)
    letter = read_letter(text)
    if letter is None:
        message = f"a batch is a whole number of images from 1 to 10^9, or a letter, not {shorten(text)!r}"
        raise UsageError(message, ways_out=("--batch 32",))
    return letter


def _is_number(text: str) -> bool:
    return text.isdigit() and text.isascii() and len(text) <= 10 and int(text) <= LARGEST  # noqa: PLR2004 - its digits
