"""LiteRT: the written model computes the same in every tensor, and its arena is not larger and what lowtide says."""

from functools import partial

import pytest

from conftest import Note
from lowtide_runtimes.compare import compare_models, differing_values, inputs_as, seeded_inputs
from lowtide_runtimes.corpus import runnable_part
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert
from lowtide_runtimes.workshop import Subject, Workshop

FOR_LITERT = ("--target", "litert")
# DTLN's last operators quantise their input into 196 bytes above all tensors.
MOST_SCRATCH_ON_TOP = 196


def family_or_skip(file: ModelFile, name: str, note: Note) -> str:
    """The kernel family for a model. The source alone decides: a written model that fails to run is a failure."""
    family, objections = litert.family_for(file.data)
    if family is None:
        pytest.skip(f"{name}: LiteRT cannot run the source: {objections}")
    if objections:
        note(f"LiteRT with {family} kernels, as {objections}")
    return family


def test_every_tensor_is_equal(subject: Subject, workshop: Workshop, note: Note) -> None:
    (source, cut), (written, cut_too) = (
        runnable_part(workshop.source(subject)),
        runnable_part(workshop.written(subject).file),
    )
    assert cut == cut_too
    if cut:
        note(f"left out in LiteRT: {', '.join(cut)}, as it does not know {cut[0]}")
    family = family_or_skip(source, subject.name, note)
    comparison = compare_models(source, written, partial(litert.all_tensors, family=family))
    note(f"LiteRT ({family} kernels): {comparison}")
    assert comparison.problems() == []
    for seed, expected in comparison.expected.items():
        found = litert.outputs(written.data, inputs_as(written, seeded_inputs(source, seed)), family)
        assert [differing_values(a, b) for a, b in zip(expected, found, strict=True)] == [0] * len(expected)


def test_the_arena_is_what_lowtide_says_and_not_larger(subject: Subject, workshop: Workshop, note: Note) -> None:
    source, cut = runnable_part(workshop.before(subject))
    made = workshop.written(subject, *FOR_LITERT)
    written, _ = runnable_part(made.file)
    claimed = {row["kernels"]: row for row in made.report["litert"]}
    measured = 0
    for family in litert.FAMILIES:
        if litert.objection(source.data, family):
            continue
        measured += 1
        before, after = litert.arena_bytes(source.data, family), litert.arena_bytes(written.data, family)
        note(f"LiteRT arena, {family} kernels: {before} -> {after} bytes")
        assert after <= before
        # Scratch may lie above all tensors: that is counted by lowtide and has no address here.
        if not cut:
            row = claimed[family]
            assert before <= row["before_bytes"] <= before + MOST_SCRATCH_ON_TOP
            assert after <= row["after_bytes"] <= after + MOST_SCRATCH_ON_TOP
    if not measured:
        pytest.skip(f"{subject.name}: LiteRT runs the source with no kernels")
