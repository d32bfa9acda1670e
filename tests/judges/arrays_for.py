"""Random arrays for a network: every tensor is drawn, offsets and remembered means and variances included."""

from __future__ import annotations

from math import prod

import numpy as np

from cnncalc.network import Network


def random_weights(network: Network, seed: int = 0) -> dict[str, np.ndarray]:
    """Return an array for each tensor of each layer, of a size that keeps values near 1."""
    drawn, made = np.random.default_rng(seed), {}
    for node in network.nodes:
        if node.share or node.card.reads_many:
            continue
        for name, shape in node.card.tensors((node.x.channels, *node.x.spatial)).items():
            if name == "weight" and len(shape) > 1:
                values = drawn.standard_normal(shape, np.float32)
                values *= np.float32((2 / prod(shape[1:])) ** 0.5)
            else:
                low, high = (-0.1, 0.1) if name in {"bias", "running_mean"} else (0.5, 1.5)
                values = drawn.uniform(low, high, shape).astype(np.float32)
            made[f"{node.name}.{name}"] = values
    return made


def random_images(network: Network, images: int, seed: int = 1) -> np.ndarray:
    """Return images of normal values."""
    shape = (images, network.input.channels, *network.input.spatial)
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def assert_alike(ours: np.ndarray, theirs: np.ndarray, name: str = "", tolerance: float = 1e-5) -> None:
    """Fail unless two volumes differ by rounding only, measured by the largest value in them."""
    assert ours.shape == theirs.shape, name
    largest = max(1.0, float(np.abs(theirs).max(initial=0)))
    np.testing.assert_allclose(ours, theirs, rtol=10 * tolerance, atol=tolerance * largest, err_msg=name)
