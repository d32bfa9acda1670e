"""A network as ONNX: each layer in ONNX's operators, each of its tensors with the shape that ONNX wants."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx_layers import OPERATORS

from cnncalc.layers import Layer
from cnncalc.network import Network
from cnncalc.spec.model import INPUT, Entry
from cnncalc.volume import Volume

BATCH = 2
FLOAT = onnx.TensorProto.FLOAT


class Export:
    """A graph as cnncalc's entries and as ONNX, grown side by side: shapes are worked out by ONNX alone.

    Learned tensors and what is stored are inputs of the graph, ``layer.weight``: a large network holds them once.
    """

    def __init__(self, x: Volume, batch: int = BATCH) -> None:
        self.entries: list[Entry] = []
        self.nodes: list[Any] = []
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.constants: list[Any] = []
        self.volumes = {INPUT: x}
        self.batch = batch
        self.owner = ""

    def tensor(self, name: str, *shape: int) -> str:
        """Add a tensor of the layer at hand, or find it at the layer that it shares with."""
        full = f"{self.owner}.{name}"
        assert self.shapes.setdefault(full, shape) == shape, full
        return full

    def numbers(self, *values: float) -> str:
        """Add a constant: whole numbers say something about shapes."""
        kind = np.int64 if all(isinstance(value, int) for value in values) else np.float32
        self.constants.append(onnx.numpy_helper.from_array(np.array(values, kind), f"k{len(self.constants)}"))
        return str(self.constants[-1].name)

    def number(self, value: float) -> str:
        """Add a single value."""
        self.constants.append(onnx.numpy_helper.from_array(np.array(value, np.float32), f"k{len(self.constants)}"))
        return str(self.constants[-1].name)

    def before(self, op_type: str, names: list[str], **attributes: Any) -> str:
        """Add an operator that a layer needs before its last one; return what comes out."""
        made = f"{self.entries[-1].name}_{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(op_type, names, [made], made, **attributes))
        return made

    def add(self, card: Layer, *inputs: str, share: str | None = None, name: str = "") -> str:
        """Add a layer to both; with another's weights, if it says whose."""
        name = name or f"{card.type}{len(self.entries)}"
        several = tuple(self.volumes[source] for source in inputs)
        x: Any = several if card.reads_many else several[0]
        self.entries.append(Entry(card, name, inputs, share=share))
        self.volumes[name] = card.output(x)  # to draw from; what it is held against comes from `inferred`
        self.owner = share or name
        op_type, names, attributes = OPERATORS[card.type](self, card, x, [*inputs])
        part, parts = attributes.pop("part", 0), attributes.pop("parts", 1)
        outputs = [name if number == part else f"{name}_{number}" for number in range(parts)]
        self.nodes.append(onnx.helper.make_node(op_type, names, outputs, name, **attributes))
        return name

    def model(self, ends: list[str] | None = None) -> Any:
        """Return the model; every volume comes out, or those that are named."""
        x = self.volumes[INPUT]
        shapes = {INPUT: (self.batch, x.channels, *x.spatial), **self.shapes}
        made = [onnx.helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in shapes.items()]
        names = ends or [entry.name for entry in self.entries]
        outputs = [onnx.helper.make_tensor_value_info(name, FLOAT, None) for name in names]
        graph = onnx.helper.make_graph(self.nodes, "graph", made, outputs, self.constants)
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)], ir_version=10)

    def inferred(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes that ONNX infers."""
        found = onnx.shape_inference.infer_shapes(self.model(), check_type=True, strict_mode=True, data_prop=True)
        return {
            one.name: tuple(side.dim_value for side in one.type.tensor_type.shape.dim) for one in found.graph.output
        }

    def learned(self) -> int:
        """Return how many numbers the learned tensors hold."""
        return sum(int(np.prod(shape)) for name, shape in self.shapes.items() if "running_" not in name)

    def run(
        self, x: np.ndarray, weights: dict[str, np.ndarray], ends: list[str] | None = None
    ) -> dict[str, np.ndarray]:
        """Return what onnxruntime computes: every volume, or those that are named."""
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 4
        serialized = self.model(ends).SerializeToString()
        session = ort.InferenceSession(serialized, options, providers=["CPUExecutionProvider"])
        names = ends or [entry.name for entry in self.entries]
        return dict(zip(names, session.run(names, {INPUT: x, **weights}), strict=True))


def exported(network: Network, batch: int = BATCH) -> Export:
    """Return a network as ONNX."""
    graph = Export(network.input, batch)
    for node in network.nodes:
        graph.add(node.card, *node.inputs, share=node.share, name=node.name)
    return graph
