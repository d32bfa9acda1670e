"""Every spec that comes with the package: it loads, says where it comes from, and counts as its source does."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.claims.published import judge
from cnncalc.spec.locate import SHELF, packaged, read_file

MODELINE = "# yaml-language-server: $schema=spec.schema.json"

# All the figures on the shelf that their networks do not give in plain reading.
DISPUTED = {
    ("vgg16", "24M"): "consistent with buffers",  # the notes' rows add up to 15.2M
    ("vgg16", "93MB"): "consistent with buffers",
    ("alexnet-cs7015", "27.55M"): "does not follow",  # it is 28.8M
    ("alexnet", "150,528"): "does not follow",  # 224x224x3; conv1 fits on 227
    ("alexnet", "253,440"): "does not follow",  # 55x48x96; conv1 gives 55x55x96
    ("inception-reduced", "159K"): "does not follow",  # 163K; 159 of 1,024
    ("googlenet", "2.7K"): "does not follow",  # 7x7x3x64 is 9,408
    ("googlenet", "34M"): "does not follow",  # 118M, as the 7x7 is
    ("googlenet", "4 million"): "does not follow",  # 7.0 million
    ("resnet50-keras", "25,636,712"): "consistent with parameters and buffers",  # as Keras counts
    ("squeezenet1_0", "111x111x96"): "does not follow",  # 109x109x96; 227x227 would give it
    ("mobilenet_v2", "3.4M"): "does not follow",  # 3.50M
    ("mobilenet_v3_large", "219M"): "does not follow",  # 217M
    ("shufflenet_v2_x1_0", "146M"): "does not follow",  # 145M
    ("inception_v3", "42"): "does not follow",  # 48 deep
}

PLAIN = {"exact", "rounds to it", "truncated"}

# ResNet halves an even size with an odd filter: the 7x7, the pool, and the first block of every later stage.
STEM = ["conv1", "pool1"]
HALVED = [*STEM, *(f"conv{stage}_1/{name}" for stage in (3, 4, 5) for name in ("conv1", "shortcut"))]
HALVED_V15 = [name.replace("/conv1", "/conv2") for name in HALVED]
RESNETS = ["resnet18", "resnet34", "resnet34-option-a", "resnet50", "resnet50-keras", "resnet101", "resnet152"]
RESNETS_V15 = ["resnet50-v15", "resnet101-v15", "resnet152-v15", "resnext50_32x4d", "wide_resnet50_2"]

# The MobileNet family halves in the depthwise convolution of a stage's first block: every stride of 2 leaves a pixel.
BNECKS = [f"bneck{stage}/dw" for stage in (1, 2, 3, 5)]

# The networks that round, and the windows that leave pixels over at their own input.
ROUNDED = {
    **dict.fromkeys(RESNETS, ("floor", HALVED)),
    **dict.fromkeys(RESNETS_V15, ("floor", HALVED_V15)),
    **dict.fromkeys(["resnet20", "resnet56", "resnet110"], ("floor", HALVED[2:6])),
    **dict.fromkeys(["plain18", "plain34"], ("floor", [*STEM, "conv3_1", "conv4_1", "conv5_1"])),
    **dict.fromkeys(["plain20", "plain56"], ("floor", ["conv3_1", "conv4_1"])),
    **dict.fromkeys(["densenet121", "densenet169", "densenet201"], ("floor", STEM)),
    "googlenet": ("floor", [*STEM, "pool2", "pool3", "pool4"]),  # its pools round up
    "googlenet-torchvision": ("floor", [*STEM, "pool2", "pool3"]),
    "alexnet-onetower": ("floor", ["conv1"]),  # 55.25, as PyTorch rounds
    "zfnet": ("ceil", ["conv1", "pool1", "pool2"]),  # 109.5, 54.5, 12.5; figure 3 prints 110, 55, 13
    "zfnet-512": ("ceil", ["conv1", "pool1", "pool2"]),
    "squeezenet1_0": ("floor", ["conv1", "pool4"]),
    "squeezenet1_1": ("floor", ["conv1"]),
    "mobilenet_v2": ("floor", ["conv1", *(f"stage{stage}/bottleneck1/dw" for stage in (2, 3, 4, 6))]),
    **dict.fromkeys(["mobilenet_v3_large", "mobilenet_v3_small"], ("floor", ["conv1", *BNECKS])),
    "efficientnet_b0": ("floor", ["stage1", *(f"stage{stage}/mbconv1/dw" for stage in (3, 4, 5, 7))]),
    "shufflenet_v2_x1_0": ("floor", [*STEM, *(f"stage{stage}/dwconv{path}" for stage in (2, 3, 4) for path in (1, 2))]),
}

PARAMETERS = [  # parameters, how they come about, who says so
    ("lenet5", 61_706, 156 + 2_416 + 48_120 + 10_164 + 850, "LeCun et al. 1998, II.B; full C3, OUTPUT 84 to 10"),
    ("zfnet", 62_357_608, 62_378_344 - (11 * 11 - 7 * 7) * 3 * 96, "AlexNet without groups, but 7x7 in conv1"),
    ("zfnet-512", 107_627_624, 107_616_032 + 11_592, "CS231n: 512, 1024, 512 filters; weights and biases by hand"),
    ("cifar10-cs231n", 31_066, (3 * 3 * 3 + 1) * 12 + (16 * 16 * 12 + 1) * 10, "CS231n: 12 filters, 10 classes"),
    ("mnist-keras", 1_199_882, 320 + 18_496 + 1_179_776 + 1_290, "the summary that Keras prints for its example"),
    ("vgg11-lrn", 132_863_336, 132_863_336, "Simonyan and Zisserman, table 2: as A, normalisation learns nothing"),
    ("vgg16-1x1", 133_638_952, 138_357_544 - 8 * (256 * 256 + 2 * 512 * 512), "D, three filters shrunk to 1x1"),
]

# Simonyan and Zisserman 2014, table 1: rows with weights; the networks are named by their number.
DEPTHS = [("vgg11", 11), ("vgg11-lrn", 11), ("vgg13", 13), ("vgg16-1x1", 16), ("vgg16", 16), ("vgg19", 19)]

VOLUMES = [
    # LeCun et al. 1998, figure 2
    ("lenet5", ["28x28x6", "14x14x6", "10x10x16", "5x5x16", "1x1x120", "1x1x84", "1x1x10"]),
    # Zeiler and Fergus 2013, figure 3
    ("zfnet", ["110x110x96", "55x55x96", "26x26x256", "13x13x256", "13x13x384", "13x13x384", "13x13x256", "6x6x256",
               "1x1x4096", "1x1x4096", "1x1x1000"]),
    # CS231n, Layers used to build ConvNets
    ("cifar10-cs231n", ["32x32x12", "16x16x12", "1x1x10"]),
    # Keras's summary of its example
    ("mnist-keras", ["26x26x32", "24x24x64", "12x12x64", "1x1x128", "1x1x10"]),
]  # fmt: skip


def test_the_shelf() -> None:
    """These networks come with the package."""
    alexnets = {"alexnet", "alexnet-boxes", "alexnet-cs231n", "alexnet-cs7015", "alexnet-onetower"}
    vggs = {"vgg11", "vgg11-lrn", "vgg13", "vgg16", "vgg16-1x1", "vgg19"}
    assert set(packaged()) >= {"lenet5", "zfnet", "zfnet-512", "cifar10-cs231n", "mnist-keras"} | alexnets | vggs


@pytest.mark.parametrize("name", packaged())
def test_a_spec_introduces_itself(name: str) -> None:
    """The first line tells editors the schema, the name is the file's, network and figures have their sources."""
    lines = (SHELF / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    network = cnncalc.load(name)
    assert lines[0] == MODELINE
    assert network.name == name
    assert re.search("[0-9]{4}|CS[0-9]+|Keras|torchvision", network.source)
    assert all(claim.source for claim in network.published)
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("name", packaged())
def test_no_pixel_is_left_over_unsaid(name: str) -> None:
    """Every window fits, unless the spec says how it rounds; then these are the windows that do not."""
    rounding, left_over = ROUNDED.get(name, ("exact", []))
    assert read_file(SHELF / f"{name}.yaml").rounding == rounding
    rows = cnncalc.tally(cnncalc.load(name)).rows
    assert [row.name for row in rows if not row.fit()["exact"]] == left_over


@pytest.mark.parametrize("name", packaged())
def test_published_figures_are_judged(name: str) -> None:
    """Every published figure can be computed, and follows; those that do not are known by name."""
    for judged in judge(cnncalc.load(name)):
        disputed = DISPUTED.get((name, judged.claim.printed))
        assert judged.verdict.verdict in ({disputed} if disputed else PLAIN)


def test_disputed_figures_are_on_the_shelf() -> None:
    """Each figure that is known not to follow is still published by its spec."""
    assert {(name, claim.printed) for name, _ in DISPUTED for claim in cnncalc.load(name).published} >= DISPUTED.keys()


@pytest.mark.parametrize(("name", "parameters", "summed", "source"), PARAMETERS, ids=[row[0] for row in PARAMETERS])
def test_parameters(name: str, parameters: int, summed: int, source: str) -> None:
    """Each network has its source's parameters, to the digit."""
    assert cnncalc.tally(cnncalc.load(name)).totals.parameters == parameters == summed, source


@pytest.mark.parametrize(("name", "depth"), DEPTHS)
def test_depth(name: str, depth: int) -> None:
    """VGG's configurations are as deep as they are called."""
    assert sum(node.card.type in {"conv", "fc"} for node in cnncalc.load(name).nodes) == depth


@pytest.mark.parametrize(("name", "volumes"), VOLUMES, ids=[row[0] for row in VOLUMES])
def test_volumes(name: str, volumes: list[str]) -> None:
    """Convolutions, pools and fully connected layers give the printed volumes, in the printed order."""
    nodes = cnncalc.load(name).nodes
    assert [str(node.y) for node in nodes if node.card.in_lecture] == volumes


def test_lenet_in_1998_had_60000_parameters() -> None:
    """What lenet5 leaves out is what it differs by: table I's connections, two learned subsamplings, a fixed output."""
    ours = cnncalc.tally(cnncalc.load("lenet5"))
    table_1 = 5 * 5 * (6 * 3 + 9 * 4 + 1 * 6) + 16  # maps that see three, four and six maps of S2
    assert table_1 == 1_516
    assert ours.totals.parameters - ours["C3"].parameters + table_1 + 12 + 32 - ours["OUTPUT"].parameters == 60_000
