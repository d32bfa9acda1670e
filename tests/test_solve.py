"""The largest whole parameter within bounds: held against every value of a range."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.api import load, solve
from cnncalc.errors import CnncalcError, ShapeError, Unmet, UsageError
from cnncalc.ledger import tally
from cnncalc.solution import BOUNDED, Bound, read_bound

STACK = {
    "name": "stack",
    "input": "8x8x3",
    "parameters": {"width": 8},
    "layers": ["conv3-width relu conv3-(2*width) relu maxpool2", "gap fc-10"],
}
DENSE = {  # as densenet121 grows: each layer adds k channels to all that it reads
    "name": "dense",
    "input": "8x8x3",
    "parameters": {"growth": 12},
    "blocks": {"grow": [{"concat": ["identity", "bn relu conv1-(4*growth)/nobias bn relu conv3-growth/nobias"]}]},
    "layers": ["conv3-(2*growth)/nobias", "grow*4", "bn relu gap fc-10"],
}
GROUPED = {  # fits only if 8 divides the width
    "name": "grouped",
    "input": "4x4x8",
    "parameters": {"width": 8},
    "layers": ["conv3-width/g8", "conv1-4"],
}
SCALED = {"name": "scaled", "input": "4x4x8", "parameters": {"n": 1}, "layers": ["conv3-(8*n)/g4 conv1-(n*n)"]}
FAMILIES = [(STACK, "width"), (DENSE, "growth"), (GROUPED, "width"), (SCALED, "n")]
MOST = 64


def counted(spec: Any, name: str, value: int) -> Any:
    """Return a family's totals under one value, or None where it does not fit together."""
    try:
        return tally(load(spec, set={name: value})).totals
    except ShapeError:
        return None


TABLES = {
    spec["name"]: {value: found for value in range(1, MOST + 1) if (found := counted(spec, name, value))}
    for spec, name in FAMILIES
}


QUANTITIES = ("parameters", "weights", "biases", "macs", "flops", "activation_values", "buffers")
AIMS = st.lists(
    st.tuples(st.sampled_from(QUANTITIES), st.integers(0, MOST // 2), st.integers(-1, 1)), min_size=1, max_size=3
)


@pytest.mark.parametrize(("spec", "name"), FAMILIES, ids=[spec["name"] for spec, _ in FAMILIES])
@settings(max_examples=25)
@given(AIMS)
def test_brute_force(spec: Any, name: str, aims: list[tuple[str, int, int]]) -> None:
    """Several bounds at once, each on, just below or just above what some value has: the largest that keeps all."""
    table = TABLES[spec["name"]]
    values = list(table)
    bounds = [
        Bound(quantity, max(getattr(table[values[aim % len(values)]], quantity) + more, 0))
        for quantity, aim, more in aims
    ]
    texts = [f"{one.quantity}={one.most}" for one in bounds]
    kept = [value for value in values if all(getattr(table[value], one.quantity) <= one.most for one in bounds)]
    if kept == values:
        return  # the largest may be beyond the table
    if not kept:
        with pytest.raises(Unmet, match=f"even {name} = {values[0]}"):
            solve(spec, free=name, at_most=texts)
        return
    found = solve(spec, free=name, at_most=texts)
    assert found.value == max(kept)
    assert found.ledger.totals == table[found.value]
    assert found.next_value == values[values.index(found.value) + 1]
    assert found.broken in bounds
    assert found.broken is not None
    assert getattr(table[found.next_value], found.broken.quantity) > found.broken.most


MOBILE = [  # Howard et al. 2017, tables 6 and 7: width multipliers 1, 0.75, 0.5, 0.25 have 4.2, 2.6, 1.3, 0.5 million
    ("4.24M", 32),
    ("2.6M", 24),
    ("1.34M", 16),
    ("0.48M", 8),
]


@pytest.mark.parametrize(("bound", "width"), MOBILE)
def test_mobilenets_widths(bound: str, width: int) -> None:
    """Just above what the paper prints, the paper's width is the largest: by counting the next one, too."""
    found = solve("mobilenet_v1", free="width", at_most=[f"parameters={bound}"])
    assert found.value == width
    assert (
        tally(load("mobilenet_v1", set={"width": width + 1})).totals.parameters > read_bound(f"parameters={bound}").most
    )


def test_several_bounds() -> None:
    """The tighter one decides, and is named; other parameters and another input are kept."""
    both = solve(
        "mobilenet_v1", free="width", at_most=["parameters=2M", "macs=100M"], set={"deep": 0}, input="128x128x3"
    )
    alone = [
        solve("mobilenet_v1", free="width", at_most=[bound], set={"deep": 0}, input="128x128x3")
        for bound in ("parameters=2M", "macs=100M")
    ]
    assert both.value == min(one.value for one in alone)
    assert both.ledger.rows[0].output_shape == (128, 128, 3)
    assert both.broken in {one.broken for one in alone}


READ = [
    ("parameters=5M", Bound("parameters", 5_000_000)),
    ("macs<=300 million", Bound("macs", 300_000_000)),
    (" Parameters = 1,728", Bound("parameters", 1_728)),
    ("activation_bytes=93MB", Bound("activation_bytes", 93_000_000)),
    ("activation_bytes=93 MiB", Bound("activation_bytes", 93 * 2**20)),
    ("weights=19.6 billion", Bound("weights", 19_600_000_000)),
    ("buffers=3.5", Bound("buffers", 3)),
    ("macs=1.8e9", Bound("macs", 1_800_000_000)),
    ("flops <= 3.6 x 10^9", Bound("flops", 3_600_000_000)),
]


@pytest.mark.parametrize(("text", "bound"), READ)
def test_bounds(text: str, bound: Bound) -> None:
    """A quantity, = or <=, and a figure as people write them."""
    assert read_bound(text) == bound


@pytest.mark.parametrize("text", [
    "", "parameters", "parameters=", "params=5M", "depth=5", "parameters=-5", "parameters=x", "=5M", "parameters>=5M",
    "parameters=5MB", "activation_bytes=5", "__import__('os')=5", "parameters=__import__('os')", "parameters=nan",
])  # fmt: skip
def test_bad_bounds(text: str) -> None:
    """What is no bound is told with bounds that are."""
    with pytest.raises(UsageError) as caught:
        read_bound(text)
    assert caught.value.ways_out


def test_what_may_be_bounded_is_there() -> None:
    """Every quantity is a total of the ledger."""
    totals = tally(load("lenet5")).totals
    assert all(isinstance(getattr(totals, quantity), int) for quantity in BOUNDED)


@pytest.mark.parametrize(("arguments", "words"), [
    ({"free": "width", "at_most": []}, "nothing bounds it"),
    ({"free": "widht", "at_most": ["parameters=5M"]}, "no parameter 'widht'"),
    ({"free": "width", "at_most": ["parameters=1"]}, "even width = 1 has"),
])  # fmt: skip
def test_what_cannot_be_solved(arguments: dict[str, Any], words: str) -> None:
    """No bound, no such parameter, a bound that nothing keeps: each says why, and a way out."""
    with pytest.raises(CnncalcError, match=words) as caught:
        solve("mobilenet_v1", **arguments)
    assert caught.value.ways_out


def test_the_way_out_of_a_bound_that_nothing_keeps() -> None:
    """It was tried: the bound that is offered is met by the smallest value."""
    with pytest.raises(Unmet) as caught:
        solve(STACK, free="width", at_most=["parameters=1"])
    assert solve(STACK, free="width", at_most=list(caught.value.ways_out)).value == 1


def test_nothing_may_be_the_answer() -> None:
    """A block repeated 0 times is the paper's Shallow MobileNet: 2.9 million parameters (table 5)."""
    assert solve("mobilenet_v1", free="deep", at_most=["parameters=3M"]).value == 0


GROUPS = {"name": "g", "input": "4x4x64", "parameters": {"n": 1}, "layers": ["conv3-64/g(n) conv1-(1*n)"]}


def test_where_no_larger_value_fits() -> None:
    """Of groups that divide 64 channels, 64 is the largest; larger ones do not fit, and are no error."""
    found = solve(GROUPS, free="n", at_most=["biases=1000"])
    assert (found.value, found.next_value, found.broken) == (64, None, None)


def test_a_bound_that_everything_keeps() -> None:
    """Nothing stops it but what can be written: 2·width is at most 10^9, and so is n itself."""
    found = solve(STACK, free="width", at_most=["buffers=5"])
    assert (found.value, found.next_value, found.broken) == (5 * 10**8, None, None)
    single = {"name": "one", "input": "1x1x1", "parameters": {"n": 1}, "layers": ["conv1-n"]}
    assert solve(single, free="n", at_most=["buffers=5"]).value == 10**9


@pytest.mark.parametrize("bound", ["macs=5M", "parameters=1K", "macs=5M parameters=1"])
def test_letters_in_what_is_bounded(bound: str) -> None:
    """An input in letters leaves MACs open, a width in letters parameters: told as such."""
    spec = {**STACK, "input": "HxWx3", "layers": ["conv3-width conv3-K gap fc-10"]}
    with pytest.raises(UsageError, match="has letters in it") as caught:
        solve(spec, free="width", at_most=bound.split())
    assert caught.value.ways_out


def test_letters_elsewhere() -> None:
    """What is bounded has none: 3·3·3·w + w parameters, whatever the image is."""
    spec = {"name": "open", "input": "HxWx3", "parameters": {"w": 8}, "layers": ["conv3-w"]}
    assert solve(spec, free="w", at_most=["parameters=1000"]).value == 1000 // 28


def test_densenets_growth() -> None:
    """DenseNet-121 has 7,978,856 parameters at k = 32; k = 12, 24, 32, 40 are in the paper's tables."""
    assert solve("densenet121", free="growth", at_most=["parameters=8M"]).value == 32


SHRINKING = {"name": "g", "input": "4x4x8", "parameters": {"n": 1}, "layers": ["conv3-8/g(n)"]}


def test_bounds_that_shrink() -> None:
    """8 groups have an eighth of the weights: they keep a bound that one group breaks."""
    assert solve(SHRINKING, free="n", at_most=["weights=100"]).value == 8
    assert solve(SHRINKING, free="n", at_most=["weights=1000"]).value == 8
    with pytest.raises(Unmet, match="even n = 8 has 72 weights, more than 71"):
        solve(SHRINKING, free="n", at_most=["weights=71"])


def test_values_that_nobody_may_write() -> None:
    """Fewer than no filters, a division by 0: the search starts where the spec can be read."""
    spec = {"name": "late", "input": "4x4x4", "parameters": {"w": 8}, "layers": ["conv3-(w-5)", "conv3-(60//(w-3))"]}
    assert solve(spec, free="w", at_most=["parameters=800"]).value == max(
        w for w in range(6, 64) if tally(load(spec, set={"w": w})).totals.parameters <= 800
    )


def test_a_spec_that_no_value_mends() -> None:
    """What is wrong with it is told, once."""
    spec = {"name": "slip", "input": "4x4x4", "parameters": {"w": 8}, "layers": ["cnov3-w"]}
    with pytest.raises(CnncalcError, match="conv"):
        solve(spec, free="w", at_most=["parameters=800"])
    never = {"name": "never", "input": "7x7x4", "parameters": {"w": 8}, "layers": ["conv2-w/s2/p0"]}
    with pytest.raises(ShapeError, match="does not tile"):
        solve(never, free="w", at_most=["parameters=800"])


def test_the_way_out_of_a_bound_in_bytes() -> None:
    """What is offered can be asked."""
    with pytest.raises(Unmet) as caught:
        solve(STACK, free="width", at_most=["parameter_bytes=1kB", "activation_bytes=1kB"])
    ways = list(caught.value.ways_out)
    assert ways == [f"activation_bytes={4 * (192 + 64 + 128 + 32 + 2 + 10)} bytes"]  # 8·8·3, 8·8, 8·8·2, 4·4·2, …
    assert solve(STACK, free="width", at_most=ways).value == 1


FEW = [  # spec, letter, input, bound: totals that grow and then shrink
    ("conv(F)-8/p0", "F", "33x33x3", "macs=100K"),
    ("conv(F)-8/p0 fc-10", "F", "33x33x3", "parameters=22K"),
    ("conv(F)-4/p0", "F", "12x12x2", "activation_values=400"),
    ("conv3-64/g(G)", "G", "8x8x64", "parameters=2K"),
    ("conv(F)-4 relu fc-10", "F", "8x8x3", "parameters=5K"),  # a filter without padding is odd
    ("dwconv(F) fc-10", "F", "8x8x3", "macs=20K"),
    ("conv(F)x3-4 fc-2", "F", "8x8x3", "weights=3K"),
]


@pytest.mark.parametrize(("spec", "free", "x", "bound"), FEW)
def test_few_values_are_all_tried(spec: str, free: str, x: str, bound: str) -> None:
    """The largest of every value from 1 to 99 that fits together and keeps the bound, also behind some that do not."""
    quantity, most = read_bound(bound)
    kept = []
    for value in range(1, 100):
        try:
            totals = tally(load(spec, input=x, set={free: value})).totals
        except CnncalcError:
            continue
        if getattr(totals, quantity) <= most:
            kept.append(value)
    assert solve(spec, free=free, at_most=[bound], input=x).value == max(kept)


@pytest.mark.parametrize(
    ("free", "given", "says"), [("K", {"K": 3}, "K is both set and to be found"), ("Q", {}, "no number of a layer is")]
)
def test_what_is_free_is_not_set_and_is_there(free: str, given: dict[str, int], says: str) -> None:
    """Neither is passed over."""
    with pytest.raises(CnncalcError, match=says):
        solve("conv3-K", free=free, at_most=["macs=1M"], set=given, input="8x8x3")
