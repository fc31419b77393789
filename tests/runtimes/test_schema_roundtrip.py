"""An unchanged tree, written again, is the same model to the generated Python schema of the runtimes."""

import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

schema = pytest.importorskip("ai_edge_litert.schema_py_generated")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ["cargo", "run", "-q", "-p", "lowtide-formats", "--example", "tflite_roundtrip"]
SHARED = Path(os.environ.get("LOWTIDE_SHARED", ROOT.parent / "shared"))
MODELS = sorted((SHARED / "models" / "tflite").glob("*.tflite"))


@pytest.fixture(params=MODELS, ids=lambda path: path.stem)
def files(request, tmp_path):
    """A model, and the same read and written by lowtide."""
    rewritten = tmp_path / "rewritten.tflite"
    subprocess.run([*EXAMPLE, request.param, rewritten], cwd=ROOT, check=True)
    return request.param, rewritten


def unpack(path):
    data = path.read_bytes()
    assert data[4:8] == b"TFL3"
    return schema.ModelT.InitFromPackedBuf(data, 0)


def assert_equal(a, b, path="model"):
    assert type(a) is type(b), path
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.tobytes() == b.tobytes(), path
    elif isinstance(a, list):
        assert len(a) == len(b), path
        for index, pair in enumerate(zip(a, b)):
            assert_equal(*pair, f"{path}[{index}]")
    elif hasattr(a, "__dict__"):
        assert vars(a).keys() == vars(b).keys(), path
        for name in vars(a):
            assert_equal(getattr(a, name), getattr(b, name), f"{path}.{name}")
    else:
        assert a == b or (a != a and b != b), path  # noqa: PLR0124 -- NaN equals NaN here


def test_same_tree(files):
    original, rewritten = files
    assert_equal(unpack(original), unpack(rewritten))


def test_payloads_are_aligned(files):
    _, rewritten = files
    model = schema.Model.GetRootAs(rewritten.read_bytes(), 0)
    for index in range(model.BuffersLength()):
        table = model.Buffers(index)._tab
        if field := table.Offset(4):
            assert table.Vector(field) % 16 == 0, f"buffer {index}"


def test_attached_files_stay(files):
    original, rewritten = files
    if not zipfile.is_zipfile(original):
        assert not zipfile.is_zipfile(rewritten)
        return
    with zipfile.ZipFile(original) as before, zipfile.ZipFile(rewritten) as after:
        assert before.namelist() == after.namelist()
        for name in before.namelist():
            assert before.read(name) == after.read(name), name
