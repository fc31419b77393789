"""Offline memory plans in a file: read, judged and taken out again, independently of lowtide's own code."""

from dataclasses import dataclass, field

import numpy as np

from lowtide_runtimes.files import ModelFile, tensors

METADATA = b"OfflineMemoryAllocation"
AT_RUN_TIME = -1
ALIGNMENT = 16
_HEADER_WORDS = 3


@dataclass(frozen=True)
class Cut:
    """The operators up to and with `last`. The `kept` tensors are all in their place then, the `needed` ones are still read later on."""

    last: int
    kept: list[int]
    needed: list[int] = field(default_factory=list)
    before: "Cut | None" = None


def plan_of(file: ModelFile) -> list[int] | None:
    """The words of the plan behind their count; None without a plan."""
    found = [entry for entry in file.model.metadata or [] if entry.name == METADATA]
    if not found:
        return None
    words = np.frombuffer(file.model.buffers[found[-1].buffer].data.tobytes(), np.int32)
    assert len(found) == 1
    assert words[2] == len(words) - _HEADER_WORDS
    return [int(word) for word in words[_HEADER_WORDS:]]


def without_plan(file: ModelFile) -> ModelFile:
    """The same model, so that the runtime places everything itself."""
    if plan_of(file) is None:
        return file
    changed = ModelFile(file.data)
    changed.model.metadata = [entry for entry in changed.model.metadata if entry.name != METADATA]
    return ModelFile(changed.pack())


def faults(file: ModelFile) -> list[str]:
    """What is wrong with the plan, if there is one: all pairs of tensors are looked at."""
    offsets = plan_of(file)
    if offsets is None:
        return []
    found = []
    if len(offsets) != sum(len(graph.tensors) for graph in file.model.subgraphs):
        found.append(f"{len(offsets)} offsets")
    placed = {tensor: offset for tensor, offset in enumerate(offsets) if offset != AT_RUN_TIME}
    lives = live_ranges(file)
    found += [f"offset {offset}" for offset in placed.values() if offset < 0 or offset % ALIGNMENT]
    found += [f"tensor {tensor} needs no place" for tensor in placed.keys() - lives.keys()]
    found += [f"tensor {tensor} has no place" for tensor in lives.keys() - placed.keys()]
    rest = sorted((tensor, offset) for tensor, offset in placed.items() if tensor in lives)
    for place, (one, low) in enumerate(rest):
        for other, bottom in rest[:place]:
            apart_in_time = lives[one][1] < lives[other][0] or lives[other][1] < lives[one][0]
            apart = low + file.bytes_of(one) <= bottom or bottom + file.bytes_of(other) <= low
            if not (apart or apart_in_time):
                found.append(f"tensors {one} and {other} overlap")
    return found


def live_ranges(file: ModelFile) -> dict[int, tuple[int, int]]:
    """First and last operator of each activation, inputs from before the first; neither constants nor variables."""
    lives: dict[int, tuple[int, int]] = {tensor: (-1, -1) for tensor in tensors(file.graph.inputs)}
    for step, operator in enumerate(file.graph.operators):
        for tensor in tensors(operator.inputs):
            if tensor in lives:
                lives[tensor] = (lives[tensor][0], step)
        for tensor in tensors(operator.outputs):
            lives[tensor] = (step, step)
    last = len(file.graph.operators) - 1
    lives |= {tensor: (lives[tensor][0], last) for tensor in tensors(file.graph.outputs) if tensor in lives}
    return {tensor: life for tensor, life in lives.items() if file.bytes_of(tensor) and tensor not in file.variables}


def cuts(file: ModelFile) -> list[Cut]:
    """Cuts of the model so that each tensor that an operator writes is kept by one: as few as there can be."""
    waiting = sorted((last, tensor) for tensor, (first, last) in live_ranges(file).items() if first >= 0)
    lives, before, found = live_ranges(file), Cut(-1, [], list(tensors(file.graph.inputs))), []
    while waiting:
        at = waiting[0][0]
        live = [tensor for tensor, (first, last) in lives.items() if first <= at <= last]
        before = Cut(at, sorted(live), sorted(tensor for tensor in live if lives[tensor][1] > at), before)
        found.append(before)
        waiting = [(last, tensor) for last, tensor in waiting if lives[tensor][0] > at]
    return found


def part_of(file: ModelFile, cut: Cut) -> ModelFile:
    """The operators from the cut before up to this one. What was live there goes in, what is live here comes out, all at the offsets of the plan.

    What is equal in its place behind each part, given that it was before it, is equal in a whole run.
    """
    assert cut.before is not None
    part = ModelFile(file.data)
    part.graph.operators = part.graph.operators[cut.before.last + 1 : cut.last + 1]
    part.graph.inputs = np.array(cut.before.needed, np.int32)
    part.graph.outputs = np.array(cut.kept, np.int32)
    part.model.signatureDefs = None
    return ModelFile(part.pack())
