"""Layers that pick and order: the shapes that ONNX infers for the operators that do the same, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import CnncalcError, GroupMisfit, StrideMisfit, VolumeMisfit
from cnncalc.layers import CARDS
from cnncalc.layers.layer import Layer
from cnncalc.view import View
from cnncalc.volume import Volume, parse_volume

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")


def inferred(x: Volume, *nodes: tuple[str, list[Any], dict[str, Any]]) -> tuple[int, ...]:
    """Chain operators on a volume, numbers as further inputs, and return the shape that ONNX infers."""
    made, constants, last = [], [], "x"
    for number, (op_type, numbers, attributes) in enumerate(nodes):
        names = [f"c{number}_{at}" if value is not None else "" for at, value in enumerate(numbers)]
        for name, value in zip(names, numbers, strict=True):
            if name:
                constants.append(onnx.numpy_helper.from_array(np.array(value, dtype=np.int64), name))
        parts = attributes.pop("parts", 1)
        outputs = [f"y{number}"] if parts == 1 else [f"y{number}_{part}" for part in range(parts)]
        made.append(onnx.helper.make_node(op_type, [last, *names], outputs, **attributes))
        last = outputs[-1]
    given_ = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, (1, x.channels, *x.spatial))
    end = onnx.helper.make_tensor_value_info(last, onnx.TensorProto.FLOAT, None)
    graph = onnx.helper.make_graph(made, "one", [given_], [end], constants)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])
    found = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.output[0]
    return tuple(side.dim_value for side in found.type.tensor_type.shape.dim)


def same(card: Layer, x: Volume, *nodes: tuple[str, list[Any], dict[str, Any]]) -> None:
    """Compare a card's volume with what ONNX infers; nothing is learned and nothing computed."""
    card.check(x)
    y = card.output(x)
    assert (1, y.channels, *y.spatial) == inferred(x, *nodes)
    assert (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, y), card.flops(x, y)) == (0, 0, 0, 0, 0)
    assert len(card.views(x)) == len(x.spatial)


SIZE = st.integers(1, 9)
SPATIAL = st.lists(SIZE, min_size=1, max_size=3).map(tuple)
MANY = settings(max_examples=60, deadline=None)


@MANY
@given(SPATIAL, st.integers(0, 5), st.integers(1, 5), st.integers(0, 5))
def test_slice(spatial: tuple[int, ...], start: int, taken: int, rest: int) -> None:
    """ONNX Slice along the channels."""
    x = Volume(start + taken + rest, spatial)
    same(CARDS["slice"](start=start, stop=start + taken), x, ("Slice", [[start], [start + taken], [1]], {}))


@MANY
@given(SPATIAL, st.integers(2, 5), st.integers(1, 5), st.data())
def test_split(spatial: tuple[int, ...], parts: int, channels: int, data: st.DataObject) -> None:
    """ONNX Split into equal parts: all of them, whichever is taken, have C/n channels."""
    card = CARDS["split"](parts=parts, part=data.draw(st.integers(0, parts - 1)))
    same(card, Volume(parts * channels, spatial), ("Split", [[channels] * parts], {"axis": 1, "parts": parts}))


@MANY
@given(st.tuples(SIZE, SIZE), st.integers(1, 4), st.integers(1, 5))
def test_space_to_depth(blocks: tuple[int, ...], size: int, channels: int) -> None:
    """ONNX SpaceToDepth."""
    x = Volume(channels, tuple(block * size for block in blocks))
    same(CARDS["space_to_depth"](block_size=size), x, ("SpaceToDepth", [], {"blocksize": size}))


@MANY
@given(SPATIAL, st.integers(1, 4), st.integers(1, 4))
def test_channel_shuffle(spatial: tuple[int, ...], groups: int, each: int) -> None:
    """Zhang et al. 2017: reshape to (G, n), transpose, flatten again."""
    axes = range(3, 3 + len(spatial))
    nodes: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("Reshape", [[1, groups, each, *spatial]], {}),
        ("Transpose", [], {"perm": [0, 2, 1, *axes]}),
        ("Reshape", [[1, groups * each, *spatial]], {}),
    ]
    same(CARDS["channel_shuffle"](groups=groups), Volume(groups * each, spatial), *nodes)


@MANY
@given(SPATIAL, st.integers(1, 3), st.integers(1, 4), st.integers(0, 4))
def test_zero_shortcut(spatial: tuple[int, ...], stride: int, channels: int, more: int) -> None:
    """Option A as its implementations write it: every S-th pixel, then zeros for the channels that lack."""
    card = CARDS["zero_shortcut"](out_channels=channels + more, stride=stride, rounding="floor")
    n = len(spatial)
    ends, axes = [10**6] * n, list(range(2, 2 + n))
    pads = [0] * (n + 2) + [0, more] + [0] * n
    same(card, Volume(channels, spatial), ("Slice", [[0] * n, ends, axes, [stride] * n], {}), ("Pad", [pads], {}))
    assert card.views(Volume(channels, spatial)) == (View(1, stride),) * n


@MANY
@given(st.lists(st.tuples(SIZE, st.integers(0, 6)), min_size=1, max_size=3))
def test_crop(axes: list[tuple[int, int]]) -> None:
    """U-Net's crop: as much from either end, one more from the end of an odd rest; ONNX Slice from there."""
    kept, rest = zip(*axes, strict=True)
    starts = [less // 2 for less in rest]
    ends = [start + size for start, size in zip(starts, kept, strict=True)]
    x = Volume(3, tuple(size + less for size, less in axes))
    card = CARDS["crop"](size=kept if len(kept) > 1 else kept[0])
    same(card, x, ("Slice", [starts, ends, list(range(2, 2 + len(axes)))], {}))
    assert [-view.offset for view in card.views(x)] == starts


@given(SPATIAL, SIZE)
def test_identity(spatial: tuple[int, ...], channels: int) -> None:
    """ONNX Identity."""
    same(CARDS["identity"](), Volume(channels, spatial), ("Identity", [], {}))


REFUSED: list[tuple[str, dict[str, Any], str, type[CnncalcError], str]] = [
    ("slice", {"start": 2, "stop": 2}, "4x4x8", VolumeMisfit, "cannot take channels 2 to 2 of 4x4x8"),
    ("slice", {"start": 3, "stop": 2}, "4x4x8", VolumeMisfit, "cannot take channels 3 to 2 of 4x4x8"),
    ("slice", {"stop": 9}, "4x4x8", VolumeMisfit, "cannot take channels 0 to 9 of 4x4x8"),
    ("split", {"parts": 3}, "4x4x8", GroupMisfit, "the parts and the channels must divide"),
    ("split", {"parts": 2, "part": 2}, "4x4x8", VolumeMisfit, "there is no part 2 of 2: they count from 0"),
    ("channel_shuffle", {"groups": 3}, "4x4x8", GroupMisfit, "the groups and the channels must divide"),
    ("space_to_depth", {"block_size": 2}, "4x5x8", GroupMisfit, "the block and the sizes must divide"),
    ("space_to_depth", {"block_size": 8}, "4x4x8", GroupMisfit, "the block and the sizes must divide"),
    ("zero_shortcut", {"out_channels": 7}, "4x4x8", VolumeMisfit, "8 channels cannot be padded to 7"),
    ("zero_shortcut", {"out_channels": 8, "stride": 2}, "4x4x8", StrideMisfit, "the filter does not tile"),
    ("crop", {"size": 5}, "4x4x8", VolumeMisfit, "cannot crop 4x4x8 to 5x5x8"),
    ("crop", {"size": (4, 5)}, "4x4x8", VolumeMisfit, "cannot crop 4x4x8 to 4x5x8"),
]


@pytest.mark.parametrize(("kind", "fields", "volume", "error", "says"), REFUSED)
def test_refused(kind: str, fields: dict[str, Any], volume: str, error: type[CnncalcError], says: str) -> None:
    """What a card cannot take it refuses, with the numbers and a way out."""
    with pytest.raises(CnncalcError) as caught:
        CARDS[kind](**fields).check(parse_volume(volume))
    assert type(caught.value) is error
    assert says in caught.value.message
    assert caught.value.ways_out


WAYS_OUT: list[Any] = [  # kind, fields, volume; a way out, the setting that it names
    ("crop", {"size": 8}, "4x10x1", "crop to {} or less", "size"),
    ("crop", {"size": 8}, "10x4x1", "crop to {} or less", "size"),
    ("crop", {"size": 11}, "10x4x12x1", "crop to {} or less", "size"),
    ("split", {"parts": 3}, "4x4x8", "parts {}", "parts"),
    ("split", {"parts": 2, "part": 5}, "4x4x8", "part {}", "part"),
    ("channel_shuffle", {"groups": 3}, "4x4x8", "groups {}", "groups"),
    ("space_to_depth", {"block_size": 3}, "4x4x8", "block_size {}", "block_size"),
    ("space_to_depth", {"block_size": 3}, "9x8x8", "block_size {}", "block_size"),
    ("space_to_depth", {"block_size": 4}, "4x6x8", "block_size {}", "block_size"),
    ("space_to_depth", {"block_size": 2}, "7x5x8", "block_size {}", "block_size"),
    ("space_to_depth", {"block_size": 100}, "4x4x8", "block_size {}", "block_size"),
    ("channel_shuffle", {"groups": 1000}, "4x4x8", "groups {}", "groups"),
    ("conv", {"out_channels": 8, "kernel_size": 1, "groups": 3}, "4x4x6", "groups {}", "groups"),
    ("conv", {"out_channels": 9, "kernel_size": 1, "groups": 4}, "4x4x6", "groups {}", "groups"),
    ("zero_shortcut", {"out_channels": 7}, "4x4x8", "zero-shortcut-{}", "out_channels"),
]


@pytest.mark.parametrize(("kind", "fields", "volume", "way_out", "field"), WAYS_OUT)
def test_ways_out_lead_out(kind: str, fields: dict[str, Any], volume: str, way_out: str, field: str) -> None:
    """Every way out names the card's own setting, and a value that it takes."""
    x = parse_volume(volume)
    with pytest.raises(CnncalcError) as caught:
        CARDS[kind](**fields).check(x)
    before, after = way_out.split("{}")
    assert caught.value.ways_out
    for said in caught.value.ways_out:
        number = int(said.removeprefix(before).removesuffix(after))
        CARDS[kind](**{**fields, field: number}).check(x)
