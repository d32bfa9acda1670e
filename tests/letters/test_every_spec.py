"""Every shipped spec in letters: its formulas, with numbers put in, are the integers of the ledger, row by row."""

from __future__ import annotations

import math
import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from types import CodeType
from typing import Any

import pytest

from cnncalc.errors import FilterTooLarge
from cnncalc.ledger import Ledger, tally
from cnncalc.letter import Letter
from cnncalc.letters import fitting
from cnncalc.memory.conventions import CONVENTIONS
from cnncalc.network import Network, build
from cnncalc.spec.files import packaged
from cnncalc.spec.locate import find_spec
from cnncalc.spec.model import Spec
from cnncalc.volume import Volume

CPU_SECONDS = 2
"""What the algebra of one spec may cost; the largest that is known to be well takes a quarter of it."""

WORK = 1_500
"""So many layers are counted per spec, on as many inputs."""

A_HUNDRED = {"alexnet", "lenet5", "vgg16", "resnet18"}
"""These are counted on a hundred inputs, whatever it costs."""

COUNTS = ("weights", "biases", "buffers", "macs", "flops", "activation_values")
NAMES = {"floor": math.floor, "Max": max, "Min": min, "gcd": lambda a, b: math.gcd(int(a), int(b)), "Q": Fraction}


class TooLong(BaseException):
    """Not an Exception: nothing on the way may swallow it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give up what takes more than so many seconds of this process' own time, however busy the machine is."""

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    given_up = False
    try:
        yield
    except TooLong:
        given_up = True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert not given_up, f"more than {seconds} s of computing"


def in_letters(spec: Spec) -> tuple[Network, Ledger]:
    """Return a spec's network and ledger for H x W images, N at once."""
    assert spec.input is not None
    volume = Volume(spec.input.channels, (Letter.named("H"), Letter.named("W")))
    network = build(spec, input=volume)
    return network, tally(network, batch=Letter.named("N"))


def numbers(ledger: Ledger) -> list[Any]:
    """List every count of every row, its volume, what it sees (None: not known in letters), and the totals."""
    listed: list[Any] = []
    for row in ledger.rows:
        listed += [*(getattr(row, count) for count in COUNTS), *row.output_shape, *row.receptive_field]
    return listed + list(ledger.totals)


def compiled(formula: Any) -> CodeType:
    """Return Python's code for a formula in which every number is a Fraction; sympy only writes it."""
    text = str(getattr(formula, "expression", formula))
    return compile(re.sub(r"(?<![A-Za-z])\d+", r"Q(\g<0>)", text), text, "eval")


def inputs(spec: Spec, network: Network) -> Iterator[tuple[int, int]]:
    """Yield the spec's own input, then random ones, as high as wide or not, that leave no stride pixels over."""
    assert spec.input is not None
    classes, rest = fitting(network)
    assert rest == ()
    draw, steps = random.Random(spec.name), {}  # noqa: S311 - no secrets here
    for letter, size in zip("HW", spec.input.spatial, strict=True):
        step = classes[letter].modulus if letter in classes else 1
        if step == 0:  # crops fit one size alone
            steps[letter] = range(size, size + 1)
            continue
        most = 2 * size + 6 * step
        steps[letter] = range(size % step or step, most, step)
    yield spec.input.spatial  # type: ignore[misc]
    for _ in range(100 if spec.name in A_HUNDRED else max(4, min(100, WORK // len(network.nodes)))):
        yield draw.choice(steps["H"]), draw.choice(steps["W"])


@pytest.mark.parametrize("name", packaged())
def test_formulas_are_the_ledger(name: str) -> None:
    """In H, W and N, at the spec's own input and at as many others as time allows, rectangular ones among them."""
    spec = find_spec(name)
    with at_most(CPU_SECONDS):
        network, ledger = in_letters(spec)
    formulas = numbers(ledger)
    places = {formula: number for number, formula in enumerate(formulas) if not isinstance(formula, int | None)}
    codes = {number: compiled(formula) for formula, number in places.items()}
    taken = 0
    for images, (height, width) in enumerate(inputs(spec, network), start=1):
        try:
            counted = tally(build(spec, input=Volume(network.input.channels, (height, width))), batch=images)
        except FilterTooLarge:
            continue  # nothing else may be wrong with these sizes
        known = {**NAMES, "H": Fraction(height), "W": Fraction(width), "N": Fraction(images)}
        values = {number: eval(code, {"__builtins__": {}}, known) for number, code in codes.items()}  # noqa: S307
        found = [values[places[formula]] if formula in places else formula for formula in formulas]
        numbered = zip(found, numbers(counted), strict=True)
        assert all(ours in {None, theirs} for ours, theirs in numbered), (height, width, images)
        taken += 1
    assert taken >= 4


@pytest.mark.parametrize("memory", CONVENTIONS)
def test_conventions_in_letters(memory: str) -> None:
    """Every memory convention and another dtype count alike in letters and in numbers."""
    spec = find_spec("squeezenet1_1")
    network, _ = in_letters(spec)
    lettered, counted = (tally(one, memory=memory, dtype="float16").totals for one in (network, build(spec)))
    found = [getattr(lettered, name) for name in ("activation_values", "activation_bytes")]
    assert [formula.at(H=224, W=224) for formula in found] == [counted.activation_values, counted.activation_bytes]
    assert lettered.parameter_bytes == counted.parameter_bytes == 2 * 1_235_496  # torchvision, SqueezeNet1_1_Weights
