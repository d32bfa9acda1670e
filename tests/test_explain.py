"""Letters = digits = value: the lectures' sums word for word, and every layer's digits worked out again."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError, UsageError
from cnncalc.explanation import Explanation, explain, source_of
from cnncalc.layers import CARDS
from cnncalc.ledger import Ledger, tally
from cnncalc.spec.files import packaged


def ledger_of(spec: str, volume: str | None = None) -> Ledger:
    """Count a network."""
    return tally(cnncalc.load(spec, input=volume))


def lines(spec: str, layer: str, volume: str | None = None) -> dict[str, str]:
    """Return what is written for each quantity of one layer."""
    (one,) = explain(ledger_of(spec, volume), layer)
    return {number.quantity: number.written for number in one.numbers}


GOLDEN = [  # CS231n: the ConvNet notes' summaries, "VGGNet in detail", AlexNet's first layers
    ("alexnet", "conv1", {
        "output H′": "(H − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55",
        "output W′": "(W − F + 2·P)/S + 1 = (227 − 11 + 2·0)/4 + 1 = 55",
        "output C′": "K = 96",
        "weights": "(F·F·C)·K = (11·11·3)·96 = 34,848",
        "biases": "K = 96",
        "macs": "(F·F·C)·K·H′·W′ = (11·11·3)·96·55·55 = 105,415,200",
        "receptive field H": "r + (F − 1)·j = 1 + (11 − 1)·1 = 11",
        "jump H": "j·S = 1·4 = 4",
    }),
    ("alexnet", "conv2", {
        "weights": "(F·F·C/G)·K = (5·5·96/2)·256 = 307,200",
        "receptive field W": "r + (F − 1)·j = 19 + (5 − 1)·8 = 51",
    }),
    ("alexnet", "pool1", {
        "output H′": "(H − F + 2·P)/S + 1 = (55 − 3 + 2·0)/2 + 1 = 27",
        "weights": "0",
        "flops": "(F·F − 1)·H′·W′·C′ = (3·3 − 1)·27·27·96 = 559,872",
    }),
    ("vgg16", "conv1_2", {
        "weights": "(F·F·C)·K = (3·3·64)·64 = 36,864",
        "output H′": "(H − F + 2·P)/S + 1 = (224 − 3 + 2·1)/1 + 1 = 224",
        "flops": "2·(F·F·C)·K·H′·W′ = 2·(3·3·64)·64·224·224 = 3,699,376,128",
    }),
    ("vgg16", "fc6", {
        "weights": "H·W·C·K = 7·7·512·4096 = 102,760,448",
        "macs": "H·W·C·K = 7·7·512·4096 = 102,760,448",
        "output H′": "1",
    }),
    ("vgg16", "fc8", {"weights": "C·K = 4096·1000 = 4,096,000"}),
    ("googlenet", "conv1", {"output H′": "⌊(H − F + 2·P)/S⌋ + 1 = ⌊(224 − 7 + 2·3)/2⌋ + 1 = 112"}),
    ("cifar10-cs231n", "conv1", {
        "output H′": "(H − F + 2·P)/S + 1 = (32 − 3 + 2·1)/1 + 1 = 32",
        "weights": "(F·F·C)·K = (3·3·3)·12 = 324",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "layer", "written"), GOLDEN, ids=[f"{row[0]} {row[1]}" for row in GOLDEN])
def test_the_lectures_layers(spec: str, layer: str, written: dict[str, str]) -> None:
    """As the lectures write them."""
    assert written.items() <= lines(spec, layer).items()


def test_a_volume_of_the_notes() -> None:
    """CS231n: ten 5x5 filters, stride 1, pad 2 on 32x32x3 give 32x32x10 and 760 parameters."""
    written = lines("conv5-10/s1/p2", "conv1", "32x32x3")
    assert written["output W′"] == "(W − F + 2·P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32"
    assert (written["weights"], written["biases"]) == ("(F·F·C)·K = (5·5·3)·10 = 750", "K = 10")


TO_PYTHON = str.maketrans({"·": "*", "−": "-", "⌋": ")", "²": "0"})
KNOWN = {
    "floor": math.floor,
    "min": min,
    "max": max,
    "Q": Fraction,
    "gcd": lambda a, b: math.gcd(int(a), int(b)),
}


def worked_out(digits: str) -> Any:
    """Let Python work out a side that is written in digits."""
    code = re.sub("[²³]", lambda power: f"**{'²³'.index(power[0]) + 2}", digits).translate(TO_PYTHON)
    code = code.replace("⌊", "floor(").replace(" mod ", "%")
    return eval(re.sub(r"\d+", r"Q(\g<0>)", code), {"__builtins__": {}}, KNOWN)  # noqa: S307 - our own writing


def whole(text: str) -> int:
    """Read a value as it is printed."""
    return int(text.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("spec", packaged())
def test_digits_are_the_value_and_the_value_the_ledgers(spec: str) -> None:
    """For every number of every layer: the digits come to the printed value, and that is the ledger's."""
    ledger = ledger_of(spec)
    seen: set[str] = set()
    for row, one in zip(ledger.rows[1:], explain(ledger), strict=True):
        told = {number.quantity: number.value for number in one.numbers}
        counts = ("weights", "biases", "buffers", "macs", "flops")
        assert [told[count] for count in counts] == [getattr(row, count) for count in counts], row.name
        assert tuple(value for name, value in told.items() if name.startswith("output")) == row.output_shape
        fields = tuple(value for name, value in told.items() if name.startswith("receptive"))
        assert fields == (() if None in row.receptive_field else row.receptive_field)
        for number in one.numbers:
            *letters, value = number.written.split(" = ")
            assert whole(value) == number.value
            if len(letters) == 2 and number.written not in seen:
                assert worked_out(letters[1]) == number.value, number.written
                seen.add(number.written)


LINES = st.builds(
    lambda kind, size, stride, zeros, last: f"{kind.format(size)}/s{stride}{zeros}{last}",
    st.sampled_from(["conv{}x3-6/g2", "maxpool{}", "avgpool{}", "dwconv{}", "conv{}-8"]),
    st.integers(1, 5),
    st.integers(1, 3),
    st.sampled_from(["/p0", "/p1", "/p1:2", "/p1x0", "/same"]),
    st.sampled_from(["", "/floor", "/ceil", "/floor/d2", "/ceil/d3"]),
) | st.builds(
    "convt{}-6/s{}/p{}/d{}".format, st.integers(2, 5), st.integers(2, 4), st.integers(0, 2), st.integers(1, 3)
)


@settings(max_examples=150)
@given(LINES)
def test_digits_of_any_window(line: str) -> None:
    """Every setting that a window may have is written so that it can be worked out again."""
    try:
        ledger = ledger_of(line, "13x17x4")
    except CnncalcError:
        return
    for number in explain(ledger)[0].numbers:
        *letters, value = number.written.split(" = ")
        assert worked_out(letters[-1] if len(letters) == 2 else value.replace(",", "")) == number.value, number.written


def test_other_axes() -> None:
    """A sequence has W alone, a video D, H and W."""
    assert lines("conv3-8", "conv1", "100x4")["output W′"].endswith("= (100 − 3 + 2·1)/1 + 1 = 100")
    written = lines("conv3x5x7-8/s1x1x2/p0", "conv1", "9x9x9x2")
    assert written["output D′"] == "(D − F₁ + 2·P)/S₁ + 1 = (9 − 3 + 2·0)/1 + 1 = 7"
    assert written["output W′"] == "(W − F₃ + 2·P)/S₃ + 1 = (9 − 7 + 2·0)/2 + 1 = 2"


def test_one_layer_or_all() -> None:
    """All but the input, in order; the input itself has nothing to explain."""
    ledger = ledger_of("lenet5")
    assert [one.layer for one in explain(ledger)] == [row.name for row in ledger.rows[1:]]
    assert explain(ledger, "C1") == explain(ledger)[:1]
    with pytest.raises(UsageError, match="nothing is worked out"):
        explain(ledger, "input")


def test_a_layer_that_is_not_there() -> None:
    """The nearest names are offered."""
    with pytest.raises(UsageError, match="conv1_1"):
        explain(ledger_of("vgg16"), "conv11")


def test_letters_have_no_digits() -> None:
    """A network in letters is sent to its table."""
    with pytest.raises(UsageError, match="cnncalc table"):
        explain(ledger_of("conv3-K", "HxWxC"))


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_every_rule_has_its_source(kind: str) -> None:
    """In one line, as a card's docstring names it."""
    source = source_of(CARDS[kind])
    assert source
    assert "\n" not in source
    assert "  " not in source


def test_as_json_carries_it() -> None:
    """Quantity, writing and value, by name."""
    (one,) = explain(ledger_of("vgg16"), "fc8")
    assert isinstance(one, Explanation)
    told = one.to_dict()
    assert (told["layer"], told["type"], told["source"][:6]) == ("fc8", "fc", "CS231n")
    weights = {"quantity": "weights", "written": "C·K = 4096·1000 = 4,096,000", "value": 4_096_000}
    assert weights in told["numbers"]


def test_the_same_is_not_said_twice() -> None:
    """Four thousand and ninety-six filters are K = 4,096."""
    assert lines("vgg16", "fc6")["biases"] == "K = 4,096"


def test_a_shared_layer_has_no_weights_of_its_own() -> None:
    """What is explained is what the ledger counts."""
    spec = {"name": "twins", "input": "8x8x3", "layers": ["a=conv3-3", {"conv": {"kernel_size": 3}}]}
    spec["layers"][1] = {"name": "b", "conv": {"out_channels": 3, "kernel_size": 3, "padding": 1}, "share": "a"}
    ledger = tally(cnncalc.load(spec))
    (one,) = explain(ledger, "b")
    told = {number.quantity: number for number in one.numbers}
    assert [told[count].value for count in ("weights", "biases", "buffers")] == [ledger["b"].weights, 0, 0] == [0, 0, 0]
    assert told["weights"].written == "0: a counts them"
    assert told["macs"].value == ledger["b"].macs == 8 * 8 * 3 * 3 * 3 * 3


def test_what_a_layer_that_reads_many_sees() -> None:
    """The sum of two paths has a receptive field like any other layer."""
    ledger = ledger_of("resnet18")
    name = next(row.name for row in ledger.rows if row.type == "add")
    written = lines("resnet18", name)["receptive field H"]
    assert written == "max(r₁ − o₁, r₂ − o₂) + max(o₁, o₂) = max(27 − 13, 11 − 5) + max(13, 5) = 27"


def test_what_is_seen_behind_upsampling() -> None:
    """Neighbours see different pixels in turn: the most that one sees is a number, without a sum."""
    assert lines("convt3-6/s2", "upconv1", "13x17x4")["receptive field H"] == "2"


def test_a_transposed_convolution_of_stride_1() -> None:
    """It sees 3x3 pixels, as any 3x3 filter does."""
    assert lines("convt3-6", "upconv1", "13x17x4")["receptive field H"].endswith("= 3")
