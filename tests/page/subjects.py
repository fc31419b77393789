"""Models whose pages are tested, and the page made of one by the lowtide binary."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import onnx
from ai_edge_litert import schema_py_generated as schema

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("LOWTIDE_SHARED", REPOSITORY.parent / "shared"))
NASNET = SHARED / "models" / "onnx" / "timm_nasnetmobile_like.onnx"
EVIL = "</script><script>window.ran=1</script><img src=x onerror=window.ran=2>"


def evil_tflite(path: Path) -> Path:
    """SwiftNet with a hostile name for every tensor, and for all else that has one."""
    run("zoo", "swiftnet", "-o", path)
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    model.description = EVIL
    for graph in model.subgraphs:
        graph.name = EVIL
        for number, tensor in enumerate(graph.tensors):
            tensor.name = f"{EVIL}{number}"
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def evil_onnx(path: Path) -> Path:
    """A diamond with a hostile name for every tensor, node and operator type of its own domain."""
    shape = [1, 4096]
    names = [f"{EVIL}{letter}" for letter in "xabcy"]
    values = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name in names]
    x, a, b, c, y = names
    node = onnx.helper.make_node
    nodes = [
        node("Relu", [x], [a], name=f"{EVIL}1"),
        node("Neg", [a], [b], name=f"{EVIL}2"),
        node(EVIL, [a], [c], name=f"{EVIL}3", domain="evil"),
        node("Add", [b, c], [y], name=f"{EVIL}4"),
    ]
    graph = onnx.helper.make_graph(nodes, EVIL, values[:1], values[4:], value_info=values[1:4])
    sets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("evil", 1)]
    path.write_bytes(onnx.helper.make_model(graph, opset_imports=sets).SerializeToString())
    return path


@dataclass(frozen=True)
class Made:
    """A page, and what `--json` said in the same run."""

    page: Path
    report: dict[str, Any]


def run(*arguments: str | Path) -> str:
    """What lowtide writes to stdout."""
    binary = os.environ.get("LOWTIDE", REPOSITORY / "target" / "release" / "lowtide")
    done = subprocess.run(
        [Path(binary).resolve(), *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def made(model: str | Path, folder: Path, *switches: str, verb: str = "optimize") -> Made:
    page = folder / "page.html"
    return Made(page, json.loads(run(verb, model, "--json", "--report", page, *switches)))


def cells(count: int, name: str = "") -> dict[str, Any]:
    """Cells of four branches of three operators each and a join, 13 operators a cell."""
    tensors: list[dict[str, Any]] = [{"name": f"{name}x", "bytes": 65536, "kind": "input"}]
    ops: list[dict[str, Any]] = []

    def op(inputs: list[str], label: str, size: int) -> str:
        written = f"{name}{label}"
        tensors.append({"name": written, "bytes": size, "kind": "activation"})
        ops.append({"name": f"{name}op{len(ops)}", "type": f"{name}CONV", "inputs": inputs, "outputs": [written]})
        return written

    last = [tensors[0]["name"]]
    for cell in range(count):
        ends = []
        for branch in range(4):
            end = last[branch % len(last)]
            for depth in range(3):
                end = op([end], f"cell{cell}/b{branch}/{depth}", 4096 << (branch + depth) % 4)
            ends.append(end)
        last = [last[-1], op(ends, f"cell{cell}/join", 65536)]
    tensors[-1]["kind"] = "output"
    return {"name": "cells", "ops": ops, "tensors": tensors}
