"""What rewriting does: random networks in the real runtimes, and networks of searched cells next to order alone.

    .venv/bin/python benchmarks/rewriting.py networks [--count 500]
    .venv/bin/python benchmarks/rewriting.py cells

`networks` writes its record, with date and versions, to `benchmarks/runs/`, and ends with an error if a network breaks its class; `cells` prints the
table of docs/rewriting.md.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# This script's own folder goes, so that its name does not hide the tests' package.
sys.path[0] = str(REPOSITORY / "tests" / "runtimes")

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import real_models
from lowtide_runtimes.interpreters import ort
from rewriting.networks import CLASSES, EXAMINE, Finding

CELLS = (
    "darts-cifar",
    "darts-imagenet",
    "darts-imagenet-cell",
    "nasnet-a-mobile",
    "pnasnet5-mobile",
    "amoebanet-a-mobile",
)
REAL = ("darts", "nasnet", "nb201")
AT_ONCE = 25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("networks", "cells"))
    parser.add_argument("--count", type=int, default=500, help="random networks of each format")
    arguments = parser.parse_args()
    return networks(arguments.count) if arguments.what == "networks" else cells()


def networks(count: int) -> int:
    """Runs them all and writes the record."""
    started = time.monotonic()
    found: dict[str, list[Finding]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for kind, examine in EXAMINE.items():
            for first in range(0, count, AT_ONCE):
                found[kind] += examine(range(first, min(first + AT_ONCE, count)), Path(folder))
                print(f"{kind}: {first + AT_ONCE}", file=sys.stderr, flush=True)
    faults = [finding for many in found.values() for finding in many if finding.fault]
    text = "\n".join(record(count, found, faults, time.monotonic() - started))
    folder = REPOSITORY / "benchmarks" / "runs" / f"{datetime.now(UTC):%Y-%m-%d}-rewriting"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.md").write_text(text + "\n")
    print(text)
    return 1 if faults else 0


def record(count: int, found: dict[str, list[Finding]], faults: list[Finding], seconds: float) -> Iterator[str]:
    """The record as Markdown."""
    packages = ("ai-edge-litert", "tflite-micro", "onnxruntime")
    yield "# Random networks, rewritten in every way there is"
    yield ""
    yield f"`benchmarks/rewriting.py networks --count {count}` on {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} s."
    yield ", ".join(f"{name} {version(name)}" for name in packages) + "."
    yield ""
    yield f"Seeds 0 to {count - 1} in both formats; each wherever its exact rules apply, wherever any rule applies, and by `lowtide optimize`"
    yield "with `--rewrite exact`, `exact --bit-exact` and `all`. Files that come out the same are counted once."
    yield ""
    yield "| format | runtime | class | files | bit-equal | largest difference | faults |"
    yield "|---|---|---|--:|--:|--:|--:|"
    for kind, many in found.items():
        for runtime in dict.fromkeys(finding.runtime for finding in many):
            for promise in CLASSES:
                some = [f for f in many if (f.runtime, f.promise) == (runtime, promise)]
                if some:
                    equal = sum(finding.difference == 0 for finding in some)
                    largest = max(finding.difference for finding in some)
                    wrong = sum(bool(finding.fault) for finding in some)
                    yield f"| {kind} | {runtime} | {promise} | {len(some)} | {equal} | {largest:.2g} | {wrong} |"
    yield ""
    yield "Differences are shares of the network's largest output. Of approximate files every tensor that both files have is held to a bound that"
    yield "follows from scales and weights (`tests/runtimes/rewriting/bounds.py`); the closest came to "
    yield f"{max(finding.share for many in found.values() for finding in many):.2f} of it."
    yield ""
    yield "| rule | " + " | ".join(f"patches, {kind}" for kind in found) + " |"
    yield "|---" + "|--:" * len(found) + "|"
    counts = {kind: rules(many) for kind, many in found.items()}
    for rule in sorted(set().union(*counts.values())):
        yield f"| {rule} | " + " | ".join(str(counts[kind][rule]) for kind in found) + " |"
    for finding in faults:
        yield f"\nFAULT {vars(finding)}"


def rules(findings: list[Finding]) -> Counter[str]:
    """How often each was applied, each written file counted once."""
    counts: Counter[str] = Counter()
    for seed, way in {(finding.seed, finding.way) for finding in findings}:
        finding = next(f for f in findings if (f.seed, f.way) == (seed, way))
        counts.update(finding.rules)
    return counts


def cells() -> int:
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
    for onnx in ort.onnx_models():
        if any(word in onnx.name for word in REAL):
            yield f"{onnx.name}, ONNX", ort.with_weights(onnx.path, folder)


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
