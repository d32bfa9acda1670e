"""Which sizes fit: the class that is found in letters is the set that a walk through all sizes finds."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.congruence import ANY, Congruence
from cnncalc.errors import ShapeError, StrideMisfit, VolumeMisfit
from cnncalc.letters import fitting, in_words, least, symbol
from cnncalc.network import Network, build
from cnncalc.spec.line import read_line
from cnncalc.spec.locate import find_spec
from cnncalc.spec.model import Spec
from cnncalc.spec.read import read_dict
from cnncalc.volume import Volume, parse_volume


def accepts(spec: Spec, height: int, width: int, channels: int = 3) -> bool:
    """Whether a network of numbers can be built on this input."""
    try:
        build(spec, input=Volume(channels, (height, width)))
    except ShapeError:
        return False
    return True


def lettered(spec: Spec, channels: int = 3) -> Network:
    """Return the network for H x W."""
    return build(spec, input=parse_volume(f"HxWx{channels}"))


EXACT = [  # spec, the class, the smallest height: worked out by hand, backwards from 1x1 or what FC layers need
    ("lenet5", Congruence(0, 4), 32, 1),  # ((H − 4)/2 − 4)/2 = 5 for the 5x5 filters of C5
    ("cifar10-cs231n", Congruence(0, 2), 2, 3),
    ("mnist-keras", Congruence(0, 2), 6, 1),  # (H − 4)/2 ≥ 1
    ("alexnet", Congruence(3, 32), 67, 3),  # 14·4 + 11, from 15, 7, 3, 1: three pools of 3, stride 2
    ("vgg11", Congruence(0, 32), 32, 3),  # five pools of 2
    ("alexnet-cs7015", Congruence(3, 32), 195, 3),  # 46·4 + 11, from 47, 23, 19, 9, 7, 5, 3, 1: no padding
]


@pytest.mark.parametrize(("name", "found", "least", "channels"), EXACT, ids=[row[0] for row in EXACT])
def test_exact_specs_accept_one_class(name: str, found: Congruence, least: int, channels: int) -> None:
    """Brute force over heights, with a width that fits: those of the class, from the smallest on, and no others."""
    spec = find_spec(name)
    assert spec.input is not None
    width = spec.input.spatial[1]
    assert fitting(lettered(spec, channels)) == ({"H": found, "W": found}, ())
    heights = range(1, least + 2 * found.modulus + 2)
    fits = [height for height in heights if accepts(spec, height, width, channels)]
    assert fits == list(range(least, heights.stop, found.modulus))


STACKS = st.lists(
    st.builds(
        lambda kind, size, stride, zeros: f"{kind.format(size)}/s{stride}/p{min(zeros, size - 1)}",
        st.sampled_from(["conv{}-2", "maxpool{}", "dwconv{}"]),
        st.integers(1, 5),
        st.integers(1, 4),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(STACKS, st.integers(0, 6))
def test_any_stack(layers: list[str], padding: int) -> None:
    """Random stacks of windows: heights that fit are the class from its smallest member that fits on."""
    spec = read_line(" ".join([f"zeropad{padding + 1}", *layers]))
    try:
        network = lettered(spec)
    except StrideMisfit:
        assert not any(accepts(spec, size, size) for size in range(1, 200))
        return
    classes, rest = fitting(network)
    assert rest == ()
    assert classes.get("H", ANY) == classes.get("W", ANY)
    remainder, modulus = classes.get("H", ANY)
    smallest = next((size for size in range(remainder or modulus, 400, modulus) if accepts(spec, size, size)), None)
    assume(smallest is not None)
    assert smallest is not None
    assert Congruence(remainder, modulus).at_least(least(network).get("H", 1)) == smallest
    heights = range(1, smallest + 40)
    assert [height for height in heights if accepts(spec, height, smallest)] == [
        height for height in heights if height >= smallest and height % modulus == remainder
    ]


WORDS = [
    ("conv3-8/s2", ["fits if H is odd", "fits if W is odd"]),
    ("maxpool2", ["fits if H is even", "fits if W is even"]),
    ("conv7-96/s4/p0", ["fits if H ≡ 3 mod 4", "fits if W ≡ 3 mod 4"]),
    ("[conv3-8 relu]*3", []),
    ("conv3-8/s2/floor", []),
    ("maxpool3/s2/floor conv3-8/s2/p0", ["fits if ⌊(H − 1)/2⌋ − 3 ≡ 0 mod 2 (conv1)"]),
    ("conv3-8/s(S)/p0", ["fits if H − 3 ≡ 0 mod S (conv1)", "fits if W − 3 ≡ 0 mod S (conv1)"]),
]


@pytest.mark.parametrize(("line", "words"), WORDS)
def test_sentences(line: str, words: list[str]) -> None:
    """A class has words; what is no class stands as its congruence, with its layer."""
    assert in_words(lettered(read_line(line)))[: len(words) or None] == words


def test_vgg_fits_multiples_of_32() -> None:
    """Five pools of 2, said where the network is shown."""
    assert in_words(lettered(find_spec("vgg16"))) == ["fits if H ≡ 0 mod 32", "fits if W ≡ 0 mod 32"]


def test_groups_ask_something_of_channels() -> None:
    """Four groups divide C and K."""
    network = build(read_line("conv3-K/g4"), input=parse_volume("HxWxC"))
    assert in_words(network) == ["fits if C ≡ 0 mod 4", "fits if K ≡ 0 mod 4"]


NEVER = [
    ("conv3-8/s2", "8xWx3", "2 never divides 7"),
    ("maxpool2 relu zeropad1 maxpool4", "HxWx3", None),  # H even, H/2 + 2 ≡ 0 mod 4: fits
    ("maxpool4 upsample4 maxpool3/s4", "HxWx3", "contradicts"),  # H ≡ 0 mod 4, H − 3 ≡ 0 mod 4
    ("conv3-8/g2", "HxWx3", "2 never divides 3"),
    ("conv3-(K*2+1)/g2", "HxWx2", "never"),
]


@pytest.mark.parametrize(("line", "volume", "words"), NEVER)
def test_what_no_size_can_meet_is_told(line: str, volume: str, words: str | None) -> None:
    """A request that no value of the letters can meet is a ShapeError that says so."""
    if words is None:
        cnncalc.load(line, input=volume)
        return
    with pytest.raises(ShapeError, match=words):
        cnncalc.load(line, input=volume)


def test_contradicting_layers_are_named() -> None:
    """Two branches read the same input, one needs it odd, one even."""
    spec = {
        "name": "torn",
        "input": "HxWx3",
        "layers": [{"concat": ["conv3-8/s2/p0 gap", "maxpool2 gap"]}],
    }
    with pytest.raises(StrideMisfit, match="no H fits every stride") as caught:
        cnncalc.load(spec)
    assert caught.value.ways_out == ("rounding: floor",)


KEPT = [  # line or layers, input, what must hold
    ("conv(F)-K", "HxWxC", ["fits if F is odd"]),  # no equal padding keeps the size of an even filter
    ("conv(F)-K/p0", "HxWxC", ["fits if H ≥ F (conv1)", "fits if W ≥ F (conv1)"]),
    ("conv7-8/p0", "HxWx3", ["fits if H ≥ 7", "fits if W ≥ 7"]),
    ("maxpool3/s2/ceil", "HxWx3", ["fits if H ≥ 2", "fits if W ≥ 2"]),  # a window may hang over by S − 1
    ("conv4-8/same/s2 conv4-3/p0", "HxWx3", ["fits if H ≥ 7", "fits if W ≥ 7"]),  # ⌈7/2⌉ = 4
    ("upconv2-8/s2/p3", "HxWx3", ["fits if H ≥ 4", "fits if W ≥ 4"]),  # 2·4 − 6
    ("crop10", "HxWx3", ["fits if H ≥ 10", "fits if W ≥ 10"]),
    ("slice2-8", "HxWxC", ["fits if C ≥ 8"]),
    ("conv3-(8-C)", "HxWxC", ["fits if C ≤ 7 (conv1)"]),
    ("conv3-(C-4)", "HxWxC", ["fits if C ≥ 5"]),
    ("conv3-(8*C)/g(G)", "HxWxC", ["fits if C ≡ 0 mod G (conv1)", "fits if 8·C ≡ 0 mod G (conv1)"]),
    ("conv3-8/g(G)", "HxWx4", ["fits if G divides 4 (conv1)", "fits if G divides 8 (conv1)"]),
    ("zeropad(P-5)", "HxWx3", ["fits if H + 2·P ≥ 11 (pad1)", "fits if W + 2·P ≥ 11 (pad1)", "fits if P ≥ 5"]),
    ("maxpool(F-1)/s1", "HxWx3", ["fits if H + 1 ≥ F (pool1)", "fits if W + 1 ≥ F (pool1)", "fits if F ≥ 2"]),
    ("maxpool(C%2)/s1", "HxWxC",
     ["fits if C mod 2 ≥ 1 (pool1)", "fits if H ≥ C mod 2 (pool1)", "fits if W ≥ C mod 2 (pool1)"]),
    ("split2-(K)", "HxWxC", ["fits if C is even", "fits if K ≤ 1 (split1)"]),
    ("upconv(F)-8/same/s2", "HxWxC", []),
    ([{"add": ["conv3-K", "identity"]}], "HxWxC", ["fits if K = C (add1)"]),
    ([{"multiply": ["identity", "gap fc-K sigmoid"]}], "HxWxC", ["fits if C = K (multiply1)"]),
    ([{"multiply": ["identity", "gap fc-C sigmoid"]}], "HxWxC", []),
    ([{"multiply": ["gap", "conv3-C/s2/floor"]}], "HxWxC", []),
    ([{"add": ["flatten", "fc-K"]}], "HxWxC", ["fits if H·W·C = K (add1)"]),
    ([{"concat": ["[maxpool2/floor]*2 [upsample2]*2", "identity"]}], "HxWx3",
     ["fits if H ≡ 0 mod 4", "fits if W ≡ 0 mod 4"]),
    ([{"add": ["conv3-8/s2/floor", "maxpool2/floor conv1-8"]}], "HxWx3", ["fits if H is even", "fits if W is even"]),
    ([{"concat": ["crop20", "conv5-8/p0"]}], "HxWx3", ["fits if H = 24", "fits if W = 24"]),
    ([{"concat": ["crop20", "conv5-8/s2/floor"]}], "24xWx3", None),  # never 20 rows
    ([{"concat": ["crop(N)", "identity"]}], "HxWx3",
     ["fits if H ≥ N (crop1)", "fits if W ≥ N (crop1)", "fits if N = H (concat1)", "fits if N = W (concat1)"]),
    ([{"concat": ["crop20", "conv5-8/s2/floor"]}], "40xWx3",
     ["fits if ⌊(W + 1)/2⌋ = 20 (concat1)", "fits if W ≥ 20"]),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "volume", "sentences"), KEPT, ids=[f"{row[0]}" for row in KEPT])
def test_every_condition_is_kept(layers: str | list[Any], volume: str, sentences: list[str] | None) -> None:
    """What divides, what is large enough, and what is equal; nothing is said of what always holds."""
    spec = {"name": "kept", "input": volume, "layers": [layers] if isinstance(layers, str) else layers}
    if sentences is None:
        with pytest.raises(VolumeMisfit):
            cnncalc.load(spec)
        return
    assert in_words(cnncalc.load(spec)) == sentences


UNEQUAL = [
    ([{"add": ["conv3-8/p0", "conv3-8"]}], "cannot add"),
    ([{"add": ["maxpool2 conv1-8", "conv1-8"]}], "cannot add"),  # H/2 = H for nothing but 0
    ([{"multiply": ["conv3-3/p0", "identity"]}], "cannot multiply"),
    ([{"concat": ["crop20", "conv5-8/p0"]}, {"concat": ["crop10", "identity"]}], "cannot concat"),
    ([{"concat": ["crop20", "conv5-8/p0"]}, "crop30"], "cannot crop"),
    ([{"concat": ["crop20", "conv5-8/p0"]}, "maxpool2", {"concat": ["crop9", "conv3-8/p0"]}], "cannot concat"),
    ([{"concat": ["crop20", "conv5-8/p0"], "from": "input"}, {"concat": ["crop10", "conv3-8/p0"], "from": "input"}],
     "no H fits every layer: H − 2 = 10 at concat2 never holds with the layers before"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "words"), UNEQUAL, ids=[row[1] for row in UNEQUAL])
def test_what_is_never_equal_is_told(layers: list[Any], words: str) -> None:
    """With the layer, and ways out."""
    with pytest.raises(VolumeMisfit, match=words) as caught:
        cnncalc.load({"name": "never", "input": "HxWx3", "layers": layers})
    assert caught.value.ways_out


PATHS = st.lists(
    st.sampled_from(
        ["maxpool2", "maxpool2/floor", "maxpool3/s2/floor", "conv3-4/p0", "upsample2", "zeropad1", "crop6"]
    ),
    max_size=3,
).map(" ".join)


@settings(max_examples=40)
@example("maxpool2 maxpool2", "crop6 upsample2")  # H = 48, more than is tried
@given(PATHS, PATHS)
def test_any_two_paths(left: str, right: str) -> None:
    """Random paths side by side: the sizes that fit are those of which every condition is true."""
    layers = [{"concat": [f"relu {left}", f"relu {right}"]}]
    spec = read_dict({"name": "paths", "input": "9x9x3", "layers": layers})
    sizes = range(1, 40)
    fits = [size for size in sizes if accepts(spec, size, size)]
    try:
        network = lettered(spec)
    except ShapeError:
        assert fits == []
        return
    values = ({symbol("H"): sympy.Integer(size), symbol("W"): sympy.Integer(size)} for size in sizes)
    holds = [all(one.holds(value) for one in network.conditions or ()) for value in values]
    assert fits == [size for size, true in zip(sizes, holds, strict=True) if true]
    (classes, rest), low = fitting(network), least(network).get("H", 1)
    if not rest:
        remainder, modulus = classes.get("H", ANY)
        same = range(remainder, remainder + 1) if modulus == 0 else range(remainder, sizes.stop, modulus)
        assert fits == [size for size in same if size >= low and size in sizes]
