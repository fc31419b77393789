"""Random networks, rewritten in every way there is, in the real runtimes.

    .venv/bin/python benchmarks/rewriting/networks.py [--count 500]

Writes its record, with date and versions, to `benchmarks/runs/`, and ends with an error if a network breaks its class.
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

REPOSITORY = Path(__file__).resolve().parents[2]
# This script's own folder goes: the tests' package is called like it.
sys.path[0] = str(REPOSITORY / "tests" / "runtimes")

from rewriting.networks import CLASSES, EXAMINE, Finding

AT_ONCE = 25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500, help="random networks of each format")
    count = parser.parse_args().count
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
    yield f"`benchmarks/rewriting/networks.py --count {count}` on {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} s."
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


if __name__ == "__main__":
    sys.exit(main())
