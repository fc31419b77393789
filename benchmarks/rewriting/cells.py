"""Prints the tables of docs/rewriting.md: SwiftNet and networks of searched cells in the best order alone, and rewritten, for every target.

    .venv/bin/python benchmarks/rewriting/cells.py [--every] [FOLDER]

With a folder, `cells.jsonl` in it keeps every figure. `--every` takes all generated and all shared models instead, and prints only where something was won.
A figure that is larger than with order alone ends the script with an error, after all networks.
"""

import json
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
    "swiftnet",
    "darts-cifar",
    "darts-imagenet",
    "darts-imagenet-cell",
    "nasnet-a-mobile",
    "pnasnet5-mobile",
    "amoebanet-a-mobile",
)
REAL = ("swiftnet", "darts", "nasnet", "nb201")
SWITCHES = ("off", "exact", "all")


def main() -> int:
    """Order alone and order with rewriting, a row a network and target."""
    arguments = sys.argv[1:]
    every = "--every" in arguments
    folders = [Path(argument) for argument in arguments if argument != "--every"]
    record = (folders[0] / ("every.jsonl" if every else "cells.jsonl")).open("w") if folders else None
    print("| network | target | file | order alone | exact | all | declare: alone | exact | all | choices | what binds with `all` |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    faults, compared, won = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, model in everything(Path(folder)) if every else subjects(Path(folder)):
            for target in targets(model):
                row = Row(name, model, target, Path(folder))
                compared, won = compared + 1, won + row.is_won()
                faults += row.larger()
                if row.is_won() or not every:
                    print(row, flush=True)
                if record:
                    record.write(json.dumps(row.figures | {"network": name, "target": target}) + "\n")
                    record.flush()
    print(f"\n{compared} networks and targets, something won in {won}; larger than with order alone: {len(faults)}")
    print("\n".join(faults))
    return len(faults) > 0


class Row:
    """One network on one target, by what may be rewritten."""

    def __init__(self, name: str, model: str | Path, target: str, folder: Path) -> None:
        self.name, self.target = name, target
        written = folder / f"written{Path(model).suffix}"
        self.reports = {
            switch: cli.optimise(model, written, "--target", target, "--measure", "0", "--rewrite", switch)
            for switch in SWITCHES
        }
        self.figures = {switch: figures(report) for switch, report in self.reports.items()}

    def is_won(self) -> bool:
        """Whether the peak is lower than with order alone."""
        return self.figures["all"]["peak"] < self.figures["off"]["peak"]

    def larger(self) -> list[str]:
        """Figures that are larger than with order alone."""
        alone = self.figures["off"]
        return [
            f"{self.name} {self.target} {switch}: {figure} {alone[figure]} -> {size}"
            for switch in SWITCHES[1:]
            for figure, size in self.figures[switch].items()
            if size > alone[figure]
        ]

    def __str__(self) -> str:
        report = self.reports["all"]
        tried = report["rewriting"]
        columns = [self.name, self.target, self.reports["off"]["before"]["peak_bytes"]]
        columns += [self.figures[switch]["peak"] for switch in SWITCHES]
        columns += [self.figures[switch].get("declare", "") for switch in SWITCHES]
        choices = f"{tried['choices']} at {tried['sites']} sites{', all' if tried['exhaustive'] else ''}"
        return " | ".join(["", *map(str, columns), choices, reason(report), ""]).strip()


def figures(report: dict) -> dict[str, int]:
    """Every figure that the target declares."""
    found = {"peak": report["after"]["peak_bytes"], "arena": report["arena"]["after"]["bytes"]}
    if report["target"]["name"] != "ideal":
        found["planner"] = report["arena"]["after"]["greedy_bytes"]
    if report.get("declare"):
        found["declare"] = report["declare"]["after"]["device"]["bytes"]
        found["declare on a host"] = report["declare"]["after"]["host"]["bytes"]
    found |= {f"{row['kernels']} kernels": row["after_bytes"] for row in report["litert"]}
    if report["requested_by_default"]:
        found["by default"] = report["requested_by_default"]["after_bytes"]
    return found


def targets(model: str | Path) -> tuple[str, ...]:
    """Those that run it."""
    return ("ort",) if Path(model).suffix == ".onnx" or "onnx" in str(model) else ("tflm", "litert")


def subjects(folder: Path) -> Iterator[tuple[str, str | Path]]:
    """The networks that lowtide makes, in both types, and the real ones."""
    for name in CELLS:
        yield f"`zoo:{name}`, int8", f"zoo:{name}"
        yield f"`zoo:{name}-f32`", f"zoo:{name}-f32"
    for name, model in shared(folder):
        if any(word in name for word in REAL):
            yield name, model


def everything(folder: Path) -> Iterator[tuple[str, str | Path]]:
    """All networks that lowtide makes, and all shared ones."""
    for network in json.loads(cli.lowtide("zoo", "--json").stdout)["networks"]:
        yield f"`zoo:{network['name']}`", f"zoo:{network['name']}"
    yield from shared(folder)


def shared(folder: Path) -> Iterator[tuple[str, Path]]:
    """All of the collection, with weights inside their files: elsewhere they are not cut."""
    for model in real_models():
        yield model.name, model.path
    for found in real_models("onnx"):
        whole = folder / f"whole_{found.name}.onnx"
        onnx.save(onnx.load(ort.with_weights(found.path, folder)), whole)
        yield f"{found.name}, ONNX", whole


def reason(report: dict) -> str:
    """What binds."""
    kind = (report["reason"] or {}).get("kind")
    operator = f"{report['after']['peak_operator']} @{report['after']['peak_operator_index']}"
    words = {"operator": "{} alone needs that", "around": "what is live around {}", "every-order": "every order, at {}"}
    return words.get(kind, "{}, not proved").format(operator)


if __name__ == "__main__":
    sys.exit(main())
