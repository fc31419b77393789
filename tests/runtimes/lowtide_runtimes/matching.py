"""Pairs the tensors of two models by what they compute, never by where they stand in the file.

Every tensor gets a number (value numbering): graph inputs by position, constants by content, all others by operator, options
and the numbers of the operands. A copy has the number of what it copies. So two tensors with one number hold the same
value, whatever the order of the operators, the names, and the copies that were removed in between.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from lowtide_runtimes.files import ModelFile, freeze, tensors

_FLIP_SIGN = bytes(byte ^ 0x80 for byte in range(256))


@dataclass(frozen=True)
class Matching:
    """`pairs` and `operators` are (source, written) indices; the rest says which source tensors have no exact twin."""

    source: ModelFile
    written: ModelFile
    pairs: list[tuple[int, int]]
    operators: list[tuple[int, int]]
    constants: list[tuple[int, int]]
    copies: list[int]
    dead: list[int]
    faults: list[str] = field(default_factory=list)

    def same_name(self) -> Iterator[tuple[int, int]]:
        """Pairs of tensors that are one tensor: constants too, but not a removed copy with what it was copied from."""
        for left, right in [*self.pairs, *self.constants]:
            if self.source.name(left) == self.written.name(right):
                yield left, right


class _Numbers:
    """Equal keys get equal numbers, in both models."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, *key: Hashable) -> int:
        return self._known.setdefault(key, len(self._known))


def match(source: ModelFile, written: ModelFile, shift: bool = False) -> Matching:
    """Pairs all activations. `shift`: `written` is the int8 form of the uint8 model `source`, every value 128 less."""
    numbers = _Numbers()
    before, before_operators = _number(source, numbers, shift)
    after, after_operators = _number(written, numbers, shift)
    twins = _group(after)
    live = _live(source)
    pairs, dead, copies, faults = [], [], [], []
    for tensor in sorted(source.activations):
        candidates = [other for other in twins[before[tensor]] if other in written.activations]
        named = [other for other in candidates if written.name(other) == source.name(tensor)]
        if candidates:
            pairs.append((tensor, (named or candidates)[0]))
            copies += [] if named else [tensor]
        elif tensor in live:
            faults.append(f"tensor {tensor} {source.name(tensor)!r} of the source is not computed")
        else:
            dead.append(tensor)
    known = set(before.values())
    faults += [
        f"tensor {tensor} {written.name(tensor)!r} computes what the source does not"
        for tensor in sorted(written.activations)
        if after[tensor] not in known
    ]
    constants = [
        (tensor, other)
        for tensor, number in before.items()
        if source.content(tensor) is not None
        for other in twins[number]
        if written.name(other) == source.name(tensor)
    ]
    operators = _pair_operators(before_operators, after_operators)
    return Matching(source, written, pairs, operators, constants, copies, dead, faults)


def copied_tensor(file: ModelFile, operator: Any) -> int | None:
    """The operand that the operator copies to its only output unchanged; None when it does more than that."""
    operands, outputs = list(tensors(operator.inputs)), list(tensors(operator.outputs))
    if len(outputs) != 1 or not operands:
        return None
    opcode, source = file.opcode(operator), operands[-1 if file.opcode(operator) == "SPLIT" else 0]
    same_form = _form(file, source) == _form(file, outputs[0])
    match opcode:
        case "SPLIT" | "RESHAPE" | "QUANTIZE":
            copies = True
        case "CONCATENATION":
            copies = len(operands) == 1 and not operator.builtinOptions.fusedActivationFunction
        case "TRANSPOSE":
            order = _integers(file, operands[1])
            copies = order is not None and order == sorted(order)
        case "PAD":
            margins = _integers(file, operands[1])
            copies = margins is not None and not any(margins)
        case _:
            copies = False
    return source if copies and same_form else None


def _number(file: ModelFile, numbers: _Numbers, shift: bool) -> tuple[dict[int, int], dict[int, int]]:
    """Numbers of all tensors and of all operators of one model."""
    found = {int(tensor): numbers.of("input", place) for place, tensor in enumerate(file.graph.inputs)}
    for tensor in set(range(len(file.graph.tensors))) - found.keys():
        if (content := file.content(tensor)) is not None:
            found[tensor] = numbers.of("constant", *_constant(file, tensor, content, shift))
        elif tensor in file.variables:
            found[tensor] = numbers.of("variable", file.name(tensor))
    operators = {}
    for index, operator in enumerate(file.graph.operators):
        operands = tuple(found.get(int(i), -1) for i in (operator.inputs if operator.inputs is not None else ()))
        options = (freeze(operator.builtinOptions), freeze(operator.builtinOptions2), freeze(operator.customOptions))
        copied = copied_tensor(file, operator)
        operators[index] = numbers.of("operator", file.opcode(operator), options, operands)
        for place, tensor in enumerate(tensors(operator.outputs)):
            if copied is not None and copied in found:
                found[tensor] = found[copied]
            else:
                found[tensor] = numbers.of("output", operators[index], place)
    return found, operators


def _constant(file: ModelFile, tensor: int, content: bytes, shift: bool) -> tuple[Hashable, ...]:
    """A constant's content; under `shift` uint8 is first brought to int8, which flips the top bit of every byte."""
    kind = file.graph.tensors[tensor].type
    if shift and kind == schema.TensorType.UINT8:
        kind, content = schema.TensorType.INT8, content.translate(_FLIP_SIGN)
    return kind, file.shape(tensor), sha256(content).digest()


def _form(file: ModelFile, tensor: int) -> Hashable:
    """What a copy must keep: type, shape, scale and zero point."""
    table = file.graph.tensors[tensor]
    quantisation = table.quantization
    scale = None if quantisation is None else (freeze(quantisation.scale), freeze(quantisation.zeroPoint))
    return table.type, file.shape(tensor), scale


def _integers(file: ModelFile, tensor: int) -> list[int] | None:
    content = file.content(tensor)
    return None if content is None else np.frombuffer(content, file.dtype(tensor)).tolist()


def _live(file: ModelFile) -> set[int]:
    """Tensors that a graph output depends on, or that an operator with a state reads."""
    live = set(tensors(file.graph.outputs))
    for operator in reversed(file.graph.operators):
        operands, outputs = set(tensors(operator.inputs)), set(tensors(operator.outputs))
        if live & outputs or not outputs or operands & file.variables:
            live |= operands | outputs
    return live | {int(tensor) for tensor in file.graph.inputs}


def _group(numbered: dict[int, int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for item, number in numbered.items():
        groups[number].append(item)
    return groups


def _pair_operators(before: dict[int, int], after: dict[int, int]) -> list[tuple[int, int]]:
    twins = _group(after)
    return [(index, twins[number].pop(0)) for index, number in before.items() if twins[number]]
