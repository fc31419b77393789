"""Every shared model as `lowtide optimize` writes it by default, against the same without rewriting, in the runtimes: equal in the class promised.

Where both are one file, the tests of the runtimes have run it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Note
from lowtide_runtimes import cli
from lowtide_runtimes.compare import inputs_as, seeded_inputs
from lowtide_runtimes.corpus import RealModel, real_models, runnable_part
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, ort, tflm
from lowtide_runtimes.workshop import Subject, Workshop

SEED = 1
DEFAULT = ("--rewrite", "exact", "--measure", "0")
# Of the largest element of a tensor, where sums of floats are taken in another order.
ROUNDING = 1e-4
MODELS = [
    pytest.param(model, id=model.name, marks=pytest.mark.xdist_group(model.name)) for model in real_models("onnx")
]


def _pair(subject: Subject, workshop: Workshop, note: Note, *target: str) -> tuple[ModelFile, ModelFile, str]:
    """The model without rewriting and as it is written by default, and what is promised; skipped where both are one file."""
    off, default = workshop.written(subject, *target), workshop.written(subject, *target, *DEFAULT)
    if off.file.data == default.file.data:
        pytest.skip(f"{subject.name}: nothing is taken apart by default, the files are one")
    promise = default.report["rewriting"]["exactness"]
    note(f"by default {', '.join(rewrite['rule'] for rewrite in default.report['rewrites'])}: {promise}")
    assert default.report["after"]["peak_bytes"] < off.report["after"]["peak_bytes"]
    return runnable_part(off.file)[0], runnable_part(default.file)[0], promise


def _unequal(promise: str, before: np.ndarray, after: np.ndarray) -> bool:
    """By its class; quantised tensors keep every bit, whatever floats are beside them."""
    if promise == "bit-exact" or before.dtype.kind != "f":
        return before.tobytes() != after.tobytes()
    apart = np.abs(before.astype(np.float64) - after.astype(np.float64))
    return bool(apart.max(initial=0) > ROUNDING * np.abs(before).max(initial=1e-30))


def _compare(
    off: ModelFile, default: ModelFile, promise: str, run: Callable[[bytes, list[np.ndarray]], dict[str, np.ndarray]]
) -> int:
    """Compares all tensors that `run` gives of both; says how many."""
    inputs = seeded_inputs(off, SEED)
    before, after = run(off.data, inputs), run(default.data, inputs_as(default, inputs))
    common = before.keys() & after.keys()
    assert [name for name in common if _unequal(promise, before[name], after[name])] == []
    return len(common)


def _named(values: dict[int, np.ndarray], model: bytes) -> dict[str, np.ndarray]:
    file = ModelFile(model)
    return {file.name(index): value for index, value in values.items()}


def _ends(values: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {str(place): value for place, value in enumerate(values)}


def test_in_tflm(subject: Subject, workshop: Workshop, note: Note) -> None:
    off, default, promise = _pair(subject, workshop, note)
    if obstacle := tflm.obstacle(off.data):
        pytest.skip(f"{subject.name}: TFLM cannot run the source: {obstacle}")
    compared = _compare(off, default, promise, lambda m, x: _named(tflm.all_tensors(m, x), m))
    assert compared > len(off.activations) / 2
    _compare(off, default, promise, lambda m, x: _ends(tflm.outputs(m, x, tflm.smallest_arena(m))))


def test_in_litert(subject: Subject, workshop: Workshop, note: Note) -> None:
    """In all kernel libraries; XNNPACK, the default, shows outputs alone."""
    off, default, promise = _pair(subject, workshop, note, "--target", "litert")
    libraries = [family for family in litert.FAMILIES if not litert.objection(off.data, family)]
    assert libraries
    for family in libraries:
        compared = _compare(off, default, promise, lambda m, x, f=family: _named(litert.all_tensors(m, x, f), m))
        assert compared > len(off.activations) / 2
    _compare(off, default, promise, lambda m, x: _ends(litert.outputs(m, x, litert.DEFAULT)))


@pytest.mark.parametrize("model", MODELS)
def test_in_onnx_runtime(model: RealModel, tmp_path: Path, record_property: Callable) -> None:
    """Node by node, and optimised as by default."""
    source = ort.with_weights(model.path, tmp_path)
    off, default = tmp_path / "off.onnx", tmp_path / "default.onnx"
    cli.optimise(source, off, "--target", "ort")
    report = cli.optimise(source, default, "--target", "ort", *DEFAULT)
    if off.read_bytes() == default.read_bytes():
        pytest.skip(f"{model.name}: nothing is taken apart by default, the files are one")
    promise = report["rewriting"]["exactness"]
    record_property("note", f"{model.name}: by default {promise}")
    for level in (None, ort.EXTENDED):
        before, after = (ort.run(path, tmp_path, *([level] if level is not None else [])) for path in (off, default))
        assert not any(_unequal(promise, x, y) for x, y in zip(before.outputs, after.outputs, strict=True))
