#!/usr/bin/env python3
"""Packs the field's instances and models, judges the figures, and writes a dated record: raw rows and a summary.

usage: benchmarks/packing.py INSTANCES_DIR MODELS_DIR

INSTANCES_DIR holds packing problems as CSV files, their capacity in the name (A.1048576.csv); MODELS_DIR model files whose
optimal order is packed, beside that of every network of the zoo. Needs a release build. One process at a time, one thread each:
what is judged is processor time, which other load disturbs least. Ends with 1 if a figure misses its mark.
"""

import csv
import dataclasses
import datetime
import json
import pathlib
import platform
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOWTIDE = ROOT / "target" / "release" / "lowtide"

EACH_FIT, ALL_FIT = 0.15, 0.5
"""Seconds for one instance at its capacity, and for all."""
EACH_SMALLEST = {"D": 120.0, "J": 120.0}
"""Seconds for the smallest arena of the instances that are hard; others have one."""
EACH_MODEL = 0.5
"""Seconds for a model: read, ordered, packed and written."""


@dataclasses.dataclass
class Mark:
    """What was asked of the figures, and what misses it."""

    text: str
    misses: list[str]

    def line(self) -> str:
        return f"- {'**missed**' if self.misses else 'met'}: {self.text}" + "".join(
            f"\n  - {miss}" for miss in self.misses
        )


def run(*arguments: str | pathlib.Path) -> tuple[dict, float]:
    """The report of one call, and the CPU seconds that it took."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    done = subprocess.run([LOWTIDE, *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(done.stdout), spent() - before


def overlaps(path: pathlib.Path, height: int) -> list[str]:
    """What is wrong with the layout in a file, all pairs compared; knows nothing of lowtide."""
    with path.open(newline="") as file:
        rows = [
            {name: int(row[name]) for name in ("id", "lower", "upper", "size", "offset")}
            for row in csv.DictReader(file)
        ]
    wrong = [
        f"{row['id']} leaves the arena" for row in rows if row["offset"] < 0 or row["offset"] + row["size"] > height
    ]
    for nth, a in enumerate(rows):
        for b in rows[nth + 1 :]:
            in_time = a["lower"] < b["upper"] and b["lower"] < a["upper"]
            if in_time and a["offset"] < b["offset"] + b["size"] and b["offset"] < a["offset"] + a["size"]:
                wrong.append(f"{a['id']} overlaps {b['id']}")
    return wrong


def instance(path: pathlib.Path, capacity: str | None, out: pathlib.Path) -> dict:
    """One row of figures, the layout checked here too."""
    asked = ["--capacity", capacity] if capacity else []
    report, cpu = run("pack", path, *asked, "-o", out)
    row = {"instance": path.name.split(".")[0], "buffers": report["buffers"]}
    if capacity:
        row |= {"capacity": capacity, "verdict": report["verdict"]}
    row |= {name: report[name] for name in ("height", "bound", "proof", "nodes")}
    if not capacity:
        row["gap_percent"] = f"{100 * (report['height'] - report['bound']) / report['height']:.2f}"
    found = report["height"] is not None
    wrong = overlaps(out, min(report["height"], int(capacity or report["height"]))) if found else ["no layout"]
    seconds = {"cpu_seconds": f"{cpu:.3f}", "wall_seconds": f"{report['seconds']:.3f}"}
    return row | {"layout": "; ".join(wrong[:3]) or "checked"} | seconds


def instances(folder: pathlib.Path, smallest: bool) -> list[dict]:
    rows = []
    with tempfile.TemporaryDirectory() as place:
        first, second = pathlib.Path(place) / "first.csv", pathlib.Path(place) / "second.csv"
        for path in sorted(folder.glob("*.csv")):
            capacity = None if smallest else path.name.split(".")[1]
            row = instance(path, capacity, first)
            if capacity:
                instance(path, capacity, second)
                row["again"] = "same bytes" if first.read_bytes() == second.read_bytes() else "other bytes"
            rows.append(row)
    return rows


def seconds(row: dict) -> float:
    return float(row["cpu_seconds"])


def judged_at_capacity(rows: list[dict]) -> list[Mark]:
    total = sum(seconds(row) for row in rows)
    wrong = [f"{row['instance']}: {row['verdict']}, {row['layout']}, {row['again']}" for row in rows]
    wrong = [line for line in wrong if not line.endswith("fits, checked, same bytes")]
    slow = [f"{row['instance']}: {row['cpu_seconds']} s" for row in rows if seconds(row) >= EACH_FIT]
    slow += [f"together: {total:.2f} s"] if total >= ALL_FIT else []
    return [
        Mark(f"all {len(rows)} fit their capacity, layouts checked by this script too, the same bytes twice", wrong),
        Mark(f"each under {EACH_FIT} s, together under {ALL_FIT} s: {total:.2f} s", slow),
    ]


def judged_smallest(rows: list[dict]) -> list[Mark]:
    open_ones = [
        f"{row['instance']}: {row['height']}, bound {row['bound']}, gap {row['gap_percent']} %"
        for row in rows
        if row["proof"] != "optimal"
    ]
    wrong = [f"{row['instance']}: {row['layout']}" for row in rows if row["layout"] != "checked"]
    slow = [
        f"{row['instance']}: {row['cpu_seconds']} s"
        for row in rows
        if seconds(row) >= EACH_SMALLEST.get(row["instance"], 1.0)
    ]
    limits = ", ".join(f"{name} {limit:.0f} s" for name, limit in EACH_SMALLEST.items())
    return [
        Mark(f"{len(rows) - len(open_ones)} of {len(rows)} proved equal to their bound", open_ones),
        Mark("every layout checked by this script too", wrong),
        Mark(f"under 1 s each ({limits})", slow),
    ]


def models(folder: pathlib.Path) -> list[dict]:
    suffixes = (".tflite", ".onnx", ".json")
    files = [
        str(path) for path in sorted(folder.rglob("*")) if path.suffix in suffixes and path.name != "manifest.json"
    ]
    zoo = [f"zoo:{network['name']}" for network in run("zoo")[0]["networks"]]
    return [row_of(model) for model in [*files, *zoo]]


def row_of(model: str) -> dict:
    name = model.rsplit("/", 1)[-1]
    report, cpu = run("optimize", model, "--rewrite", "off")
    if "arena" not in report:
        return {"model": name, "arena": "refused", "cpu_seconds": f"{cpu:.3f}"}
    arena = report["arena"]["after"]
    return {
        "model": name,
        "operators": report["after"]["operators"],
        "peak": report["after"]["peak_bytes"],
        "order": report["after"]["proof"],
        "arena": arena["bytes"],
        "bound": arena["bound_bytes"],
        "proof": arena["proof"],
        "runtime_planner": arena["greedy_bytes"],
        "cpu_seconds": f"{cpu:.3f}",
    }


def judged_models(rows: list[dict]) -> list[Mark]:
    def is_tight(row: dict) -> bool:
        return row["arena"] == row.get("bound") and row["proof"] == row["order"] == "optimal"

    loose = [f"{row['model']}: arena {row['arena']}, bound {row.get('bound')}" for row in rows if not is_tight(row)]
    slow = [f"{row['model']}: {row['cpu_seconds']} s" for row in rows if seconds(row) >= EACH_MODEL]
    text = f"{len(rows) - len(loose)} of {len(rows)} arenas of optimal orders equal the peak with every tensor rounded up, proved"
    return [Mark(text, loose), Mark(f"each under {EACH_MODEL} s, reading and ordering included", slow)]


def save(record: pathlib.Path, name: str, rows: list[dict]) -> list[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (record / f"{name}.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return head + ["| " + " | ".join(str(row.get(column, "")) for column in columns) + " |" for row in rows]


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    problems, zoo = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    record = ROOT / "benchmarks" / "runs" / f"{datetime.date.today()}-packing"
    record.mkdir(parents=True, exist_ok=True)
    sections = (
        ("capacity", "At a capacity", lambda: instances(problems, smallest=False), judged_at_capacity),
        ("smallest", "Smallest arena", lambda: instances(problems, smallest=True), judged_smallest),
        ("models", "Models in their optimal order", lambda: models(zoo), judged_models),
    )
    marks, tables = [], []
    for name, title, made, judged in sections:
        rows = made()
        marks += judged(rows)
        tables += [f"## {title}", "", *save(record, name, rows), ""]
    how = f"`benchmarks/packing.py`: one thread, {platform.machine()}, processor time judged; raw rows beside."
    head = [f"# Packing, {datetime.date.today()}", "", how, "", *(mark.line() for mark in marks), ""]
    (record / "summary.md").write_text("\n".join([*head, *tables]))
    sys.exit(1 if any(mark.misses for mark in marks) else 0)


if __name__ == "__main__":
    main()
