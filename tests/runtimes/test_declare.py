"""The arena that lowtide predicts for TFLM, against the interpreter: head, tail, and the smallest arena that works."""

from collections import Counter
from pathlib import Path

import pytest

from conftest import Note
from handmade import as_int8, reordered
from lowtide_runtimes import cli
from lowtide_runtimes.corpus import SWIFTNET, RealModel, real_models
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import tflm
from one_operator import control, kernels

SEEDS = (1, 2)
BATCHES = (*kernels.TYPES, "mixed")

# Their kernels take buffers for good after whole tensors for a while, and TFLM does not check the one against the other:
# in an arena that is smaller by as much, it starts, and the two overlap.
UNCHECKED = {
    "BATCH_MATMUL",
    "CUMSUM",
    "DEPTH_TO_SPACE",
    "EMBEDDING_LOOKUP",
    "FULLY_CONNECTED",
    "GATHER",
    "GATHER_ND",
    "LOG_SOFTMAX",
    "SOFTMAX",
    "SPACE_TO_DEPTH",
}


def assert_exact(model: bytes, folder: Path) -> str:
    """Predicted equals measured. Returns the figures."""
    found = tflm.allocations(model)
    report = cli.footprint(model, folder)
    need = report["python"]
    assert need["unknown"] == []
    assert (need["head"], need["tail"]) == (found.head, found.tail)
    assert sum(item["bytes"] for item in need["items"]) == need["tail"]
    smallest = tflm.smallest_arena(model)
    assert need["total"] == smallest
    device = report["bits32"]["total"]
    return f"arena predicted {need['total']} = measured {smallest} (head {found.head}; 32 bits: {device}, derived)"


def refusal(model: bytes) -> str | None:
    """Why TFLM cannot prepare it. (Whether it could run it afterwards does not matter: all memory is taken before.)"""
    try:
        tflm.allocations(model)
    except RuntimeError as error:
        return str(error)
    return None


@pytest.mark.parametrize("model", real_models(), ids=lambda model: model.name)
def test_real_models(model: RealModel, tmp_path: Path, note: Note) -> None:
    """As they are, and in other orders: the head changes with the order."""
    source = ModelFile.read(model.path)
    if model.name == SWIFTNET:
        source = as_int8(source)
    if reason := refusal(source.data):
        pytest.skip(f"{model.name}: TFLM cannot prepare it: {reason}")
    note(f"{model.name}: {assert_exact(source.data, tmp_path)}")
    for seed in () if source.is_large else SEEDS:
        assert_exact(reordered(source, seed).data, tmp_path)


@pytest.mark.parametrize("opcode", control.cases())
def test_control_flow(opcode: str, tmp_path: Path) -> None:
    """The tables of all subgraphs count."""
    assert_exact(control.cases()[opcode], tmp_path)


@pytest.mark.parametrize("batch", BATCHES)
def test_each_kernel(batch: str, tmp_path: Path, note: Note) -> None:
    """One operator a model: what a kernel keeps is at its barest there. Types that a kernel refuses are left out."""
    compared, refused = Counter(), Counter()
    for name, model in kernels.cases():
        opcode, *rest = name.split("-")
        if (rest[0] if len(rest) > 1 else "mixed") != batch:
            continue
        if refusal(model):
            refused[opcode] += 1
            continue
        compared[opcode] += 1
        found = tflm.allocations(model)
        need = cli.footprint(model, tmp_path)["python"]
        assert (name, need["unknown"], need["head"], need["tail"]) == (name, [], found.head, found.tail)
        spare = need["total"] - tflm.smallest_arena(model)
        kept = sum(item["bytes"] for item in need["items"] if item["what"] == "kernel buffers")
        assert spare == 0 or (opcode in UNCHECKED and 0 < spare <= kept), name
    note(
        f"{batch}: {sum(compared.values())} models of {len(compared)} operators; refused by TFLM: {', '.join(refused)}"
    )
    assert len(compared) > 3
