"""Which sizes fit: the class that is found in letters is the set that a walk through all sizes finds."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.congruence import Congruence
from cnncalc.errors import ShapeError, StrideMisfit
from cnncalc.letters import fitting, in_words
from cnncalc.network import Network, build
from cnncalc.spec.locate import find_spec
from cnncalc.spec.model import Spec
from cnncalc.spec.read import read_line
from cnncalc.volume import Volume, parse_volume

ANY = Congruence(0, 1)


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
        classes, rest = fitting(lettered(spec))
    except StrideMisfit:
        assert not any(accepts(spec, size, size) for size in range(1, 200))
        return
    assert rest == ()
    assert classes.get("H", ANY) == classes.get("W", ANY)
    remainder, modulus = classes.get("H", ANY)
    least = next((size for size in range(remainder or modulus, 400, modulus) if accepts(spec, size, size)), None)
    assume(least is not None)
    assert least is not None
    heights = range(1, least + 40)
    assert [height for height in heights if accepts(spec, height, least)] == [
        height for height in heights if height >= least and height % modulus == remainder
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


BUGS = [
    ("an odd filter keeps the size, an even one does not: F is odd", "conv(F)-K", "HxWxC", "F is odd"),
    ("7x7 needs seven rows", "conv7-8/p0", "HxWx3", "7"),
]


@pytest.mark.xfail(strict=True, reason="a padding that must be whole, and a smallest size, are no conditions yet")
@pytest.mark.parametrize(("why", "line", "volume", "words"), BUGS)
def test_conditions_that_are_not_kept(why: str, line: str, volume: str, words: str) -> None:
    """Every window's condition is kept."""
    sentences = in_words(build(read_line(line), input=parse_volume(volume)))
    assert any(words in sentence for sentence in sentences), why
