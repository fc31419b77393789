"""Models whose pages are tested, and the page made of one by the lowtide binary."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("LOWTIDE_SHARED", REPOSITORY.parent / "shared"))
NASNET = SHARED / "models" / "onnx" / "timm_nasnetmobile_like.onnx"
EVIL = "</script><script>window.ran=1</script><img src=x onerror=window.ran=2>"


@dataclass(frozen=True)
class Made:
    """A page, and what `--json` said in the same run."""

    page: Path
    report: dict[str, Any]


def made(model: str | Path, folder: Path, *switches: str, verb: str = "optimize") -> Made:
    page = folder / "page.html"
    binary = os.environ.get("LOWTIDE", REPOSITORY / "target" / "release" / "lowtide")
    command = [Path(binary).resolve(), verb, model, "--json", "--report", page, *switches]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    return Made(page, json.loads(done.stdout))


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
