"""Builds a model with one operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_DTYPES = {
    "BOOL": np.bool_,
    "FLOAT32": np.float32,
    "INT4": np.int8,
    "INT8": np.int8,
    "UINT8": np.uint8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
}


@dataclass(frozen=True)
class Operand:
    """A tensor: constant if it has `values` (one for all elements, or a flat list), quantised if it has `scales`."""

    shape: Sequence[int]
    type: str
    values: Any = None
    scales: int = 0
    axis: int = 0
    scale: float = 0.05
    zero_point: int = 0
    variable: bool = False


def model(
    opcode: str, inputs: Sequence[Operand | None], outputs: Sequence[Operand], options: str = "", **fields: Any
) -> bytes:
    """The file. An input that is `None` is left out; `fields` are those of the options table."""
    built = schema.ModelT()
    built.version = 3
    built.buffers = [schema.BufferT()]
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, opcode)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    code.version = 1
    built.operatorCodes = [code]
    graph = schema.SubGraphT()
    graph.tensors = []
    operator = schema.OperatorT()
    operator.inputs = _indices([_add(built, graph, operand) for operand in inputs])
    operator.outputs = _indices([_add(built, graph, operand) for operand in outputs])
    if options:
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        operator.builtinOptions = getattr(schema, options + "T")()
        for name, value in fields.items():
            setattr(operator.builtinOptions, name, value)
    graph.operators = [operator]
    given = zip(operator.inputs, inputs, strict=True)
    graph.inputs = _indices([i for i, x in given if x is not None and x.values is None and not x.variable])
    graph.outputs = operator.outputs
    built.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(built.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _indices(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, np.int32)


def _add(built: schema.ModelT, graph: schema.SubGraphT, operand: Operand | None) -> int:
    if operand is None:
        return -1
    tensor = schema.TensorT()
    tensor.shape = _indices(list(operand.shape))
    tensor.type = getattr(schema.TensorType, operand.type)
    tensor.name = f"tensor {len(graph.tensors)}".encode()
    tensor.isVariable = operand.variable
    if operand.scales:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = np.full(operand.scales, operand.scale, np.float32)
        tensor.quantization.zeroPoint = np.full(operand.scales, operand.zero_point, np.int64)
        tensor.quantization.quantizedDimension = operand.axis
    if operand.values is not None:
        buffer = schema.BufferT()
        values = np.resize(np.array(operand.values, _DTYPES[operand.type]), operand.shape)
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        tensor.buffer = len(built.buffers)
        built.buffers.append(buffer)
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1
