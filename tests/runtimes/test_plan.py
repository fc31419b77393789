"""The offsets that lowtide writes for TFLM: sound by our own count, honoured by the interpreter, no value changed."""

from pathlib import Path

import numpy as np
import pytest

from conftest import Note
from lowtide_runtimes import cli, plans
from lowtide_runtimes.compare import differing_values, seeded_inputs
from lowtide_runtimes.corpus import real_models
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import tflm
from lowtide_runtimes.workshop import Subject, Workshop
from one_operator import control

SEED = 1
VWW = [model for model in real_models() if model.name == "mlperf_vww_mbv1_int8"]
# The smallest arenas in the interpreter, in bytes, with lowtide's order and without its plan, and with both.
ARENAS = {
    "edsr_f32b5_int8": (82952400, 66363600),
    "gen_darts_v2_cifar_c16_int8": (265664, 241152),
    "gen_inception_like_128_int8": (1680432, 1287216),
    "gen_randwire_s9_c32_unw_int8": (251920, 247312),
    "mlperf_vww_mbv1_int8": (103680, 85248),
    "swiftnet_vww_uint8-int8": (344992, 319904),
    "zoo:swiftnet": (345072, 319984),
}


def planned_or_skip(subject: Subject, workshop: Workshop) -> ModelFile:
    """The written model, if it has a plan and TFLM can run the source."""
    written = workshop.written(subject)
    if written.report["plan"] != "written":
        assert plans.plan_of(written.file) is None
        pytest.skip(f"{subject.name}: no plan: TFLM's own planner is as low")
    if obstacle := tflm.obstacle(workshop.before(subject).data):
        pytest.skip(f"{subject.name}: TFLM cannot run the source: {obstacle}")
    return written.file


def test_plans_are_sound(subject: Subject, workshop: Workshop) -> None:
    written = workshop.written(subject)
    assert plans.faults(written.file) == []
    placed = [offset for offset in plans.plan_of(written.file) or [] if offset != plans.AT_RUN_TIME]
    assert written.report["declare"]["after"]["planned_tensors"] == len(placed)
    assert (written.report["plan"] == "written") == bool(placed)
    assert plans.plan_of(workshop.written(subject, "--no-plan").file) is None


def test_the_arena_is_the_predicted_one(subject: Subject, workshop: Workshop, tmp_path: Path, note: Note) -> None:
    """The smallest in which the interpreter starts, with the plan and without."""
    written = planned_or_skip(subject, workshop)
    plain = plans.without_plan(written)
    measured = tuple(tflm.smallest_arena(file.data) for file in (plain, written))
    predicted = tuple(cli.footprint(file.data, tmp_path)["python"]["total"] for file in (plain, written))
    note(f"TFLM smallest arena: {measured[0]} without a plan, {measured[1]} with, as predicted")
    assert predicted == measured
    assert measured == ARENAS.get(subject.name, measured)
    assert measured[1] < measured[0]
    head = tflm.allocations(written.data).head
    assert head == workshop.written(subject).report["arena"]["after"]["bytes"]


def test_every_tensor_is_equal_in_its_planned_place(subject: Subject, workshop: Workshop, note: Note) -> None:
    """The model is cut where tensors lie side by side, all at their offsets: there must be what the same operators compute
    with memory for each tensor. Each part is run on what has to lie there before it, so that every operator is run once.
    """
    written = planned_or_skip(subject, workshop)
    inputs = seeded_inputs(written, SEED)
    if written.is_large:
        note("left out under the plan: tensors in between, as a run takes up to a minute; outputs are compared")
        found = tflm.outputs(written.data, inputs, tflm.smallest_arena(written.data))
        expected = tflm.outputs(plans.without_plan(written).data, inputs)
        assert [differing_values(a, b) for a, b in zip(expected, found, strict=True)] == [0] * len(found)
        return
    expected = tflm.all_tensors(written.data, inputs)
    compared = set()
    for cut in plans.cuts(written):
        part = plans.part_of(written, cut)
        assert plans.plan_of(part) == plans.plan_of(written)
        found = tflm.outputs(part.data, [expected[int(tensor)] for tensor in part.graph.inputs])
        wrong = [
            written.name(tensor)
            for tensor, values in zip(cut.kept, found, strict=True)
            if differing_values(expected[tensor], values) != 0
        ]
        assert wrong == [], f"after operator {cut.last}"
        compared.update(cut.kept)
    assert compared >= {tensor for tensor, (first, _) in plans.live_ranges(written).items() if first >= 0}
    note(f"under the plan {len(compared)} tensors are equal, read at {len(plans.cuts(written))} cuts")


def test_a_plan_that_overlaps_is_noticed(workshop: Workshop) -> None:
    """The comparison at cuts can fail: two tensors that live together are put into one place."""
    written = workshop.written(Subject("zoo:swiftnet")).file
    lives = plans.live_ranges(written)
    first, second = next(
        (one, other)
        for one in sorted(lives)
        for other in sorted(lives)
        if 0 <= lives[one][0] < lives[other][0] <= lives[one][1] - 1
    )
    broken = ModelFile(written.data)
    entry = next(entry for entry in broken.model.metadata if entry.name == plans.METADATA)
    words = np.frombuffer(broken.model.buffers[entry.buffer].data.tobytes(), np.int32).copy()
    words[3 + second] = words[3 + first]
    broken.model.buffers[entry.buffer].data = np.frombuffer(words.tobytes(), np.uint8)
    broken = ModelFile(broken.pack())
    assert plans.faults(broken)
    inputs = seeded_inputs(written, SEED)
    expected = tflm.all_tensors(written.data, inputs)
    # Alive behind that operator, which has written the second one over the first.
    start = plans.Cut(-1, [], [int(tensor) for tensor in written.graph.inputs])
    [found] = tflm.outputs(plans.part_of(broken, plans.Cut(lives[second][0], [first], before=start)).data, inputs)
    assert differing_values(expected[first], found)


@pytest.mark.skipif(not VWW, reason="needs the shared models")
def test_a_plan_counts_the_tensors_of_all_subgraphs(tmp_path: Path) -> None:
    """A real model that first calls a second subgraph: TFLM starts with the plan, and computes the same."""
    source = tmp_path / "source.tflite"
    source.write_bytes(control.calling_first(ModelFile.read(VWW[0].path)).data)
    report = cli.optimise(source, tmp_path / "written.tflite")
    plain, written = ModelFile.read(source), ModelFile.read(tmp_path / "written.tflite")
    assert report["plan"] == "written"
    assert plans.faults(written) == []
    assert len(plans.plan_of(written) or []) == len(written.graph.tensors) + len(written.model.subgraphs[1].tensors)
    arenas = [tflm.smallest_arena(file.data) for file in (plain, written)]
    assert arenas == [cli.footprint(file.data, tmp_path)["python"]["total"] for file in (plain, written)]
    assert arenas[1] < arenas[0]
    inputs = seeded_inputs(plain, SEED)
    before, after = tflm.outputs(plain.data, inputs), tflm.outputs(written.data, inputs, arenas[1])
    assert [differing_values(a, b) for a, b in zip(before, after, strict=True)] == [0] * len(before)
