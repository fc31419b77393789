"""The generated networks as ONNX files: the ONNX checker accepts them, lowtide reads them, and ONNX Runtime computes what LiteRT computes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import litert, ort

# Together they have every layer of the zoo: wired at random, with odd padding, dilated, upsampled, split, dense.
NETWORKS = [
    "swiftnet-f32",
    "swiftnet-cell-b-f32",
    "darts-cifar-f32",
    "nasnet-a-mobile-f32",
    "pnasnet5-mobile-f32",
    "randwire-cell-c-f32",
    "randwire-ba-f32:n=12,m=3,size=64@3",
    "inception-like-f32",
    "densenet-like-f32",
    "unetpp-f32",
    "hrnet-like-f32",
    "resnet8-f32",
    "mobilenetv2-035-96-f32",
]


@pytest.mark.parametrize("name", NETWORKS)
def test_both_runtimes_compute_the_same(name: str, tmp_path: Path) -> None:
    onnx_file, tflite_file = tmp_path / "model.onnx", tmp_path / "model.tflite"
    for file in (onnx_file, tflite_file):
        answer = cli.lowtide("zoo", name, "-o", file)
        assert answer.code == cli.DONE, answer.stderr
    onnx.checker.check_model(onnx.load(onnx_file), full_check=True)
    assert cli.lowtide("inspect", onnx_file).code == cli.DONE
    session = onnxruntime.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(7)
    fed = {value.name: random.uniform(-1, 1, value.shape).astype(np.float32) for value in session.get_inputs()}
    found = session.run(None, fed)
    channels_last = [array.transpose(0, 2, 3, 1) for array in fed.values()]
    expected = litert.outputs(tflite_file.read_bytes(), channels_last, litert.family_for(tflite_file.read_bytes())[0])
    assert len(found) == len(expected) > 0
    for ours, theirs in zip(found, expected, strict=True):
        ours = ours.transpose(0, 2, 3, 1) if ours.ndim == 4 else ours
        # Sums in another order; deep networks spread that.
        assert np.abs(ours - theirs).max() <= 1e-3 * np.abs(theirs).max()
        assert theirs.std() > 0


def others() -> list[str]:
    listed = [network["name"] for network in cli.lowtide("zoo", "--list", "--json").report["networks"]]
    return [name for name in listed if name.endswith("-f32") and name not in NETWORKS]


@pytest.mark.parametrize("name", others())
def test_onnx_runtime_loads_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    answer = cli.lowtide("zoo", name, "-o", file)
    assert answer.code == cli.DONE, answer.stderr
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    fed = {value.name: np.ones(value.shape, np.float32) for value in session.get_inputs()}
    assert all(np.isfinite(array).all() for array in session.run(None, fed))


# Small ones of each family.
INTEGERS = [
    "swiftnet-cell-b",
    "darts-imagenet-cell",
    "randwire-cell-c",
    "inception-like",
    "densenet-like",
    "unetpp",
    "hrnet-like",
    "resnet8",
    "mobilenetv2-035-96",
]
# ONNX Runtime and LiteRT round sums differently, and each layer passes that on; so many steps of 255 on average.
STEPS = 4


@pytest.mark.parametrize("name", INTEGERS)
def test_int8_networks_stay_the_same_when_ordered(name: str, tmp_path: Path, record_property: Callable) -> None:
    """As pairs of QuantizeLinear and DequantizeLinear, which ONNX Runtime makes integer kernels of."""
    source, written = tmp_path / "model.onnx", tmp_path / "written.onnx"
    assert cli.lowtide("zoo", name, "-o", source).code == cli.DONE
    onnx.checker.check_model(onnx.load(source), full_check=True)
    report = cli.optimise(source, written)
    assert report["after"]["proof"] == "optimal"
    onnx.checker.check_model(onnx.load(written), full_check=True)
    before, after = (ort.run(path, tmp_path) for path in (source, written))
    assert ort.bit_equal(before.outputs, after.outputs)
    assert after.peak <= before.peak, "weights that are computed wait for their readers"
    fused = ort.fused(source, tmp_path / "fused.onnx")
    kernels = {node.op_type for node in onnx.load(fused, load_external_data=False).graph.node}
    assert "QLinearConv" in kernels
    integers = [ort.run(path, tmp_path, ort.EXTENDED) for path in (source, written)]
    assert ort.bit_equal(integers[0].outputs, integers[1].outputs)
    record_property("note", f"{name}: {before.peak} -> {after.peak}, in integers {integers[0].peak} -> {integers[1].peak}")
    model, tflite_file = onnx.load(source), tmp_path / "model.tflite"
    assert cli.lowtide("zoo", name, "-o", tflite_file).code == cli.DONE
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    fed = [channels_last(quantised(ort.fed(value), value.name, stored)) for value in ort.inputs(source)]
    theirs = litert.outputs(tflite_file.read_bytes(), fed, litert.family_for(tflite_file.read_bytes())[0])
    for ours, their, value in zip(after.outputs, theirs, model.graph.output, strict=True):
        steps = np.abs(channels_last(quantised(ours, value.name, stored)).astype(int) - their)
        assert steps.mean() <= STEPS
        assert their.std() > 0


def quantised(array: np.ndarray, name: str, stored: dict[str, np.ndarray]) -> np.ndarray:
    steps = np.round(array / stored[f"{name}/scale"]) + stored[f"{name}/zero"]
    return np.clip(steps, -128, 127).astype(np.int8)


def channels_last(array: np.ndarray) -> np.ndarray:
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array
