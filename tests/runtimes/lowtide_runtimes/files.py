"""Reads `.tflite` files with the schema that LiteRT ships, independently of lowtide's own reader."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_BUILTIN_NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}

DTYPES = {
    schema.TensorType.FLOAT32: np.dtype(np.float32),
    schema.TensorType.FLOAT16: np.dtype(np.float16),
    schema.TensorType.FLOAT64: np.dtype(np.float64),
    schema.TensorType.INT8: np.dtype(np.int8),
    schema.TensorType.UINT8: np.dtype(np.uint8),
    schema.TensorType.INT16: np.dtype(np.int16),
    schema.TensorType.INT32: np.dtype(np.int32),
    schema.TensorType.INT64: np.dtype(np.int64),
    schema.TensorType.BOOL: np.dtype(np.bool_),
}

_LARGE = 200_000_000


class ModelFile:
    """One model: the unpacked tables (`model`), the main subgraph (`graph`), and which tensors are activations."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.model = schema.ModelT.InitFromPackedBuf(data, 0)
        self.graph = self.model.subgraphs[0]

    @classmethod
    def read(cls, path: Path) -> "ModelFile":
        return cls(path.read_bytes())

    def pack(self) -> bytes:
        """The model with the changes made to its tables, as file bytes. (Buffers are not aligned to 16 by this.)"""
        builder = flatbuffers.Builder(len(self.data))
        builder.Finish(self.model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def opcode(self, operator: Any) -> str:
        """`CONV_2D`, or the custom operator's own name."""
        code = self.model.operatorCodes[operator.opcodeIndex]
        builtin = max(code.builtinCode, code.deprecatedBuiltinCode)
        if builtin == schema.BuiltinOperator.CUSTOM:
            return (code.customCode or b"").decode()
        return _BUILTIN_NAMES[builtin]

    def content(self, tensor: int) -> bytes | None:
        """The bytes of a constant tensor; None where the file holds none."""
        data = self.model.buffers[self.graph.tensors[tensor].buffer].data
        return None if data is None or len(data) == 0 else bytes(data)

    def name(self, tensor: int) -> str:
        return (self.graph.tensors[tensor].name or b"").decode(errors="replace")

    def shape(self, tensor: int) -> tuple[int, ...]:
        shape = self.graph.tensors[tensor].shape
        return () if shape is None else tuple(int(extent) for extent in shape)

    def dtype(self, tensor: int) -> np.dtype:
        return DTYPES[self.graph.tensors[tensor].type]

    def bytes_of(self, tensor: int) -> int:
        return prod(self.shape(tensor)) * self.dtype(tensor).itemsize

    @cached_property
    def variables(self) -> set[int]:
        return {index for index, tensor in enumerate(self.graph.tensors) if tensor.isVariable}

    @cached_property
    def activations(self) -> set[int]:
        """Graph inputs, variables and all that depends on them; outputs of operators fed by constants only are none."""
        found = {int(tensor) for tensor in self.graph.inputs} | self.variables
        for operator in self.graph.operators:
            if found & set(tensors(operator.inputs)):
                found.update(tensors(operator.outputs))
        return found

    @cached_property
    def is_large(self) -> bool:
        """One run takes up to a minute: tests run it with fewer seeds and no more often than they must."""
        return sum(self.bytes_of(tensor) for tensor in self.activations) > _LARGE

    def live_peak(self) -> int:
        """Peak of live activation bytes in the file's order, by a walk of its own: the reference for lowtide's ruler."""
        ends = [-1] * len(self.graph.tensors)
        starts = [0] * len(self.graph.tensors)
        for step, operator in enumerate(self.graph.operators):
            for tensor in tensors(operator.outputs):
                starts[tensor], ends[tensor] = step, step
            for tensor in tensors(operator.inputs):
                ends[tensor] = step
        last = len(self.graph.operators) - 1
        for tensor in {*tensors(self.graph.outputs), *self.variables}:
            ends[tensor] = last
        for tensor in self.variables:
            starts[tensor] = 0
        change = np.zeros(last + 2, dtype=np.int64)
        for tensor in self.activations:
            if ends[tensor] >= 0:
                change[starts[tensor]] += self.bytes_of(tensor)
                change[ends[tensor] + 1] -= self.bytes_of(tensor)
        return int(change.cumsum().max())


def tensors(indices: Iterable[int] | None) -> Iterator[int]:
    """The tensors of an operand list: absent lists are empty, and -1 stands for an optional input that is not given."""
    return (int(index) for index in (() if indices is None else indices) if index >= 0)


def freeze(value: Any) -> Any:
    """A table of the object API as a value that can be compared and hashed."""
    if isinstance(value, np.ndarray):
        return tuple(value.tolist())
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    if hasattr(value, "__dict__"):
        return (type(value).__name__, *((key, freeze(item)) for key, item in sorted(vars(value).items())))
    return value
