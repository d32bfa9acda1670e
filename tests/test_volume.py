"""Volumes are read and written as the lectures write them; hostile text is refused at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import check
from cnncalc.errors import UsageError
from cnncalc.volume import Volume, parse_sizes, parse_volume, shorten

READ = [  # as printed             channels  spatial          values       source
    ("224x224x3", 3, (224, 224), 150_528, "VGG table INPUT: memory 150K"),
    ("[224x224x64]", 64, (224, 224), 3_211_264, "VGG table conv1_1: memory 3.2M"),
    ("7x7x512", 512, (7, 7), 25_088, "VGG table pool5: memory 25K"),
    ("[1x1x4096]", 4096, (1, 1), 4_096, "VGG table fc6"),
    ("3072x1", 1, (3072,), 3_072, "CS231n, Fully Connected Layer"),
    ("16x112x112x3", 3, (16, 112, 112), 602_112, "Tran et al. 2015, C3D: 16 frames"),
    (" 32 x 32 × 3 ", 3, (32, 32), 3_072, "as it is typed"),
    ("1000000000x1", 1, (10**9,), 10**9, "the largest count"),
]

REFUSED = [
    *["", "x", "3x", "x3", "7xx7", "0x7x3", "-7x7x3", "+7x7", "7.5x7x3", "1e400x3", "1e3x3", "nanx3", "infx3"],
    *["seven x seven", "7,7,3", "7 7 3", "7*7*3", "[[7x7x3]", "0x10x3", "1_000x3", "٣x٣x٣", "½x3", "７x3"],
    *[f"{10**30}x3", "1000000001x3", "9" * 300 + "x3", "x".join("7" * 300), "7" * 100_000, "7x7x3\x00", "7x7x3;rm"],
]


@pytest.mark.parametrize(("text", "channels", "spatial", "values", "source"), READ)
def test_reads_what_lectures_print(
    text: str, channels: int, spatial: tuple[int, ...], values: int, source: str
) -> None:
    """HxWxC, in 1-D WxC and in 3-D DxHxWxC, gives channels, spatial sizes and how many values there are."""
    volume = parse_volume(text)
    assert volume == Volume(channels, spatial), source
    assert volume.values == values == volume.places * channels
    assert volume.shape == (*spatial, channels)


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_hostile_text(text: str) -> None:
    """What is no volume is a UsageError, with a short message and a way out, never another exception."""
    with pytest.raises(UsageError) as caught:
        parse_volume(text)
    assert len(caught.value.message) < 150
    assert caught.value.ways_out


@pytest.mark.parametrize("text", ["7", "7x7x7x7x7"])
def test_refuses_too_few_and_too_many_axes(text: str) -> None:
    """A volume has one to three spatial sizes, and channels."""
    with pytest.raises(UsageError, match="one to three spatial sizes"):
        parse_volume(text)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30) | st.text("0123456789xX×-+.e[] ", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings the reader down: it gives whole numbers from 1 to 10^9, or a UsageError."""
    try:
        sizes = parse_sizes(text)
    except UsageError:
        return
    assert all(type(size) is int and 1 <= size <= 10**9 for size in sizes)


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=4))
def test_what_is_written_is_read_again(sizes: list[int]) -> None:
    """Writing a volume and reading it gives the same volume; channels first is only another order."""
    volume = Volume(sizes[-1], tuple(sizes[:-1]))
    assert parse_volume(str(volume)) == volume
    assert volume.write("chw").split("x") == [str(size) for size in (sizes[-1], *sizes[:-1])]


def test_a_vector_is_a_volume() -> None:
    """A fully connected layer gives 1x1xK, with as many ones as the input has axes."""
    assert str(parse_volume("7x7x512").vector(4096)) == "1x1x4096"
    assert str(parse_volume("100x8").vector(10)) == "1x10"


def test_long_text_is_cut() -> None:
    """A message never repeats more of the user's text than is needed to find it."""
    assert shorten("7" * 300) == "7" * 39 + "…"
    assert shorten("7x7") == "7x7"


HOSTILE = ["", "0", "-1", "1e400", "nan", str(10**30), "3.5", "three", "9" * 300, "1000000001", "3x", "x", "3x-3", "²"]
KNOBS = ["input", "kernel_size", "stride", "padding", "dilation"]


@pytest.mark.parametrize("knob", KNOBS)
@pytest.mark.parametrize("text", HOSTILE)
def test_check_refuses_hostile_text(knob: str, text: str) -> None:
    """Every knob of `check` refuses what is no size with a UsageError that has a short message and a way out."""
    if (knob, text) == ("padding", "0"):
        return
    with pytest.raises(UsageError) as caught:
        check(**{"input": "7x7", "kernel_size": 3, knob: text})
    assert len(caught.value.message) < 150
    assert caught.value.ways_out


@pytest.mark.parametrize("knob", KNOBS[1:])
@pytest.mark.parametrize("value", [None, True, 3.0, float("nan"), {}, [], [1, 2, 3, 4], (3, "5"), -1, 10**30, b"3"])
def test_check_refuses_what_is_no_number(knob: str, value: object) -> None:
    """A program that passes something else than whole numbers is told so with a UsageError."""
    with pytest.raises(UsageError):
        check(**{"input": "7x7", "kernel_size": 3, knob: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [
    (-7, 7), (7.5, 7), (True, 7), (0, 7), (10**30, 7), (), (7,) * 5, None, 7.0, True, b"7", {7: 7},
    ("7", "7"), ("7x7", "3"),
])  # fmt: skip
def test_check_refuses_an_input_that_is_no_size(value: object) -> None:
    """An input given as numbers is held to the same bounds as one given as text."""
    with pytest.raises(UsageError):
        check(input=value, kernel_size=3).to_dict()  # type: ignore[arg-type]
