"""What training keeps, against what PyTorch keeps, and against small networks worked by hand."""

from __future__ import annotations

import pytest

from cnncalc import load, tally
from cnncalc.layers import CARDS

# What PyTorch 2.13 keeps per image, measured: torchvision 0.28's model in training mode, input 224x224x3, batch 2, and
# torch.autograd.graph.saved_tensors_hooks; numbers in distinct storages that are no parameters or buffers and have more
# than one axis (statistics of a batch normalisation have one), halved. The last column: what the networks differ in.
PYTORCH = [
    ("vgg16", 16_808_448, 25_088 - 1_000),  # torchvision pools to 7x7 once more, and has no softmax
    ("vgg16-bn", 30_355_968, 25_088),
    ("alexnet-onetower", 846_976, -1_000),  # no softmax in torchvision, here and below
    ("resnet18", 5_344_256, -1_000),
    ("resnet50-v15", 21_276_672, -1_000),
    ("mobilenet_v2", 19_552_384, -1_000),
    ("mobilenet_v3_small", 4_042_456, -1_000),
    ("densenet121", 32_389_632, -1_000),
    ("squeezenet1_1", 4_937_256, -1_000),
    ("googlenet-torchvision", 10_625_248, 0),
    ("efficientnet_b0", 22_048_513, 9 - 1_000),  # nine blocks draw whether they are skipped
    ("convnext_tiny", 27_288_969, 41_848 + 17 - 1_000),  # a mean and a deviation per place; 17 blocks draw
]


@pytest.mark.parametrize(("name", "measured", "differ"), PYTORCH, ids=[row[0] for row in PYTORCH])
def test_what_pytorch_keeps(name: str, measured: int, differ: int) -> None:
    """Twelve networks of torchvision, to the value."""
    assert tally(load(name), memory="saved").totals.activation_values + differ == measured


BY_HAND = [  # network, input, what is kept of each row, the input first; PyTorch's derivatives.yaml says who needs what
    # a convolution keeps its input, a ReLU its output: the volume between them is nobody's
    ("conv3-8 relu fc-10", "4x4x1", [16, 0, 128, 0]),
    # a ReLU's output is kept once though the next convolution needs it too
    ("conv1-8 relu conv1-8 relu", "4x4x1", [16, 0, 128, 0, 128]),
    # a batch normalisation keeps its input, a swish too, a sigmoid its output
    ("conv1-8 bn swish conv1-8 sigmoid", "2x2x1", [4, 32, 32, 32, 0, 32]),
    # a max pooling keeps its input and which value each window took; an average pooling its input
    ("conv1-8 maxpool2 conv1-1 avgpool2", "4x4x1", [16, 128, 32 + 32, 4, 0]),
    # a dropout keeps what it dropped, not what came in; a flattened volume is the volume that was flattened
    ("conv1-2 relu dropout0.5 flatten fc-3", "2x2x1", [4, 0, 8, 8 + 8, 0, 0]),
    # below the first layer that learns no gradient comes by
    ("relu maxpool2 sigmoid conv1-3 tanh", "4x4x1", [0, 0, 0, 4, 0, 12]),
    # nothing learns, nothing is kept
    ("relu maxpool2", "4x4x1", [0, 0, 0]),
]


@pytest.mark.parametrize(("text", "volume", "kept"), BY_HAND)
def test_what_is_kept_worked_by_hand(text: str, volume: str, kept: list[int]) -> None:
    """Row by row, and the rows add up."""
    ledger = tally(load(text, input=volume), memory="saved", batch=3)
    assert [row.activation_values for row in ledger.rows] == kept
    assert ledger.totals.activation_values == 3 * sum(kept)


def test_joined_volumes_need_nothing_of_their_parts() -> None:
    """An addition keeps nothing, a product both of its factors."""
    layers = ["a=conv1-4/nobias", {"conv": {"out_channels": 4, "kernel_size": 1}, "name": "b", "from": "a"}]
    for kind, kept in (("add", [4, 16, 0, 0]), ("concat", [4, 16, 0, 0]), ("multiply", [4, 16, 16, 0])):
        network = load({"name": "n", "input": "2x2x1", "layers": [*layers, {kind: None, "from": ["a", "b"]}]})
        assert [row.activation_values for row in tally(network, memory="saved").rows] == kept


def test_frozen_layers_keep_only_what_others_need() -> None:
    """A frozen convolution needs its input for nothing; what stands before the first that trains keeps nothing."""
    text = "conv1-8 relu conv1-8 relu conv1-8"
    kept = {
        (): [4, 0, 32, 0, 32, 0],
        ("conv3",): [4, 0, 32, 0, 32, 0],  # the ReLU before it keeps its output all the same
        ("conv1",): [0, 0, 32, 0, 32, 0],
        ("conv1", "conv2"): [0, 0, 0, 0, 32, 0],
        ("conv*",): [0, 0, 0, 0, 0, 0],
    }
    for frozen, rows in kept.items():
        ledger = tally(load(text, input="2x2x1", freeze=frozen), memory="saved")
        assert [row.activation_values for row in ledger.rows] == rows


def test_shared_weights_train_with_their_owner() -> None:
    """A layer that uses another's weights keeps its input, unless the owner is frozen."""
    layers = ["a=conv1-1", "sigmoid", {"conv": {"out_channels": 1, "kernel_size": 1}, "name": "b", "share": "a"}]
    spec = {"name": "n", "input": "2x2x1", "layers": layers}
    assert [row.activation_values for row in tally(load(spec), memory="saved").rows] == [4, 0, 4, 0]
    frozen = load(spec, freeze=("a",))
    assert tally(frozen, memory="saved").totals.activation_values == 0


# What the gradient of each layer reads in PyTorch's derivatives.yaml: its self, its result, its indices or mask.
READS = {
    "input": "conv depthwise_conv conv_transpose fc batchnorm layernorm layer_scale multiply avgpool adaptive_avgpool "
    "relu6 leaky_relu prelu hard_sigmoid hard_swish swish gelu",
    "output": "relu sigmoid tanh softmax",
    "input output": "lrn",  # PyTorch has no such kernel; cuDNN's and Caffe's read both
    "input choices": "maxpool global_maxpool adaptive_maxpool",
    "choices": "dropout",
    "": "add concat flatten zeropad crop upsample identity zero_shortcut slice split channel_shuffle space_to_depth "
    "global_avgpool",
}


def test_every_card_says_what_its_gradient_reads() -> None:
    """No card keeps nothing by forgetting to say so: each stands in the table, which PyTorch's file gives."""
    expected = {kind: set(reads.split()) for reads, kinds in READS.items() for kind in kinds.split()}
    facts = ("input", "output", "choices")
    assert {kind: {f for f in facts if getattr(card, f"keeps_{f}")} for kind, card in CARDS.items()} == expected


def test_every_card_that_is_a_view_overwrites() -> None:
    """A view takes no place of its own, neither in training nor at inference."""
    assert {card.type for card in CARDS.values() if card.is_view} == {"flatten", "identity"}
    assert all(card.overwrites_input for card in CARDS.values() if card.is_view)
