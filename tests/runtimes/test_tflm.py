"""TFLM: the written model computes the same in every tensor, and runs in an arena that is not larger."""

import pytest

from conftest import Note
from lowtide_runtimes.compare import (
    Comparison,
    compare_models,
    differing_values,
    inputs_as,
    seeded_inputs,
    unsized_outputs,
)
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import tflm
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
    """First with memory for each tensor, then in the smallest arena, where an arena planned too tightly would show."""
    source, written = source_or_skip(subject, workshop), workshop.written(subject).file
    unsized = unsized_outputs(source)
    if unsized:
        names = ", ".join(map(source.name, unsized))
        note(f"left out in TFLM: {names}, whose sizes the file does not give: TFLM writes past their ends")
    comparison = compare_models(source, written, tflm.all_tensors, unsized)
    note(f"TFLM: {comparison}")
    assert comparison.problems() == []
    if source.is_large:
        note("left out in TFLM: a run in the smallest arena, as one run takes a minute")
    elif not unsized:
        assert_outputs_in_smallest_arena(written, comparison)


def assert_outputs_in_smallest_arena(written: ModelFile, comparison: Comparison) -> None:
    """Not for a model with outputs of unknown size: in a tight arena TFLM writes them over its own tables."""
    arena = tflm.smallest_arena(written.data)
    for seed, expected in comparison.expected.items():
        inputs = inputs_as(written, seeded_inputs(comparison.matching.source, seed))
        found = tflm.outputs(written.data, inputs, arena)
        assert [differing_values(a, b) for a, b in zip(expected, found, strict=True)] == [0] * len(expected)


def test_the_smallest_arena_is_not_larger(subject: Subject, workshop: Workshop, note: Note) -> None:
    source, written = source_or_skip(subject, workshop), workshop.written(subject).file
    before, after = tflm.smallest_arena(source.data), tflm.smallest_arena(written.data)
    note(f"TFLM smallest arena: {before} -> {after} bytes")
    assert after <= before
