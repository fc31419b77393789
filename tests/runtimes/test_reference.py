"""The reference that `check` runs models by computes what LiteRT computes: each operator that it knows, on its own."""

import json
import subprocess

import numpy as np
import pytest

from lowtide_runtimes.corpus import REPOSITORY
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert
from one_operator import kernels

EXAMPLE = ["cargo", "run", "-q", "-p", "lowtide-reference", "--example", "run_model", "--"]
CASES = list(kernels.cases())
# What the rules patch, and what they leave behind, is run wherever it is in floats, int8 or uint8.
NEEDED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "CONCATENATION", "MAX_POOL_2D", "AVERAGE_POOL_2D")
OTHER_TYPES = ("tensors of", "weights or parameters that are computed or packed", "integer weights on floats")
# Tables and fixed point of their own; elsewhere kernels and reference break ties differently.
STEPS = {"HARD_SWISH": 2, "LOGISTIC": 2, "TANH": 2, "SOFTMAX": 2, "ELU": 2}
# Kernels that compare stored numbers, whatever these stand for; here the operands are quantised differently.
STORED = ("MAXIMUM", "MINIMUM")


@pytest.fixture(scope="module")
def program():
    """The example, built once."""
    subprocess.run(["cargo", "build", *EXAMPLE[2:-1]], cwd=REPOSITORY, check=True)


def reference(model: bytes, folder) -> dict:
    path = folder / "model.tflite"
    path.write_bytes(model)
    done = subprocess.run([*EXAMPLE, path], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "model"), CASES, ids=[name for name, _ in CASES])
def test_an_operator_is_computed_as_litert_does(name, model, tmp_path, program):
    opcode = name.split("-")[0]
    family, objections = litert.family_for(model)
    ours = reference(model, tmp_path)
    if family is None:
        assert objections
        return
    if "not_run" in ours:
        assert opcode in ours["not_run"]
        assert opcode not in NEEDED or any(other in ours["not_run"] for other in OTHER_TYPES), ours
        return
    file = ModelFile(model)
    inputs, outputs = [int(t) for t in file.graph.inputs], [int(t) for t in file.graph.outputs]
    given = [stored(file, *pair) for pair in zip(inputs, ours["inputs"], strict=True)]
    try:
        theirs = litert.outputs(model, given, family)
    except RuntimeError as error:
        # Roots of negative numbers.
        assert "negative" in str(error) or "positive" in str(error)
        return
    for index, values, expected in zip(outputs, ours["outputs"], theirs, strict=True):
        found = stored(file, index, values)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-4)
        elif opcode not in STORED:
            apart = np.abs(found.astype(np.int64) - expected.astype(np.int64)).max()
            assert apart <= STEPS.get(opcode, 1), apart


def stored(file: ModelFile, index: int, values: list[float]) -> np.ndarray:
    """Numbers of the reference as the file stores them."""
    dtype, quantization = file.dtype(index), file.graph.tensors[index].quantization
    numbers = np.array([np.nan if value is None else value for value in values]).reshape(file.shape(index))
    if dtype.kind == "f":
        return numbers.astype(dtype)
    zero_point = 0 if quantization is None else int(quantization.zeroPoint[0])
    return np.round(numbers + zero_point).astype(dtype)
