"""Models changed by hand, to prove that the comparisons of this package can succeed and can fail."""

import random

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from lowtide_runtimes.files import ModelFile, tensors

# The first version of each operator that takes int8.
_INT8_VERSIONS = {
    "ADD": 2,
    "AVERAGE_POOL_2D": 2,
    "CONCATENATION": 2,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": 4,
    "MAX_POOL_2D": 2,
    "SOFTMAX": 2,
    "SPLIT": 2,
}


def reordered(file: ModelFile, seed: int) -> ModelFile:
    """The same operators in a random order that computes the same."""
    changed, choice = ModelFile(file.data), random.Random(seed)
    waiting, made = list(changed.graph.operators), {-1}
    produced = {i for operator in waiting for i in tensors(operator.outputs)}
    order = []
    while waiting:
        ready = [op for op in waiting if all(i in made or i not in produced for i in tensors(op.inputs))]
        order.append(choice.choice(ready))
        waiting.remove(order[-1])
        made.update(tensors(order[-1].outputs))
    changed.graph.operators = order
    return ModelFile(changed.pack())


def damaged(file: ModelFile) -> ModelFile:
    """One byte of the largest constant is another one."""
    changed = ModelFile(file.data)
    largest = max(changed.model.buffers, key=lambda buffer: 0 if buffer.data is None else len(buffer.data))
    largest.data = largest.data.copy()
    largest.data[len(largest.data) // 2] ^= 0x40
    return ModelFile(changed.pack())


def miswired(file: ModelFile) -> ModelFile:
    """An addition adds its first operand to itself."""
    changed = ModelFile(file.data)
    addition = next(op for op in changed.graph.operators if changed.opcode(op) == "ADD")
    addition.inputs = np.array([addition.inputs[0]] * 2, np.int32)
    return ModelFile(changed.pack())


def without_copies(file: ModelFile) -> ModelFile:
    """SPLIT operators with one output are left out and their readers read the original; the tensors stay as orphans."""
    changed, renamed, kept = ModelFile(file.data), {}, []
    for operator in changed.graph.operators:
        operator.inputs = np.array([renamed.get(int(i), int(i)) for i in operator.inputs], np.int32)
        if changed.opcode(operator) == "SPLIT" and len(operator.outputs) == 1:
            renamed[int(operator.outputs[0])] = int(operator.inputs[1])
        else:
            kept.append(operator)
    changed.graph.operators = kept
    return ModelFile(changed.pack())


def as_int8(file: ModelFile) -> ModelFile:
    """Every uint8 value, constant and zero point less 128."""
    changed = ModelFile(file.data)
    for tensor in changed.graph.tensors:
        if tensor.type == schema.TensorType.UINT8:
            tensor.type = schema.TensorType.INT8
            tensor.quantization.zeroPoint = tensor.quantization.zeroPoint - 128
            buffer = changed.model.buffers[tensor.buffer]
            buffer.data = None if buffer.data is None else buffer.data ^ np.uint8(0x80)
    for operator in changed.graph.operators:
        version = _INT8_VERSIONS.get(changed.opcode(operator))
        changed.model.operatorCodes[operator.opcodeIndex].version = version or 1
    return ModelFile(changed.pack())
