"""`cnncalc table`: one row per layer and the totals."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Literal, TypeAlias

import typer

from cnncalc.api import load
from cnncalc.claims.published import Judged, judge
from cnncalc.cli.held import Answers, Asked, side_by_side, told_side_by_side
from cnncalc.cli.options import (
    FreezeOption,
    InputOption,
    RoundingOption,
    SetOption,
    SpecArgument,
    TrainOption,
    chosen,
    read_batch,
)
from cnncalc.cli.say import Format, say, show, terminal_width
from cnncalc.errors import ShapeError, UsageError
from cnncalc.fold import fold
from cnncalc.ledger import Ledger, conventions, tally
from cnncalc.memory.conventions import ALL, BYTES, CONVENTIONS
from cnncalc.render.cells import safe
from cnncalc.volume import few

Layout: TypeAlias = Literal["hwc", "chw"]
OptimizerOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Say what training holds with sgd, momentum or adam.")
]
FitInOption = Annotated[str | None, typer.Option(metavar="24GiB", help="The largest batch that a memory holds.")]


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(table)


def table(
    spec: SpecArgument,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.table,  # noqa: A002
    input: InputOption = None,  # noqa: A002
    batch: Annotated[str, typer.Option(help="Images at once, or a letter.")] = "1",
    dtype: Annotated[str, typer.Option(help=f"The type of a value: {', '.join(BYTES)}.")] = "float32",
    memory: Annotated[
        str, typer.Option(help=f"Which numbers count as held: {', '.join(CONVENTIONS)}; or all.")
    ] = "lecture",
    layout: Annotated[Layout, typer.Option(help="HxWxC or CxHxW, for people; JSON is always HxWxC.")] = "hwc",
    rounding: RoundingOption = None,
    depth: Annotated[int | None, typer.Option(help="Fold blocks: 1 is a row per block, 0 the totals.")] = None,
    set: SetOption = None,  # noqa: A002
    train: TrainOption = False,  # noqa: FBT002
    freeze: FreezeOption = None,
    optimizer: OptimizerOption = None,
    fit_in: FitInOption = None,
    tool: Annotated[
        str | None, typer.Option("--as", metavar="TOOL", help="What torchinfo, thop, … print; or all.")
    ] = None,
) -> None:
    """One row per layer: volume, weights, biases, memory, MACs, receptive field; then the totals.

    Each figure that the spec says was published is held against what the rules give. With --optimizer or
    --fit-in, what training or a machine holds stands below.
    """
    images = read_batch(batch)
    try:
        network = load(spec, input=input, rounding=rounding, set=chosen(set), train=train, freeze=tuple(freeze or ()))
    except ShapeError as error:
        if error.network and error.network.nodes and format is Format.table:  # a file would be taken for the whole
            shown = "lecture" if memory == ALL else memory
            stopped = {shown: tally(error.network, batch=images, dtype=dtype, memory=shown)}
            _print(_folded(stopped, depth)[shown], (), format, layout)
            say(f"\nstopped at {safe(str(error.where))}: these are the layers before it, and their sums")
        raise
    if tool is not None:
        _require_alone(optimizer=optimizer, fit_in=fit_in, depth=depth, memory=memory, layout=layout)
        _say_as(tool, tally(network, batch=images, dtype=dtype), format)
        return
    answers = Asked(optimizer, fit_in).answered(network, images, dtype, format)
    if memory == ALL:
        counted = conventions(network, batch=images, dtype=dtype)
    else:
        counted = {memory: tally(network, batch=images, dtype=dtype, memory=memory)}
    judged = judge(network, counted.values())
    ledgers = _folded(counted, depth)
    if format is Format.json:
        _say_json(ledgers, judged, answers)
        return
    if memory == ALL:
        say(side_by_side(ledgers, format, layout))
    else:
        _print(ledgers[memory], judged, format, layout)
    if text := answers.written(format):
        say("\n" + text)


def _require_alone(**beside: object) -> None:
    """Raise UsageError for options that say nothing about what a tool prints."""
    idle = [name for name, value in beside.items() if value not in {None, "lecture", "hwc"}]
    if idle:
        given = few([f"--{name.replace('_', '-')}" for name in idle])
        message = f"--as says what a tool prints, and no tool looks at {given}"
        raise UsageError(message, ways_out=(f"leave out {given}", "leave out --as"))


def _folded(ledgers: dict[str, Ledger], depth: int | None) -> dict[str, Ledger]:
    return ledgers if depth is None else {name: fold(ledger, depth) for name, ledger in ledgers.items()}


def _say_json(ledgers: dict[str, Ledger], judged: tuple[Judged, ...], answers: Answers) -> None:
    from cnncalc.render.as_json import told, write  # noqa: PLC0415 - one renderer a run

    ledger = told_side_by_side(ledgers) if len(ledgers) > 1 else next(iter(ledgers.values())).to_dict()
    say(write(told(ledger, judged, **answers.to_dict())))


def _say_as(tool: str, ledger: Ledger, format: Format) -> None:  # noqa: A002
    """Print the totals as another tool would, or as each of them would."""
    from cnncalc.claims.reconcile import reconcile  # noqa: PLC0415 - only where it is asked for
    from cnncalc.render import reconciled  # noqa: PLC0415 - likewise

    found = reconcile(ledger, tool)
    if format is Format.latex:
        message = "what other tools say is not written as latex"
        raise UsageError(message, ways_out=("--format table", "--format markdown", "--format csv", "--format json"))
    render = reconciled.as_text if format is Format.table else getattr(reconciled, f"as_{format.value}")
    say(str(render(found)))


def _print(ledger: Ledger, judged: tuple[Judged, ...], format: Format, layout: Layout) -> None:  # noqa: A002
    if format is Format.table and (width := terminal_width()):
        from cnncalc.render.as_table import as_rich  # noqa: PLC0415 - one renderer a run

        show(as_rich(ledger, judged, layout, width=width))
    else:
        say(_rendered(ledger, judged, format, layout))


def _rendered(ledger: Ledger, judged: tuple[Judged, ...], format: Format, layout: Layout) -> str:  # noqa: A002
    """Write the table with the one renderer that is needed, and load no other."""
    module = import_module(f"cnncalc.render.as_{format.value}")
    render = module.as_text if format is Format.table else getattr(module, f"as_{format.value}")
    return str(render(ledger, judged, layout))
