"""SwiftNet taken apart: the figures, every bit where that is promised, and how far outputs differ elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.compare import SEEDS, seeded_inputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm
from rewriting.networks import taken_apart

ORDER_ALONE, ALL = 275968, 225792


def generated(name: str, folder: Path) -> ModelFile:
    """The network as `lowtide zoo` writes it."""
    path = folder / f"{name}.tflite"
    assert cli.lowtide("zoo", name, "-o", path).code == cli.DONE
    return ModelFile.read(path)


@pytest.mark.parametrize(("name", "scale", "switches"), [("swiftnet", 1, ("all",)), ("swiftnet-f32", 4, ("exact",))])
def test_figures(name: str, scale: int, switches: tuple[str, ...], tmp_path: Path) -> None:
    report = cli.optimise(f"zoo:{name}", tmp_path / "written.tflite", "--rewrite", *switches)
    assert report["rewriting"]["order_alone_bytes"] == ORDER_ALONE * scale
    assert report["after"]["peak_bytes"] == ALL * scale == ModelFile.read(tmp_path / "written.tflite").live_peak()
    assert report["arena"]["after"]["bytes"] <= ORDER_ALONE * scale


def test_kernel_wise_keeps_every_common_tensor(tmp_path: Path) -> None:
    source = generated("swiftnet", tmp_path)
    ((after, done),) = taken_apart({"swiftnet.tflite": source.data}, tmp_path, ("kernel-wise",)).values()
    assert done == "4 x kernel-wise (bit-exact)"
    written = ModelFile(after)
    families = [lambda m, x, family=family: litert.all_tensors(m, x, family) for family in litert.FAMILIES]
    for run in (*families, tflm.all_tensors):
        for seed in SEEDS:
            inputs = seeded_inputs(source, seed)
            before = {source.name(i): value for i, value in run(source.data, inputs).items()}
            common = {written.name(i): value for i, value in run(after, inputs).items() if written.name(i) in before}
            assert len(common) > 80
            assert [name for name, value in common.items() if not np.array_equal(value, before[name])] == []
    for seed in SEEDS:
        # XNNPACK shows no tensor but the outputs.
        inputs = seeded_inputs(source, seed)
        before, after_all = (litert.outputs(model, inputs, litert.DEFAULT) for model in (source.data, after))
        assert all(np.array_equal(x, y) for x, y in zip(before, after_all, strict=True))


def test_floats_differ_by_rounding(tmp_path: Path) -> None:
    source = generated("swiftnet-f32", tmp_path)
    cli.optimise("zoo:swiftnet-f32", tmp_path / "written.tflite", "--rewrite", "exact")
    written = ModelFile.read(tmp_path / "written.tflite")
    inputs = seeded_inputs(source, 1)
    for family in litert.FAMILIES:
        before, after = (litert.outputs(file.data, inputs, family) for file in (source, written))
        assert max(float(np.abs(x - y).max()) for x, y in zip(before, after, strict=True)) < 1e-3
