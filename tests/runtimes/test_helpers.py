"""The helpers themselves: equal models are found equal, each kind of damage is found, and known arenas are measured."""

import os
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

import handmade
from lowtide_runtimes import structure
from lowtide_runtimes.compare import Runner, as_type, compare_models, differing_values, seeded_inputs
from lowtide_runtimes.corpus import SWIFTNET, RealModel, real_models
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm
from lowtide_runtimes.interpreters.forked import run_forked

MODELS = {model.name: model for model in real_models()}
needs_models = pytest.mark.skipif(not MODELS, reason="the shared models are not there")

run_reference = partial(litert.all_tensors, family="reference")


def read(name: str) -> ModelFile:
    return ModelFile.read(MODELS[name].path)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_own_peak_is_the_manifests(model: RealModel) -> None:
    file = ModelFile.read(model.path)
    assert file.live_peak() == model.peak_file_order
    assert len(file.graph.operators) == model.operators + model.constant_operators


@needs_models
@pytest.mark.parametrize("run", [run_reference, tflm.all_tensors], ids=["litert", "tflm"])
def test_a_reordered_model_is_equal(run: Runner) -> None:
    source = read("gen_darts_v2_cifar_c16_int8")
    written = handmade.reordered(source, seed=7)
    comparison = compare_models(source, written, run)
    assert comparison.problems() == []
    assert comparison.coverage == 1
    assert structure.differences(source, written, comparison.matching, converted=False) == []
    assert [source.opcode(op) for op in source.graph.operators] != [
        written.opcode(op) for op in written.graph.operators
    ]


@needs_models
def test_int8_without_the_copy_is_equal_to_uint8() -> None:
    source = read(SWIFTNET)
    written = handmade.without_copies(handmade.as_int8(source))
    comparison = compare_models(source, written, run_reference)
    assert comparison.problems() == []
    assert (comparison.coverage, len(comparison.matching.copies)) == (1, 1)


@needs_models
@pytest.mark.parametrize("damage", [handmade.damaged, handmade.miswired])
def test_damage_is_found(damage: Callable[[ModelFile], ModelFile]) -> None:
    source = read("mlperf_ic_resnet8_int8")
    comparison = compare_models(source, damage(source), run_reference)
    assert comparison.matching.faults


@needs_models
def test_a_wrong_value_is_found() -> None:
    """With the numbering out of the way (both files are the same), the values alone must show the damage."""
    source = read("mlperf_ic_resnet8_int8")

    def run(model: bytes, inputs: list[np.ndarray]) -> dict[int, np.ndarray]:
        values = run_reference(model, inputs)
        if run.calls % 2:
            values[max(values)].flat[0] ^= 1
        run.calls += 1
        return values

    run.calls = 0
    comparison = compare_models(source, source, run)
    assert len(comparison.unequal) == comparison.seeds
    assert comparison.problems()


@needs_models
def test_orphans_and_dead_weights_are_found() -> None:
    written = handmade.without_copies(read(SWIFTNET))
    assert any("belongs to no operator" in fault for fault in structure.faults(written))
    written.graph.tensors.pop()
    assert any("is used by nothing" in fault for fault in structure.faults(ModelFile(written.pack())))


def test_values_are_compared_bit_by_bit() -> None:
    values = np.array([0.0, np.nan, 1.0], np.float32)
    assert differing_values(values, values.copy()) == 0
    assert differing_values(values, np.array([-0.0, np.nan, 1.0], np.float32)) == 1
    assert differing_values(values, values.astype(np.float64)) is None
    assert differing_values(values, values[:2]) is None


def test_uint8_is_compared_with_int8() -> None:
    values = np.arange(256, dtype=np.uint8)
    assert as_type(values, np.dtype(np.int8)).tolist() == list(range(-128, 128))
    assert differing_values(values, np.arange(-128, 128, dtype=np.int8)) == 0


def test_a_crash_is_an_outcome() -> None:
    assert run_forked(os.abort).error == "killed by SIGABRT"
    assert run_forked(lambda: 1 + 1).unwrap() == 2
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run_forked(lambda: 1 // 0).unwrap()


@needs_models
@pytest.mark.parametrize(
    ("name", "arena"),
    [
        ("mlperf_vww_mbv1_int8", 103680),
        ("mlperf_ic_resnet8_int8", 55984),
        ("mlperf_ad_ae_int8", 4640),
        ("tflm_person_detect_int8", 85264),
        ("gen_darts_v2_cifar_c16_int8", 355776),
    ],
)
def test_tflm_smallest_arena(name: str, arena: int) -> None:
    model = MODELS[name].path.read_bytes()
    assert tflm.smallest_arena(model) == arena
    inputs = seeded_inputs(ModelFile(model), seed=1)
    tight, roomy = tflm.outputs(model, inputs, arena), tflm.outputs(model, inputs)
    assert all(differing_values(a, b) == 0 for a, b in zip(tight, roomy, strict=True))


@needs_models
def test_tflm_smallest_arena_of_swiftnet_in_int8() -> None:
    source = handmade.as_int8(read(SWIFTNET))
    assert tflm.smallest_arena(source.data) == 420368
    assert tflm.allocations(source.data).head == 376320


@needs_models
@pytest.mark.parametrize(("name", "arena"), [("mlperf_vww_mbv1_int8", 82944), (SWIFTNET, 501760)])
def test_litert_arena_is_peak_and_inputs(name: str, arena: int) -> None:
    assert litert.arena_bytes(MODELS[name].path.read_bytes(), "reference") == arena
