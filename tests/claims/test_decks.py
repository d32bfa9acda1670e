"""The four decks' claims, each against a number worked out here by plain arithmetic, not by cnncalc."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from cnncalc.claims.audit import audit
from cnncalc.claims.judge import Audited
from cnncalc.spec.files import SHELF, claim_files

DECKS = {"deck-cs231n": 141, "deck-cs7015": 39, "deck-cs109": 50, "deck-resnet": 41}  # 271 figures
E, R, T, N, J = "exact", "rounds to it", "truncated", "does not follow", "not judged"


@cache
def decks() -> dict[str, Audited]:
    """Audit all four, once."""
    return {one.claim.id: one for one in audit(f"lectures/{name}" for name in DECKS).claims}


def test_every_figure_is_there() -> None:
    """271 figures, each with an id of its own."""
    assert len(decks()) == sum(DECKS.values()) == 271
    for name, count in DECKS.items():
        assert len(audit([f"lectures/{name}"]).claims) == count


# CS231n, "VGGNet in detail", top to bottom: layer, side, channels in, channels out, memory as printed, its verdict.
VGG = [
    ("input", 224, 0, 3, T), ("conv1_1", 224, 3, 64, R), ("conv1_2", 224, 64, 64, R), ("pool1", 112, 0, 64, R),
    ("conv2_1", 112, 64, 128, R), ("conv2_2", 112, 128, 128, R), ("pool2", 56, 0, 128, R),
    ("conv3_1", 56, 128, 256, R), ("conv3_2", 56, 256, 256, R), ("conv3_3", 56, 256, 256, R), ("pool3", 28, 0, 256, T),
    ("conv4_1", 28, 256, 512, R), ("conv4_2", 28, 512, 512, R), ("conv4_3", 28, 512, 512, R), ("pool4", 14, 0, 512, R),
    ("conv5_1", 14, 512, 512, R), ("conv5_2", 14, 512, 512, R), ("conv5_3", 14, 512, 512, R), ("pool5", 7, 0, 512, R),
    ("fc6", 1, 0, 4096, E), ("fc7", 1, 0, 4096, E), ("fc8", 1, 0, 1000, E),
]  # fmt: skip
FULLY_CONNECTED = {"fc6": 7 * 7 * 512 * 4096, "fc7": 4096 * 4096, "fc8": 4096 * 1000}


@pytest.mark.parametrize(("row", "line"), list(enumerate(VGG)), ids=[line[0] for line in VGG])
def test_the_vgg_listing(row: int, line: tuple[str, int, int, int, str]) -> None:
    """Three figures a line: the volume, H·W·C values, 3·3·C·K weights."""
    name, side, before, channels, memory = line
    shape, values, weights = (decks()[f"c0-{53 + 3 * row + part:03d}"] for part in range(3))
    assert {one.claim.layer for one in (shape, values, weights)} == {name}
    assert (shape.verdict.verdict, shape.verdict.computed) == (E, (side, side, channels))
    assert (values.verdict.verdict, values.verdict.computed) == (memory, side * side * channels)
    product = FULLY_CONNECTED.get(name, 3 * 3 * before * channels)
    assert (weights.verdict.verdict, weights.verdict.computed) == (E, product)


VALUES = sum(side * side * channels for _, side, _, channels, _ in VGG)
CONVS_16 = sum(9 * before * after for _, _, before, after, _ in VGG)
FC_16 = sum(FULLY_CONNECTED.values())
BIASES_16 = sum(after for name, _, _, after, _ in VGG if "conv" in name or "fc" in name)
VGG_16 = CONVS_16 + FC_16 + BIASES_16
VGG_19 = VGG_16 + 9 * 256 * 256 + 256 + 2 * (9 * 512 * 512 + 512)  # a convolution more in stages 3, 4 and 5
MACS_16 = sum(side * side * 9 * before * after for _, side, before, after, _ in VGG) + FC_16
MACS_19 = MACS_16 + 56 * 56 * 9 * 256 * 256 + 28 * 28 * 9 * 512 * 512 + 14 * 14 * 9 * 512 * 512

FC_ALEX = 6 * 6 * 256 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
BIASES_ALEX = 96 + 256 + 384 + 384 + 256
ALEX = 121 * 3 * 96 + 25 * 96 * 256 + 9 * 256 * 384 + 9 * 384 * 384 + 9 * 384 * 256 + BIASES_ALEX + FC_ALEX
GROUPED = 121 * 3 * 96 + 25 * 48 * 256 + 9 * 256 * 384 + 9 * 192 * 384 + 9 * 192 * 256 + BIASES_ALEX + FC_ALEX
UNPADDED = (  # CS7015: every pad 0, so 2x2x256 reaches the first fully connected layer
    11 * 11 * 3 * 96 + 25 * 96 * 256 + 9 * 256 * 384 + 9 * 384 * 384 + 9 * 384 * 256
    + 2 * 2 * 256 * 4096 + 4096 * 4096 + 4096 * 1000
)  # fmt: skip

# ResNet-34 without projections, as plain-34: the 7x7, then 6, 8, 12 and 6 convolutions 3x3 on 56, 28, 14 and 7 pixels.
STAGES = ((56, 64, 6), (28, 128, 8), (14, 256, 12), (7, 512, 6))
PLAIN_34 = (
    112 * 112 * 49 * 3 * 64
    + 512 * 1000
    + sum(
        side * side * 9 * width * (width * (count - 1) + (width if width == 64 else width // 2))
        for side, width, count in STAGES
    )
)


def bottlenecks(*counts: int) -> int:
    """Count a ResNet of bottlenecks: gamma and beta, no biases but the last layer's."""
    total, before = 49 * 3 * 64 + 2 * 64 + 2048 * 1000 + 1000, 64
    for width, count in zip((64, 128, 256, 512), counts, strict=True):
        for block in range(count):
            total += before * width + 9 * width * width + width * 4 * width + 2 * (width + width + 4 * width)
            total += before * 4 * width + 2 * 4 * width if block == 0 else 0  # the projection
            before = 4 * width
    return total


X = [Fraction(x, 100) for x in (100, 110, 120, 140, 170, 180, 190, 210, 220, 240, 250, 270)]
W = [Fraction(w, 100) for w in (1, 1, 2, 2, 4, 40, 50)]
S = [sum(X[start + step] * W[step] for step in range(7)) for start in range(6)]
GOOGLENET = 6_998_552  # 13 more terms than fit here: tests/specs/test_inception.py adds them up

HAND: list[tuple[str, Any, str]] = [  # ids, value, verdict
    # -- Convolutional Neural Networks, after CS231n and Dive into Deep Learning --
    ("c0-001", (1, 1, 32 * 32 * 3), E),
    ("c0-002", (3 - 2 + 1, 3 - 2 + 1, 1), E),
    ("c0-003", 0 * 0 + 1 * 1 + 3 * 2 + 4 * 3, E), ("c0-004", 1 * 0 + 2 * 1 + 4 * 2 + 5 * 3, E),
    ("c0-005", 3 * 0 + 4 * 1 + 6 * 2 + 7 * 3, E), ("c0-006", 4 * 0 + 5 * 1 + 7 * 2 + 8 * 3, E),
    ("c0-007 c2-005", (32 - 5 + 1, 32 - 5 + 1, 6), E), ("c0-008", (32 - 5 + 1, 32 - 5 + 1, 5), E), ("c0-009", 5, E),
    ("c0-010", ((5 - 3 + 2) // 2 + 1, (5 - 3 + 2) // 2 + 1, 2), E),
    ("c0-012", (32, 32, 3), E), ("c0-013 c0-014", (32, 32, 12), E), ("c0-015", (16, 16, 12), E),
    ("c0-016", (1, 1, 10), E),
    ("c0-017 c0-020 c2-012 c2-015", ((7 - 3) // 1 + 1,) * 2 + (1,), E),
    ("c0-018 c0-021 c2-013 c2-016", ((7 - 3) // 2 + 1,) * 2 + (1,), E),
    ("c0-019 c2-014", None, E), ("c0-022 c2-017", None, R),  # (7 - 3)/3 + 1 = 7/3 = 2.333
    ("c0-023 c2-020", (7 - 3 + 2 + 1,) * 2 + (1,), E),
    ("c0-024 c2-021", ((3 - 1) // 2,) * 2, E), ("c0-025 c2-022", ((5 - 1) // 2,) * 2, E),
    ("c0-026 c2-023", ((7 - 1) // 2,) * 2, E),
    ("c0-027 c2-018", (32 - 5 + 1,) * 2 + (1,), E), ("c0-028 c2-019", (28 - 5 + 1,) * 2 + (1,), E),
    ("c0-029 c0-030", (32 + 2 * 2 - 5 + 1,) * 2 + (10,), E),
    ("c0-031", 5 * 5 * 3 + 1, E), ("c0-032", (5 * 5 * 3 + 1) * 10, E),
    ("c0-033 c2-024 c0-040 c0-043", None, E), ("c0-034 c2-025", 4, E),  # K, F, S, P
    ("c0-035 c0-036 c0-037", None, E), ("c0-038 c0-042", None, J), ("c0-044", 0, E), ("c0-045", 2, N),  # F and S
    ("c0-046 c0-047 c2-009 c2-010 c2-026", None, E), ("c0-049", Fraction(14197122, 21841), E),
    ("c0-051 c0-052 c2-042", None, E),
    ("c0-119", VALUES, "consistent with buffers"), ("c0-120", 4 * VALUES, "consistent with buffers"),
    ("c0-121", 24 * 10**6 * 4, N), ("c0-122", 2, E), ("c0-123 c0-144 c3-006 c3-019", VGG_16, R),
    ("c0-125", None, J), ("c0-126", None, J), ("c0-127", None, J), ("c0-139", None, J), ("c0-157", None, J),
    ("c0-131", 96, E), ("c0-132 c0-135", 256, E), ("c0-133 c0-134", 384, E), ("c0-136 c0-137", 4096, E),
    ("c0-138", 1000, E),
    ("c0-141 c3-004 c3-017", 13 + 3, E), ("c0-142 c3-005 c3-018", 16 + 3, E), ("c0-143 c3-002 c3-015", 5 + 3, E),
    ("c0-145", GROUPED, R), ("c0-148", 2, E), ("c0-150", 0, E), ("c0-151", None, N),  # m - n are left, not n - m
    ("c0-156 c3-035 c3-042 c3-046", 1 + 2 * (3 + 4 + 6 + 3) + 1, E), ("c0-158", 1, E),
    # -- CS7015 --
    ("c1-001", S[0], N), ("c1-002", S[1], T), ("c1-003", S[2], R), ("c1-004", S[3], N), ("c1-005", S[4], N),
    ("c1-006", S[5], N),
    ("c1-007", 1, J), ("c1-008", 7, E), ("c1-009", (12 - 7 + 1, 1), E), ("c1-010", (3 - 2 + 1, 4 - 2 + 1, 1), E),
    ("c1-011 c1-012 c1-013 c1-014", None, J), ("c1-015 c1-016 c1-017 c1-021", None, E),
    ("c1-018", (9, 9, 1), E), ("c1-019", (7, 7, 1), N), ("c1-020", ((7 - 3 + 2) // 2 + 1,) * 2 + (1,), E),
    ("c1-022", 4 * 4, E), ("c1-023", (1, 2, 5, 6), E), ("c1-024", (3 + 2,), E), ("c1-025", (2, 2, 1), E),
    ("c1-026", UNPADDED, N), ("c1-028", CONVS_16, N), ("c1-029", FC_16, "consistent with each term cut before adding"),
    ("c1-030", 4096 * 1000, N), ("c1-031", 512 * 7 * 7 * 4096, E), ("c1-032", 4096 * 4096, E),
    ("c1-033", 512 * 7 * 7 * 4096, T),
    ("c1-034 c1-035 c1-036", None, E), ("c1-037", (7, 7, 384 + 384 + 128 + 128), E), ("c1-038", 7 * 7 * 1024 * 1000, N),
    ("c1-039", (1, 1, 1024), E), ("c1-040 c3-014 c3-027 c3-038", 1 + 3 * (3 + 8 + 36 + 3) + 1, E),
    # -- CS109 --
    ("c2-002", 32 * 32 * 3, E), ("c2-003", 200 * 200 * 3, E), ("c2-004", 5 * 5 * 3, E), ("c2-006", (2, 2, 1), E),
    ("c2-007", (max(1, 1, 5, 6), max(2, 4, 7, 8), max(3, 2, 1, 2), max(1, 0, 3, 4)), E), ("c2-008", None, E),
    ("c2-027", (3 + 2,) * 2, E), ("c2-028", (3 + 2 + 2,) * 2, E), ("c2-029 c2-030 c2-031 c2-032", None, E),
    ("c2-033", 64, E),
    ("c2-037", None, E),
    ("c2-039 c2-059", 9 * 32 + 32 + 9 * 32 * 64 + 64 + 12 * 12 * 64 * 128 + 128 + 128 * 10 + 10, J),
    ("c2-043", (227, 227, 3), E), ("c2-044", ((227 - 11) // 4 + 1,) * 2 + (96,), E),
    ("c2-045 c2-046", ((55 - 3) // 2 + 1,) * 2 + (96,), E),
    ("c2-047", (27 - 5 + 4 + 1,) * 2 + (256,), E), ("c2-048 c2-049", ((27 - 3) // 2 + 1,) * 2 + (256,), E),
    ("c2-050 c2-051", (13, 13, 384), E), ("c2-052", (13, 13, 256), E), ("c2-053", ((13 - 3) // 2 + 1,) * 2 + (256,), E),
    ("c2-054 c2-055", (1, 1, 4096), E), ("c2-056", (1, 1, 1000), E),
    ("c2-057", 227, E),  # (227 - 11)/4 = 54; 224: 53.25
    # -- Deep learning for Computer Vision: ResNet --
    ("c3-003 c3-016", ALEX, R), ("c3-007 c3-020", VGG_19, R), ("c3-008 c3-021", 3 + 2 * 9 + 1, E),
    ("c3-009 c3-022", 48, N),
    ("c3-010 c3-023", GOOGLENET, N), ("c3-011 c3-024", None, N),  # 23.8 million
    ("c3-013 c3-026 c3-036", 1 + 3 * (3 + 4 + 6 + 3) + 1, E), ("c3-028", bottlenecks(3, 4, 6, 3), R),
    ("c3-029", bottlenecks(3, 8, 36, 3), R),
    ("c3-032", 6 * 3 + 2, E), ("c3-033", 6 * 9 + 2, E), ("c3-034 c3-045", 1 + 2 * (2 + 2 + 2 + 2) + 1, E),
    ("c3-037", 1 + 3 * (3 + 4 + 23 + 3) + 1, E),
    ("c3-039", MACS_19, R), ("c3-040 c3-041", PLAIN_34, R), ("c3-044", None, J), ("c3-047", (224, 224, 3), E),
]  # fmt: skip


@pytest.mark.parametrize(("ids", "value", "word"), HAND, ids=[row[0] for row in HAND])
def test_by_hand(ids: str, value: Any, word: str) -> None:
    """The rules give what the sum gives, and the verdict is the one that the sum asks for."""
    for one in (decks()[name] for name in ids.split()):
        if value is not None:
            assert one.verdict.computed == value
        assert one.verdict.verdict == word


def test_no_figure_is_left_out() -> None:
    """Each of the 271 is in the listing above or in the table by hand."""
    listing = {f"c0-{53 + number:03d}" for number in range(3 * len(VGG))}
    assert listing | {name for ids, *_ in HAND for name in ids.split()} == decks().keys()


REFUTED = {
    "c1-026": "27.55M", "c1-028": "~16M", "c1-038": "49M", "c1-004": "2.16", "c1-005": "2.28", "c1-006": "2.42",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_what_a_hand_calculation_fails_is_not_passed(name: str) -> None:
    """28.8M, 14.7M, 50.2M, 2.27, 2.41 and 2.57: neither plainly nor under any reading."""
    one = decks()[name]
    assert one.claim.printed == REFUTED[name]
    assert one.verdict.verdict == N
    assert not one.verdict.follows


def test_option_b_is_no_3_6_billion() -> None:
    """With projections ResNet-34 has three 1x1 convolutions more: 3.66 billion, which nobody rounds to 3.6."""
    projections = 28 * 28 * 64 * 128 + 14 * 14 * 128 * 256 + 7 * 7 * 256 * 512
    one = next(one for one in audit(["papers/resnet"]).claims if one.claim.id == "flops-34")
    assert one.verdict.computed == PLAIN_34 + projections
    assert round(Fraction(one.verdict.computed, 10**8)) == 37
    assert one.verdict.verdict == T


def test_no_verdict_is_stored() -> None:
    """The files say what is printed and what it is about, nothing else."""
    for name in claim_files():
        text = (SHELF / f"{name}.yaml").read_text(encoding="utf-8")
        assert "verdict" not in text
        assert "computed" not in text
