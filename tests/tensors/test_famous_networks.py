"""LeNet-5, AlexNet, VGG-16, GoogLeNet and ResNet-50 give what onnxruntime gives on the same random weights."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from arrays_for import assert_alike, random_images, random_weights  # noqa: E402 - behind importorskip
from onnx_export import exported  # noqa: E402

from cnncalc import load, run  # noqa: E402

FULL = ("lenet5", "cifar10-cs231n", "alexnet", "vgg16", "googlenet", "resnet50")
SHRUNKEN = {
    "squeezenet1_1": "65x65x3",
    "mobilenet_v2": "64x64x3",
    "mobilenet_v3_small": "64x64x3",
    "shufflenet_v2_x1_0": "64x64x3",
    "efficientnet_b0": "64x64x3",
    "densenet121": "64x64x3",
    "convnext_tiny": "64x64x3",
    "resnet34-option-a": "64x64x3",
}
"""Packaged networks on a smaller input: gates, shuffles, layer norms, dense blocks and zero shortcuts."""


@pytest.mark.parametrize(("name", "size"), [*dict.fromkeys(FULL).items(), *SHRUNKEN.items()])
def test_outputs(name: str, size: str | None) -> None:
    """The outputs and what stands before them are onnxruntime's; rounding adds up behind many layers."""
    network = load(name, input=size)
    weights, x = random_weights(network), random_images(network, 1)
    read = {source for node in network.nodes for source in node.inputs}
    scores = {node.inputs[0] for node in network.nodes if node.name not in read}  # a softmax may hide a difference
    ours = run(network, x, weights=weights, keep=scores)
    theirs = exported(network, batch=1).run(x, weights, list(ours))
    for output, values in theirs.items():
        assert np.ptp(values) > 0, "what is all alike agrees by chance"
        assert_alike(ours[output], values, output, tolerance=1e-4)
