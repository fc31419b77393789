"""Structural faults of a model that lowtide wrote: what must not be in any file, and what must be as in the source."""

from collections.abc import Iterator
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from lowtide_runtimes.files import ModelFile, freeze, tensors
from lowtide_runtimes.matching import Matching
from lowtide_runtimes.plans import METADATA

BUFFER_ALIGNMENT = 16
_BUFFER_DATA_FIELD = 4


def faults(file: ModelFile) -> list[str]:
    """All faults that the file shows by itself; none in a good one."""
    return [*_orphans(file), *_dead_buffers(file), *_misaligned_buffers(file), *_bad_signatures(file)]


def differences(source: ModelFile, written: ModelFile, matching: Matching, converted: bool) -> list[str]:
    """What was changed without need. `converted`: the file was made by `--int8`, so types and constants may differ."""
    found = [*_interface_differences(source, written), *_metadata_differences(source, written)]
    for left, right in matching.operators:
        before, after = _operator(source, left, converted), _operator(written, right, converted)
        found += [f"operator {left}: {a} became {b}" for a, b in zip(before, after, strict=True) if a != b]
    for left, right in matching.same_name():
        before, after = _tensor(source, left, converted), _tensor(written, right, converted)
        found += [f"tensor {source.name(left)!r}: {a} became {b}" for a, b in zip(before, after, strict=True) if a != b]
    known = {source.name(tensor) for tensor in range(len(source.graph.tensors))}
    found += [
        f"invented tensor name {written.name(i)!r}"
        for i in range(len(written.graph.tensors))
        if written.name(i) not in known
    ]
    return found


def _orphans(file: ModelFile) -> Iterator[str]:
    used = {*tensors(file.graph.inputs), *tensors(file.graph.outputs)}
    for operator in file.graph.operators:
        used.update(tensors(operator.inputs), tensors(operator.outputs), tensors(operator.intermediates))
    for index in set(range(len(file.graph.tensors))) - used:
        yield f"tensor {index} {file.name(index)!r} belongs to no operator"


def _dead_buffers(file: ModelFile) -> Iterator[str]:
    used = {tensor.buffer for graph in file.model.subgraphs for tensor in graph.tensors}
    used.update(entry.buffer for entry in file.model.metadata or [])
    used.update(file.model.metadataBuffer if file.model.metadataBuffer is not None else [])
    for index, buffer in enumerate(file.model.buffers):
        if index not in used and buffer.data is not None and len(buffer.data) > 0:
            yield f"buffer {index} ({len(buffer.data)} bytes) is used by nothing"
    if any(index >= len(file.model.buffers) for index in used):
        yield "a buffer index points past the end"


def _misaligned_buffers(file: ModelFile) -> Iterator[str]:
    model = schema.Model.GetRootAs(file.data, 0)
    for index in range(model.BuffersLength()):
        table = model.Buffers(index)._tab
        field = table.Offset(_BUFFER_DATA_FIELD)
        if field and table.VectorLen(field) and table.Vector(field) % BUFFER_ALIGNMENT:
            yield f"buffer {index} starts at byte {table.Vector(field)}, not a multiple of {BUFFER_ALIGNMENT}"


def _bad_signatures(file: ModelFile) -> Iterator[str]:
    for signature in file.model.signatureDefs or []:
        graph = file.model.subgraphs[signature.subgraphIndex]
        for maps, allowed in ((signature.inputs, graph.inputs), (signature.outputs, graph.outputs)):
            for entry in maps or []:
                if entry.tensorIndex not in allowed:
                    yield f"signature {signature.signatureKey!r}: {entry.name!r} points to tensor {entry.tensorIndex}"


def _interface_differences(source: ModelFile, written: ModelFile) -> Iterator[str]:
    for end in ("inputs", "outputs"):
        before, after = (
            [(file.name(int(i)), file.shape(int(i))) for i in getattr(file.graph, end)] for file in (source, written)
        )
        if before != after:
            yield f"{end} {before} became {after}"
    if _signatures(source) != _signatures(written):
        yield f"signatures {_signatures(source)} became {_signatures(written)}"
    if len(source.model.subgraphs) != len(written.model.subgraphs):
        yield "the number of subgraphs changed"


def _signatures(file: ModelFile) -> list[Any]:
    """Signatures with tensor names for tensor indices, as the indices may move."""
    return [
        (signature.signatureKey, signature.subgraphIndex)
        + tuple(
            tuple(
                (entry.name, file.model.subgraphs[signature.subgraphIndex].tensors[entry.tensorIndex].name)
                for entry in maps or []
            )
            for maps in (signature.inputs, signature.outputs)
        )
        for signature in file.model.signatureDefs or []
    ]


def _metadata_differences(source: ModelFile, written: ModelFile) -> Iterator[str]:
    """Metadata is carried through, but for a memory plan: the new order makes that of the source stale and gets its own."""
    before, after = (
        {entry.name: freeze(file.model.buffers[entry.buffer].data) for entry in file.model.metadata or []}
        for file in (source, written)
    )
    for name in before.keys() - {METADATA}:
        if before[name] != after.get(name):
            yield f"metadata {name!r} was changed or lost"
    for name in after.keys() - before.keys() - {METADATA}:
        yield f"metadata {name!r} was added"
    if source.model.description != written.model.description or source.model.version != written.model.version:
        yield "the model's description or version changed"


def _operator(file: ModelFile, index: int, converted: bool) -> list[Any]:
    operator = file.graph.operators[index]
    code = file.model.operatorCodes[operator.opcodeIndex]
    fields = [file.opcode(operator), freeze(operator.builtinOptions), freeze(operator.builtinOptions2)]
    fields += [freeze(operator.customOptions), operator.customOptionsFormat, freeze(operator.mutatingVariableInputs)]
    return fields if converted else [*fields, code.version]


def _tensor(file: ModelFile, index: int, converted: bool) -> list[Any]:
    tensor = file.graph.tensors[index]
    fields = [
        freeze(tensor.shape),
        freeze(tensor.shapeSignature),
        tensor.isVariable,
        tensor.hasRank,
        freeze(tensor.sparsity),
    ]
    return fields if converted else [*fields, tensor.type, freeze(tensor.quantization), file.content(index)]
