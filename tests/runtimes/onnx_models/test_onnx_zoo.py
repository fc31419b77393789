"""The generated networks as ONNX files: the ONNX checker accepts them, lowtide reads them, and ONNX Runtime computes what LiteRT computes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import litert

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


def test_int8_networks_are_refused_with_the_remedy(tmp_path: Path) -> None:
    answer = cli.lowtide("zoo", "resnet8", "-o", tmp_path / "model.onnx")
    assert answer.code == cli.UNUSABLE
    assert "resnet8-f32" in answer.stderr or "NAME-f32" in answer.stderr
