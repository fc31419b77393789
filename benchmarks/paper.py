#!/usr/bin/env python3
"""Reruns the evaluation of SERENITY (Ahn et al., MLSys 2020) on lowtide's own networks: tables, raw rows and plots.

usage: benchmarks/paper.py [-o DIR]

DIR is benchmarks/runs/TODAY-paper by default; then the tables in docs/paper.md are written too, and what README says is
printed. Needs Rust, and for the plots `pip install -r benchmarks/requirements.txt`.
"""

import argparse
import concurrent.futures
import csv
import datetime
import io
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

import paper_2019
import paper_summary

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BENCH = TARGET / "release" / "examples" / "bench_paper"
SEEDS = range(1, 11)
SWIFTNET = ["swiftnet-cell-a", "swiftnet-cell-b", "swiftnet-cell-c"]
DARTS = ["darts-imagenet-cell-f32"]
RANDWIRE = ["randwire-cell-a", "randwire-cell-b", "randwire-cell-c"]
# The regimes of the paper, each with ten seeds of its own.
REGIMES = {
    "CIFAR-10 A": [f"randwire-cell-a@{seed}" for seed in SEEDS],
    "CIFAR-10 B": [f"randwire-cell-b@{seed}" for seed in SEEDS],
    "CIFAR-100 A": [f"randwire-cell-a@{seed + 10}" for seed in SEEDS],
    "CIFAR-100 B": [f"randwire-cell-b@{seed + 10}" for seed in SEEDS],
    "CIFAR-100 C": [f"randwire-cell-c@{seed + 10}" for seed in SEEDS],
    "CIFAR-10, whole": [f"randwire-cifar10@{seed}" for seed in SEEDS],
    "CIFAR-100, whole": [f"randwire-cifar100@{seed + 10}" for seed in SEEDS],
}
# SwiftNet's cells with the pooling in front of each, as their published numbers of operators say.
SECTIONS = ["swiftnet+section-a", "swiftnet+section-b", "swiftnet+section-c"]
VARIANTS = ["dp", "dp+dc", "dp+dc+asb", "ours"]
TIMED = [
    "swiftnet",
    "swiftnet+joined",
    "swiftnet+rewritten",
    *SWIFTNET,
    *DARTS,
    *RANDWIRE,
    "darts-cifar",
    "darts-imagenet",
    "nasnet-a-mobile",
    "randwire-cifar10",
]
RARE = [f"{cell}+joined" for cell in SWIFTNET] + SWIFTNET + DARTS + RANDWIRE
TRAFFIC = [*SWIFTNET, *DARTS, *RANDWIRE, "swiftnet", "darts-cifar", "randwire-cifar10", "randwire-cifar100"]


def zoo() -> list[str]:
    """All networks, in int8 and in float32."""
    lowtide = [TARGET / "release" / "lowtide", "zoo", "--list", "--json"]
    return [
        n["name"] for n in json.loads(subprocess.run(lowtide, check=True, stdout=subprocess.PIPE).stdout)["networks"]
    ]


def bench(*args: str) -> list[dict[str, str]]:
    done = subprocess.run([BENCH, *args], check=True, stdout=subprocess.PIPE, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def jobs() -> dict[str, list[tuple[str, ...]]]:
    everything = zoo()
    floats = [name for name in everything if name.endswith("-f32")]
    counted = [
        name + how for name in SECTIONS for how in ("", "+inputs-kept", "+joined", "+rewritten", "+accumulated+joined")
    ]
    counted += [name + how for name in DARTS for how in ("", "+inputs-kept", "+rewritten", "+accumulated+joined")]
    networks = [name + how for name in everything if name not in floats for how in ("", "+rewritten")]
    seeds = [name for names in REGIMES.values() for name in names]
    weighted = [f"{name}+weighted{how}" for name in paper_2019.stages(REGIMES) for how in ("", "+inputs-kept")]
    names = list(dict.fromkeys([*counted, *networks, *seeds, *weighted]))
    image_net = [f"{name}@{seed}" for name in ("randwire-ws", "randwire-er", "randwire-ba") for seed in SEEDS]
    return {
        "peak": [("peak", name) for name in names],
        "baseline": [("hypotheses", name) for name in paper_2019.subjects(REGIMES)],
        "proofs": [("proofs", name) for name in [*everything, *(f"{name}+onnx" for name in floats), *image_net]],
        "rareness": [("rare", name) for name in RARE],
        "traffic": [("traffic", name) for name in TRAFFIC],
        "time": [("time", variant, name) for name in TIMED for variant in VARIANTS],
    }


def measure(what: str, work: list[tuple[str, ...]], begun: float) -> list[dict[str, str]]:
    """Two at a time, but for times: one after the other."""
    rows = []
    with concurrent.futures.ThreadPoolExecutor(1 if what == "time" else 2) as pool:
        for done, found in enumerate(pool.map(lambda args: bench(*args), work), 1):
            rows += found
            print(f"{what}: {done} of {len(work)}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", dest="folder", type=pathlib.Path, help="where to write")
    folder = parser.parse_args().folder
    is_default = folder is None
    folder = folder or ROOT / "benchmarks" / "runs" / f"{datetime.date.today()}-paper"
    build = ["cargo", "build", "--quiet", "--release"]
    subprocess.run([*build, "-p", "lowtide", "--example", "bench_paper"], cwd=ROOT, check=True)
    subprocess.run([*build, "-p", "lowtide-cli"], cwd=ROOT, check=True)
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    built = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = built.ru_utime + built.ru_stime
    found = {}
    for what, work in jobs().items():
        found[what] = measure(what, work, begun)
        with (folder / f"{what}.csv").open("w", newline="") as out:
            writer = csv.DictWriter(out, found[what][0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found[what])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.monotonic() - begun, used.ru_utime + used.ru_stime - before
    if is_default:
        paper_summary.fill(ROOT / "docs" / "paper.md", folder, found, REGIMES)
    text = paper_summary.summary(found, REGIMES, datetime.date.today(), seconds)
    (folder / "summary.md").write_text(text)
    try:
        import paper_plots
    except ImportError as error:
        sys.exit(
            f"paper: tables are in {folder}, but plots need {error.name}: pip install -r benchmarks/requirements.txt"
        )
    paper_plots.draw(found, REGIMES, folder)
    print(folder)
    print("For README: " + paper_summary.sentence(found, REGIMES))


if __name__ == "__main__":
    main()
