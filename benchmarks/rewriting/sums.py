"""Prints the table of docs/rewriting.md: networks with sums of many in the best order alone, and rewritten, by target.

    .venv/bin/python benchmarks/rewriting/sums.py

A figure that is larger than with order alone ends it with an error.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# This script's own folder goes: the tests' package is called like it.
sys.path[0] = str(REPOSITORY / "tests" / "runtimes")

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import real_models

NETWORKS = (
    "randwire-cell-a",
    "randwire-cell-b",
    "randwire-cell-c",
    "randwire-cifar10",
    "randwire-cifar100",
    "randwire-ws-cifar",
    "randwire-ws",
    "randwire-er",
    "randwire-ba",
    "hrnet-like",
)
REAL = ("randwire", "hrnet")
TARGETS = ("tflm", "litert", "ort", "ideal")


def main() -> int:
    """Order alone and order with rewriting; a figure that grew ends the script."""
    print(f"| network | {' | '.join(TARGETS)} | sums anew | declare in TFLM | what binds in TFLM |")
    print("|---|--:|--:|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, model, other in subjects(Path(folder)):
            cells, first = [], None
            for target in TARGETS:
                subject = other if target == "ort" else model
                if subject is None:
                    cells.append("")
                    continue
                written = Path(folder) / f"written{'.onnx' if str(subject).endswith('onnx') else '.tflite'}"
                alone, found = (
                    cli.optimise(subject, written, "--measure", "0", "--target", target, "--rewrite", switch)
                    for switch in ("off", "all")
                )
                check(f"{name} for {target}", alone, found)
                cells.append(f"{peak(alone)} → {peak(found)}" if peak(found) < peak(alone) else f"{peak(alone)}")
                first = first or (alone, found)
            alone, found = first
            sums = sum(rewrite["count"] for rewrite in found["rewrites"] if rewrite["rule"] == "sum-of-many")
            declared = " → ".join(dict.fromkeys(str(declare(report)) for report in first)) if declare(alone) else ""
            print(f"| {name} | {' | '.join(cells)} | {sums} | {declared} | {reason(found)} |", flush=True)
    return 0


def subjects(folder: Path) -> Iterator[tuple[str, str | Path, str | Path | None]]:
    """The networks that lowtide makes, in both types, and the real ones; for ONNX Runtime as ONNX, in floats."""
    for name in NETWORKS:
        other = folder / f"{name}.onnx"
        cli.lowtide("zoo", f"{name}-f32", "-o", other)
        yield f"`zoo:{name}-f32`", f"zoo:{name}-f32", other
        yield f"`zoo:{name}`, int8", f"zoo:{name}", None
    for kind in ("tflite", "onnx"):
        for model in real_models(kind):
            if any(word in model.name for word in REAL):
                yield model.name, model.path, model.path if kind == "onnx" else None


def check(name: str, alone: dict, found: dict) -> None:
    """No figure of the target may be larger than with order alone."""
    for what in (peak, declare, packed, requested, *(lambda report, i=i: kernels(report, i) for i in range(2))):
        assert what(found) <= what(alone), f"{name}: {what(found)} after {what(alone)}"


def peak(report: dict) -> int:
    return report["after"]["peak_bytes"]


def declare(report: dict) -> int:
    """The arena to declare on a device; 0 where there is none."""
    return ((report.get("declare") or {}).get("after") or {}).get("device", {}).get("bytes", 0)


def packed(report: dict) -> int:
    return report["arena"]["after"]["bytes"]


def requested(report: dict) -> int:
    """What ONNX Runtime requests by default; 0 for other targets."""
    return (report["requested_by_default"] or {}).get("after_bytes", 0)


def kernels(report: dict, library: int) -> int:
    """The arena that LiteRT makes with one of its kernel libraries."""
    return report["litert"][library]["after_bytes"] if report["litert"] else 0


def reason(report: dict) -> str:
    """What binds."""
    why = report["reason"] or {}
    operator = f"{report['after']['peak_operator']} @{report['after']['peak_operator_index']}"
    return f"{operator} alone needs that" if why.get("kind") == "operator" else f"{why.get('kind')}, at {operator}"


if __name__ == "__main__":
    sys.exit(main())
