"""TFLM: the written model computes the same in every tensor, and runs in an arena that is not larger."""

import pytest

from conftest import Note
from lowtide_runtimes import tflm
from lowtide_runtimes.compare import compare_models, differing_values, seeded_inputs, seeds_for, unsized_outputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.workshop import Subject, Workshop

_OBSTACLES: dict[str, str | None] = {}


def source_or_skip(subject: Subject, workshop: Workshop) -> ModelFile:
    """The model before, if TFLM can run it. That model alone decides: a written model that fails to run is a failure."""
    source = workshop.before(subject)
    if subject.name not in _OBSTACLES:
        _OBSTACLES[subject.name] = tflm.obstacle(source.data)
    if _OBSTACLES[subject.name]:
        pytest.skip(f"{subject.name}: TFLM cannot run the source: {_OBSTACLES[subject.name]}")
    return source


def test_every_tensor_is_equal(subject: Subject, workshop: Workshop, note: Note) -> None:
    source, written = source_or_skip(subject, workshop), workshop.written(subject).file
    unsized = unsized_outputs(source)
    if unsized:
        note(
            f"left out in TFLM: {', '.join(map(source.name, unsized))}, whose sizes the file does not give: TFLM lets them overlap"
        )
    comparison = compare_models(source, written, tflm.all_tensors, unsized)
    note(f"TFLM: {comparison}")
    assert comparison.problems() == []


def test_the_smallest_arena_is_not_larger(subject: Subject, workshop: Workshop, note: Note) -> None:
    source, written = source_or_skip(subject, workshop), workshop.written(subject).file
    before, after = tflm.smallest_arena(source.data), tflm.smallest_arena(written.data)
    note(f"TFLM smallest arena: {before} -> {after} bytes")
    assert after <= before


def test_the_outputs_are_equal_in_the_smallest_arena(subject: Subject, workshop: Workshop) -> None:
    """Here tensors share memory, as on a device, so that an arena planned too tightly would show."""
    source, written = source_or_skip(subject, workshop), workshop.written(subject).file
    arena = tflm.smallest_arena(written.data)
    unsized = unsized_outputs(source)
    for seed in seeds_for(source):
        inputs = seeded_inputs(source, seed)
        before, after = tflm.outputs(source.data, inputs), tflm.outputs(written.data, inputs, arena)
        wanted = [place for place, tensor in enumerate(source.graph.outputs) if int(tensor) not in unsized]
        assert [differing_values(before[place], after[place]) for place in wanted] == [0] * len(wanted)
