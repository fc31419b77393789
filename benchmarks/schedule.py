#!/usr/bin/env python3
"""Runs the scheduler's bench and writes a dated record: raw rows and a summary.

usage: benchmarks/schedule.py MODELS_DIR [SECONDS]

MODELS_DIR holds model files, in folders or not; SECONDS limits each search (default 10), as one number or as three with
commas between them: of the corpus, the families, the ablation.
"""

import csv
import datetime
import io
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ["cargo", "run", "--quiet", "--release", "-p", "lowtide-formats", "--example", "bench_schedule", "--"]
SECTIONS = ("corpus", "families", "ablation")
COLUMNS = ["graph", "operators", "algorithm", "peak", "proof", "gap %", "states", "MB", "ms"]


def run(what: str, seconds: str, files: list[str]) -> list[dict[str, str]]:
    done = subprocess.run([*BENCH, what, seconds, *files], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def line(row: dict[str, str]) -> str:
    peak, bound = int(row["peak"]), int(row["bound"])
    gap = f"{100 * (peak - bound) / max(peak, 1):.2f}" if row["proof"] != "none" else ""
    memory = f"{int(row['memory_bytes']) / 1e6:.2f}" if row["memory_bytes"] else ""
    cells = [row["graph"], row["operators"], row["algorithm"], row["peak"], row["proof"], gap, row["states"], memory]
    return "| " + " | ".join([*cells, row["median_ms"]]) + " |"


def table(rows: list[dict[str, str]]) -> list[str]:
    head = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return head + [line(row) for row in rows]


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    given = (sys.argv[2] if len(sys.argv) > 2 else "10").split(",")
    seconds = dict(zip(SECTIONS, given * 3 if len(given) == 1 else given, strict=True))
    models = pathlib.Path(sys.argv[1])
    files = [str(p.resolve()) for p in sorted(models.rglob("*")) if p.suffix in (".tflite", ".onnx", ".json")]
    record = ROOT / "benchmarks" / "runs" / f"{datetime.date.today()}-schedule"
    record.mkdir(parents=True, exist_ok=True)
    processor = platform.machine()
    limits = ", ".join(f"{each} s a search in {what}" for what, each in seconds.items())
    times = "Times of the exact search are processor time, the others by the clock."
    how = f"One thread, {processor}, {limits}. {times} Raw rows beside."
    text = [f"# Scheduler, {datetime.date.today()}", "", how, ""]
    for what in SECTIONS:
        rows = run(what, seconds[what], files)
        with (record / f"{what}.csv").open("w", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        exact = [row for row in rows if row["algorithm"] in ("exact", "all")]
        times = sorted(float(row["median_ms"]) for row in exact)
        proved = sum(row["proof"] == "optimal" for row in exact)
        text += [f"## {what.capitalize()}", "", f"{proved} of {len(exact)} proved optimal; median {times[len(times) // 2]:.3f} ms, "
                 f"slowest {times[-1]:.3f} ms.", "", *table(rows), ""]
    (record / "summary.md").write_text("\n".join(text))
    print(record.relative_to(ROOT))


if __name__ == "__main__":
    main()
