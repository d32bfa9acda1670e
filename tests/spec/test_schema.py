"""The JSON Schema: valid itself, true of every shipped spec, false of typical slips, and as one with the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import CnncalcError
from cnncalc.layers import CARDS
from cnncalc.spec.files import SHELF, families, family_file, packaged
from cnncalc.spec.read import read_dict
from cnncalc.spec.schema import schema

jsonschema = pytest.importorskip("jsonschema")

VALIDATOR = jsonschema.Draft7Validator(schema())
SPECS = [*(SHELF / f"{name}.yaml" for name in packaged()), *map(family_file, families())]


def doc(*layers: Any, **more: Any) -> dict[str, Any]:
    """Return a spec of these layers."""
    return {"name": "n", "input": "32x32x3", "layers": list(layers), **more}


def test_the_schema_is_a_schema() -> None:
    """Draft 7, with every reference met; JSON as it is."""
    jsonschema.Draft7Validator.check_schema(schema())
    text = json.dumps(schema())
    definitions = schema()["definitions"]
    assert {part.split('"')[0] for part in text.split("#/definitions/")[1:]} <= definitions.keys()
    assert set(CARDS) <= definitions.keys()


def test_the_shipped_schema_is_the_cards() -> None:
    """The file beside the specs is what the cards give today."""
    assert json.loads((SHELF / "spec.schema.json").read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shipped_specs_are_valid(path: Any) -> None:
    """Members and families alike; an editor shows no red in them."""
    assert VALIDATOR.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


BLOCKS = {"b": {"parameters": {"w": 64, "s": None}, "layers": ["conv3-w/s(s)"]}, "c": ["relu"], "d": "bn relu"}
GOOD: list[dict[str, Any]] = [
    doc(
        "conv3-64 relu",
        {"x": "conv3-64"},
        {"batchnorm": None},
        {"conv": {"out_channels": "4*8", "kernel_size": [3, 5]}},
    ),
    doc({"add": ["conv3-3", "identity"], "name": "sum"}, {"concat": [["relu", {"y": "relu"}], "identity"]}),
    doc(
        {"x": "relu"},
        {"relu": None, "from": "x", "repeat": 2, "train_only": True},
        {"add": None, "from": ["x", "input"]},
    ),
    doc(
        {"b": {"w": 8, "s": "2-1"}},
        {"y": "b(8, 1)"},
        {"c": None, "repeat": "2*1"},
        {"b": {"s": 1}, "name": "z"},
        blocks=BLOCKS,
    ),
    doc("conv3-w", parameters={"w": 64}, set={"w": 8}, freeze="conv*"),
    doc("conv3-64", {"x": "conv3-64", "share": "conv1", "from": "input"}, freeze=["conv*", "x"], rounding="floor"),
    {"name": "n", "family": "resnet-bottleneck", "set": {"n2": 1}},
    {"name": "n", "input": "32x32x3", "layers": "[conv3-64 relu]*2"},
]


@pytest.mark.parametrize("document", GOOD)
def test_good_documents(document: dict[str, Any]) -> None:
    """What the README shows is valid, and read."""
    assert VALIDATOR.is_valid(document)
    read_dict(document)


BAD: list[dict[str, Any]] = [
    {},
    {"name": "n"},
    {"name": "n", "layers": ["relu"]},
    {"input": "32x32x3", "layers": ["relu"]},
    {**doc("relu"), "name": ""},
    {**doc("relu"), "layer": []},
    doc("relu", input=32),
    doc("relu", input="32"),
    doc("relu", input="32*32*3"),
    doc("relu", rounding="up"),
    doc("relu", published=[{"quantity": "params", "printed": "1M", "source": "x"}]),
    doc("relu", published=[{"quantity": "macs", "printed": 1000, "source": "x"}]),
    doc("relu", published=[{"quantity": "macs", "printed": "1M"}]),
    doc(3),
    doc(["relu"]),
    doc({"conv": {"out_channels": 8}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "pading": 1}}),
    doc({"conv": {"out_channels": 1.5, "kernel_size": 3}}),
    doc({"conv": {"out_channels": 8, "kernel_size": [3, 3, 3, 3]}}),
    doc({"conv": None}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3}, "stride": 2}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3}, "relu": None}),
    doc({"relu": {"slope": 1}}),
    doc({"relu": ["relu", "relu"]}),
    doc({"add": ["relu"]}),
    doc({"a b": "relu"}),
    doc({"relu": None, "name": "a b"}),
    doc({"relu": None, "from": 3}),
    doc({"relu": None, "repeat": 1.5}),
    doc({"relu": None, "train_only": "yes"}),
    doc({"b": {"w": 1.5}}, blocks=BLOCKS),
    doc({"b": [1]}, blocks=BLOCKS),
    doc("relu", blocks={"b": {"layer": ["relu"]}}),
    doc("relu", blocks={"b": {"parameters": {"w": 1.5}, "layers": ["relu"]}}),
    doc("relu", blocks=["relu"]),
    doc("relu", set={"w": True}, parameters={"w": 1}),
    doc("relu", freeze=3),
    doc({}),
    doc({"name": "x"}),
    doc({"name": "x", "from": "input", "repeat": 2}),
    doc({"conv": {"out_channels": 0, "kernel_size": 3}}),
    doc({"conv": {"out_channels": 10**9 + 1, "kernel_size": 3}}),
    doc({"conv": {"out_channels": 8, "kernel_size": -3}}),
    doc({"conv": {"out_channels": 8, "kernel_size": [3, 0]}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "padding": -1}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "bias": "no"}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "bias": 1}}),
    doc({"dropout": {"rate": 1}}),
]


@pytest.mark.parametrize("document", BAD)
def test_bad_documents(document: dict[str, Any]) -> None:
    """Typical slips are red in an editor, and refused by the reader: neither is laxer than the other."""
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(CnncalcError):
        read_dict(document)


BLOCK_OF = {"b": {"parameters": ["w"], "layers": ["conv3-w"]}}
SETTLED = [  # told by both
    doc("conv3-w", parameters={"w": 64}, set={"w": "2*4"}),
    doc("relu", blocks={"b": {"parameters": {"w": "4"}, "layers": ["relu"]}}),
    doc({"conv": {"out_channels": "8", "kernel_size": 3}}),
    doc({"conv": {"out_channels": 8, "kernel_size": ["3", "2"]}}),
    doc(),
    {"name": "n", "family": "resnet-bottleneck", "set": {"n2": None}},
    doc({"x": "relu", "share": ["a"]}),
    doc("relu", input="HxWxx"),
    doc("relu", input="H12xW1x3"),
    doc("relu", input="HHx3x3"),
]
WRONG = [  # values that no reader takes
    doc("conv3-w", parameters={"w": "2*4"}),
    doc("relu", parameters={"w": 10**9 + 1}),
    doc("relu", input="0x3x3"),
    doc("relu", input="1000000001x3x3"),
    doc("relu", input="XXX"),
    doc({"conv": {"out_channels": 8, "kernel_size": []}}),
    doc({"conv": {"out_channels": 8, "kernel_size": "1:2"}}),
    doc({"conv": {"out_channels": 8, "kernel_size": "0x1"}}),
    doc({"conv": {"out_channels": 8, "kernel_size": "3x3x3x3"}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "padding": "1"}}),
]


@pytest.mark.parametrize("document", [*SETTLED, *WRONG])
def test_the_schema_is_as_strict_as_the_reader(document: dict[str, Any]) -> None:
    """What the reader refuses is red in an editor."""
    with pytest.raises(CnncalcError):
        read_dict(document)
    assert not VALIDATOR.is_valid(document)


READ = [
    doc({"conv": {"out_channels": 8, "kernel_size": ["w", "2*w"]}}, parameters={"w": 3}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "stride": ["1+1", 1]}}),
    doc("relu", input="HxWx3"),
    doc("relu", input="H1 × W1 × 3"),
    doc("relu", input="32X32X3"),
    doc("relu", input="32 x 32 x 3"),
    doc("relu", input="[32x32x3]"),
]
FORMULAS = [  # in lists, digits as text, and paths and blocks of nothing
    doc({"maxpool": {"kernel_size": 3, "padding": ["2-1", 1]}}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "padding": ["w", 0]}}, parameters={"w": 1}),
    doc({"conv": {"out_channels": 8, "kernel_size": 3, "padding": [["w", 1], [0, 1]]}}, parameters={"w": 1}),
    doc({"conv_transpose": {"out_channels": 8, "kernel_size": 3, "stride": 2, "output_padding": ["2-1", 0]}}),
    doc({"relu": None, "repeat": "3"}),
    doc({"b": {"w": "3"}}, blocks=BLOCK_OF),
    doc({"add": [[], "relu"]}),
    doc("b", "relu", blocks={"b": []}),
]


@pytest.mark.parametrize("document", [*READ, *FORMULAS])
def test_the_schema_is_no_stricter_than_the_reader(document: dict[str, Any]) -> None:
    """What the reader reads is not red in an editor."""
    read_dict(document)
    assert VALIDATOR.is_valid(document)


ONLY_THE_READER = [  # valid, and refused: the error's code
    ("bad-value", doc("relu", blocks={"relu": ["relu"]})),
    ("bad-value", doc("relu", blocks={"a b": ["relu"]})),
    ("bad-value", doc("relu", parameters={"a-b": 3})),
    ("bad-value", doc("relu", parameters=["i"])),
    ("bad-value", doc({"relu": None, "name": "input"})),
    ("bad-value", doc({"relu": None, "repeat": -1})),
    ("notation", doc({"x": "relu", "y": "relu"})),
    ("wiring", doc({"add": None, "from": "input"})),
    ("missing-key", doc({"relu": None, "repeat": 0})),
    ("bad-value", doc({"conv": {"out_channels": 8, "kernel_size": "0*1"}})),
    ("bad-value", {"name": "n", "family": "resnet-bottleneck", "layers": ["relu"]}),
    ("bad-value", {"name": "n", "family": "resnet-bottleneck", "blocks": {"b": ["relu"]}}),
    ("bad-value", {"name": "n", "family": "resnet-bottleneck", "parameters": {"w": 1}}),
]


@pytest.mark.parametrize(("code", "document"), ONLY_THE_READER)
def test_what_only_the_reader_knows(code: str, document: dict[str, Any]) -> None:
    """Names that are taken, how often, what stands beside what: no red in an editor, and refused with a reason.

    A document that the schema comes to refuse belongs to those that are told by both.
    """
    with pytest.raises(CnncalcError) as caught:
        read_dict(document)
    assert caught.value.errors[0].code == code
    assert VALIDATOR.is_valid(document)


def test_what_no_schema_can_know() -> None:
    """A word in a field may be a parameter's name: `padding: sam` is a slip just where there is no `sam`."""
    slip = doc({"conv": {"out_channels": 8, "kernel_size": 3, "padding": "sam"}})
    with pytest.raises(CnncalcError):
        read_dict(slip)
    named = {**slip, "parameters": {"sam": 1}}
    read_dict(named)
    assert VALIDATOR.is_valid(named)
    assert VALIDATOR.is_valid(slip)


COUNT, NATURAL = st.integers(1, 9), st.integers(0, 4)
ENDS = NATURAL | st.tuples(NATURAL, NATURAL).map(lambda ends: f"{ends[0]}:{ends[1]}")
FORMULAS = st.sampled_from(["2*2", "(1+1)*2", "9//2", "7%4 + 1"])


def per_axis(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw one value, one per axis, or text."""
    text = st.tuples(COUNT, COUNT).map(lambda pair: f"{pair[0]}x{pair[1]}")
    return values | st.lists(values, min_size=2, max_size=2) | text | FORMULAS


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("kernel_size", "stride", "dilation", "output_size", "scale", "size", "output_padding"), per_axis(COUNT)
    ),
    **dict.fromkeys(
        ("out_channels", "out_features", "multiplier", "groups", "parts", "part", "block_size", "stop"),
        COUNT | FORMULAS,
    ),
    **dict.fromkeys(("bias", "affine", "shared", "count_include_pad"), st.booleans()),
    **dict.fromkeys(("epsilon", "alpha", "beta", "k"), st.floats(1e-6, 10)),
    **dict.fromkeys(("rate", "negative_slope"), st.floats(0, 0.99)),
    "padding": ENDS | st.lists(NATURAL, min_size=2, max_size=2),
    "rounding": st.sampled_from(["exact", "floor", "ceil"]),
    "mode": st.sampled_from(["nearest", "bilinear"]),
    "start": NATURAL,
}


@st.composite
def long_forms(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a layer in the long form: its required fields, some others, some modifiers."""
    kind = draw(st.sampled_from(sorted(CARDS)))
    card = CARDS[kind]
    fields = {}
    for name in card.fields():
        if name in card.required() or draw(st.booleans()):
            known = COUNT if (kind, name) == ("lrn", "size") else FIELDS[name]
            fields[name] = draw(
                known | st.sampled_from(["same", "valid", "same_lower"])
                if (name, kind) == ("padding", "conv")
                else known
            )
    item: dict[str, Any] = {kind: fields if fields or draw(st.booleans()) else None}
    if card.reads_many:
        item["from"] = ["input", "input"]
    if draw(st.booleans()):
        item["name"] = draw(st.sampled_from(["a", "conv1_1", "x.y-z"]))
    return item


@settings(max_examples=500, deadline=None)
@given(long_forms())
def test_long_forms_are_valid_and_read(item: dict[str, Any]) -> None:
    """Any layer, its fields as numbers, lists, text or formulas: valid for the schema, and read by the reader."""
    assert VALIDATOR.is_valid(doc(item)), item
    (entry,) = read_dict(doc(item)).entries
    assert entry.card.type in item
