"""Prints the table of docs/rewriting.md: networks of searched cells in the best order alone, and rewritten.

    .venv/bin/python benchmarks/rewriting/cells.py

A figure that is larger than with order alone ends it with an error.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# This script's own folder goes: the tests' package is called like it.
sys.path[0] = str(REPOSITORY / "tests" / "runtimes")

import onnx

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import real_models
from lowtide_runtimes.interpreters import ort

CELLS = (
    "darts-cifar",
    "darts-imagenet",
    "darts-imagenet-cell",
    "nasnet-a-mobile",
    "pnasnet5-mobile",
    "amoebanet-a-mobile",
)
REAL = ("darts", "nasnet", "nb201")


def main() -> int:
    """Order alone and order with rewriting; a figure that grew ends the script."""
    print(
        "| network | file | order alone | exact | all | declare, alone | declare, all | choices | no order of any choice tried needs less, since |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, model in subjects(Path(folder)):
            off, exact, everything = (
                cli.optimise(model, Path(folder) / f"written{Path(model).suffix}", "--rewrite", switch)
                for switch in ("off", "exact", "all")
            )
            alone, figures = peak(off), [peak(exact), peak(everything)]
            assert max(figures) <= alone, f"{name}: {figures} after {alone}"
            declared = [declare(report) for report in (off, exact, everything)]
            assert max(declared[1:]) <= declared[0], f"{name}: {declared}"
            tried = everything["rewriting"]
            choices = f"{tried['choices']} at {tried['sites']} sites"
            print(
                f"| {name} | {off['before']['peak_bytes']} | {alone} | {figures[0]} | {figures[1]} | {declared[0] or ''} | {declared[2] or ''} "
                f"| {choices}{', all' if tried['exhaustive'] else ''} | {reason(everything)} |",
                flush=True,
            )
    return 0


def subjects(folder: Path) -> Iterator[tuple[str, str | Path]]:
    """The networks that lowtide makes, in both types, and the real ones."""
    for name in CELLS:
        yield f"`zoo:{name}`, int8", f"zoo:{name}"
        yield f"`zoo:{name}-f32`", f"zoo:{name}-f32"
    for model in real_models():
        if any(word in model.name for word in REAL):
            yield f"{model.name}", model.path
    for found in real_models("onnx"):
        if any(word in found.name for word in REAL):
            # Weights in other files are not cut.
            whole = folder / f"whole_{found.name}.onnx"
            onnx.save(onnx.load(ort.with_weights(found.path, folder)), whole)
            yield f"{found.name}, ONNX", whole


def peak(report: dict) -> int:
    return report["after"]["peak_bytes"]


def declare(report: dict) -> int:
    """The arena to declare on a device; 0 where there is none."""
    return ((report.get("declare") or {}).get("after") or {}).get("device", {}).get("bytes", 0)


def reason(report: dict) -> str:
    """What binds."""
    why = report["reason"] or {}
    operator = f"{report['after']['peak_operator']} @{report['after']['peak_operator_index']}"
    return f"{operator} alone needs that" if why.get("kind") == "operator" else f"{why.get('kind')}, at {operator}"


if __name__ == "__main__":
    sys.exit(main())
