"""The papers' tables, each row against a sum by hand."""

from __future__ import annotations

from functools import cache

import pytest

from cnncalc.claims.audit import audit
from cnncalc.claims.judge import Audited

E, R, T, N = "exact", "rounds to it", "truncated", "does not follow"
K = "consistent with parameters, K as 1024"


@cache
def paper(name: str) -> dict[str, Audited]:
    """Audit one, once."""
    return {one.claim.id: one for one in audit([f"papers/{name}"]).claims}


# Simonyan and Zisserman 2014, table 1: the filters of each convolution, stage by stage; C's 1x1 convolutions negative.
STAGES = {
    "A": ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    "A-LRN": ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    "B": ((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2),
    "C": ((64,) * 2, (128,) * 2, (256, 256, -256), (512, 512, -512), (512, 512, -512)),
    "D": ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
    "E": ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
}
MILLIONS = {"A": 133, "A-LRN": 133, "B": 133, "C": 134, "D": 138, "E": 144}  # table 2


@pytest.mark.parametrize("column", STAGES)
def test_vgg_table_2(column: str) -> None:
    """Weights and biases of the convolutions and of 4096, 4096, 1000."""
    total, before = 7 * 7 * 512 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000, 3
    for filters in (one for stage in STAGES[column] for one in stage):
        total += (9 if filters > 0 else 1) * before * abs(filters) + abs(filters)
        before = abs(filters)
    one = paper("vgg")[column]
    assert one.claim.printed == f"{MILLIONS[column]} million"
    assert (one.verdict.computed, one.verdict.verdict) == (total, R)
    assert round(total / 10**6) == MILLIONS[column]
    depth = paper("vgg")[f"depth-{column}"]
    assert (depth.verdict.computed, depth.verdict.verdict) == (sum(map(len, STAGES[column])) + 3, E)


def resnet(layers: int) -> int:
    """Count the multiply-adds of table 1's networks with projections (option B), stride 2 in a block's first layer."""
    blocks = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[layers]
    wide, total, before = (4 if layers >= 50 else 1), 112 * 112 * 49 * 3 * 64, 64
    for side, width, count in zip((56, 28, 14, 7), (64, 128, 256, 512), blocks, strict=True):
        for block in range(count):
            body = 9 * before * width + 9 * width * width if wide == 1 else width * (before + 9 * width + 4 * width)
            shortcut = before * wide * width if block == 0 and before != wide * width else 0
            total += side * side * (body + shortcut)
            before = wide * width
    return total + before * 1000


@pytest.mark.parametrize(("layers", "word"), [(18, R), (34, T), (50, T), (101, R), (152, R)])
def test_resnet_table_1(layers: int, word: str) -> None:
    """1.8, 3.6, 3.8, 7.6 and 11.3 · 10^9: the 34- and 50-layer figures are cut, 3.66 and 3.86."""
    one = paper("resnet")[f"flops-{layers}"]
    assert (one.verdict.computed, one.verdict.verdict) == (resnet(layers), word)


# Szegedy et al. 2014, table 1: side, channels in, #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj; the verdicts.
INCEPTIONS = {
    "3a": (28, 192, 64, 96, 128, 16, 32, 32, N, R), "3b": (28, 256, 128, 128, 192, 32, 96, 64, K, R),
    "4a": (14, 480, 192, 96, 208, 16, 48, 64, N, T), "4b": (14, 512, 160, 112, 224, 24, 64, 64, N, R),
    "4c": (14, 512, 128, 128, 256, 24, 64, 64, N, R), "4d": (14, 512, 112, 144, 288, 32, 64, 64, N, R),
    "4e": (14, 528, 256, 160, 320, 32, 128, 128, N, R), "5a": (7, 832, 256, 160, 320, 32, 128, 128, N, N),
    "5b": (7, 832, 384, 192, 384, 48, 128, 128, N, R),
}  # fmt: skip


@pytest.mark.parametrize("name", INCEPTIONS)
def test_googlenet_table_1(name: str) -> None:
    """Six convolutions a row: their ops follow but for 5a, their params do not, even in K of 1,024, but for 3b."""
    side, before, n1, r3, n3, r5, n5, proj, params, ops = INCEPTIONS[name]
    weights = before * (n1 + r3 + r5 + proj) + 9 * r3 * n3 + 25 * r5 * n5
    biases = n1 + r3 + n3 + r5 + n5 + proj
    rows = paper("googlenet")
    shape, printed, done = (rows[f"inception_{name}-{part}"] for part in ("output", "params", "ops"))
    assert (shape.verdict.computed, shape.verdict.verdict) == ((side, side, n1 + n3 + n5 + proj), E)
    assert (printed.verdict.computed, printed.verdict.verdict) == (weights + biases, params)
    assert (done.verdict.computed, done.verdict.verdict) == (weights * side * side, ops)


def test_googlenet_s_stem_and_head() -> None:
    """112K is 64·64 + 9·64·192 weights in K of 1,024; the 7x7 has 9,408 weights, not 2.7K, and 118M ops, not 34M."""
    rows = paper("googlenet")
    found = {
        name: (rows[name].verdict.computed, rows[name].verdict.verdict) for name in rows if "inception" not in name
    }
    assert found["conv1-params"] == (49 * 3 * 64 + 64, N)
    assert found["conv1-ops"] == (112 * 112 * 49 * 3 * 64, N)
    assert found["conv2-params"] == (64 * 64 + 64 + 9 * 64 * 192 + 192, K)
    assert found["conv2-ops"] == (56 * 56 * (64 * 64 + 9 * 64 * 192), R)
    assert found["fc-params"] == (1024 * 1000 + 1000, R)
    assert found["fc-ops"] == (1024 * 1000, R)
    assert len(rows) == 17 + 2 * 12  # outputs; params and ops of the rows that have weights
