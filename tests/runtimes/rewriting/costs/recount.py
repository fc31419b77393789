"""What a model costs to run and to keep, counted from its file alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

from lowtide_runtimes.files import ModelFile

_MOVES = {
    "CONCATENATION",
    "SPLIT",
    "SPLIT_V",
    "SLICE",
    "STRIDED_SLICE",
    "PAD",
    "Concat",
    "Split",
    "Slice",
    "Pad",
    "Identity",
}
_ADDS = {"ADD", "ADD_N", "Add", "Sum"}


@dataclass
class Costs:
    """Multiply-accumulates of convolutions and dense layers, and elements written by sums, by what only moves them, and by all else."""

    operators: int = 0
    multiplied: int = 0
    added: int = 0
    moved: int = 0
    other: int = 0
    weight_bytes: int = 0

    def run(self, kind: str, reads: int, written: int, products: int | None) -> None:
        """One operator of so many inputs; `products` for each element that it writes."""
        self.operators += 1
        if products is not None:
            self.multiplied += written * products
        elif kind in _ADDS:
            self.added += written * (reads - 1)
        elif kind in _MOVES:
            self.moved += written
        else:
            self.other += written


def of_tflite(model: bytes) -> Costs:
    """Of the main graph."""
    file, costs = ModelFile(model), Costs()
    for operator in file.graph.operators:
        kind = file.opcode(operator)
        written = sum(int(np.prod(file.shape(int(i)))) for i in operator.outputs)
        weights = file.shape(int(operator.inputs[1])) if len(operator.inputs) > 1 else ()
        products = {
            "CONV_2D": lambda weights=weights: int(np.prod(weights[1:])),
            "DEPTHWISE_CONV_2D": lambda weights=weights: int(np.prod(weights[1:3])),
            "FULLY_CONNECTED": lambda weights=weights: weights[1],
        }.get(kind)
        costs.run(kind, len(operator.inputs), written, products() if products else None)
    constants = [i for i in range(len(file.graph.tensors)) if file.content(i) is not None]
    costs.weight_bytes = sum(len(file.content(i) or b"") for i in constants)
    return costs


def of_onnx(model: bytes) -> Costs:
    """Of the main graph; what `Constant` makes counts as a weight."""
    loaded = onnx.shape_inference.infer_shapes(onnx.load_from_string(model), data_prop=True)
    graph, costs = loaded.graph, Costs()
    weights = {name: value for name, value in _constants(graph)}
    costs.weight_bytes = sum(value.nbytes for value in weights.values())
    shapes = {
        info.name: [axis.dim_value for axis in info.type.tensor_type.shape.dim]
        for info in (*graph.input, *graph.value_info, *graph.output)
    }
    for node in graph.node:
        if node.op_type == "Constant":
            costs.operators += 1
            continue
        written = sum(int(np.prod(shapes[name])) for name in node.output)
        products = None
        if node.op_type == "ConvTranspose":
            # Each element that is read is multiplied, not each that is written.
            costs.operators += 1
            costs.multiplied += int(np.prod(shapes[node.input[0]]) * np.prod(weights[node.input[1]].shape[1:]))
            continue
        if node.op_type == "Conv":
            products = int(np.prod(weights[node.input[1]].shape[1:]))
        elif node.op_type == "Gemm":
            products = weights[node.input[1]].shape[1]
        elif node.op_type == "MatMul":
            products = weights[node.input[1]].shape[0]
        costs.run(node.op_type, len(node.input), written, products)
    return costs


def _constants(graph: onnx.GraphProto) -> Iterator[tuple[str, np.ndarray]]:
    for tensor in graph.initializer:
        yield tensor.name, numpy_helper.to_array(tensor)
    for node in graph.node:
        if node.op_type == "Constant":
            yield node.output[0], numpy_helper.to_array(node.attribute[0].t)
