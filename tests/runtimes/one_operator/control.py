"""Models with control flow: a main subgraph of one operator that calls others."""

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from lowtide_runtimes.files import ModelFile

# The number of an operator in the list of codes is its place here.
_CODES = ("IF", "WHILE", "CALL_ONCE", "ABS", "FLOOR", "LOGICAL_NOT")


def cases() -> dict[str, bytes]:
    """By name. What is called has the simplest operators there are."""
    absolute, floor = _graph("FF", [0], [1], _call("ABS", [0], [1])), _graph("FF", [0], [1], _call("FLOOR", [0], [1]))
    negation = _graph("BB", [0], [1], _call("LOGICAL_NOT", [0], [1]))
    alone = _graph("FF", [], [], _call("ABS", [0], [1]))
    either = _call("IF", [0, 1], [2], thenSubgraphIndex=1, elseSubgraphIndex=2)
    loop = _call("WHILE", [0], [1], condSubgraphIndex=1, bodySubgraphIndex=1)
    once = _call("CALL_ONCE", [], [], initSubgraphIndex=1)
    return {
        "IF": _pack(_graph("BFF", [0, 1], [2], either), absolute, floor),
        "WHILE": _pack(_graph("BB", [0], [1], loop), negation),
        "CALL_ONCE": _pack(_graph("FF", [0], [1], once, _call("ABS", [0], [1])), alone),
    }


def calling_first(file: ModelFile) -> ModelFile:
    """The model, which calls a second subgraph before anything else."""
    changed = ModelFile(file.data)
    codes = len(changed.model.operatorCodes)
    changed.model.operatorCodes += _codes()
    once, absolute = _call("CALL_ONCE", [], [], initSubgraphIndex=1), _call("ABS", [0], [1])
    for operator in (once, absolute):
        operator.opcodeIndex += codes
    changed.model.subgraphs.append(_graph("FF", [], [], absolute))
    changed.graph.operators = [once, *changed.graph.operators]
    return ModelFile(changed.pack())


def _call(opcode: str, inputs: list[int], outputs: list[int], **fields: int) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex = _CODES.index(opcode)
    operator.inputs, operator.outputs = np.array(inputs, np.int32), np.array(outputs, np.int32)
    if fields:
        options = {"IF": "IfOptions", "WHILE": "WhileOptions", "CALL_ONCE": "CallOnceOptions"}[opcode]
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        operator.builtinOptions = getattr(schema, options + "T")()
        for name, value in fields.items():
            setattr(operator.builtinOptions, name, value)
    return operator


def _graph(types: str, inputs: list[int], outputs: list[int], *operators: Any) -> Any:
    """Tensors of ten numbers (`F`) or of one truth value (`B`)."""
    graph = schema.SubGraphT()
    graph.tensors = []
    for letter in types:
        tensor = schema.TensorT()
        tensor.shape = np.array([10 if letter == "F" else 1], np.int32)
        tensor.type = schema.TensorType.FLOAT32 if letter == "F" else schema.TensorType.BOOL
        graph.tensors.append(tensor)
    graph.inputs, graph.outputs = np.array(inputs, np.int32), np.array(outputs, np.int32)
    graph.operators = list(operators)
    return graph


def _pack(*graphs: Any) -> bytes:
    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    model.subgraphs = list(graphs)
    model.operatorCodes = _codes()
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _codes() -> list[Any]:
    codes = []
    for name in _CODES:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        codes.append(code)
    return codes
