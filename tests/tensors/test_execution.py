"""A run: what comes out and is kept, batches, dtypes, and what cannot be run."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

np = pytest.importorskip("numpy")

from arrays_for import random_images, random_weights  # noqa: E402 - behind importorskip
from libraries import INSTALLED, as_array, as_numpy, library  # noqa: E402

from cnncalc import columns, confirm, load, run  # noqa: E402
from cnncalc.errors import BackendLacks, CnncalcError, UsageError  # noqa: E402
from cnncalc.library import Library  # noqa: E402

RESIDUAL = {
    "name": "residual",
    "input": "8x8x4",
    "layers": [
        {"conv1": "conv3-4"},
        {"relu1": "relu"},
        {"conv2": "conv3-4"},
        {"relu2": "relu"},
        {"sum": "add", "from": ["relu2", "relu1"]},
        {"relu3": "relu"},
        {"scores": "fc-3"},
    ],
}


@pytest.mark.parametrize("backend", INSTALLED)
def test_a_batch_equals_its_images_one_by_one(backend: str) -> None:
    """Three images at once give what three runs give, on every library."""
    network = load(RESIDUAL)
    weights, x = random_weights(network), random_images(network, 3)
    at_once = as_numpy(run(network, as_array(library(backend), x), weights=weights)["scores"])
    one_by_one = [run(network, as_array(library(backend), x[n : n + 1]), weights=weights)["scores"] for n in range(3)]
    assert at_once.shape == (3, 3, 1, 1)
    np.testing.assert_allclose(at_once, np.concatenate([*map(as_numpy, one_by_one)]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-6), ("float16", 2e-2)])
def test_dtypes(backend: str, dtype: str, tolerance: float) -> None:
    """Double precision gives the same within float32's rounding, half within its own; and each gives its own dtype."""
    network = load(RESIDUAL)
    weights = random_weights(network)
    xp = library(backend)
    if not hasattr(xp.namespace, dtype):
        pytest.skip(f"{backend} has no {dtype}: the standard does not ask for it")
    x = random_images(network, 1)
    exact = run(network, x, weights=weights)["scores"]
    y = as_numpy(run(network, as_array(xp, x.astype(dtype)), weights=weights)["scores"])
    assert y.dtype == dtype
    np.testing.assert_allclose(y, exact, rtol=tolerance, atol=tolerance)


HALVES: list[tuple[str, str, Any, Any]] = [  # what is summed in half precision, its input, and what comes of it by hand
    ("avgpool8", "8x8x1", np.full((1, 1, 8, 8), 2000), 2000),  # 64·2000 is more than float16 holds
    ("lrn5", "1x1x1", np.full((1, 1, 1, 1), 300), 300 / (2 + 1e-4 / 5 * 300**2) ** 0.75),
    ("softmax", "1x1x70000", np.zeros((1, 70_000, 1, 1)), 1 / 70_000),
    ("ln", "1x1x2", np.array([300, -300]).reshape(1, 2, 1, 1), np.array([1, -1]).reshape(1, 2, 1, 1)),
]


@pytest.mark.parametrize(("layer", "size", "x", "wanted"), HALVES)
def test_no_sum_of_halves_overflows(layer: str, size: str, x: Any, wanted: Any) -> None:
    """Sums are kept in float32, and rounded once."""
    network = load(layer, input=size)
    (y,) = run(network, x.astype("float16")).values()
    assert y.dtype == "float16"
    np.testing.assert_allclose(y.astype("float64"), np.broadcast_to(wanted, y.shape), rtol=5e-3)


@pytest.mark.parametrize("backend", INSTALLED)
def test_the_input_that_is_kept_is_a_copy(backend: str) -> None:
    """Who writes to it writes to no image of his own."""
    x = as_array(library(backend), random_images(load(RESIDUAL), 1))
    kept = run(load(RESIDUAL), x, keep="input")["input"]
    assert not np.shares_memory(as_numpy(kept), as_numpy(x))


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_drawn_images_have_the_dtype_asked_for(dtype: str) -> None:
    """Without images and weights, both are drawn in the dtype that is asked for."""
    scores = run(load(RESIDUAL), dtype=dtype, batch=2)["scores"]
    assert (scores.dtype, scores.shape) == (np.dtype(dtype), (2, 3, 1, 1))


def test_seeds() -> None:
    """A seed gives the same numbers again, another seed others."""
    network = load(RESIDUAL)
    first, again, other = (run(network, seed=seed)["scores"] for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_a_layer_draws_the_same_weights_whatever_else_is_there() -> None:
    """Dropping a layer behind leaves the numbers of those before."""
    x = random_images(load(RESIDUAL), 1)
    cut = {**RESIDUAL, "layers": RESIDUAL["layers"][:3]}
    whole = run(load(RESIDUAL), x, keep=["conv2"])["conv2"]
    np.testing.assert_array_equal(run(load(cut), x)["conv2"], whole)


@pytest.mark.parametrize("backend", [name for name in INSTALLED if name != "numpy"])
def test_a_seed_means_the_same_on_every_library(backend: str) -> None:
    """Images and weights are NumPy's numbers everywhere."""
    network = load(RESIDUAL)
    library(backend)
    ours = as_numpy(run(network, seed=3, backend=backend)["scores"])
    np.testing.assert_allclose(ours, run(network, seed=3)["scores"], rtol=1e-4, atol=1e-5)


def test_only_outputs_come_back_and_what_is_kept() -> None:
    """What nobody reads is an output; any other volume comes back by its name, the input among them."""
    network = load(RESIDUAL)
    assert run(network).keys() == {"scores"}
    kept = run(network, keep=["relu1", "sum", "input"])
    assert {name: volume.shape for name, volume in kept.items()} == {
        "input": (1, 4, 8, 8), "relu1": (1, 4, 8, 8), "sum": (1, 4, 8, 8), "scores": (1, 3, 1, 1)
    }  # fmt: skip


def test_what_is_kept_is_not_overwritten() -> None:
    """A ReLU works in place, but not on a volume that is kept, nor on the caller's images."""
    network = load("relu conv3-4 relu", input="8x8x4")
    x = random_images(network, 1)
    before = x.copy()
    kept = run(network, x, keep=["conv1"])
    np.testing.assert_array_equal(x, before)
    assert kept["conv1"].min() < 0
    np.testing.assert_array_equal(kept["relu2"], np.maximum(kept["conv1"], 0))


def test_two_heads() -> None:
    """Every layer that nobody reads is an output."""
    heads = [{"stem": "conv1-2"}, {"left": "fc-2", "from": "stem"}, {"right": "fc-3", "from": "stem"}]
    volumes = run(load({"name": "heads", "input": "4x4x3", "layers": heads}))
    assert {name: volume.shape for name, volume in volumes.items()} == {"left": (1, 2, 1, 1), "right": (1, 3, 1, 1)}


REFUSED: list[tuple[Any, str, str]] = [  # images, what is said, the way out
    (np.zeros((1, 3, 8, 8), np.float32), "(N, 4, 8, 8) is run, not (1, 3, 8, 8)", "8x8x4"),
    (np.zeros((1, 8, 8, 4), np.float32), "(N, 4, 8, 8) is run, not (1, 8, 8, 4)", "moveaxis(x, -1, 1)"),
    (np.zeros((4, 8, 8), np.float32), "(N, 4, 8, 8) is run, not (4, 8, 8)", "x[None]"),
    (np.zeros((1, 4, 8, 8), np.int64), "kernels do not compute in int64", "float32"),
    (np.zeros((0, 4, 8, 8), np.float32), "at least one image", "batch 1"),
    (np.ma.masked_array(np.zeros((1, 4, 8, 8), np.float32)), "no masked array", "numpy.ma.filled(x)"),
    (np.zeros, "builtin_function_or_method is no array", "numpy.asarray(x)"),
    ([[1.0]], "list is no array", "numpy.asarray(x)"),
    ("8x8x4", "str is no array", "numpy.asarray(x)"),
]


@pytest.mark.parametrize(("x", "said", "way_out"), REFUSED)
def test_images_that_cannot_be_run(x: Any, said: str, way_out: str) -> None:
    """Another shape, another dtype or no array at all: said with what would do."""
    with pytest.raises(UsageError) as refused:
        run(load(RESIDUAL), x)
    assert said in refused.value.message
    assert way_out in " ".join(refused.value.ways_out)


def test_letters_are_refused() -> None:
    """A network in letters has no tensors."""
    with pytest.raises(UsageError, match="in letters has no tensors"):
        run(load("conv3-C relu", input="HxWxC"))


def test_a_name_that_no_layer_has() -> None:
    """`keep` names layers; a slip is answered with the nearest."""
    with pytest.raises(UsageError) as refused:
        run(load(RESIDUAL), keep=["conv3"])
    assert any("conv" in way for way in refused.value.ways_out)


def test_a_dtype_that_kernels_do_not_compute_in() -> None:
    """Whole numbers are no dtype to run in."""
    with pytest.raises(UsageError, match="int8"):
        run(load(RESIDUAL), dtype="int8")


@pytest.mark.parametrize("batch", [0, -1, "2", 1.5, None, True])
def test_a_batch_of_no_images(batch: Any) -> None:
    """Images are counted in whole numbers from 1."""
    with pytest.raises(UsageError, match="at least one image"):
        run(load(RESIDUAL), batch=batch)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
@pytest.mark.parametrize("ask", [run, confirm])
def test_a_seed_that_draws_nothing(ask: Any, seed: Any) -> None:
    """A seed is a whole number from 0."""
    with pytest.raises(UsageError, match="whole number from 0"):
        ask(load(RESIDUAL), seed=seed)


def test_a_dtype_that_a_library_has_not_as_it_is_set_up() -> None:
    """JAX has no 64 bits unless it is told: said before it would quietly compute in 32."""
    if not pytest.importorskip("jax").config.jax_enable_x64:
        with pytest.raises(BackendLacks, match="not in float64"):
            confirm(load(RESIDUAL), backend="jax", dtype="float64")


@pytest.mark.parametrize("view", ["cropped", "turned", "transposed", "channels last"])
def test_an_image_in_any_layout(view: str) -> None:
    """A view of the caller's array gives what a copy gives, and is copied once, not for every tile."""
    whole = np.random.default_rng(0).standard_normal((2, 3, 44, 44), dtype=np.float32)
    x = {
        "cropped": whole[:, :, 2:-2, 2:-2],
        "turned": whole[..., 4:][..., ::-1][:, :, 4:],
        "transposed": whole.transpose(0, 1, 3, 2)[:, :, 4:, 4:],
        "channels last": np.ascontiguousarray(whole.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)[:, :, 4:, 4:],
    }[view]
    assert not x.flags.c_contiguous
    network = load("conv3-4 relu conv5-2", input="40x40x3")
    copied: list[Any] = []
    contiguous = Library.contiguous
    with patch.object(columns, "TILE", 2048), patch.object(columns, "LONGEST_ROW", 8192):
        with patch.object(Library, "contiguous", lambda xp, one: copied.append(one) or contiguous(xp, one)):
            met = run(network, x, seed=1)["conv2"]
        np.testing.assert_array_equal(met, run(network, np.ascontiguousarray(x), seed=1)["conv2"])
    assert len(copied) == 2 * 2  # an image of each layer


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": [1]},
        {"weights": np.zeros(3)},
        {"weights": "he"},
        {"keep": None},
        {"keep": 5},
        {"backend": ["numpy"]},
    ],
)
def test_what_is_no_choice(wrong: dict[str, Any]) -> None:
    """Told, with a way out; one name is kept as well as several."""
    network = load("conv3-2 relu", input="4x4x1")
    with pytest.raises(CnncalcError) as caught:
        run(network, **wrong)
    assert caught.value.ways_out
    assert run(network, keep="conv1").keys() == {"conv1", "relu1"}
