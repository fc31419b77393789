"""Random networks taken apart wherever that can be, in the real runtimes: outputs are equal in the class promised.

`LOWTIDE_RANDOM_NETWORKS` says how many of each format; a long run is recorded in `docs/rewriting.md`.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from lowtide_runtimes.cli import REPOSITORY
from lowtide_runtimes.compare import seeded_inputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm
from rewriting import random_onnx, random_tflite

NETWORKS = int(os.environ.get("LOWTIDE_RANDOM_NETWORKS", "20"))
BIT_EXACT = ("kernel-wise",)
EXACT_IN_INTEGERS = ("kernel-wise", "elementwise-first")
# Of the largest output of the network.
ROUNDING = 1e-5
_TAKE_APART = ["cargo", "run", "-q", "--release", "-p", "lowtide-formats", "--example", "take_apart", "--"]


def taken_apart(source: bytes, folder: Path, suffix: str, rules: Sequence[str] = ()) -> tuple[bytes, str]:
    """The model rewritten wherever one of the rules applies, and what was done."""
    before, after = folder / f"before{suffix}", folder / f"after{suffix}"
    before.write_bytes(source)
    answer = subprocess.run([*_TAKE_APART, before, after, *rules], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return after.read_bytes(), answer.stdout


def distance(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> float:
    """The largest difference, as a share of the largest number."""
    largest = max(float(np.abs(x).max()) for x in before)
    differences = [np.abs(x.astype(np.float64) - y.astype(np.float64)) for x, y in zip(before, after, strict=True)]
    return max(float(difference.max()) for difference in differences) / max(largest, 1e-30)


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_tflite(seed: int, tmp_path: Path) -> None:
    source = random_tflite.network(seed)
    file = ModelFile(source)
    inputs = seeded_inputs(file, seed)
    quantised = file.dtype(int(file.graph.inputs[0])) == np.int8
    runtimes = [lambda model: litert.outputs(model, inputs, "reference"), lambda model: tflm.outputs(model, inputs)]
    exact, _ = taken_apart(source, tmp_path, ".tflite", EXACT_IN_INTEGERS if quantised else BIT_EXACT)
    loose, done = taken_apart(source, tmp_path, ".tflite")
    for run in runtimes:
        before = run(source)
        assert distance(before, run(exact)) == 0
        after = run(loose)
        if "approximate" not in done:
            assert distance(before, after) <= (0 if quantised else ROUNDING)
        assert [x.shape for x in after] == [x.shape for x in before]


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_onnx(seed: int, tmp_path: Path) -> None:
    source = random_onnx.network(seed)
    exact, _ = taken_apart(source, tmp_path, ".onnx", BIT_EXACT)
    loose, _ = taken_apart(source, tmp_path, ".onnx")
    before = run_onnx(source, seed)
    # ONNX Runtime's convolutions choose their path by the number of channels: equal in real arithmetic, not always to the bit.
    assert distance(before, run_onnx(exact, seed)) <= ROUNDING
    assert distance(before, run_onnx(loose, seed)) <= ROUNDING


def run_onnx(model: bytes, seed: int) -> list[np.ndarray]:
    """The outputs in ONNX Runtime, node by node as in the file."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(seed)
    return session.run(None, {x.name: random.standard_normal(x.shape).astype(np.float32) for x in session.get_inputs()})
