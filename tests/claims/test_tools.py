"""What other tools print: each number here was printed by the tool itself, at the version its reading names."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.claims.readings import READINGS
from cnncalc.claims.tools import TOOLS

# torchvision 0.28.0, models.alexnet and models.vgg16 at 224x224, batch 1; each tool run on torch 2.13.0, CPU. calflops
# prints DeepSpeed's numbers. Keras: applications.VGG16; it has no AlexNet, whose parameters are torchvision's.
WHOLE = [  # reading, alexnet-onetower, vgg16
    ("torchvision, num_params", 61_100_840, 138_357_544),
    ("torchinfo, params", 61_100_840, 138_357_544),
    ("torchsummary, params", 61_100_840, 138_357_544),
    ("Keras, total params", 61_100_840, 138_357_544),
    ("Keras, ResNet50's biases", 61_100_840, 138_357_544),
    ("torchvision, GFLOPS", 714_188_480, 15_470_264_320),
    ("torch.utils.flop_counter", 1_428_376_960, 30_940_528_640),
    ("torchinfo, mult-adds", 714_682_664, 15_483_821_032),
    ("ptflops, aten", 714_682_664, 15_483_821_032),
    ("ptflops, modules alone", 715_561_896, 15_503_523_304),
    ("ptflops, pytorch", 716_441_128, 15_523_225_576),
    ("thop", 714_206_912, 15_470_314_496),
    ("fvcore", 714_197_696, 15_470_289_408),
    ("DeepSpeed, flops", 1_429_741_184, 30_973_778_432),
    ("DeepSpeed, MACs", 714_188_480, 15_470_264_320),
    ("torchscan", 1_429_078_528, 30_955_673_088),
    ("CS231n, values", 733_032, 15_237_608),
    ("torchinfo, forward/backward", 3_953_472, 108_453_696),
    ("torchinfo, params size", 244_403_360, 553_430_176),
]

# The same networks, as the tools write the figure; the burden's with its input, as MiB of values held in place.
PRINTED = [  # reading, alexnet-onetower, vgg16
    ("torchinfo, mult-adds", "714.68 M", "15.48 G"),
    ("torchinfo, forward/backward", "3.95 MB", "108.45 MB"),
    ("torchinfo, params size", "244.40 MB", "553.43 MB"),
    ("torchsummary, forward/backward", "8.38 MB", "218.78 MB"),
    ("torchsummary, params size", "233.08 MB", "527.79 MB"),
    ("CS231n, bytes", "2.80 MiB", "58.13 MiB"),
    ("convnet-burden, features and input", "2.83 MiB", "58.22 MiB"),
    ("Keras, total params", "61,100,840 (233.08 MB)", "138,357,544 (527.79 MB)"),
]

# torchvision 0.28.0 at 224x224, eval mode. Left out: what depends on a model calling functions where another has
# modules (mobilenet_v2 pools with a function, googlenet activates with one), and torchsummary's blocks.
OTHERS = [  # spec, reading, what it printed
    ("resnet50-v15", "torchinfo, mult-adds", 4_089_238_376),
    ("resnet50-v15", "torchinfo, forward/backward", 177_831_744),
    ("resnet50-v15", "ptflops, pytorch", 4_132_436_968),
    ("resnet50-v15", "ptflops, modules alone", 4_121_925_096),
    ("resnet50-v15", "ptflops, aten", 4_089_185_256),
    ("resnet50-v15", "thop", 4_133_742_592),
    ("resnet50-v15", "fvcore", 4_111_512_576),
    ("resnet50-v15", "torch.utils.flop_counter", 8_178_368_512),
    ("resnet50-v15", "DeepSpeed, flops", 8_211_108_352),
    ("resnet50-v15", "DeepSpeed, MACs", 4_089_184_256),
    ("resnet50-v15", "torchsummary, params", 25_557_032),
    ("mobilenet_v2", "torchinfo, mult-adds", 300_809_384),
    ("mobilenet_v2", "torchinfo, forward/backward", 106_857_792),
    ("mobilenet_v2", "ptflops, aten", 300_775_272),
    ("mobilenet_v2", "fvcore", 314_193_216),
    ("mobilenet_v2", "torch.utils.flop_counter", 601_548_544),
    ("mobilenet_v2", "DeepSpeed, flops", 614_967_488),
    ("mobilenet_v2", "DeepSpeed, MACs", 300_774_272),
    ("googlenet-torchvision", "torchinfo, mult-adds", 1_498_391_752),
    ("googlenet-torchvision", "torchinfo, forward/backward", 51_626_560),
    ("googlenet-torchvision", "ptflops, aten", 1_498_377_192),
    ("googlenet-torchvision", "thop", 1_511_332_032),
    ("googlenet-torchvision", "fvcore", 1_504_878_688),
    ("googlenet-torchvision", "torch.utils.flop_counter", 2_996_752_384),
    ("googlenet-torchvision", "DeepSpeed, flops", 3_009_356_752),
    # keras 3.15.1, applications, model.summary(): total params
    ("mobilenet_v2", "Keras, total params", 3_538_984),
    ("resnet50-v15", "Keras, ResNet50's biases", 25_636_712),
]

# The table of convnet-burden's README, single images. AlexNet is MatConvNet's, its batch normalisation merged.
ALEXNET = (
    "conv11-96/s4/p0 relu maxpool3/s2 conv5-256/g2 relu maxpool3/s2 conv3-384 relu conv3-384/g2 relu conv3-256/g2 relu "
    "maxpool3/s2 [fc-4096 relu]*2 fc-1000 softmax"
)
BURDEN = [  # spec, input, feat. mem, flops
    (ALEXNET, "227x227x3", "3 MB", "727 MFLOPs"),
    ("vgg16", None, "58 MB", "16 GFLOPs"),
    ("vgg19", None, "63 MB", "20 GFLOPs"),
    ("squeezenet1_1", None, "17 MB", "360 MFLOPs"),
    ("squeezenet1_0", None, None, "837 MFLOPs"),  # 30 MB there; 28.98 MiB here, and 0.33 more with the dropout's output
    ("resnet18", None, "23 MB", "2 GFLOPs"),
    ("resnet34", None, "35 MB", "4 GFLOPs"),
    ("resnet50", None, "103 MB", "4 GFLOPs"),
    ("resnext50_32x4d", None, "132 MB", "4 GFLOPs"),
]

# One PyTorch module alone, 8 channels of 6x6: Conv2d(8, 12, 3, padding=1), … in the order of the columns.
COLUMNS = (
    "torchinfo, mult-adds",
    "ptflops, aten",
    "ptflops, modules alone",
    "ptflops, pytorch",
    "thop",
    "fvcore",
    "torch.utils.flop_counter",
    "DeepSpeed, flops",
    "DeepSpeed, MACs",
    "torchscan",
    "torchinfo, forward/backward",
)
SINGLE = [
    ("conv3-12", 31_536, 31_536, 31_536, 31_536, 31_104, 31_104, 62_208, 62_640, 31_104, 62_208, 3_456),
    ("conv3-12/s2/p0/g2/nobias/floor", 1_728, 1_728, 1_728, 1_728, 1_728, 1_728, 3_456, 3_456, 1_728, 3_408, 384),
    ("dwconv3/m2", 5_760, 5_760, 5_760, 5_760, 5_184, 5_184, 10_368, 10_944, 5_184, 10_368, 4_608),
    ("upconv2-12/s2", 57_024, 15_552, 15_552, 15_552, 55_296, 13_824, 27_648, 29_376, 13_824, 110_608, 13_824),
    ("fc-10", 2_890, 2_890, 2_890, 2_890, 2_880, 2_880, 5_760, 5_760, 2_880, 5_760, 80),
    ("fc-10/nobias", 2_880, 2_880, 2_880, 2_880, 2_880, 2_880, 5_760, 5_760, 2_880, 5_750, 80),
    ("maxpool3/s2/floor", 0, 0, 288, 576, 0, 0, 0, 288, 0, 64, 0),
    ("avgpool2", 0, 0, 288, 576, 72, 0, 0, 288, 0, 216, 0),
    ("gap", 0, 0, 288, 576, 296, 288, 0, 288, 0, 296, 0),
    ("gmp", 0, 0, 288, 576, 0, 0, 0, 288, 0, 280, 0),
    ("adaptive-avgpool4", 0, 0, 288, 576, 416, 288, 0, 288, 0, 1_280, 0),
    ("adaptive-maxpool3", 0, 0, 288, 576, 0, 0, 0, 288, 0, 216, 0),
    ("adaptive-maxpool4", 0, 0, 288, 576, 0, 0, 0, 288, 0, 1_024, 0),
    ("relu", 0, 0, 288, 576, 0, 0, 0, 288, 0, 288, 0),
    ("relu6", 0, 0, 288, 288, 0, 0, 0, 0, 0, 576, 0),
    ("lrelu0.1", 0, 0, 288, 288, 0, 0, 0, 288, 0, 1_152, 0),
    ("prelu", 8, 0, 288, 576, 288, 0, 0, 288, 0, 0, 2_304),
    ("sigmoid", 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_152, 0),
    ("tanh", 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_728, 0),
    ("softmax", 0, 0, 0, 288, 828, 0, 0, 288, 0, 0, 0),
    ("hard-sigmoid", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("hard-swish", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("swish", 0, 0, 0, 288, 0, 0, 0, 288, 0, 0, 0),
    ("gelu", 0, 0, 288, 576, 0, 0, 0, 288, 0, 0, 0),
    ("dropout", 0, 0, 0, 0, 0, 0, 0, 0, 0, 288, 0),
    ("bn", 16, 0, 576, 576, 1_152, 576, 0, 576, 0, 1_168, 2_304),
    ("lrn5", 0, 0, 0, 1_296, 0, 0, 0, 1_296, 0, 0, 0),
    ("flatten", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("identity", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("zeropad1", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("up2", 0, 0, 1_152, 2_304, 1_152, 1_152, 0, 1_152, 0, 0, 0),
    ("up2/bilinear", 0, 0, 1_152, 2_304, 12_672, 4_608, 0, 1_152, 0, 0, 0),
    ("s2d2", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("shuffle2", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("ln", 16, 0, 288, 288, 1_152, 1_440, 0, 1_440, 0, 2_376, 2_304),
]

UNKNOWN = [("torchinfo, mult-adds", "layer_scale"), ("thop", "lrn"), ("fvcore", "maxpool"), ("ptflops, aten", "relu")]


def number(spec: str, reading: str, *, input: str | None = None) -> int:  # noqa: A002 - the spec language's word
    """Return what a reading gives for a network."""
    value = READINGS[reading].value(cnncalc.tally(cnncalc.load(spec, input=input)))
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize(("reading", "alexnet", "vgg"), WHOLE, ids=[row[0] for row in WHOLE])
def test_two_networks(reading: str, alexnet: int, vgg: int) -> None:
    """AlexNet and VGG-16, to the digit."""
    assert (number("alexnet-onetower", reading), number("vgg16", reading)) == (alexnet, vgg)


@pytest.mark.parametrize(("reading", "alexnet", "vgg"), PRINTED, ids=[row[0] for row in PRINTED])
def test_as_printed(reading: str, alexnet: str, vgg: str) -> None:
    """And as each tool writes it."""
    prints = READINGS[reading].prints
    assert (prints(number("alexnet-onetower", reading)), prints(number("vgg16", reading))) == (alexnet, vgg)


@pytest.mark.parametrize(("spec", "reading", "printed"), OTHERS)
def test_other_networks(spec: str, reading: str, printed: int) -> None:
    """Batch normalisation, groups, residual additions and Inception's paths."""
    assert number(spec, reading) == printed


@pytest.mark.parametrize(("spec", "input", "memory", "flops"), BURDEN)
def test_convnet_burden(spec: str, input: str | None, memory: str | None, flops: str) -> None:  # noqa: A002
    """The rules of burden.m give the table of its README."""
    operations, features = READINGS["convnet-burden, flops"], READINGS["convnet-burden, features"]
    assert operations.prints(number(spec, operations.name, input=input)) == flops
    if memory:
        assert features.prints(number(spec, features.name, input=input)) == memory


@pytest.mark.parametrize("row", SINGLE, ids=[str(row[0]) for row in SINGLE])
def test_one_layer(row: tuple[str, *tuple[int, ...]]) -> None:
    """Each kind of layer alone costs what each tool counts for its module."""
    spec, *printed = row
    ledger = cnncalc.tally(cnncalc.load(spec, input="6x6x8"))
    assert dict(zip(COLUMNS, printed, strict=True)) == {name: READINGS[name].value(ledger) for name in COLUMNS}


def test_every_operation_of_every_tool_was_run() -> None:
    """Single layers hold each tool's count of operations but torchvision's, which are MACs, and convnet-burden's."""
    counted = {one.name for one in TOOLS if one.quantity in ("macs", "flops")}
    assert counted - set(COLUMNS) == {"torchvision, GFLOPS", "convnet-burden, flops"}


@pytest.mark.parametrize(("reading", "kind"), UNKNOWN)
def test_what_a_tool_has_no_rule_for_is_said(reading: str, kind: str) -> None:
    """A kind of layer that a tool passes over is named, not counted as nothing in silence."""
    ledger = cnncalc.tally(cnncalc.load("conv3-8 lrn5 layer-scale relu maxpool2 fc-10", input="8x8x3"))
    not_counted = cnncalc.reconcile(ledger)[reading].not_counted
    assert kind in not_counted
    assert not {"conv", "fc"} & set(not_counted)


def test_a_network_of_ones_own_is_read_as_it_stands() -> None:
    """Only where torchvision published a network's figures is its model read: thop counts a softmax of one's own."""
    mine = "conv3-8 relu fc-10 softmax"
    assert number(mine, "thop", input="4x4x3") == number("conv3-8 relu fc-10", "thop", input="4x4x3") + 3 * 10 - 1
    assert cnncalc.reconcile(cnncalc.tally(cnncalc.load(mine, input="4x4x3"))).differs == ()
