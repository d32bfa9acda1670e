"""`cnncalc confirm`: the network runs on real tensors, and each number of its table is held against what was met."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cnncalc.api import load
from cnncalc.cli.options import InputOption, RoundingOption, SetOption, SpecArgument, TrainOption, chosen, read_batch
from cnncalc.cli.say import Short, say, say_json
from cnncalc.errors import UsageError
from cnncalc.render.confirmed import as_text
from cnncalc.tensors.backends import BACKENDS

if TYPE_CHECKING:
    from cnncalc.network import Network
    from cnncalc.tensors.execution import Step

_LONG = 2 * 10**9
"""MACs from which a run is long enough for a progress bar."""

_LIMIT = "Refuse a run that needs more, as 8GiB; else half of what is free."


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(confirm)


def confirm(
    spec: SpecArgument,
    input: InputOption = None,  # noqa: A002
    batch: Annotated[str, typer.Option(help="Images at once.")] = "1",
    dtype: Annotated[str, typer.Option(help="float32, float64 or float16.")] = "float32",
    backend: Annotated[str, typer.Option(help=f"The array library: {', '.join(BACKENDS)}.")] = "numpy",
    device: Annotated[str | None, typer.Option(metavar="cuda:0", help="Where the library works.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Draws the weights and images.")] = 0,
    field: Annotated[bool, typer.Option("--field", help="Touch each input pixel: who sees it?")] = False,  # noqa: FBT002
    memory_limit: Annotated[str | None, typer.Option(metavar="8GiB", help=_LIMIT)] = None,
    rounding: RoundingOption = None,
    set: SetOption = None,  # noqa: A002
    train: TrainOption = False,  # noqa: FBT002
    format: Annotated[Short, typer.Option(help="How to write it.")] = Short.table,  # noqa: A002
) -> None:
    """Run the network on real tensors and hold each number of its table against what was measured.

    Weights and images are drawn. Exit status 1 if any number differs.
    """
    from cnncalc.tensors import confirm as prove  # noqa: PLC0415 - the help needs no arrays

    network = load(spec, input=input, rounding=rounding, set=chosen(set), train=train)
    images = read_batch(batch)
    if not isinstance(images, int):
        raise UsageError("a batch in letters cannot be run", ways_out=("--batch 2",))
    with _progress(network, images) as progress:
        found = prove(
            network,
            batch=images,
            dtype=dtype,
            backend=backend,
            device=device,
            seed=seed,
            field=field,
            memory_limit=memory_limit,
            progress=progress,
        )
    if format is Short.json:
        say_json(found.to_dict())
    else:
        say(as_text(found))
    raise typer.Exit(0 if found.confirmed else 1)


@contextmanager
def _progress(network: Network, batch: int) -> Iterator[Callable[[Step], None] | None]:
    """Show a bar on a terminal's stderr while a long run works, moving by MACs."""
    macs = {node.name: node.card.macs(node.x, node.y) for node in network.nodes}
    total = sum(macs.values()) * batch if network.conditions is None else 0
    if total < _LONG or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only a person sees a bar
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("running", total=total)
        yield lambda step: bar.update(task, advance=macs[step.node.name] * batch, description=step.node.name)
