"""A run on real tensors meets the ledger's every number; where a rule is wrong, it says so."""

from __future__ import annotations

import gc
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.cli import run as cli_run
from cnncalc.layers.conv import Conv
from cnncalc.layers.pool import MaxPool
from cnncalc.tensors import confirm, confirmation
from cnncalc.tensors.backends import find

SPECS = sorted(path.stem for path in (Path(__file__).parents[2] / "specs").glob("*.yaml"))
SLOW = {
    "unet"
}  # its crops say their sizes, so it takes no smaller input: 150 G MACs, by tests/benchmarks/bench_confirm.py


def small(name: str) -> cnncalc.Network:
    """Return a packaged network on a small square input, if all its strides fit one of these; else on its own."""
    own = cnncalc.load(name).input
    for size in (32, 64, 63, 67):
        try:
            return cnncalc.load(name, input=f"{size}x{size}x{own.channels}")
        except cnncalc.CnncalcError:
            continue
    return cnncalc.load(name)


@pytest.mark.parametrize("name", [name for name in SPECS if name not in SLOW])
def test_every_shipped_spec_confirms(name: str) -> None:
    """Shapes, weights, biases, buffers, MACs, bytes and the peak of every layer, shrunken where it can be."""
    found = confirm(small(name))
    assert found.confirmed, [(layer.name, layer.differing) for layer in found.layers if layer.differing]


FIELDS = [  # Araujo et al. 2019 and hand counts: which pixels the middle output of the last layer sees
    ("CS231n, stacked 3x3", "[conv3-4/p0]*3", "11x11x1", [[2, 8], [2, 8]]),
    ("7x7 filter", "conv7-4/p0", "11x11x1", [[2, 8], [2, 8]]),
    ("stride 2, then 3x3", "conv3-2/s2/p0 conv3-2/p0", "15x15x1", [[4, 10], [4, 10]]),
    ("dilated by 2: 5 pixels wide", "conv3-2/d2/p0", "9x9x1", [[2, 6], [2, 6]]),
    ("rectangular", "conv3x5-2/p0", "9x11x1", [[3, 5], [3, 7]]),
]


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row[0])
def test_touching_pixels_finds_the_field(row: tuple[str, str, str, list[list[int]]]) -> None:
    """NaN in one row or column of pixels comes out wherever that row or column is seen."""
    _, spec, x, pixels = row
    found = confirm(cnncalc.load(spec, input=x), field=True)
    assert found.confirmed
    assert found.layers[-1].measured["pixels_seen"] == pixels


GRAPHS = [  # residual paths, gates over the whole image, shuffles, paths of 1, 3 and 5 pixels
    ("lenet5", "32x32x1"),
    ("resnet20", "32x32x3"),
    ("mobilenet_v3_small", "32x32x3"),
    ("shufflenet_v2_x1_0", "32x32x3"),
    ("inception-reduced", "12x12x192"),
]


@pytest.mark.parametrize(("name", "x"), GRAPHS)
def test_fields_of_graphs_confirm(name: str, x: str) -> None:
    """Whatever path a pixel takes to a value, the ledger knows it."""
    assert confirm(cnncalc.load(name, input=x), field=True).confirmed


def test_a_gate_makes_every_value_see_the_whole_image() -> None:
    """Squeeze-and-excitation (Hu et al. 2017): behind the gate a value sees every pixel, whatever its place."""
    spec: dict[str, Any] = {
        "name": "gated",
        "input": "9x9x2",
        "layers": [
            {"a": "conv3-4"},
            {"pool": "gap"},
            {"gate": "sigmoid"},
            {"out": "multiply", "from": ["a", "gate"]},
        ],
    }
    found = confirm(cnncalc.load(spec), field=True)
    assert found.confirmed
    assert found.layers[-1].measured["pixels_seen"] == [[0, 8], [0, 8]]


WRONG = [  # a rule with a slip, and the quantities in which the run does not meet it
    (Conv, "weights", lambda self, x: self.fan_in(x) * self.filters(x) + 1, ("weights", "macs")),
    (Conv, "biases", lambda self, x: 0, ("biases",)),  # noqa: ARG005 - "bias forgotten"
    (Conv, "macs", lambda self, x, y: self.weights(x) * x.places, ("macs",)),  # noqa: ARG005 - input places for output ones
]


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row[1])
def test_a_wrong_rule_is_found_out(row: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels share the hyperparameters with the rules and nothing else: a slip in a rule is not copied."""
    card, rule, slip, quantities = row
    monkeypatch.setattr(card, rule, slip)
    found = confirm(cnncalc.load("conv3-4/p0 relu fc-10", input="8x8x3"))
    assert not found.confirmed
    assert found.layers[0].differing == quantities
    assert found.layers[1].differing == ()


def test_a_kernel_that_reads_too_little_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pooling that forgets its last row has another shape, and other bytes."""
    whole = MaxPool.forward
    monkeypatch.setattr(MaxPool, "forward", lambda *args: whole(*args)[:, :, :-1, :])
    found = confirm(cnncalc.load("conv3-4 maxpool2", input="8x8x3"))
    assert found.layers[1].differing == ("output_shape", "activation_bytes", "live_bytes")


def test_the_peak_is_what_really_lives() -> None:
    """Python's own bookkeeping sees the confirmed peak, and above it at most 32 MiB, less than two volumes."""
    network = cnncalc.load("[conv3-64 relu]*3 maxpool2 [conv3-64 relu]*2 gap fc-10", input="256x256x8")
    confirm(network)  # whatever is loaded only once
    gc.collect()
    find().arena.clear()  # what earlier runs left would be used again, unseen
    tracemalloc.start()
    found = confirm(network)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.peak[0] == found.peak[1] == 4 * 2 * 64 * 256 * 256  # conv2's input and output
    assert found.peak[1] <= most <= found.peak[1] + 32 * 2**20


OWN = [
    "maxpool1/s7",
    "avgpool2x1/s2x7",
    "maxpool1x1/s1",
    "upconv3-4/s1/p1",
    "crop6",
    "pad1",
    "pad0",
    "zero-shortcut-8",
    "zero-shortcut-6",
    "slice0-3",
    "split2",
]


@pytest.mark.parametrize("layer", OWN)
def test_a_volume_holds_no_more_than_its_own_bytes(layer: str) -> None:
    """What is cut from a larger array is an array of its own: a view would keep the larger one alive."""
    y = next(iter(cnncalc.run(cnncalc.load(layer, input="8x8x6")).values()))
    while y.base is not None:
        assert y.base.nbytes == y.nbytes
        y = y.base
    assert y.flags.owndata


LONG = [("conv1x3-8/p0x1", "2x100000x64"), ("upconv16-8/p0", "2x2000x16"), ("conv9-2", "24x24x24x8")]


@pytest.mark.parametrize(("spec", "x"), LONG)
def test_a_long_row_is_laid_out_in_parts(spec: str, x: str) -> None:
    """What the windows along one row see would fill 77, 16 and 108 MB; scratch stays below 32 MB."""
    network = cnncalc.load(spec, input=x)
    confirm(cnncalc.load("conv3-8", input="8x8x3"))  # whatever is loaded only once
    find().arena.clear()
    tracemalloc.start()
    found = confirm(network)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.confirmed
    assert most - found.peak[1] - 4 * found.layers[0].measured["weights"] < 32 * 10**6


def test_batches_and_dtypes_are_confirmed() -> None:
    """A batch multiplies MACs and bytes, a dtype the bytes; parameters stay."""
    network = cnncalc.load("conv3-4/p0 relu fc-10", input="8x8x3")
    one, three = confirm(network), confirm(network, batch=3, dtype="float64")
    assert one.confirmed
    assert three.confirmed
    for few, many in zip(one.layers, three.layers, strict=True):
        assert many.measured["macs"] == 3 * few.measured["macs"]
        assert many.measured["activation_bytes"] == 6 * few.measured["activation_bytes"]
        assert many.measured["weights"] == few.measured["weights"]


def test_ten_terabytes_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is allocated, no library is looked for: the prediction alone says that it cannot be."""
    monkeypatch.setattr(confirmation, "find", lambda *_: pytest.fail("a library was looked for"))
    network = cnncalc.load("conv3-1000 conv3-1000", input="36000x36000x3")
    with pytest.raises(cnncalc.errors.MemoryShort, match=r"10\.4 TB") as caught:
        confirm(network)
    assert "2,592,000,000,000 values at conv2" in caught.value.formula


@pytest.mark.parametrize("layer", ["conv5-4/d2000/p4000", "upconv3-4/d5000/p5000", "maxpool3/s1/d4000/p4000"])
def test_padding_is_memory(layer: str) -> None:
    """Eight pixels a side, and thousands of zeros around them: refused before they are laid out."""
    with pytest.raises(cnncalc.errors.MemoryShort) as caught:
        confirm(cnncalc.load(layer, input="8x8x3"), memory_limit="64MiB")
    assert "under the padding of" in caught.value.formula


def test_a_memory_limit_holds() -> None:
    """A limit in words; the way out that is offered is enough."""
    network = cnncalc.load("vgg11", input="32x32x3")
    with pytest.raises(cnncalc.errors.MemoryShort, match="the limit is 1 MB") as caught:
        confirm(network, memory_limit="1MB")
    enough = caught.value.ways_out[1].split()[1].rstrip(",")
    assert confirm(network, memory_limit=enough).confirmed


def test_shared_weights_are_held_all_the_time() -> None:
    """Three matrices of 1,000 x 1,000, two of them met twice: two live until the end, the third at its own turn."""
    layers: list[dict[str, Any]] = [
        {"fc": {"out_features": 1000, "bias": False}, "name": name} | ({"share": share} if share else {})
        for name, share in (("a", ""), ("b", ""), ("c", "a"), ("d", "b"), ("e", ""))
    ]
    network = cnncalc.load({"name": "tied", "input": "1x1x1000", "layers": layers})
    with pytest.raises(cnncalc.errors.MemoryShort) as caught:
        confirm(network, memory_limit=4 * 3 * 10**6)
    assert "3,000,000 of the largest layer and of those that share" in caught.value.formula


@pytest.mark.parametrize("limit", [1.5, True, [1]])
def test_what_is_no_memory_limit(limit: Any) -> None:
    """A limit is bytes or a text."""
    with pytest.raises(cnncalc.errors.UsageError, match="memory limit"):
        confirm(cnncalc.load("conv3-4", input="4x4x1"), memory_limit=limit)


def test_letters_are_refused() -> None:
    """A letter has no tensor."""
    with pytest.raises(cnncalc.errors.UsageError, match="letters"):
        confirm(cnncalc.load("conv3-4", input="HxWx3"))


def test_on_the_standard_alone() -> None:
    """The array API standard suffices: array-api-strict has nothing else."""
    pytest.importorskip("array_api_strict")
    for name in ("lenet5", "resnet20", "shufflenet_v2_x1_0"):
        assert confirm(small(name), backend="array-api-strict", batch=2).confirmed


def test_json_holds_both_sides() -> None:
    """Per layer, predicted and measured under the same names; all of it JSON."""
    told = json.loads(json.dumps(confirm(cnncalc.load("conv3-4 fc-10", input="8x8x3")).to_dict()))
    assert told["confirmed"] is True
    assert [layer["name"] for layer in told["layers"]] == ["conv1", "fc1"]
    for layer in told["layers"]:
        assert layer["predicted"] == layer["measured"]
    assert told["layers"][0]["measured"]["weights"] == 3 * 3 * 3 * 4


def test_drawn_weights_are_he_normal() -> None:
    """He et al. 2015: variance 2/fan-in, so that a rectified signal keeps its strength through 20 layers."""
    network = cnncalc.load("[conv3-64 relu]*20", input="24x24x64")
    y = next(iter(cnncalc.run(network).values()))
    x = np.random.default_rng(0).standard_normal((1, 64, 24, 24))
    assert 0.1 < np.mean(y**2) / np.mean(x**2) < 10


def test_training_s_heads_are_confirmed_on_request() -> None:
    """A head that is there for training only takes part with `--train`."""
    layers = [{"c": "conv3-2"}, {"aux": "fc-3", "from": "c", "train_only": True}, {"main": "fc-4", "from": "c"}]
    spec = {"name": "aux", "input": "4x4x1", "layers": layers}
    heads = [[layer.name for layer in confirm(cnncalc.load(spec, train=train)).layers] for train in (False, True)]
    assert heads == [["c", "main"], ["c", "aux", "main"]]


def test_train_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """GoogLeNet's two auxiliary classifiers (Szegedy et al. 2014, section 5) take part with `--train`."""
    assert cli_run(["confirm", "googlenet", "--train", "--format", "json"]) == 0
    heads = {layer["name"].partition("/")[0] for layer in json.loads(capsys.readouterr().out)["layers"]}
    assert {"auxiliary1", "auxiliary2"} < heads


def test_a_machine_that_has_no_more_memory(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever raises the limit above what there is hears what was asked for, not that it is a bug."""

    def refuse(*_args: Any) -> None:
        raise MemoryError("Unable to allocate 112. GiB for an array with shape (1, 3, 100000, 100000)")

    monkeypatch.setattr(confirmation, "drawn_input", refuse)
    assert cli_run(["confirm", "conv3-8", "--input", "100000x100000x3", "--memory-limit", "9999GiB"]) == 2
    said = capsys.readouterr().err
    assert "memory-short: the machine has not the memory: Unable to allocate 112. GiB" in said
