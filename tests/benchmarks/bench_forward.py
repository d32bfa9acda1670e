"""Forward passes beside the bare matrix products of the same sizes with the same BLAS, the floor, and onnxruntime.

    python tests/benchmarks/bench_forward.py [NETWORK ...]

A convolution's floor is one product per group, (K/G, F·F·C/G) by (F·F·C/G, H′·W′), of arrays that lie ready. What is
above it went into laying windows out, biases, activations, poolings and normalisations. Leaves with status 1 if a
target is missed.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from math import prod
from pathlib import Path
from statistics import median

import numpy as np
import onnx
import onnxruntime as ort
from sidebyside import held, leave, say

import cnncalc
from cnncalc.tensors.backends import find

sys.path.append(str(Path(__file__).parents[1] / "judges"))
from arrays_for import random_images, random_weights
from onnx_export import exported

TARGETS = {"vgg16": 1.2, "resnet50": 1.35, "alexnet-onetower": 1.3}
"""The most that a forward pass may take, times the floor."""

TO_ONNXRUNTIME = 2.5
SCRATCH = 32 * 2**20
ROUNDS = 9


def products(network: cnncalc.Network, arrays: dict[str, np.ndarray]) -> Callable[[], None]:
    """Return what performs a network's matrix products, and nothing else."""
    pairs = []
    random = np.random.default_rng(0)
    for node in network.nodes:
        weight = arrays.get(f"{node.name}.weight")
        if not node.card.has_weight_matrix or weight is None:
            continue
        if node.card.convolves:
            groups = node.x.channels // weight.shape[1]
            left = weight.reshape(groups, weight.shape[0] // groups, -1)
            right = random.standard_normal((groups, left.shape[2], prod(node.y.spatial)), dtype=np.float32)
        else:
            left, right = random.standard_normal((1, weight.shape[1]), dtype=np.float32), weight.T
        pairs.append((left, right, np.empty((*left.shape[:-1], right.shape[-1]), np.float32)))

    def multiply() -> None:
        for left, right, out in pairs:
            np.matmul(left, right, out=out)

    return multiply


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def session(network: cnncalc.Network, arrays: dict[str, np.ndarray], x: np.ndarray) -> Callable[[], object]:
    """Return what runs a network on onnxruntime, optimised as it likes, its weights built in."""
    model = exported(network, batch=1).model([network.nodes[-1].name])
    model.graph.initializer.extend(onnx.numpy_helper.from_array(array, name) for name, array in arrays.items())
    kept = [one for one in model.graph.input if one.name not in arrays]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    found = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: found.run(None, {"input": x})


def compare(name: str, target: float) -> bool:
    """Time a network beside its floor, then beside onnxruntime; print and hold the median ratios.

    One after the other: onnxruntime's threads go on spinning behind a run, and would take a core from whoever is next.
    """
    network = cnncalc.load(name)
    arrays, x = random_weights(network), random_images(network, 1)

    def forward() -> object:
        return cnncalc.run(network, x, weights=arrays)

    bare = in_rounds(forward, products(network, arrays))
    say(f"{name}: " + " ".join(f"{ratio:.2f}" for ratio in sorted(bare)))
    return all(
        [
            held("forward / bare matrix products", median(bare), target),
            scratch(network, forward),
            held("forward / onnxruntime", median(in_rounds(forward, session(network, arrays, x))), TO_ONNXRUNTIME),
        ]
    )


def in_rounds(ours: Callable[[], object], theirs: Callable[[], object]) -> list[float]:
    """Return the ratios of neighbours, after a round that warms every cache."""
    ours(), theirs()
    return [seconds(ours) / seconds(theirs) for _ in range(ROUNDS)]


def scratch(network: cnncalc.Network, forward: Callable[[], object]) -> bool:
    """Hold the memory that a run takes above its live volumes."""
    live = cnncalc.peak(network).values * 4 - 4 * prod(network.input.shape)  # the images are the caller's
    find().arena.clear()  # what earlier runs left would be used again, unseen
    tracemalloc.start()
    forward()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held("scratch above the live volumes, MiB", (most - live) / 2**20, SCRATCH / 2**20)


def main() -> None:
    """Compare the networks that are asked for, or all."""
    names = sys.argv[1:] or list(TARGETS)
    leave(*[compare(name, TARGETS.get(name, 9.0)) for name in names])


if __name__ == "__main__":
    main()
