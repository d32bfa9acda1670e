"""ONNX's own node tests: every operator that cards cover, by cards alone, against the outputs that ONNX stores.

The names stand in onnx_core.txt, the core that must pass, and in onnx_further.txt. Any other one-node test of an
operator that cards cover is among LEFT_OUT, each with its reason. Where PyTorch exported a model, its outputs are
PyTorch's: batch normalisation before version 9, softmax before version 13.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")

import operators_on_values  # noqa: E402, F401 - files its operators
import operators_on_windows  # noqa: E402, F401 - likewise
import operators_that_move  # noqa: E402, F401 - likewise
from libraries import INSTALLED, library  # noqa: E402 - behind importorskip
from onnx.backend.test.loader import load_model_tests  # noqa: E402
from onnx_backend import OPERATORS, Inexpressible, Node, run  # noqa: E402

LISTED = [
    name
    for names in ("onnx_core.txt", "onnx_further.txt")
    for name in Path(__file__).with_name(names).read_text("utf-8").split()
]

NOT_WHOLE = "no whole number of times as large"
CEIL = "other coordinates: asymmetric, round_prefer_ceil"
LEFT_OUT = {
    "test_gelu_tanh_1": "approximated by tanh",
    "test_gelu_tanh_2": "approximated by tanh",
    "test_identity_opt": "sequences and optionals are no volumes",
    "test_identity_sequence": "sequences and optionals are no volumes",
    "test_resize_downsample_scales_cubic": "cubic",
    "test_resize_downsample_scales_cubic_A_n0p5_exclude_outside": "cubic",
    "test_resize_downsample_scales_cubic_align_corners": "cubic",
    "test_resize_downsample_scales_cubic_antialias": "cubic",
    "test_resize_downsample_scales_linear": NOT_WHOLE,
    "test_resize_downsample_scales_linear_align_corners": NOT_WHOLE,
    "test_resize_downsample_scales_linear_antialias": NOT_WHOLE,
    "test_resize_downsample_scales_linear_half_pixel_symmetric": NOT_WHOLE,
    "test_resize_downsample_scales_nearest": NOT_WHOLE,
    "test_resize_downsample_sizes_cubic": "cubic",
    "test_resize_downsample_sizes_cubic_antialias": "cubic",
    "test_resize_downsample_sizes_linear_antialias": NOT_WHOLE,
    "test_resize_downsample_sizes_linear_pytorch_half_pixel": NOT_WHOLE,
    "test_resize_downsample_sizes_nearest": NOT_WHOLE,
    "test_resize_downsample_sizes_nearest_not_larger": NOT_WHOLE,
    "test_resize_downsample_sizes_nearest_not_smaller": NOT_WHOLE,
    "test_resize_tf_crop_and_resize": NOT_WHOLE,
    "test_resize_tf_crop_and_resize_axes_2_3": NOT_WHOLE,
    "test_resize_tf_crop_and_resize_axes_3_2": NOT_WHOLE,
    "test_resize_tf_crop_and_resize_extrapolation_value": NOT_WHOLE,
    "test_resize_upsample_scales_cubic": "cubic",
    "test_resize_upsample_scales_cubic_A_n0p5_exclude_outside": "cubic",
    "test_resize_upsample_scales_cubic_align_corners": "cubic",
    "test_resize_upsample_scales_cubic_asymmetric": "cubic",
    "test_resize_upsample_scales_linear_align_corners": "other coordinates: align_corners",
    "test_resize_upsample_scales_linear_half_pixel_symmetric": NOT_WHOLE,
    "test_resize_upsample_sizes_cubic": "cubic",
    "test_resize_upsample_sizes_nearest": NOT_WHOLE,
    "test_resize_upsample_sizes_nearest_axes_2_3": NOT_WHOLE,
    "test_resize_upsample_sizes_nearest_axes_3_2": NOT_WHOLE,
    "test_resize_upsample_sizes_nearest_ceil_half_pixel": "other coordinates: half_pixel, ceil",
    "test_resize_upsample_sizes_nearest_floor_align_corners": "other coordinates: align_corners, floor",
    "test_resize_upsample_sizes_nearest_not_larger": NOT_WHOLE,
    "test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric": CEIL,
    "test_slice_neg_steps": "no card walks backwards",
    "test_slice_start_out_of_bounds": "nothing is left, and no volume is empty",
}
"""Tests that no card's fields can say, each with its reason."""

WRITTEN_SHORT = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}
"""Stored outputs that ONNX's authors typed in with four digits."""


class Case(NamedTuple):
    """A node, what it is handed, and what must come out."""

    node: Node
    inputs: list[Any]
    outputs: list[Any]


def read(path: Path) -> Any:
    """Return a stored tensor."""
    return onnx.numpy_helper.to_array(onnx.load_tensor(path))


def case(found: Any) -> Case | None:
    """Return a model of one node with its data; None for any other model, or for an operator that no card covers."""
    model = found.model or onnx.load(Path(found.model_dir, "model.onnx"))
    if len(model.graph.node) != 1 or model.graph.node[0].op_type not in OPERATORS:
        return None
    proto = model.graph.node[0]
    constants = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    free = [one.name for one in model.graph.input if one.name not in constants]
    if found.data_sets:
        inputs, outputs = found.data_sets[0]
    else:
        home = Path(found.model_dir, "test_data_set_0")
        inputs, outputs = (
            [read(home / f"{kind}_{number}.pb") for number in range(len(names))]
            for kind, names in (("input", free), ("output", model.graph.output))
        )
    held = constants | dict(zip(free, inputs, strict=True))
    attributes = {one.name: onnx.helper.get_attribute_value(one) for one in proto.attribute}
    words = {name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()}
    version = next(one.version for one in model.opset_import if one.domain in {"", "ai.onnx"})
    node = Node(proto.op_type, words, version, len(proto.output))
    return Case(node, [held.get(name) for name in proto.input], outputs)


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """Return every case of one node that a card covers, by its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ONNX's own, while it makes its data up
        found = [
            one for kind in ("node", "pytorch-converted", "pytorch-operator") for one in load_model_tests(kind=kind)
        ]
    made = {one.name: case(one) for one in found}
    return {name: one for name, one in made.items() if one is not None}


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize("name", LISTED)
def test_node(cases: dict[str, Case], name: str, backend: str) -> None:
    """The card's kernel gives the stored output, value by value, at float32's tolerance."""
    xp = library(backend)
    node, inputs, outputs = cases[name]
    for y, stored in zip(run(xp, node, inputs), outputs, strict=True):
        assert y.shape == stored.shape
        np.testing.assert_allclose(y.astype(stored.dtype), stored, rtol=WRITTEN_SHORT.get(name, 1e-5), atol=2e-6)


@pytest.mark.parametrize(("name", "reason"), LEFT_OUT.items())
def test_left_out(cases: dict[str, Case], name: str, reason: str) -> None:
    """What is left out cannot be said, and for the reason that stands there."""
    node, inputs, _ = cases[name]
    with pytest.raises(Inexpressible) as refused:
        run(library("numpy"), node, inputs)
    assert str(refused.value) == reason


def test_every_case_is_run_or_listed(cases: dict[str, Case]) -> None:
    """No test of these operators is passed over in silence, none is listed twice, and every name is ONNX's."""
    assert sorted(cases) == sorted([*LISTED, *LEFT_OUT])
