#!/usr/bin/env python3
"""Packs the field's instances and writes a dated record: raw rows and a summary.

usage: benchmarks/packing.py INSTANCES_DIR [MODELS_DIR]

INSTANCES_DIR holds packing problems as CSV files, their capacity in the name (A.1048576.csv); MODELS_DIR model files whose
optimal order is packed too, beside that of every network of the zoo. Needs a release build; one process at a time, one thread each.
"""

import csv
import datetime
import json
import pathlib
import platform
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOWTIDE = ROOT / "target" / "release" / "lowtide"


def run(*arguments: str | pathlib.Path) -> tuple[dict, float]:
    """The report of one call, and the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([LOWTIDE, *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(done.stdout), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def instances(folder: pathlib.Path, minimise: bool) -> list[dict]:
    rows = []
    for path in sorted(folder.glob("*.csv")):
        capacity = path.name.split(".")[1]
        report, cpu = run("pack", path, *([] if minimise else ["--capacity", capacity]))
        rows.append(
            {
                "instance": path.name.split(".")[0],
                "buffers": report["buffers"],
                "capacity": "" if minimise else capacity,
                "verdict": report["verdict"],
                "height": report["height"],
                "bound": report["bound"],
                "proof": report["proof"],
                "nodes": report["nodes"],
                "cpu_seconds": f"{cpu:.3f}",
                "wall_seconds": f"{report['seconds']:.3f}",
            }
        )
    return rows


def models(folder: pathlib.Path) -> list[dict]:
    suffixes = (".tflite", ".onnx", ".json")
    files = [str(path) for path in sorted(folder.rglob("*")) if path.suffix in suffixes and path.name != "manifest.json"]
    zoo = [f"zoo:{network['name']}" for network in run("zoo")[0]["networks"]]
    rows = []
    for model in [*files, *zoo]:
        report, cpu = run("optimize", model, "--rewrite", "off")
        if "error" in report or "arena" not in report:
            rows.append({"model": model.rsplit("/", 1)[-1], "error": "refused"})
            continue
        arena, peak = report["arena"]["after"], report["after"]["peak_bytes"]
        rows.append(
            {
                "model": model.rsplit("/", 1)[-1],
                "operators": report["after"]["operators"],
                "peak": peak,
                "arena": arena["bytes"],
                "bound": arena["bound_bytes"],
                "proof": arena["proof"],
                "order": report["after"]["proof"],
                "cpu_seconds_all": f"{cpu:.3f}",
                "pack_and_write_seconds": f"{report['timings']['write']:.4f}",
            }
        )
    return rows


def save(record: pathlib.Path, name: str, rows: list[dict]) -> list[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (record / f"{name}.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return head + ["| " + " | ".join(str(row.get(column, "")) for column in columns) + " |" for row in rows]


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    record = ROOT / "benchmarks" / "runs" / f"{datetime.date.today()}-packing"
    record.mkdir(parents=True, exist_ok=True)
    text = [f"# Packing, {datetime.date.today()}", "", f"One thread, {platform.machine()}, CPU seconds first; raw rows beside.", ""]
    if len(sys.argv) > 2:
        rows = models(pathlib.Path(sys.argv[2]))
        tight = sum(row.get("proof") == "optimal" and row["arena"] == row["bound"] for row in rows)
        text += ["## Models in their optimal order", "", f"{tight} of {len(rows)} arenas equal their bound, proved.", ""]
        text += [*save(record, "models", rows), ""]
    for name, minimise in (("capacity", False), ("smallest", True)):
        rows = instances(folder, minimise)
        total = sum(float(row["cpu_seconds"]) for row in rows)
        proved = sum(row["proof"] == "optimal" for row in rows)
        text += [f"## {name.capitalize()}", "", f"{len(rows)} instances, {proved} proved optimal, {total:.2f} s of CPU time together.", ""]
        text += [*save(record, name, rows), ""]
        (record / "summary.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
