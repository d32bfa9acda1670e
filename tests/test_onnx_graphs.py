"""Random graphs of every layer that ONNX knows: each volume is the one that ONNX infers, each tensor counted once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.layers import CARDS
from cnncalc.ledger import tally
from cnncalc.network import build
from cnncalc.spec.model import INPUT, Spec

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx_export import BATCH, Export
from onnx_layers import OPERATORS
from random_graphs import DRAWN, graphs


@settings(max_examples=500, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_graphs(graph: Export, dice: Any) -> None:
    """Every volume is the one ONNX infers, parameters are the sizes of its learned tensors; any order will do."""
    shapes = graph.inferred()
    entries = list(graph.entries)
    if not any(entry.share for entry in entries):  # an owner stands before whoever shares
        dice.shuffle(entries)
    ledger = tally(build(Spec("graph", graph.volumes[INPUT], tuple(entries))))
    for row in ledger.rows[1:]:
        assert (BATCH, row.volume.channels, *row.volume.spatial) == shapes[row.name], row.name
    assert ledger.totals.parameters == graph.learned()
    assert len(ledger.rows) == len(entries) + 1


def test_every_layer_is_drawn() -> None:
    """No operator is written in vain, and no layer is left out."""
    assert DRAWN == OPERATORS.keys() == CARDS.keys()
