"""Add, multiply, concat: volumes and errors; operations counted where numpy's own arrays are joined."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import VolumeMisfit
from cnncalc.layers import CARDS
from cnncalc.layers.layer import Layer
from cnncalc.view import SAME_PIXEL
from cnncalc.volume import Volume, parse_volume

np = pytest.importorskip("numpy")

SPATIAL = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@st.composite
def joined(draw: st.DrawFn) -> tuple[Layer, tuple[Volume, ...]]:
    """Draw a layer that joins, and two to five volumes that it can."""
    kind = draw(st.sampled_from(["add", "multiply", "concat"]))
    spatial, channels = draw(SPATIAL), draw(st.integers(1, 5))
    first = Volume(channels, spatial)
    others = {
        "add": st.just(first),
        "multiply": st.sampled_from([first, first.vector(channels)]),
        "concat": st.integers(1, 5).map(lambda number: Volume(number, spatial)),
    }
    volumes = [first, *draw(st.lists(others[kind], min_size=1, max_size=4))]
    return CARDS[kind](), tuple(draw(st.permutations(volumes)))


def worked_out(kind: str, volumes: tuple[Volume, ...]) -> tuple[Any, int]:
    """Join arrays of these shapes, channels first, and count the values that each step works out."""
    arrays = [np.ones((volume.channels, *volume.spatial)) for volume in volumes]
    if kind == "concat":
        return np.concatenate(arrays), 0
    arrays.sort(key=lambda array: -array.size)  # gates last: how numpy broadcasts, not what it gives
    result, done = arrays[0], 0
    for array in arrays[1:]:
        result = result + array if kind == "add" else result * array
        done += result.size
    return result, done


@settings(max_examples=300, deadline=None)
@given(joined())
def test_joined_volumes(drawn: tuple[Layer, tuple[Volume, ...]]) -> None:
    """Shape and FLOPs are numpy's, in one, two and three dimensions, in any order; nothing is learned."""
    card, x = drawn
    card.check(x)
    y = card.output(x)
    result, done = worked_out(card.type, x)
    assert ((y.channels, *y.spatial), card.flops(x, y)) == (result.shape, done)
    assert (card.weights(x), card.biases(x), card.buffers(x), card.macs(x, y)) == (0, 0, 0, 0)
    assert card.views(x) == (SAME_PIXEL,) * len(x[0].spatial)


MISFITS = [  # kind, volumes; the message; a way out
    ("add", "28x28x64 28x28x128", "cannot add 28x28x128 to 28x28x64", "conv1-64 on the path of 28x28x128"),
    ("add", "28x28x64 14x14x64", "cannot add 14x14x64 to 28x28x64", "same stride"),
    ("add", "8x8x8 8x8x8 8x8x9", "cannot add 8x8x9 to 8x8x8", "conv1-8"),
    ("add", "8x8x8 1x1x8", "cannot add 1x1x8 to 8x8x8", "same stride"),
    ("add", "16x4 4x4x4", "cannot add 4x4x4 to 16x4", ""),
    ("multiply", "28x28x64 1x1x32", "cannot multiply 28x28x64 by 1x1x32", "gap fc-64"),
    ("multiply", "8x8x4 8x8x1", "cannot multiply 8x8x4 by 8x8x1", "1x1x4"),
    ("multiply", "8x8x4 8x1x4", "cannot multiply 8x8x4 by 8x1x4", "1x1x4"),
    ("multiply", "1x1x4 1x1x5", "cannot multiply 1x1x4 by 1x1x5", "1x1x4"),
    ("multiply", "1x1x32 28x28x64", "cannot multiply 28x28x64 by 1x1x32", "gap fc-64"),  # whichever comes first
    ("multiply", "8x1x4 1x8x4", "cannot multiply 8x1x4 by 1x8x4", "1x1x4"),
    ("multiply", "8x8x4 8x4", "cannot multiply 8x8x4 by 8x4", ""),
    ("multiply", "8x8x4 1x4", "cannot multiply 8x8x4 by 1x4", ""),
    ("concat", "28x28x64 14x14x64", "cannot concat 28x28x64 and 14x14x64", "stride"),
    ("concat", "8x8x4 8x8x4 8x7x4", "cannot concat 8x8x4 and 8x7x4", "stride"),
    ("concat", "8x8x4 8x4", "cannot concat 8x8x4 and 8x4", ""),
]


@pytest.mark.parametrize(("kind", "volumes", "message", "way_out"), MISFITS)
def test_volumes_that_cannot_be_joined(kind: str, volumes: str, message: str, way_out: str) -> None:
    """Both volumes are named, and what would bring them together."""
    with pytest.raises(VolumeMisfit) as caught:
        CARDS[kind]().check(tuple(map(parse_volume, volumes.split())))
    assert caught.value.message == message
    assert way_out in " ".join(caught.value.ways_out)


FEW = st.builds(Volume, st.integers(1, 2), st.tuples(st.sampled_from([1, 3]), st.sampled_from([1, 4])))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["add", "multiply", "concat"]), st.lists(FEW, min_size=2, max_size=4), st.randoms())
def test_only_volumes_that_are_there_are_named(kind: str, volumes: list[Volume], dice: Any) -> None:
    """A refusal names two different volumes of those that come in; their order decides nothing."""
    with suppress(VolumeMisfit):
        CARDS[kind]().check(tuple(volumes))
        dice.shuffle(volumes)
        CARDS[kind]().check(tuple(volumes))
        return
    dice.shuffle(volumes)
    with pytest.raises(VolumeMisfit) as caught:
        CARDS[kind]().check(tuple(volumes))
    named = re.findall(r"[0-9]+(?:x[0-9]+)+", caught.value.message)
    assert len(set(named)) == len(named) == 2
    assert {str(volume) for volume in volumes}.issuperset(named)


@pytest.mark.parametrize("way_out", ["conv1-64", "conv1-64/s2"])
def test_the_way_out_of_an_addition_leads_out(way_out: str) -> None:
    """He et al. 2015, option B: the projection that the error names makes the shapes equal."""
    from cnncalc import load  # noqa: PLC0415 - the one test of a whole network here

    stride = "/s2" if "/s2" in way_out else ""
    spec = {
        "name": "n",
        "input": "28x28x32",
        "rounding": "floor",
        "layers": [{"add": [f"conv3-64{stride}", "identity"]}],
    }
    with pytest.raises(VolumeMisfit) as caught:
        load(spec)
    assert caught.value.ways_out[0].startswith("conv1-64 on the path of 28x28x32")
    assert str(load({**spec, "layers": [{"add": [f"conv3-64{stride}", way_out]}]}).nodes[-1].y) in {
        "28x28x64",
        "14x14x64",
    }
