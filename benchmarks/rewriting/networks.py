"""Random networks, rewritten in every way there is, in the real runtimes.

    .venv/bin/python benchmarks/rewriting/networks.py tflite|onnx [--count 500]

Writes its record, with date and versions, to `benchmarks/runs/`, and ends with an error if a network breaks its class.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
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
    parser.add_argument("kind", choices=tuple(EXAMINE))
    parser.add_argument("--count", type=int, default=500, help="random networks of each format")
    arguments = parser.parse_args()
    kind, count = arguments.kind, arguments.count
    started = time.monotonic()
    found: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, count, AT_ONCE):
            found += EXAMINE[kind](range(first, min(first + AT_ONCE, count)), Path(folder))
            print(f"{kind}: {first + AT_ONCE}", file=sys.stderr, flush=True)
    faults = [finding for finding in found if finding.fault]
    text = "\n".join(record(kind, count, found, time.monotonic() - started))
    folder = REPOSITORY / "benchmarks" / "runs" / f"{datetime.now(UTC):%Y-%m-%d}-rewriting"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.md").write_text(text + "\n")
    print(text)
    return 1 if faults else 0


def record(kind: str, count: int, found: list[Finding], seconds: float) -> Iterator[str]:
    """The record as Markdown."""
    packages = ("ai-edge-litert", "tflite-micro", "onnxruntime")
    yield f"# Random networks in {kind}, rewritten in every way there is"
    yield ""
    yield f"`benchmarks/rewriting/networks.py {kind} --count {count}` on {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} s."
    yield ", ".join(f"{name} {version(name)}" for name in packages) + "."
    yield ""
    yield f"Seeds 0 to {count - 1}; each wherever its exact rules apply, wherever any rule applies, and by `lowtide optimize`"
    yield "with `--rewrite exact`, `exact --bit-exact` and `all`. Files that come out the same are counted once."
    yield ""
    yield "| runtime | class | files | bit-equal | largest difference | faults |"
    yield "|---|---|--:|--:|--:|--:|"
    for runtime in dict.fromkeys(finding.runtime for finding in found):
        for promise in CLASSES:
            some = [f for f in found if (f.runtime, f.promise) == (runtime, promise)]
            if some:
                equal = sum(finding.difference == 0 for finding in some)
                largest = max(finding.difference for finding in some)
                wrong = sum(bool(finding.fault) for finding in some)
                yield f"| {runtime} | {promise} | {len(some)} | {equal} | {largest:.2g} | {wrong} |"
    yield ""
    yield "Differences are shares of the network's largest output."
    if share := max(finding.share for finding in found):
        yield "Of approximate files every tensor that both files have is held to a bound that follows from scales and weights"
        yield f"(`tests/runtimes/rewriting/bounds.py`); the closest came to {share:.2f} of it."
    yield ""
    yield "| rule | patches |"
    yield "|---|--:|"
    for rule, patches in sorted(rules(found).items()):
        yield f"| {rule} | {patches} |"
    for finding in found:
        if finding.fault:
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
