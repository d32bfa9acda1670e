"""The command line: parse, call, render. Only the command that is asked for is imported.

Exit status: 0 the answer is yes or was given; 1 the answer is no; 2 the question could not be read; as with other
tools 130 where it was interrupted and 141 where the reader of a pipe left before the answer: it is neither yes nor no.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any

gc.disable()  # imports make no garbage; looking for it costs a tenth of a run
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # our models have none; looking reads every distribution

import typer  # noqa: E402 - after the two lines above, which are about importing

from cnncalc.cli.say import fail, on_terminal, say, wants_json  # noqa: E402
from cnncalc.errors import CnncalcError, InternalError, UsageError  # noqa: E402
from cnncalc.volume import shorten  # noqa: E402

COMMANDS = (
    "table",
    "check",
    "compare",
    "convolve",
    "explain",
    "confirm",
    "audit",
    "grade",
    "quiz",
    "autograder",
    "formulas",
    "solve",
    "list",
    "schema",
)
"""The commands, in the order of the help; each is a module of this package."""

CLOSED_PIPE = 141
"""What a shell reports of a tool that SIGPIPE ended: 128 + 13."""

_Slip: Any = typer.BadParameter.__mro__[2]
"""What typer raises for a command line that it cannot read."""


def main() -> None:
    """Run cnncalc. Errors go to stderr; nothing ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # formulas need more letters than some terminals and pipes have
            stream.reconfigure(errors="replace") if stream.isatty() else stream.reconfigure(encoding="utf-8")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status."""
    try:
        app, name, rest = _app(arguments or ["--help"])
        gc.freeze()
        gc.enable()
        status = app(rest, standalone_mode=False, prog_name=name)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except SystemExit:  # typer, about a closed pipe: a reader such as `head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except Exception as error:
        if "CNNCALC_TRACEBACK" in os.environ:
            raise
        return fail(_said(error, arguments), json=wants_json(arguments))
    return int(status or 0)


def _app(arguments: list[str]) -> tuple[typer.Typer, str, list[str]]:
    """Return an app with the one command that is asked for, or with all for the help; its name and arguments."""
    pretty = on_terminal() and "NO_COLOR" not in os.environ
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode="rich" if pretty else None,
        pretty_exceptions_enable=False,
    )
    if arguments[:1] and arguments[0] in COMMANDS:
        import_module(f"cnncalc.cli.{arguments[0]}").register(app)
        return app, f"cnncalc {arguments[0]}", arguments[1:]
    app.callback()(_root)
    for name in COMMANDS:
        import_module(f"cnncalc.cli.{name}").register(app)
    return app, "cnncalc", arguments


def _version(value: bool) -> None:  # noqa: FBT001 - typer's callback form
    if value:
        from cnncalc import __version__  # noqa: PLC0415 - only asked for here

        say(f"cnncalc {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What a ConvNet costs, before anyone builds it.

    SPEC is a path, the name of a packaged spec (vgg16), or a one-line network in quotes:
    'conv5-6 relu pool2 fc-10' --input 32x32x3.
    """


def _said(error: Exception, arguments: list[str]) -> CnncalcError:
    """Return an error as a user reads it; a bug of ours is said as one."""
    if isinstance(error, CnncalcError):
        return error
    if isinstance(error, _Slip):
        return _translated(error, arguments)
    if isinstance(error, OSError):
        where = f" {shorten(str(error.filename))}" if error.filename else ""
        return UsageError(f"cannot write{where}: {error.strerror or error}", ways_out=("write somewhere else",))
    message = f"a bug in cnncalc, please report it: {type(error).__name__}: {error}"
    return InternalError(message, ways_out=("CNNCALC_TRACEBACK=1 shows where",))


def _translated(slip: Exception, arguments: list[str]) -> CnncalcError:
    message = getattr(slip, "format_message", slip.__str__)().rstrip(".").replace("Value error, ", "")
    command = f"cnncalc {arguments[0]} --help" if arguments and arguments[0] in COMMANDS else "cnncalc --help"
    return UsageError(message[:1].lower() + message[1:], ways_out=(command,))
