"""What inference and training hold, and the largest batch that fits: exact, to the byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import budget, largest_batch, load, tally
from cnncalc.errors import Unmet, UsageError
from cnncalc.letter import Letter
from cnncalc.memory.budgets import read_memory
from cnncalc.network import Network

# Bytes per parameter of training in float32, without volumes: parameter and gradient 4 + 4, then the optimiser's state.
# Rajbhandari et al. 2020, ZeRO, section 3.1, counts Adam's variance and momentum as two values of a parameter each.
PER_PARAMETER = {"sgd": 8, "momentum": 12, "adam": 16}


@pytest.mark.parametrize(("optimizer", "size"), PER_PARAMETER.items())
def test_bytes_per_parameter(optimizer: str, size: int) -> None:
    """VGG-16's 138,357,544 parameters, as the paper and torchvision count them, times a known number of bytes."""
    held = budget(load("vgg16"), optimizer=optimizer, batch=32)
    assert held.bytes - 4 * held.volumes == size * 138_357_544
    assert held.volumes == 32 * tally(load("vgg16"), memory="saved").totals.activation_values
    assert held.values == sum(held.parts.values())


def test_inference_holds_parameters_buffers_and_the_peak() -> None:
    """A conv 1x1 of 4 to 8 channels: 32 weights and 8 biases; gamma, beta, mean and variance of 8 each; 4x4 places."""
    held = budget(load("conv1-8 bn relu", input="4x4x4"), batch=10, dtype="float16")
    assert held.parts == {"parameters": 40 + 16, "buffers": 16, "peak_activations": 10 * (128 + 128)}
    assert held.bytes == 2 * (56 + 16 + 2560)


def test_frozen_layers_have_no_gradient_and_no_state() -> None:
    """They are still held; only the last layer's 9·10 + 10 parameters train."""
    network = load("fc-9 fc-10", input="1x1x4", freeze=("fc1",))
    assert budget(network, optimizer="adam").parts == {
        "parameters": 45 + 100,
        "gradients": 100,
        "optimizer_state": 200,
        "buffers": 0,
        "saved_activations": 9,
    }


def test_training_in_letters_is_a_formula() -> None:
    """A letter in the batch or the input."""
    network = load("fc-10", input="1x1x4")
    held = budget(network, optimizer="sgd", batch=Letter.named("N"))
    assert held.to_dict()["total_values"] == "4*N + 100"
    assert budget(load("fc-K", input="1x1x4"), optimizer="adam").to_dict()["optimizer_state"] == "10*K"


SMALL = load("conv3-8 bn relu maxpool2 fc-10", input="8x8x3")


@given(st.integers(10_000, 10**9), st.sampled_from([None, *PER_PARAMETER]), st.sampled_from(["float32", "float16"]))
def test_the_largest_batch_fits_and_one_more_does_not(limit: int, optimizer: str | None, dtype: str) -> None:
    """The batch that is named, counted anew, fits; one more, counted anew, does not; fits are exact to the byte."""
    try:
        room = largest_batch(SMALL, limit, optimizer=optimizer, dtype=dtype)
    except Unmet:
        assert budget(SMALL, optimizer=optimizer, dtype=dtype).bytes > limit
        return
    assert room.batch is not None
    assert room.next is not None
    for batch, told in ((room.batch, room.needs), (room.batch + 1, room.next)):
        assert told == budget(SMALL, optimizer=optimizer, batch=batch, dtype=dtype)
    assert room.needs.bytes <= limit < room.next.bytes


def test_a_fit_to_the_byte() -> None:
    """Just enough for seven images is enough for seven; a byte less is enough for six."""
    just = budget(SMALL, optimizer="adam", batch=7).bytes
    assert [largest_batch(SMALL, n, optimizer="adam").batch for n in (just, just - 1, just + 1)] == [7, 6, 7]


def test_nothing_fits() -> None:
    """It says what one image needs; each way out was tried."""
    one = budget(SMALL).bytes
    with pytest.raises(Unmet, match="not even one image fits into 9 KB") as caught:
        largest_batch(SMALL, "9 KB")
    assert one == 10_280
    assert f"{one:,} bytes" in caught.value.formula
    more, *dtypes = caught.value.ways_out
    assert largest_batch(SMALL, more.removeprefix("--fit-in ")).batch
    assert {way.removeprefix("--dtype ") for way in dtypes} == {"float16", "bfloat16", "int8"}
    for way in dtypes:
        assert largest_batch(SMALL, "9 KB", dtype=way.removeprefix("--dtype ")).batch


def test_where_an_image_takes_nothing_any_batch_fits() -> None:
    """All layers frozen: training keeps nothing of an image, and there is no largest batch."""
    room = largest_batch(load("conv3-8", input="4x4x1", freeze=("conv1",)), "1MB", optimizer="adam")
    assert (room.batch, room.next) == (None, None)
    assert room.to_dict()["next_bytes"] is None


MEMORIES = {"24GiB": 24 * 2**30, "24 GB": 24 * 10**9, "800MB": 800 * 10**6, "1.5 GiB": 3 * 2**29, "0.3 KB": 300,
            "512 bytes": 512, "~1 TiB": 2**40, "1e9 bytes": 10**9}  # fmt: skip


@pytest.mark.parametrize(("text", "size"), MEMORIES.items())
def test_memories_are_read(text: str, size: int) -> None:
    """MB is 10^6 bytes, MiB 2^20."""
    assert read_memory(text) == size


@pytest.mark.parametrize("text", ["24", "24G", "24 MACs", "much", "", "-1GB", "24 Gib", "9" * 99 + "GB",
                                  "٣ GB", None, 2.5, True, "24 GB\x1b[31m"])  # fmt: skip
def test_what_is_no_memory(text: Any) -> None:
    """A number without a unit, a unit of something else, no number."""
    with pytest.raises(UsageError) as caught:
        largest_batch(SMALL, text)
    assert caught.value.ways_out or "digits" in caught.value.message


@pytest.mark.parametrize(("wrong", "says"), [
    ({"optimizer": "adamw"}, "no optimiser is called 'adamw'"),
    ({"optimizer": ["adam"]}, "no optimiser"),
    ({"optimizer": "adam", "dtype": "int8"}, "int8 holds whole numbers"),
    ({"dtype": "float12"}, "no dtype"),
    ({"batch": 0}, "at least one image"),
])  # fmt: skip
def test_what_cannot_be_held(wrong: dict[str, Any], says: str) -> None:
    """Each is a UsageError with a way out."""
    with pytest.raises(UsageError, match=says) as caught:
        budget(SMALL, **wrong)
    assert caught.value.ways_out


def test_letters_have_no_largest_batch() -> None:
    """A formula cannot be divided by."""
    lettered: Network = load("conv3-C", input="8x8x3")
    with pytest.raises(UsageError, match="letters have no largest batch"):
        largest_batch(lettered, "1GB")
