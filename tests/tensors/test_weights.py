"""Weights: given by name and looked over, or drawn as He et al. start their networks."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from arrays_for import random_images, random_weights  # noqa: E402 - behind importorskip
from libraries import INSTALLED, as_array, library  # noqa: E402

from cnncalc import load, run  # noqa: E402
from cnncalc.errors import WeightsMisfit  # noqa: E402
from cnncalc.tensors.weights import Drawn  # noqa: E402

NETWORK = load("conv3-4 bn relu fc-3", input="6x6x2")
X = random_images(NETWORK, 1)


def changed(**arrays: Any) -> dict[str, Any]:
    """Return the network's arrays with some replaced (`conv1_weight`), or left out if None."""
    held = random_weights(NETWORK) | {name.replace("__", "."): value for name, value in arrays.items()}
    return {name: value for name, value in held.items() if value is not None}


MISFITS: list[tuple[dict[str, Any], str, str]] = [  # what is given, what is said, the way out
    (changed(conv1__weight=None), "conv1.weight is not given", "(4, 2, 3, 3)"),
    (changed(fc1__bias=None), "fc1.bias is not given", "(3,)"),
    (changed(bn1__running_var=None), "bn1.running_var is not given", "(4,)"),
    (changed(conv1__weight=np.zeros((3, 3, 2, 4))), "conv1.weight has the shape (3, 3, 2, 4), not (4, 2, 3, 3)", ""),
    (changed(fc1__weight=np.zeros((144, 3))), "fc1.weight has the shape (144, 3), not (3, 144)", "(3, 144)"),
    (changed(conv1__bias=np.full(4, np.nan)), "conv1.bias holds NaN", ""),
    (changed(conv1__bias="none"), "conv1.bias is no array of numbers", "(4,)"),
    (changed(conv1__bias=[[1], [1, 2]]), "conv1.bias is no array of numbers", "(4,)"),
    (changed(conv1__bias=[None] * 4), "conv1.bias is no array of numbers: it holds object", "float32"),
    (changed(conv1__bias=[10**400] * 4), "conv1.bias is no array of numbers: it holds object", "float32"),
    (changed(conv1__bias=np.ones(4) * 1j), "conv1.bias is no array of numbers: it holds complex128", "float32"),
    (changed(conv1__bias=["1", "2", "3", "4"]), "conv1.bias is no array of numbers: it holds <U1", "float32"),
    (changed(conv1__bias=np.full(4, "2020", "M8[Y]")), "conv1.bias is no array of numbers: it holds date", "float32"),
    (changed(conv1__gamma=np.zeros(4)), "conv1.gamma is given, and conv1 holds weight, bias", "leave it out"),
    (changed(relu1__weight=np.zeros(4)), "relu1.weight is given, and relu1 holds nothing", "leave it out"),
    (changed(conv2__weight=np.zeros(4)), "no layer takes the weights 'conv2.weight'", "conv1.weight"),
    (changed(weight=np.zeros(4)), "no layer takes the weights 'weight'", "layer.weight"),
    ({}, "conv1.weight is not given", "(4, 2, 3, 3)"),
]


@pytest.mark.parametrize(("weights", "said", "way_out"), MISFITS)
def test_misfits(weights: dict[str, Any], said: str, way_out: str) -> None:
    """What is missing, too much, misshapen or not a number is named, with the shape that is wanted."""
    with pytest.raises(WeightsMisfit) as refused:
        run(NETWORK, X, weights=weights)
    assert said in refused.value.message
    assert way_out in " ".join(refused.value.ways_out)


@pytest.mark.parametrize("backend", INSTALLED)
def test_arrays_of_any_library(backend: str) -> None:
    """Weights may be the library's own arrays, NumPy's, or lists."""
    xp = library(backend)
    weights = random_weights(NETWORK)
    own = {name: as_array(xp, value) for name, value in weights.items()}
    lists = {name: value.tolist() for name, value in weights.items()}
    wanted = run(NETWORK, X, weights=weights)["fc1"]
    for given in (weights, own, lists):
        y = run(NETWORK, as_array(xp, X), weights=given)["fc1"]
        np.testing.assert_allclose(np.from_dlpack(y), wanted, rtol=1e-4, atol=1e-5)


ODD: list[Callable[[Any], Any]] = [  # arrays that hold the same numbers
    lambda array: np.ascontiguousarray(array[::-1])[::-1],
    np.asfortranarray,
    lambda array: array.astype(">f4"),
    lambda array: array.astype(np.longdouble),
    lambda array: array.astype("f8").tolist(),
    lambda array: memoryview(np.ascontiguousarray(array)),
]


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("odd", ODD, ids=["backwards", "columns", "big-endian", "long", "lists", "memory"])
def test_arrays_in_other_forms(backend: str, odd: Callable[[Any], Any]) -> None:
    """Numbers are read as numbers, on every library, never as the bytes that they lie in."""
    weights = random_weights(NETWORK)
    y = run(NETWORK, as_array(library(backend), X), weights={name: odd(value) for name, value in weights.items()})
    wanted = run(NETWORK, X, weights=weights)["fc1"]
    np.testing.assert_allclose(np.from_dlpack(y["fc1"]), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("given", [b"abcdefghijklmnop", np.ma.masked_array(np.ones(4)), array("d", [1.0, 2.0])])
def test_bytes_masks_and_buffers(backend: str, given: Any) -> None:
    """Bytes are no numbers, a masked array lacks some, and two numbers are not four, whatever they are kept in."""
    with pytest.raises(WeightsMisfit, match=r"conv1\.bias"):
        run(NETWORK, as_array(library(backend), X), weights=changed(conv1__bias=given))


def test_other_tensors() -> None:
    """Sparse, half-precision and negated tensors hold numbers too."""
    torch = pytest.importorskip("torch")
    weights = random_weights(NETWORK)
    forms = {"sparse": lambda w: w.to_sparse(), "bfloat16": lambda w: w.to(torch.bfloat16), "list": list}
    for name, (form, make) in product(INSTALLED, forms.items()):
        odd = weights | {"conv1.weight": make(torch.asarray(weights["conv1.weight"]))}
        y = run(NETWORK, as_array(library(name), X), weights=odd)["fc1"]
        wanted = run(NETWORK, X, weights=weights)["fc1"]
        np.testing.assert_allclose(np.from_dlpack(y), wanted, atol=0.1 if form == "bfloat16" else 1e-5)


def test_arrays_of_another_library() -> None:
    """PyTorch's parameters and tensors, gradients and all, serve any library's images; what comes out has none."""
    torch = pytest.importorskip("torch")
    weights = random_weights(NETWORK)
    wanted = run(NETWORK, X, weights=weights)["fc1"]
    learning = {name: torch.nn.Parameter(torch.asarray(value)) for name, value in weights.items()}
    plain = {name: value.detach().clone().requires_grad_() for name, value in learning.items()}
    for name, given in product(INSTALLED, (learning, plain)):
        x = as_array(library(name), X)
        y = run(NETWORK, x.requires_grad_() if name == "torch" else x, weights=given)["fc1"]
        np.testing.assert_allclose(np.from_dlpack(y), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", INSTALLED)
def test_whole_numbers_are_numbers(name: str) -> None:
    """Weights in integers are taken as they are meant."""
    network = load("conv1-1/nobias", input="1x1x1")
    y = run(network, as_array(library(name), np.full((1, 1, 1, 1), 2.5)), weights={"conv1.weight": [[[[3]]]]})["conv1"]
    assert float(y.reshape(-1)[0] if name == "torch" else np.from_dlpack(y).flat[0]) == 7.5


def test_given_weights_are_left_as_they_are() -> None:
    """A run writes over no array of the caller's."""
    weights = random_weights(NETWORK)
    before = {name: value.copy() for name, value in weights.items()}
    run(NETWORK, X, weights=weights)
    for name, value in weights.items():
        np.testing.assert_array_equal(value, before[name])


def test_weights_of_a_layer_that_shares_another_s() -> None:
    """A layer that shares takes no arrays of its own."""
    conv = {"out_channels": 2, "kernel_size": 1, "bias": False}
    layers = [{"conv": conv, "name": "one"}, {"conv": conv, "name": "two", "share": "one"}]
    network = load({"name": "twice", "input": "3x3x2", "layers": layers})
    x, weight = random_images(network, 1), np.array([[0.0, 1.0], [1.0, 0.0]], np.float32).reshape(2, 2, 1, 1)
    np.testing.assert_array_equal(run(network, x, weights={"one.weight": weight})["two"], x)  # swapped, and back
    with pytest.raises(WeightsMisfit, match="two uses those of one"):
        run(network, x, weights={"one.weight": weight, "two.weight": weight})


def test_drawn_weights_have_he_s_spread() -> None:
    """The variance is 2/fan-in, gammas and running variances are 1, offsets and running means 0.

    Source: He et al. 2015, Delving Deep into Rectifiers, section 2.2.
    """
    network = load("conv3-64 bn fc-50", input="8x8x32")
    drawn = {node.name: Drawn(library("numpy"), "float64", 0).of(
        node, node.card.tensors((node.x.channels, *node.x.spatial))) for node in network.nodes}  # fmt: skip
    for name, fan_in in {"conv1": 3 * 3 * 32, "fc1": 8 * 8 * 64}.items():
        weight = drawn[name]["weight"]
        assert abs(weight.mean()) < 3 * (2 / fan_in / weight.size) ** 0.5
        assert weight.var() == pytest.approx(2 / fan_in, rel=0.05)
        assert not drawn[name]["bias"].any()
    assert {name: set(values.tolist()) for name, values in drawn["bn1"].items()} == {
        "weight": {1.0}, "bias": {0.0}, "running_mean": {0.0}, "running_var": {1.0}
    }  # fmt: skip
