#!/usr/bin/env python3
"""Measures the scheduler on model files, on lowtide's zoo and on generated families, and judges it by its targets.

usage: benchmarks/schedule.py MODELS_DIR [-o DIR] [--quick] [--keep] [--fuzz GRAPHS] [--combinations NUMBER]

MODELS_DIR holds model files, in folders or not. DIR is benchmarks/runs/TODAY-schedule by default: raw rows, and summary.md. On two
idle cores that takes four minutes, built; --quick takes one, leaves out what is large, and writes only where -o says so, else
prints the summary. --fuzz runs random graphs against exhaustive search besides, 100000 for the record, each under all combinations
of switches, or under NUMBER of them, a power of two; without it the record of an earlier run in DIR stands. --keep lets the rows
of an earlier run in DIR stand, so that only the fuzz is new.
"""

import argparse
import concurrent.futures
import csv
import datetime
import io
import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import tempfile

import tables.schedule as tables

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BENCH = TARGET / "release" / "examples" / "bench_schedule"
FUZZ = TARGET / "release" / "examples" / "fuzz_schedule"
# More than there are combinations of switches.
ALL = 1 << 30
CORES = min(2, os.cpu_count() or 1)
SEEDS = range(3)
SECTIONS = ("exact", "threads", "others", "ablation", "certificates")


def sized(family: str, sizes: list[int], seeds=SEEDS) -> list[str]:
    return [f"{family}:{size}:{seed}" for size in sizes for seed in seeds]


# Wirings of the zoo that a seed draws anew.
WIRINGS = [f"zoo:randwire-{kind}" for kind in ("ws", "er", "ba", "ws-cifar", "cifar10", "cell-a", "cell-b", "cell-c")]


def wired(seeds: int) -> list[str]:
    return [f"{name}@{seed}" for name in WIRINGS for seed in range(1, seeds + 1)]


CELLS = [f"{family}:{cells}" for cells in (6, 18, 60) for family in ("nasnet", "amoebanet")]
SMALL = [
    *sized("training", [8, 40]),
    *sized("layered", [300, 1000]),
    *sized("series-parallel", [300, 1000]),
    *sized("in-tree", [1000]),
    *sized("watts-strogatz", [32, 64, 96]),
    *sized("erdos-renyi", [32, 64]),
    *sized("barabasi-albert", [32, 64]),
]
# What may take long, and how many seconds it is given: those of the targets.
LARGE = {
    **dict.fromkeys(sized("watts-strogatz", [128]), 60),
    **dict.fromkeys(sized("layered", [3000, 10000]), 30),
    **dict.fromkeys(sized("series-parallel", [3000]), 10),
    **dict.fromkeys(sized("watts-strogatz", [112]), 10),
    **dict.fromkeys(sized("erdos-renyi", [128]) + sized("barabasi-albert", [128]), 10),
    **dict.fromkeys(sized("training", [160]) + sized("in-tree", [3000]), 10),
}
# Several hard problems in a row, which several threads share.
STACKS = [
    *(f"stack:8:watts-strogatz:{size}:{seed}" for size, seed in ((64, 0), (80, 10), (96, 0))),
    "stack:6:watts-strogatz:112:0",
    "stack:8:erdos-renyi:64:0",
    *(f"stack:8:{family}:{ops}:0" for family in ("layered", "series-parallel") for ops in (300, 1000)),
]
# Graphs on which the steps of the search differ, besides those of the corpus that need a search.
ABLATED = [
    "nasnet:18",
    "amoebanet:18",
    *sized("training", [40], [1]),
    *sized("layered", [300, 1000], [0]),
    *sized("series-parallel", [300, 1000], [0]),
    *sized("in-tree", [1000], [0]),
    *sized("watts-strogatz", [64, 96, 112], [0]),
    *sized("erdos-renyi", [64], [0, 1]),
    *sized("barabasi-albert", [64], [0, 1]),
    *sized("layered", [3000], [0]),
]
ABLATED_FILES = [
    "own_randwire_ws32_s1_224",
    "own_darts_v2_cifar",
    "own_msdnet_cifar",
    "timm_nasnetmobile_like",
    "gen_unetpp_c8_96_int8",
    "gen_randwire_s9_c32_unw_int8",
]


def rows(*args: str) -> list[dict[str, str]]:
    done = subprocess.run([BENCH, *args], check=True, stdout=subprocess.PIPE, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def zoo() -> list[str]:
    """All networks in int8."""
    lowtide = [TARGET / "release" / "lowtide", "zoo", "--list", "--json"]
    names = [
        n["name"] for n in json.loads(subprocess.run(lowtide, check=True, stdout=subprocess.PIPE).stdout)["networks"]
    ]
    return [f"zoo:{name}" for name in names if not name.endswith("-f32")]


def rewritten(folder: pathlib.Path) -> str:
    """SwiftNet taken apart, as SERENITY's paper orders it too."""
    path = folder / "swiftnet_rewritten.tflite"
    lowtide = [
        TARGET / "release" / "lowtide",
        "optimize",
        "zoo:swiftnet",
        "--rewrite",
        "all",
        "--node-limit",
        "100000",
        "-o",
        path,
    ]
    subprocess.run(lowtide, check=True, stdout=subprocess.DEVNULL)
    return str(path)


def at_once(jobs: list[tuple[str, ...]]) -> list[dict[str, str]]:
    """The rows of all jobs, two of which run at a time."""
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        return [row for found in pool.map(lambda job: rows(*job), jobs) for row in found]


def measure(files: list[str], quick: bool) -> dict[str, list[dict[str, str]]]:
    """Rows by section. What is timed in milliseconds runs alone, the rest two at a time."""
    large = {} if quick else LARGE
    cells, small = (CELLS[:4], [s for s in SMALL if s.endswith(":0")]) if quick else (CELLS, SMALL)
    networks = [*files, *zoo()]
    inference = [*networks, *cells]
    found = {"exact": []}
    seeded = wired(2 if quick else 10)
    for target in ("tflm", "litert", "ort", "ideal"):
        found["exact"] += rows("exact", target, "10", *inference, *seeded)
    found["exact"] += rows("exact", "tflm", "2" if quick else "10", *small)
    found["exact"] += at_once([("exact", "tflm", str(seconds), spec) for spec, seconds in large.items()])
    found["threads"] = rows("threads", "20", *(STACKS[:2] if quick else STACKS))
    subjects = [*inference, *small, *large]
    found["others"] = at_once([("others", "0.2" if quick else "1", spec) for spec in subjects])
    chosen = [file for file in files if pathlib.Path(file).stem in ABLATED_FILES]
    ablated = [spec for spec in ABLATED if not quick or spec in small] + chosen
    found["ablation"] = at_once([("ablation", "0.2" if quick else "1", spec) for spec in ablated])
    found["certificates"] = at_once([("certificates", "2", spec) for spec in [*inference, *small]])
    return found


def kept(record: pathlib.Path) -> dict[str, list[dict[str, str]]]:
    """Rows by section, of an earlier run."""
    missing = [section for section in SECTIONS if not (record / f"{section}.csv").exists()]
    if missing:
        sys.exit(f"{record}: no rows of {', '.join(missing)}; measure them, without --keep")
    return {section: list(csv.DictReader((record / f"{section}.csv").open(newline=""))) for section in SECTIONS}


def keep(record: pathlib.Path, found: dict[str, list[dict[str, str]]]) -> None:
    for section, table in found.items():
        with (record / f"{section}.csv").open("w", newline="") as out:
            writer = csv.DictWriter(out, table[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


def fuzzed(graphs: int, combinations: int) -> str:
    """What the long run says, and what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [FUZZ, "0", str(graphs), "20", str(combinations), str(CORES)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return f"{said}processor time, {CORES} threads together: {taken:.0f} s\n"


def build() -> None:
    cargo = ["cargo", "build", "--quiet", "--release"]
    subprocess.run([*cargo, "-p", "lowtide-cli"], cwd=ROOT, check=True)
    subprocess.run([*cargo, "-p", "lowtide", "--example", "bench_schedule"], cwd=ROOT, check=True)
    subprocess.run([*cargo, "-p", "lowtide-core", "--example", "fuzz_schedule"], cwd=ROOT, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("-o", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--combinations", type=int)
    given = parser.parse_args()
    files = [str(p.resolve()) for p in sorted(given.models.rglob("*")) if p.suffix in (".tflite", ".onnx", ".json")]
    build()
    today = datetime.date.today()
    scratch = tempfile.TemporaryDirectory()
    usual = pathlib.Path(scratch.name) if given.quick else ROOT / "benchmarks" / "runs" / f"{today}-schedule"
    record = given.o or usual
    record.mkdir(parents=True, exist_ok=True)
    if given.keep:
        found = kept(record)
    else:
        found = measure([*files, rewritten(pathlib.Path(scratch.name))], given.quick)
        keep(record, found)
    fuzz = record / "fuzz.txt"
    if given.fuzz:
        fuzz.write_text(fuzzed(given.fuzz, given.combinations or ALL))
    words = fuzz.read_text() if fuzz.exists() else ""
    how = f"{platform.machine()}, {'--quick, ' if given.quick else ''}one thread a search; {CORES} searches at a time where they may take seconds."
    text = tables.summary(
        found, words, f"Scheduler, {today}", how, "a fifth of a second" if given.quick else "a second"
    )
    (record / "summary.md").write_text(text)
    sys.stdout.write(text if record == usual and given.quick else f"{record}\n")


if __name__ == "__main__":
    main()
