"""Rows and totals: the lectures' listings, re-added; batches and sizes that no 32-bit number holds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cnncalc import Ledger, confirm, explain, load, run, tally
from cnncalc.errors import FilterTooLarge, ShapeError, StrideMisfit, UsageError

VGG = [  # CS231n, "VGGNet in detail", top to bottom: line, volume, memory in values, weights
    ("input", "224x224x3", 224 * 224 * 3, 0),
    ("conv1_1", "224x224x64", 224 * 224 * 64, (3 * 3 * 3) * 64),
    ("conv1_2", "224x224x64", 224 * 224 * 64, (3 * 3 * 64) * 64),
    ("pool1", "112x112x64", 112 * 112 * 64, 0),
    ("conv2_1", "112x112x128", 112 * 112 * 128, (3 * 3 * 64) * 128),
    ("conv2_2", "112x112x128", 112 * 112 * 128, (3 * 3 * 128) * 128),
    ("pool2", "56x56x128", 56 * 56 * 128, 0),
    ("conv3_1", "56x56x256", 56 * 56 * 256, (3 * 3 * 128) * 256),
    ("conv3_2", "56x56x256", 56 * 56 * 256, (3 * 3 * 256) * 256),
    ("conv3_3", "56x56x256", 56 * 56 * 256, (3 * 3 * 256) * 256),
    ("pool3", "28x28x256", 28 * 28 * 256, 0),
    ("conv4_1", "28x28x512", 28 * 28 * 512, (3 * 3 * 256) * 512),
    ("conv4_2", "28x28x512", 28 * 28 * 512, (3 * 3 * 512) * 512),
    ("conv4_3", "28x28x512", 28 * 28 * 512, (3 * 3 * 512) * 512),
    ("pool4", "14x14x512", 14 * 14 * 512, 0),
    ("conv5_1", "14x14x512", 14 * 14 * 512, (3 * 3 * 512) * 512),
    ("conv5_2", "14x14x512", 14 * 14 * 512, (3 * 3 * 512) * 512),
    ("conv5_3", "14x14x512", 14 * 14 * 512, (3 * 3 * 512) * 512),
    ("pool5", "7x7x512", 7 * 7 * 512, 0),
    ("fc6", "1x1x4096", 4096, 7 * 7 * 512 * 4096),
    ("fc7", "1x1x4096", 4096, 4096 * 4096),
    ("fc8", "1x1x1000", 1000, 4096 * 1000),
]


@pytest.fixture(scope="module")
def vgg() -> Ledger:
    """Tally VGG-16."""
    return tally(load("vgg16"))


@pytest.mark.parametrize(("name", "volume", "values", "weights"), VGG)
def test_vgg_line_by_line(vgg: Ledger, name: str, volume: str, values: int, weights: int) -> None:
    """Each line of the listing: the volume, the values it holds, the weights."""
    row = vgg[name]
    assert (str(row.volume), row.activation_values, row.weights) == (volume, values, weights)
    assert row.activation_bytes == 4 * values


def test_vgg_totals(vgg: Ledger) -> None:
    """The totals are the issue's, and what the lines add up to: the notes' 24M values are 15.2M."""
    totals = vgg.totals
    assert (totals.weights, totals.biases, totals.macs) == (138_344_128, 13_416, 15_470_264_320)
    assert totals.parameters == 138_357_544  # torchvision.models.vgg16
    assert totals.activation_values == 15_237_608 == sum(values for _, _, values, _ in VGG)
    assert totals.weights == sum(weights for *_, weights in VGG)
    for column in ("weights", "biases", "buffers", "macs", "flops", "activation_values", "activation_bytes"):
        assert getattr(totals, column) == sum(getattr(row, column) for row in vgg.rows)
    assert (totals.parameter_bytes, totals.activation_bytes) == (4 * 138_357_544, 4 * 15_237_608)


WRITTEN = [
    ("conv1_1", "(3*3*3)*64"),
    ("conv5_3", "(3*3*512)*512"),
    ("fc6", "7*7*512*4096"),
    ("fc8", "4096*1000"),
    ("pool1", ""),
]


@pytest.mark.parametrize(("name", "text"), WRITTEN)
def test_weights_are_written_as_the_lecture_prints_them(vgg: Ledger, name: str, text: str) -> None:
    """The product in the weights column is the notes': (3*3*3)*64 = 1,728, 7*7*512*4096 = 102,760,448."""
    assert vgg[name].weights_written == text


FIELDS = [  # network, its last window before the classifier: field, jump, padding
    ("Araujo et al. 2019, table 1, VGG-16", "vgg16", "pool5", 212, 32, 90),
    ("Araujo et al. 2019, table 1, AlexNet v2",
     "conv11-64/s4/p0 maxpool3/s2 conv5-192 maxpool3/s2 [conv3-384]*2 conv3-256 last=maxpool3/s2", "last", 195, 32, 64),
    ("CS231n notes: three 3x3 see 7x7", "conv3-8 conv3-8 last=conv3-8", "last", 7, 1, 3),
]  # fmt: skip


@pytest.mark.parametrize(("source", "network", "name", "field", "jump", "padding"), FIELDS)
def test_receptive_fields(source: str, network: str, name: str, field: int, jump: int, padding: int) -> None:  # noqa: PLR0913
    """Size, stride and padding of the receptive field are those that Google's library computed."""
    row = tally(load(network, input="224x224x3", rounding="floor"))[name]
    assert (row.receptive_field, row.jump, row.padding) == ((field,) * 2, (jump,) * 2, (padding,) * 2), source


def test_fields_behind_an_upsampling() -> None:
    """After upsampling, neighbours are half a pixel apart, and JSON says so exactly; the first starts on a pixel."""
    row = tally(load("conv3-8 up=upsample2 last=conv3-8", input="8x8x3"))["last"]
    assert (row.jump, row.padding) == ((Fraction(1, 2),) * 2, (2, 2))
    assert row.receptive_field == (4, 4)
    assert row.to_dict()["jump"] == ["1/2", "1/2"]


@pytest.mark.parametrize("network", [
    "gap",
    "conv3-8/p0 gap",
    "upsample2 gap",
    "upsample2 fc-8",
    "upsample4 flatten",
])  # fmt: skip
def test_without_padding_nothing_sees_more_than_the_image(network: str) -> None:
    """A layer that sees everything sees the image, and no pixel behind it."""
    last = tally(load(network, input="20x20x3")).rows[-1]
    assert (last.receptive_field, last.padding) == ((20, 20), (0, 0))


def test_beyond_a_field_that_can_be_followed() -> None:
    """Behind eleven doublings no field is claimed: rows and JSON say nothing instead, and all counts go on."""
    ledger = tally(load("conv3-8 [upsample2]*11 last=conv3-2", input="8x8x3"))
    row = ledger["last"]
    assert (row.receptive_field, row.jump, row.padding) == ((None, None),) * 3
    assert row.weights == 3 * 3 * 8 * 2
    told = row.to_dict()
    assert (told["receptive_field"], told["jump"], told["padding"]) == ([None, None],) * 3
    assert told["paths_agree"] is False
    assert ledger["up10"].receptive_field == (3, 3)


def test_a_layer_without_a_field_is_explained() -> None:
    """Where the field is not known, the rest of the layer is explained all the same."""
    (told,) = explain(tally(load("conv3-8 [upsample2]*11 last=conv3-2", input="8x8x3")), "last")
    assert {number.quantity: number.value for number in told.numbers}["weights"] == 3 * 3 * 8 * 2


def lettered(name: str) -> Any:
    """Say what a layer's settings are, with letters where it has any."""
    fields = {
        "filter": {"conv": {"out_channels": 8, "kernel_size": "F"}},
        "stride": {"conv": {"out_channels": 8, "kernel_size": 3, "stride": "S"}},
        "scale": {"upsample": {"scale": "S"}},
    }
    return fields.get(name, name)


@pytest.mark.parametrize("layers", [
    ["conv3-8", "maxpool2", "conv3-8"],
    ["filter", "stride", "filter", "gap"],
    ["upsample2", "conv3-8", "maxpool2"],
    ["gap"],
    ["adaptive-avgpool7"],
    ["upsample2", "adaptive-avgpool7"],
    ["scale"],
    ["scale", "conv3-8"],
    ["stride", "scale"],
    ["upsample2", "filter"],
    ["upsample2", "stride"],
])  # fmt: skip
def test_fields_in_letters(layers: list[str]) -> None:
    """A field in letters is that of the numbers, once they are put in; or it says that it is not known."""
    sympy = pytest.importorskip("sympy")
    numbers = {"H": 20, "W": 20, "F": 3, "S": 2}

    def put_in(value: Any) -> Any:
        formula = sympy.sympify(getattr(value, "expression", value))
        return formula.xreplace({letter: sympy.Integer(numbers[letter.name]) for letter in formula.free_symbols})

    spec = {"name": "n", "input": "HxWx3", "rounding": "floor", "layers": [lettered(name) for name in layers]}
    counted = [
        {kind: {field: numbers.get(value, value) for field, value in fields.items()} for kind, fields in layer.items()}
        if isinstance(layer, dict)
        else layer
        for layer in map(lettered, layers)
    ]
    rows = tally(load({**spec, "input": "20x20x3", "layers": counted})).rows
    for row, known in zip(tally(load(spec)).rows, rows, strict=True):
        if row.receptive_field != (None, None):
            assert tuple(map(put_in, row.receptive_field)) == known.receptive_field
            assert tuple(map(put_in, row.jump)) == known.jump
            assert tuple(map(put_in, row.padding)) == known.padding


def test_twenty_large_images_stay_exact() -> None:
    """20 images of 600x600 through VGG-16's convolutions cost what Python's integers say; 32 bits would wrap."""
    network = load("vgg16", input="600x600x3", rounding="floor")
    one, twenty = tally(network), tally(network, batch=20)
    sizes = [600, 600, 300, 300, 150, 150, 150, 75, 75, 75, 37, 37, 37]
    weights = [line[3] for line in VGG if line[0].startswith("conv")]
    convs = sum(size * size * count for size, count in zip(sizes, weights, strict=True))
    dense = 18 * 18 * 512 * 4096 + 4096 * 4096 + 4096 * 1000
    assert twenty.totals.macs == 20 * (convs + dense) > 2**31
    assert twenty.totals.macs == 20 * one.totals.macs
    assert twenty.totals.activation_bytes == 20 * one.totals.activation_bytes > 2**31
    assert twenty.totals.parameter_bytes == one.totals.parameter_bytes
    assert all(count >= 0 and type(count) is int for count in twenty.totals.to_dict().values())


@pytest.mark.parametrize(
    ("dtype", "size"), [("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2), ("int8", 1)]
)
def test_bytes_name_their_dtype(vgg: Ledger, dtype: str, size: int) -> None:
    """Bytes are values times the dtype's size; the values stay."""
    ledger = tally(vgg.network, dtype=dtype)
    assert ledger.totals.parameter_bytes == size * 138_357_544
    assert ledger.totals.activation_bytes == size * ledger.totals.activation_values == size * 15_237_608


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"batch": True}, {"batch": 2.0}, {"batch": "2"}, {"dtype": "float31"},
                                   {"memory": "lectures"}])  # fmt: skip
def test_unknown_conventions_are_errors(vgg: Ledger, wrong: dict[str, Any]) -> None:
    """A batch below one image, a dtype or a memory convention that nobody knows is a UsageError."""
    with pytest.raises(UsageError) as caught:
        tally(vgg.network, **wrong)
    assert caught.value.ways_out


def test_memory_conventions_differ() -> None:
    """The same three layers under three conventions: with a window, not in place, all; each with the input."""
    network = load("conv3-8 bn relu maxpool2", input="4x4x1")
    held = {name: tally(network, memory=name).totals.activation_values for name in ("lecture", "inplace", "outputs")}
    assert held == {"lecture": 16 + 128 + 32, "inplace": 16 + 128 + 128 + 32, "outputs": 16 + 3 * 128 + 32}


def test_rows_are_found_by_name(vgg: Ledger) -> None:
    """A row is asked for by its layer's name; a wrong one is answered with the nearest."""
    assert vgg["conv1_1"].output_shape == (224, 224, 64)
    with pytest.raises(UsageError) as caught:
        vgg["conv1_9"]
    assert any("conv1_" in way_out for way_out in caught.value.ways_out)


def test_a_misfit_keeps_the_layers_before() -> None:
    """A network that stops fitting still has the layers up to there, and says where it stops."""
    with pytest.raises(ShapeError) as caught:
        load("conv3-8 maxpool2 maxpool2 fc-10", input="6x6x3")
    error = caught.value
    assert isinstance(error, StrideMisfit)
    assert error.where.layer == "pool2"
    assert error.network is not None
    assert [row.name for row in tally(error.network).rows] == ["input", "conv1", "pool1"]
    with pytest.raises(FilterTooLarge):
        load("conv7-8/p0", input="6x6x3")


def test_json_keeps_the_contract(vgg: Ledger) -> None:
    """The dict of a ledger has the contract's keys and figures."""
    told = vgg.to_dict()
    assert (told["schema_version"], told["name"], told["memory"]) == (1, "vgg16", "lecture")
    assert told["input"] == {"shape": [224, 224, 3], "batch": 1, "dtype": "float32"}
    conv = {
        "name": "conv1_1",
        "type": "conv",
        "inputs": ["input"],
        "output_shape": [224, 224, 64],
        "weights": 1728,
        "biases": 64,
        "parameters": 1792,
        "buffers": 0,
        "macs": 86704128,
        "flops": 173408256,
        "activation_values": 3211264,
        "activation_bytes": 12845056,
        "receptive_field": [3, 3],
        "jump": [1, 1],
        "padding": [1, 1],
    }
    row = told["layers"][1]
    assert {key: row[key] for key in conv} == conv
    assert {"exact": True, "lost": [0, 0]}.items() <= row["fit"].items()
    assert (told["layers"][0]["name"], told["layers"][0]["type"]) == ("input", "input")


@pytest.mark.parametrize("wrong", ["vgg16", None, {"name": "mine"}])
def test_what_is_no_network_is_told(wrong: Any) -> None:
    """A name that was not loaded is the slip that everybody makes first."""
    for door in (tally, run, confirm):
        with pytest.raises(UsageError, match="a network is wanted") as caught:
            door(wrong)
        way_out = "cnncalc.load('vgg16')" if wrong == "vgg16" else 'cnncalc.load("vgg16")'
        assert caught.value.ways_out == (way_out,)
