"""Graphs settled and ordered; receptive fields against every input that every output really sees; cost by edges."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import UsageError, VolumeMisfit, WiringError
from cnncalc.layers import CARDS, Layer
from cnncalc.ledger import Ledger, tally
from cnncalc.network import build, ordered
from cnncalc.spec.model import INPUT, Entry, Spec
from cnncalc.volume import Volume
from cnncalc.window import Field, sides


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
        self.jumps = {INPUT: 1}

    def add(self, card: Layer, inputs: tuple[str, ...], stride: int = 1) -> None:
        """Add a layer behind those that it reads."""
        name = f"l{len(self.entries)}"
        self.entries[name] = Entry(card, name, inputs)
        self.jumps[name] = self.jumps[inputs[0]] * stride

    def taps(self, card: Layer, o: int) -> list[int]:
        """Return the inputs of one output, from the definition of a window."""
        if not hasattr(card, "kernel_size"):
            return [o]
        first = o * (card.stride or card.kernel_size) - sides(card.padding).before
        return [first + tap * card.dilation for tap in range(card.kernel_size)]

    def seen(self, name: str, o: int) -> frozenset[int]:
        """Return every input pixel that an output depends on, whichever way."""

        @cache
        def trace(name: str, o: int) -> frozenset[int]:
            if name == INPUT:
                return frozenset([o])
            card, _, inputs = self.entries[name][:3]
            return frozenset().union(*(trace(source, tap) for source in inputs for tap in self.taps(card, o)))

        return trace(name, o)

    def along_paths(self, name: str, o: int) -> set[tuple[int, int]]:
        """Return, for every single path, the first and last pixel that an output sees along it."""
        ends: dict[str, set[tuple[int, int]]] = {INPUT: {(0, 0)}}
        for entry in self.entries.values():
            taps = self.taps(entry.card, 0)
            ends[entry.name] = {
                (low + taps[0] * self.jumps[source], high + taps[-1] * self.jumps[source])
                for source in entry.inputs
                for low, high in ends[source]
            }
        return {(low + o * self.jumps[name], high + o * self.jumps[name]) for low, high in ends[name]}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw layers that keep the size, halve it, or join what has one size and one jump."""
    graph = Graph()
    for _ in range(draw(st.integers(2, 10))):
        names = [INPUT, *graph.entries]
        source = names[-1 - draw(st.integers(0, min(3, len(names) - 1)))]
        kind = draw(st.sampled_from(["conv", "depthwise_conv", "maxpool", "avgpool", "identity", "join", "join", "halve"]))
        if kind == "join":
            equal = [name for name in names if graph.jumps[name] == graph.jumps[source]]
            several = tuple(draw(st.lists(st.sampled_from(equal), min_size=2, max_size=4)))
            graph.add(layer(draw(st.sampled_from(["add", "multiply"]))), several)
        elif kind == "identity":
            graph.add(layer("identity"), (source,))
        else:
            stride = 2 if kind == "halve" and graph.jumps[source] < 4 else 1
            kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2))
            around = (kernel - 1) * dilation + 1 - stride  # so much padding keeps or halves the size
            before = draw(st.integers(0, max(around, 0)))
            card = {"halve": "conv"}.get(kind, kind)
            fields = {"out_channels": 4} if card == "conv" else {}
            if around < 0:
                continue
            window = {"kernel_size": kernel, "stride": stride, "dilation": dilation, "padding": f"{before}:{around - before}"}
            graph.add(layer(card, **window, **fields), (source,), stride)
    return graph


def padded(graph: Graph) -> dict[str, tuple[Field, ...]]:
    """Return the fields that the ledger gives."""
    return {row.name: row.fields for row in counted(*graph.entries.values()).rows}


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_the_field_is_what_all_paths_see_together(graph: Graph) -> None:
    """From the first to the last pixel that any path sees, for every layer and several outputs."""
    for name, (field,) in padded(graph).items():
        for o in (0, 1, 7):
            pixels = graph.seen(name, o)
            assert (min(pixels), max(pixels)) == (o * field.jump - field.padding, o * field.jump - field.padding + field.size - 1)
        assert (field.unit, field.jump) == (1, graph.jumps[name])


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_paths_agree_where_every_path_sees_the_same(graph: Graph) -> None:
    """The flag is raised just where two single paths from the input see different pixels."""
    for name, (field,) in padded(graph).items():
        assert field.agree == (len(graph.along_paths(name, 3)) == 1)


def test_the_inception_module() -> None:
    """Szegedy et al. 2014, figure 2b: 1x1, 3x3, 5x5 and a pool side by side see 5 pixels together, in whatever order."""
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


UP = {"conv_transpose": {"out_channels": 4, "kernel_size": 2, "stride": 2}}


@pytest.mark.xfail(strict=True, reason="fields in different units never agree, whatever they see")
def test_fields_in_other_units_can_agree() -> None:
    """A 2x2 stamp of stride 2 and every second pixel of it: each output sees its own pixel, as the shortcut does."""
    up = Entry(layer("conv_transpose", **UP["conv_transpose"]), "up", (INPUT,))
    down = Entry(layer("zero_shortcut", out_channels=4, stride=2, rounding="floor"), "down", ("up",))
    (field,) = counted(up, down, Entry(layer("add"), "sum", ("down", INPUT)))["sum"].fields
    assert (field.pixels, field.agree) == (1, True)


@pytest.mark.xfail(strict=True, reason="joining fields multiplies their units: after n joins the unit has 2^n digits")
def test_units_stay_small() -> None:
    """Ten residual blocks that double and halve: fields are counted in 1024ths of a pixel at worst."""
    entries, last = [], INPUT
    for n in range(10):
        entries += [Entry(layer("upsample", scale=2), f"u{n}", (last,)), Entry(layer("maxpool", kernel_size=2), f"p{n}", (f"u{n}",))]
        entries += [Entry(layer("add"), f"a{n}", (last, f"p{n}"))]
        last = f"a{n}"
    assert counted(*entries)[last].fields[0].unit <= 2**10


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
    entries = (relu("first", INPUT), Entry(layer("maxpool", kernel_size=2), "half", ("first",)), Entry(layer("add"), "sum", ("half", INPUT)))
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
    """Huang et al. 2016, taken to a thousand layers, half a million edges: an edge costs no more than among 250."""
    assert dense(1_000) < 3 * min(dense(250) for _ in range(3))


@pytest.mark.xfail(strict=True, reason="the walk along a cycle looks for each name in a list")
def test_long_cycles_cost_their_length() -> None:
    """Eight times as long a cycle costs about eight times as much, not sixty-four."""

    def cost(length: int) -> float:
        entries = [relu(f"l{n}", f"l{(n + 1) % length}") for n in range(length)]
        start = time.process_time()
        with pytest.raises(WiringError):
            ordered(entries)
        return time.process_time() - start

    assert cost(12_000) < 24 * min(cost(1_500) for _ in range(3))
