"""Liveness against its definition, the smallest peak against every order, both against blocks worked by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import best_order, load, peak, tally
from cnncalc.errors import Where
from cnncalc.fold import fold
from cnncalc.layers import CARDS
from cnncalc.letters import Formula, largest, symbol
from cnncalc.network import Network, Node
from cnncalc.spec.files import packaged
from cnncalc.volume import Volume

BLOCK = 56 * 56 * 64

BY_HAND = [  # network, input, the values alive while each row runs, the input first
    # VGG-16 opens with two convolutions of 64: the second holds 64x224x224 twice.
    (
        "conv3-64 relu conv3-64 relu maxpool2",
        "224x224x3",
        [150_528, 3_361_792, 3_211_264, 6_422_528, 3_211_264, 3_211_264 + 802_816],
    ),
    # The residual block of figure 2: what the shortcut carries is alive until the addition, which needs three.
    ("residual-block", None, [BLOCK * n for n in (1, 2, 2, 3, 3, 1)]),
    # The naive Inception module: the input until the pooling, then the four paths and their concatenation.
    ("inception-naive", None, [28 * 28 * n for n in (192, 256, 256, 384, 384, 416, 416, 608, 832)]),
    # The network's own input is never overwritten, but it is freed.
    ("relu relu conv1-2", "4x4x1", [16, 32, 16, 48]),
    ("flatten fc-3", "2x2x2", [8, 16, 11]),
    ("dropout0.5", "2x2x2", [8, 16]),
    # Batch normalisation allocates as any layer does, in PyTorch and here.
    ("conv1-4 bn relu", "2x2x1", [4, 20, 32, 16]),
]


@pytest.mark.parametrize(("text", "volume", "alive"), BY_HAND)
def test_what_is_alive_worked_by_hand(text: str, volume: str | None, alive: list[int]) -> None:
    """Row by row; the peak is the largest, at the first row that has it, and a batch multiplies it."""
    network = load(text, input=volume)
    found = peak(network)
    assert list(found.alive) == alive
    assert found.values == max(alive)
    ledger = tally(network, memory="peak", batch=7, dtype="float16")
    assert [row.activation_values for row in ledger.rows] == alive
    assert found.layer == next(row.name for row in ledger.rows if row.activation_values == max(alive))
    assert ledger.totals.activation_values == 7 * max(alive)
    assert ledger.totals.activation_bytes == 2 * 7 * max(alive)


def test_what_is_read_again_is_copied() -> None:
    """A ReLU whose input is read later allocates; one that reads last does not. 2x2x4 is 16 values."""
    layers = ["a=conv1-4", "r=relu", {"add": None, "from": ["a", "r"]}]
    first = load({"name": "n", "input": "2x2x1", "layers": layers})
    assert list(peak(first).alive) == [4, 20, 32, 48]
    layers = ["a=conv1-4", {"conv": {"out_channels": 4, "kernel_size": 1}, "name": "b", "from": "a"},
              {"relu": None, "name": "r", "from": "a"}, {"add": None, "from": ["b", "r"]}]  # fmt: skip
    last = load({"name": "n", "input": "2x2x1", "layers": layers})
    assert list(peak(last).alive) == [4, 20, 32, 32, 48]


def test_an_output_lives_to_the_end() -> None:
    """What nobody reads is an output: here a head that is left while the other path goes on."""
    layers = ["a=conv1-4", "head=conv1-10", {"conv": {"out_channels": 1, "kernel_size": 1}, "from": "a"}, "conv1-1"]
    network = load({"name": "n", "input": "1x1x1", "layers": layers})
    assert list(peak(network).alive) == [1, 5, 14, 15, 12]


def test_vgg16() -> None:
    """conv1_2 holds its input and its output, 64x224x224 each; nothing before or after holds more."""
    found = peak(load("vgg16"))
    assert (found.values, found.layer) == (2 * 64 * 224 * 224, "conv1_2")


def test_a_folded_peak_is_the_largest_of_its_rows() -> None:
    """Moments do not add up: a block's row is the most that lives while the block runs, and the total stays."""
    ledger = tally(load("resnet18"), memory="peak")
    folded = fold(ledger, 1)
    block = [row.activation_values for row in ledger.rows if row.name.startswith("conv2_1/")]
    assert len(block) > 1
    assert folded["conv2_1"].activation_values == max(block)
    assert max(row.activation_values for row in folded.rows) == ledger.totals.activation_values


# -- against the definition --


def built(layers: list[tuple[str, tuple[int, ...], int]]) -> Network:
    """Return a network of 1x1 volumes: kind, which earlier volumes it reads (0 is the input), channels it wants."""
    volumes, names, nodes = [Volume(3, (1, 1))], ["input"], []
    for number, (kind, reads, channels) in enumerate(layers, start=1):
        sources = tuple(index % number for index in reads)
        fields = {"out_channels": channels, "kernel_size": 1} if kind == "conv" else {}
        card = CARDS[kind](**fields)
        x = tuple(volumes[index] for index in sources) if card.reads_many else volumes[sources[0]]
        inputs = tuple(names[index] for index in (sources if card.reads_many else sources[:1]))
        nodes.append(Node(f"l{number}", card, inputs, x, card.output(x), Where()))
        volumes.append(nodes[-1].y)
        names.append(nodes[-1].name)
    return Network("random", volumes[0], tuple(nodes))


def graphs(most: int) -> st.SearchStrategy[Network]:
    """Return networks of up to so many layers that read any layer before them."""
    layer = st.tuples(
        st.sampled_from(["conv", "relu", "dropout", "identity", "flatten", "batchnorm", "concat"]),
        st.lists(st.integers(0, most), min_size=1, max_size=3).map(tuple),
        st.integers(1, 9),
    )
    return st.lists(layer, min_size=1, max_size=most).map(built)


def by_definition(network: Network) -> list[int]:
    """What lives while each row runs, looked up moment by moment: a place is held from first writer to last reader.

    A volume that was overwritten shares its place with what overwrote it.
    """
    names = ["input", *(node.name for node in network.nodes)]
    values = {"input": network.input.values, **{node.name: node.y.values for node in network.nodes}}
    reads = {name: [number for number, node in enumerate(network.nodes, 1) if name in node.inputs] for name in names}
    place = {"input": "input"}
    for number, node in enumerate(network.nodes, 1):
        (source, *others) = node.inputs
        alone = not others and max(reads[source]) == number and source != "input"
        place[node.name] = place[source] if node.card.overwrites_input and alone else node.name
    moments = []
    for now in range(len(names)):
        held = {place[name] for made, name in enumerate(names) if made <= now <= max(reads[name], default=len(names))}
        moments.append(sum(values[name] for name in held))
    return moments


@given(graphs(12))
def test_liveness_is_its_definition(network: Network) -> None:
    """On random graphs, at every moment."""
    expected = by_definition(network)
    found = peak(network)
    assert list(found.alive) == expected
    assert found.values == max(expected)


def orders(network: Network) -> Iterator[Network]:
    """Yield the network in every order in which each layer stands behind those that it reads."""
    for nodes in permutations(network.nodes):
        seen = {"input"}
        for node in nodes:
            if not seen.issuperset(node.inputs):
                break
            seen.add(node.name)
        else:
            yield replace(network, nodes=nodes)


def smallest_by_sets(network: Network) -> int:
    """The smallest peak by every set of layers that may have run, smaller sets first: no order is preferred."""
    bests = {frozenset[str](): network.input.values}
    for _ in network.nodes:
        longer: dict[frozenset[str], int] = {}
        for done, most in bests.items():
            for node in network.nodes:
                if node.name in done or not {*done, "input"}.issuperset(node.inputs):
                    continue
                after = done | {node.name}
                first = [other for other in network.nodes if other.name in done]
                rest = [other for other in network.nodes if other.name not in after]
                now = by_definition(replace(network, nodes=(*first, node, *rest)))[len(after)]
                if after not in longer or max(most, now) < longer[after]:
                    longer[after] = max(most, now)
        bests = longer
    return bests[frozenset(node.name for node in network.nodes)]


def ordered(network: Network, layers: tuple[str, ...]) -> Network:
    """Return the network in an order given by names."""
    return replace(network, nodes=tuple(network[name] for name in layers))


@given(graphs(6))
def test_the_smallest_peak_is_that_of_the_best_of_all_orders(network: Network) -> None:
    """On random graphs: no order has a smaller one, and the order that is named has it."""
    best = best_order(network)
    assert best is not None
    assert best.values == min(max(by_definition(other)) for other in orders(network))
    again = ordered(network, best.layers)
    assert len(again.nodes) == len(network.nodes)
    assert max(by_definition(again)) == best.values


@pytest.mark.parametrize("name", packaged())
def test_no_shipped_network_has_a_better_order_than_is_found(name: str) -> None:
    """The order that is named is one, and its peak is what is said: at most that of the network's own order."""
    network = load(name)
    best = best_order(network)
    assert best is not None
    again = ordered(network, best.layers)
    seen = {"input"}
    for node in again.nodes:
        assert seen.issuperset(node.inputs)
        seen.add(node.name)
    assert len(seen) == len(network.nodes) + 1
    assert peak(again).values == best.values <= peak(network).values


def test_an_inception_module_saves_by_its_order() -> None:
    """Its own order comes to the pooling, 192 to 192 channels, with the outputs of 64, 128 and 32 already there.

    A path that ends narrow and a pooling before the wide paths need 512 channels of 28x28 at most: every set was tried.
    """
    network = load("inception-reduced")
    best = best_order(network)
    assert peak(network).values == 28 * 28 * (192 + 64 + 128 + 32 + 192)
    assert best is not None
    assert best.values == smallest_by_sets(network) == 28 * 28 * 512


@given(graphs(9))
def test_the_smallest_peak_is_that_of_all_sets(network: Network) -> None:
    """On random graphs that have too many orders to try."""
    best = best_order(network)
    assert best is not None
    assert best.values == smallest_by_sets(network)


# -- large and hostile --


def test_a_search_that_would_not_end_is_given_up() -> None:
    """Forty paths side by side, each of which grows before it shrinks: 3^40 moments are not looked at."""
    paths = [("conv", (0,), 50 + number) for number in range(40)]
    ends = [("conv", (number + 1,), 1 + number) for number in range(40)]
    network = built([*paths, *ends])
    started = time.process_time()
    assert best_order(network) is None
    assert time.process_time() - started < 20


def test_a_long_chain_costs_one_pass() -> None:
    """20,000 layers: no recursion, and the peak is that of two neighbours."""
    network = built([("conv", (number,), 1 + number % 7) for number in range(20_000)])
    assert peak(network).values == 6 + 7
    assert best_order(network) is None
    assert best_order(replace(network, nodes=network.nodes[:3_000])) is not None
    sizes = [3, *(node.y.values for node in network.nodes)]
    assert peak(network).values == max(left + right for left, right in pairwise(sizes))


# -- letters --


def test_a_peak_in_letters() -> None:
    """A formula, or a Max of what may be largest; with numbers put in, the peak of the network of numbers."""
    network = load("conv3-C relu conv3-C maxpool2 fc-1000 fc-10", input="HxWx3")
    formula = peak(network).values
    assert isinstance(formula, Formula)
    for sizes in ({"H": 2, "W": 2, "C": 1}, {"H": 8, "W": 6, "C": 5}, {"H": 32, "W": 2, "C": 40}):
        text = f"conv3-{sizes['C']} relu conv3-{sizes['C']} maxpool2 fc-1000 fc-10"
        assert formula.at(**sizes) == peak(load(text, input=f"{sizes['H']}x{sizes['W']}x3")).values
    assert best_order(network) is None


def test_what_another_never_exceeds_falls_out() -> None:
    """⌊H/2⌋·⌊W/2⌋ is at most H·W/4; H·W·C + 5 at least H·W·C; H and W cannot be told apart."""
    h, w, c = (symbol(name) for name in "HWC")
    assert largest([h * w, 4 * (h // 2) * (w // 2), h * w - 1]) == h * w
    assert largest([h * w * c + 5, h * w * c, 6]) == h * w * c + 5
    assert largest([h, w]).subs({h: 3, w: 5}) == 5
    assert str(largest([Formula(h), Formula(h + 1)])) == "H + 1"
    assert Formula(largest([h, w + 1])).plain == "Max(H, W + 1)"
