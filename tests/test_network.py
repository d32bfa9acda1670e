"""Graphs settled and ordered; receptive fields against every input that every output really sees; cost by edges."""

from __future__ import annotations

import time
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import load
from cnncalc.errors import AxesMisfit, UsageError, VolumeMisfit, WiringError
from cnncalc.layers import CARDS, Layer
from cnncalc.ledger import Ledger, tally
from cnncalc.network import build
from cnncalc.spec.model import INPUT, Entry, Spec
from cnncalc.volume import Volume
from cnncalc.window import sides
from cnncalc.wiring import ordered


def layer(kind: str, **fields: Any) -> Layer:
    """Return a card."""
    return CARDS[kind](**fields)


def counted(*entries: Entry, size: int = 32, channels: int = 4) -> Ledger:
    """Tally layers on a 1-D input."""
    return tally(build(Spec("graph", Volume(channels, (size,)), entries)))


# -- the receptive field on a graph --


class Graph:
    """A random graph on an axis without ends: who reads whom, and through which window."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.jumps = {INPUT: Fraction(1)}

    def add(self, card: Layer, inputs: tuple[str, ...], step: Fraction | int = 1) -> None:
        """Add a layer behind those that it reads."""
        name = f"l{len(self.entries)}"
        self.entries[name] = Entry(card, name, inputs)
        self.jumps[name] = self.jumps[inputs[0]] * step

    def seen(self, name: str, o: int) -> frozenset[int]:
        """Return every input pixel that an output depends on, whichever way."""

        @cache
        def trace(name: str, o: int) -> frozenset[int]:
            if name == INPUT:
                return frozenset([o])
            card, _, inputs = self.entries[name][:3]
            return frozenset().union(*(trace(source, tap) for source in inputs for tap in taps(card, o)))

        return trace(name, o)

    def paths(self, name: str) -> set[tuple[Layer, ...]]:
        """Return every path from a layer back to the input, without those that only join."""
        if name == INPUT:
            return {()}
        card, _, inputs = self.entries[name][:3]
        own = () if card.reads_many else (card,)
        return {(*own, *path) for source in set(inputs) for path in self.paths(source)}


def taps(card: Any, o: int) -> list[int]:
    """Return the inputs of one output, from the definition of a layer."""
    if card.type == "upsample":
        return [o // 2] if card.mode == "nearest" else [(2 * o - 1) // 4, (2 * o - 1) // 4 + 1]  # around (o + ½)/2 − ½
    if not hasattr(card, "kernel_size"):
        return [o]
    before = sides(card.padding).before
    if card.type == "conv_transpose":  # input i lays its stamp from 2i − P on
        return [i for i in range(o // 2 - 9, o // 2 + 9) if 0 <= o - (2 * i - before) < card.kernel_size]
    first = o * (card.stride or card.kernel_size) - before
    return [first + tap * card.dilation for tap in range(card.kernel_size)]


def ends(path: tuple[Layer, ...], o: int) -> tuple[int, int]:
    """Return the first and last pixel that an output sees along one path."""
    low = high = o
    for card in path:
        low, high = min(taps(card, low)), max(taps(card, high))
    return low, high


def window(draw: st.DrawFn, kind: str) -> tuple[Layer, Fraction | int]:
    """Draw a window that keeps the size, halves or doubles it, however its padding lies; and by how much it steps."""
    if kind == "upsample":
        return layer("upsample", scale=2, mode=draw(st.sampled_from(["nearest", "bilinear"]))), Fraction(1, 2)
    step = {"halve": 2, "conv_transpose": Fraction(1, 2)}.get(kind, 1)
    kernel = draw(st.sampled_from([2, 4]) if kind == "conv_transpose" else st.integers(2, 5))  # every output as many
    dilation = draw(st.integers(1, 2)) if step == 1 else 1
    around = (kernel - 1) * dilation + 1 - (1 if step == 1 else 2)
    before = draw(st.integers(0, around))
    fields = {"kernel_size": kernel, "stride": 1 if step == 1 else 2, "dilation": dilation}
    fields |= {"out_channels": 4} if kind in {"conv", "halve", "conv_transpose"} else {}
    return layer("conv" if kind == "halve" else kind, padding=f"{before}:{around - before}", **fields), step


@st.composite
def graphs(draw: st.DrawFn, *enlarging: str) -> Graph:
    """Draw layers that keep, halve or perhaps double the size, or join what has one size."""
    graph = Graph()
    kinds = ["conv", "depthwise_conv", "maxpool", "avgpool", "identity", "halve", "join", "join", *enlarging]
    for _ in range(draw(st.integers(2, 9))):
        names = [INPUT, *graph.entries]
        source = names[-1 - draw(st.integers(0, min(3, len(names) - 1)))]
        kind = draw(st.sampled_from(kinds))
        if kind == "join":
            equal = [name for name in names if graph.jumps[name] == graph.jumps[source]]
            several = draw(st.lists(st.sampled_from(equal), min_size=2, max_size=3))
            graph.add(layer(draw(st.sampled_from(["add", "multiply"]))), tuple(several))
        elif kind == "identity":
            graph.add(layer("identity"), (source,))
        else:
            card, step = window(draw, kind)
            if Fraction(1, 4) <= graph.jumps[source] * step <= 4:
                graph.add(card, (source,), step)
    return graph


ENLARGING = ("upsample", "conv_transpose")
OUTPUTS = range(-2, 7)


@settings(max_examples=300, deadline=None)
@given(graphs() | graphs(*ENLARGING))
def test_the_field_is_what_all_paths_see_together(graph: Graph) -> None:
    """From the first to the last pixel that any path sees, for every layer and several outputs."""
    for row in counted(*graph.entries.values()).rows:
        (field,), hulls = row.fields, []
        for o in OUTPUTS:
            pixels = graph.seen(row.name, o)
            hulls.append((min(pixels), max(pixels)))
        assert [field.one(o) for o in OUTPUTS] == hulls
        assert row.receptive_field == (max(last - first + 1 for first, last in hulls),)
        assert (row.jump, row.padding) == ((graph.jumps[row.name],), (-min(graph.seen(row.name, 0)),))


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_paths_agree_where_every_path_sees_the_same(graph: Graph) -> None:
    """The flag is raised just where two single paths from the input see different pixels."""
    for row in counted(*graph.entries.values()).rows:
        assert row.fields[0].agree == (len({ends(path, 3) for path in graph.paths(row.name)}) == 1)


@settings(max_examples=300, deadline=None)
@given(graphs(*ENLARGING))
def test_paths_that_agree_see_the_same(graph: Graph) -> None:
    """Where layers enlarge, outputs differ; paths that are said to agree see the same from each."""
    for row in counted(*graph.entries.values()).rows:
        if row.fields[0].agree:
            assert all(len({ends(path, o) for path in graph.paths(row.name)}) == 1 for o in OUTPUTS)


def test_the_inception_module() -> None:
    """Szegedy et al. 2014, figure 2: 1x1, 3x3 and 5x5 side by side see 5 pixels together, in whatever order."""
    for order in ((1, 3, 5), (5, 3, 1), (3, 5, 1)):
        paths = [Entry(layer("conv", out_channels=4, kernel_size=k, padding=k // 2), f"c{k}", (INPUT,)) for k in order]
        row = counted(*paths, Entry(layer("concat"), "join", tuple(f"c{k}" for k in order)))["join"]
        assert (row.receptive_field, row.jump, row.padding, row.fields[0].agree) == ((5,), (1,), (2,), False)
        assert row.to_dict()["paths_agree"] is False


def test_a_gate_makes_every_value_see_everything() -> None:
    """Squeeze-and-excitation: behind the product with its channels' means, a value depends on the whole input."""
    gap, gate = Entry(layer("global_avgpool"), "gap", (INPUT,)), Entry(layer("multiply"), "y", (INPUT, "gap"))
    row = counted(gap, gate)["y"]
    assert row.receptive_field >= (32,)
    assert not row.fields[0].agree


def test_fields_behind_enlarging_can_agree() -> None:
    """A 2x2 stamp of stride 2 and every second pixel of it: each output sees its own pixel, as the shortcut does."""
    up = Entry(layer("conv_transpose", out_channels=4, kernel_size=2, stride=2), "up", (INPUT,))
    down = Entry(layer("zero_shortcut", out_channels=4, stride=2, rounding="floor"), "down", ("up",))
    row = counted(up, down, Entry(layer("add"), "sum", ("down", INPUT)))["sum"]
    assert (row.receptive_field, row.fields[0].agree) == ((1,), True)


def test_joining_again_and_again_costs_no_more() -> None:
    """Thirty residual blocks that double and halve: fields do not grow in memory with every join."""
    entries, last = [], INPUT
    for n in range(30):
        up, pool = layer("upsample", scale=2), layer("maxpool", kernel_size=2)
        entries += [
            Entry(up, f"u{n}", (last,)),
            Entry(pool, f"p{n}", (f"u{n}",)),
            Entry(layer("add"), f"a{n}", (last, f"p{n}")),
        ]
        last = f"a{n}"
    assert counted(*entries)[last].receptive_field == (1,)


# -- order, cycles, errors --


def relu(name: str, *inputs: str) -> Entry:
    """Return a layer that changes nothing about shapes."""
    return Entry(layer("relu"), name, inputs)


@given(st.permutations(range(8)))
def test_any_order_is_settled(order: list[int]) -> None:
    """Layers in any order come to stand behind those they read; where the text is in order it stays."""
    chain = [relu(f"l{n}", f"l{n - 1}" if n else INPUT) for n in range(8)]
    assert ordered(chain[n] for n in order) == tuple(chain)
    free = tuple(relu(f"l{n}", INPUT) for n in order)
    assert ordered(free) == free


CYCLES = [1, 2, 5, 6, 7, 10_000]


@pytest.mark.parametrize("length", CYCLES)
def test_a_cycle_is_told_in_short(length: int) -> None:
    """Six names at most, the first again at the end."""
    with pytest.raises(WiringError) as caught:
        ordered([relu("before", INPUT), *(relu(f"l{n}", f"l{(n + 1) % length}") for n in range(length))])
    shown = caught.value.message.removeprefix("a cycle: ").split(" reads ")
    assert shown[0] == shown[-1]
    assert len(shown) <= 6
    assert len(shown) == length + 1 or "…" in shown


def test_a_layer_that_is_not_there() -> None:
    """A graph built in Python may read a layer that nobody added."""
    with pytest.raises(WiringError, match="reads 'nobody'"):
        build(Spec("n", Volume(1, (4,)), (relu("a", "nobody"),)))


def test_a_misfit_knows_the_network_before_it() -> None:
    """The error of a wrong shape carries the layers whose volumes are known; layers are found by name."""
    entries = (
        relu("first", INPUT),
        Entry(layer("maxpool", kernel_size=2), "half", ("first",)),
        Entry(layer("add"), "sum", ("half", INPUT)),
    )
    with pytest.raises(VolumeMisfit) as caught:
        counted(*entries)
    assert [node.name for node in caught.value.network.nodes] == ["first", "half"]
    with pytest.raises(UsageError) as unknown:
        counted(*entries[:2])["hafl"]
    assert unknown.value.ways_out == ("did you mean half?",)


# -- cost --


def dense(layers: int) -> float:
    """Return the processor time per edge of a chain in which every layer reads all before it."""
    conv = layer("conv", out_channels=4, kernel_size=3, padding=1)
    entries = [Entry(conv, "c0", (INPUT,)), Entry(conv, "c1", ("c0",))]
    for n in range(2, layers):
        entries += [Entry(layer("concat"), f"j{n}", tuple(f"c{m}" for m in range(n))), Entry(conv, f"c{n}", (f"j{n}",))]
    spec = Spec("dense", Volume(4, (8, 8)), tuple(entries))
    start = time.process_time()
    ledger = tally(build(spec))
    spent = time.process_time() - start
    assert ledger.totals.depth == layers
    assert ledger.totals.weights == 9 * 4 * 4 * (1 + layers * (layers - 1) // 2)
    return spent / (layers * (layers - 1) // 2)


def test_cost_grows_with_the_edges() -> None:
    """Huang et al. 2016, taken to 500 layers, 124,750 edges: an edge costs no more than among 125 layers."""
    assert dense(500) < 3 * min(dense(125) for _ in range(4))


def test_long_cycles_cost_their_length() -> None:
    """Eight times as long a cycle costs about eight times as much, not sixty-four."""

    def cost(length: int) -> float:
        entries = [relu(f"l{n}", f"l{(n + 1) % length}") for n in range(length)]
        start = time.process_time()
        with pytest.raises(WiringError):
            ordered(entries)
        return time.process_time() - start

    assert cost(12_000) < 24 * min(cost(1_500) for _ in range(3))


@pytest.mark.parametrize(("given", "way_out"), [("227x224", "227x224x3"), ("HxW", "HxWx3"), ("8x8x8x3", "224x224x3")])
def test_a_picture_s_network_takes_no_line(given: str, way_out: str) -> None:
    """227x224 is 227 places of 224 channels: where a spec says HxWxC, its channels have been forgotten."""
    with pytest.raises(AxesMisfit, match="takes a picture HxWxC") as caught:
        load("vgg16", input=given)
    assert caught.value.ways_out == (f"input {way_out}",)
