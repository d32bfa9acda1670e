"""Networks of torchvision: what its documentation prints for each set of weights."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.window import Rounding

# torchvision 0.15, meta of the weights: `num_params`, `_ops` (10^9 multiply-accumulates), `min_size`.
WEIGHTS = [  # num_params, _ops, min_size
    ("alexnet-onetower", 61_100_840, "0.714", 63),
    ("vgg11", 132_863_336, "7.609", 32),
    ("vgg13", 133_047_848, "11.308", 32),
    ("vgg16", 138_357_544, "15.47", 32),
    ("vgg16-bn", 138_365_992, "15.47", 32),
    ("vgg19", 143_667_240, "19.632", 32),
    ("googlenet-torchvision", 6_624_904, "1.498", 15),
    ("resnet18", 11_689_512, "1.814", 1),
    ("resnet34", 21_797_672, "3.664", 1),
    ("resnet50-v15", 25_557_032, "4.089", 1),
    ("resnet101-v15", 44_549_160, "7.801", 1),
    ("resnet152-v15", 60_192_808, "11.514", 1),
    ("resnext50_32x4d", 25_028_904, "4.23", 1),
    ("wide_resnet50_2", 68_883_240, "11.398", 1),
    ("densenet121", 7_978_856, "2.834", 29),
    ("densenet169", 14_149_480, "3.36", 29),
    ("densenet201", 20_013_928, "4.291", 29),
]
NAMES = [name for name, *_ in WEIGHTS]


@pytest.mark.parametrize(("name", "parameters", "gmacs", "smallest"), WEIGHTS, ids=NAMES)
def test_counts(name: str, parameters: int, gmacs: str, smallest: int) -> None:  # noqa: ARG001 - a row has all
    """Parameters are torchvision's to the digit, multiply-accumulates as it rounds them."""
    totals = cnncalc.tally(cnncalc.load(name)).totals
    assert totals.parameters == parameters
    assert cnncalc.verdict(f"{gmacs} GMACs", totals.macs, quantity="macs").verdict == "rounds to it"


@pytest.mark.parametrize(("name", "parameters", "gmacs", "smallest"), WEIGHTS, ids=NAMES)
def test_smallest_input(name: str, parameters: int, gmacs: str, smallest: int) -> None:  # noqa: ARG001 - a row has all
    """Rounded down as PyTorch does, torchvision's smallest size and those above are accepted, none below."""
    sizes = range(1, smallest + 8)
    assert [size for size in sizes if _accepts(name, size)] == list(range(smallest, smallest + 8))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("vgg")])
def test_multiples_of_32(name: str) -> None:
    """VGG halves five times, so without rounding it takes the multiples of 32 and nothing else."""
    assert [size for size in range(1, 129) if _accepts(name, size, rounding="exact")] == [32, 64, 96, 128]


def _accepts(name: str, size: int, rounding: Rounding = "floor") -> bool:
    try:
        cnncalc.load(name, input=f"{size}x{size}x3", rounding=rounding)
    except cnncalc.errors.ShapeError:
        return False
    return True
