"""Random networks, sequential and branching, give what onnxruntime gives on the same weights: every volume of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

np = pytest.importorskip("numpy")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from arrays_for import assert_alike, random_images, random_weights  # noqa: E402 - behind importorskip
from libraries import INSTALLED, as_array, as_numpy, library  # noqa: E402
from onnx_export import BATCH, Export  # noqa: E402
from random_graphs import graphs  # noqa: E402

from cnncalc import run  # noqa: E402
from cnncalc.network import build  # noqa: E402
from cnncalc.spec.model import INPUT, Spec  # noqa: E402

EXAMPLES = {"numpy": 150, "array-api-strict": 50}


def agree(graph: Export, backend: str) -> None:
    """Compare every volume, then the outputs of a run that frees and overwrites what nobody will read again."""
    network = build(Spec("graph", graph.volumes[INPUT], tuple(graph.entries)))
    weights, x = random_weights(network), random_images(network, BATCH)
    theirs = graph.run(x, weights)
    images = as_array(library(backend), x)
    ours = run(network, images, weights=weights, keep=list(theirs))
    assert ours.keys() == {INPUT, *theirs} or ours.keys() == theirs.keys()
    for name, values in theirs.items():
        assert_alike(as_numpy(ours[name]), values, name)
    np.testing.assert_array_equal(as_numpy(images), x, err_msg="the caller's own images")
    for name, values in run(network, images, weights=weights).items():
        np.testing.assert_array_equal(as_numpy(values), as_numpy(ours[name]), err_msg=name)


@pytest.mark.parametrize("backend", INSTALLED)
def test_random_networks(backend: str) -> None:
    """Residual sums, concats and gates, shared weights, every card: each volume is onnxruntime's."""
    held = settings(max_examples=EXAMPLES.get(backend, 30), suppress_health_check=[HealthCheck.too_slow])
    held(given(graphs())(lambda graph: agree(graph, backend)))()
