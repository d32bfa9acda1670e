"""`cnncalc check`: does the stride fit? For one window, or for every window of a network."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from cnncalc.cli.say import Short, say, say_json
from cnncalc.errors import CnncalcError, UsageError

OPTIONS = {
    "kernel_size": "--filter",
    "stride": "--stride",
    "padding": "--pad",
    "dilation": "--dilation",
    "output": "--output",
}
"""How the settings of a window are called here."""


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(check)


def check(
    spec: Annotated[str | None, typer.Argument(metavar="SPEC", help="Check every window of a network.")] = None,
    input: Annotated[str | None, typer.Option("--input", metavar="HxW", help="Pixels: 7x7, or 7x7x3.")] = None,  # noqa: A002
    filter: Annotated[str | None, typer.Option("--filter", metavar="F", help="3, or 3x5.")] = None,  # noqa: A002
    stride: Annotated[str | None, typer.Option(metavar="S", help="1, or 1x2; 1 if not given.")] = None,
    pad: Annotated[
        str | None, typer.Option(metavar="P", help="1, 1x2, 1:2 (before:after), same, valid; 0 if not given.")
    ] = None,
    dilation: Annotated[str | None, typer.Option(metavar="D", help="1, contiguous, if not given.")] = None,
    output: Annotated[str | None, typer.Option("--output", metavar="N", help="The output size that is wanted.")] = None,
    format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table,  # noqa: A002
) -> None:
    """Does the stride fit? The sum, the exact quotient, what floor and ceil would do, and ways out that were tried.

    A '?' for --input, --filter, --stride or --pad asks which values fit. Exit status 1 if it does not fit.
    """
    if spec is None and input and filter:
        window = {"kernel_size": filter, "stride": stride, "padding": pad, "dilation": dilation}
        raise typer.Exit(0 if _one_window(input, _given(window), output, format) else 1)
    if spec is not None:
        if _given({"filter": filter, "stride": stride, "pad": pad, "dilation": dilation, "output": output}):
            message = "a SPEC brings its own windows: it takes --input and --format alone"
            raise UsageError(message, ways_out=(f"cnncalc check {spec}", "cnncalc check --input 7x7 --filter 3"))
        from cnncalc.cli.check_network import check_network  # noqa: PLC0415 - a single window needs no spec

        fits = check_network(spec, input, format)
        raise typer.Exit(0 if fits else 1)
    message = "check needs a SPEC, or --input and --filter"
    raise UsageError(message, ways_out=("cnncalc check --input 7x7 --filter 3 --stride 3", "cnncalc check vgg16"))


def _given(options: dict[str, str | None]) -> dict[str, str]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _one_window(input: str, window: dict[str, str], output: str | None, format: Short) -> bool:  # noqa: A002
    """Answer about one window; what is wrong with it is said in the words of the options."""
    try:
        if output or "?" in (input, *window.values()):
            from cnncalc.cli.backwards import answer  # noqa: PLC0415 - only '?' asks

            return answer(input, window, output, as_json=format is Short.json)
        return _check_window(input, window, format)
    except CnncalcError as error:
        error.message = _in_options(error.message)
        error.ways_out = tuple(map(_in_options, error.ways_out))
        raise


def _in_options(text: str) -> str:
    """Call a setting as the option is called: kernel_size is --filter."""
    return re.sub(f"^({'|'.join(OPTIONS)})(?= )", lambda match: OPTIONS[match[0]], text)


def _check_window(input: str, window: dict[str, str], format: Short) -> bool:  # noqa: A002
    from cnncalc.checking import check as ask  # noqa: PLC0415
    from cnncalc.render.fit import as_text  # noqa: PLC0415

    fit = ask(input=input, **window)
    if format is Short.json:
        say_json(fit.to_dict())
    else:
        say(as_text(fit))
    return fit.fits
