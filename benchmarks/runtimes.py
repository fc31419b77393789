"""Measures every model before and after in the real runtimes and prints README's results table as Markdown.

    .venv/bin/python benchmarks/runtimes.py [--save] [--only NAME]

`--save` also writes the table, with date, machine and versions, to `benchmarks/runs/`.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "runtimes"))

from lowtide_runtimes.compare import compare_models, unsized_outputs
from lowtide_runtimes.corpus import runnable_part
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm
from lowtide_runtimes.workshop import Subject, Workshop, subjects

HEADER = (
    "| model | live peak | proof | TFLM smallest arena | LiteRT arena | outputs equal |",
    "|---|--:|---|--:|--:|---|",
)


@dataclass(frozen=True)
class Measured:
    """Before and after in bytes, and what the comparison of all tensors said; None where the runtime refuses the source."""

    arenas: tuple[int, int] | None
    equal: str | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="also write the table to benchmarks/runs/")
    parser.add_argument("--only", default="", help="only models with this in their names")
    arguments = parser.parse_args()
    lines = [*HEADER]
    print(*HEADER, sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for subject in subjects():
            if arguments.only in subject.name:
                lines.append(row(subject, workshop))
                print(lines[-1], flush=True)
    if arguments.save:
        print(f"\nwritten to {save(lines)}", file=sys.stderr)


def row(subject: Subject, workshop: Workshop) -> str:
    """One line of the table. A failure of a written model ends the script: there is no table with wrong models in it."""
    report = workshop.written(subject).report
    before, after = workshop.before(subject), workshop.written(subject).file
    in_tflm, in_litert = measure_tflm(before, after), measure_litert(workshop.source(subject), before, after)
    peaks = (report["before"]["peak_bytes"], report["after"]["peak_bytes"])
    verdicts = ", ".join(
        f"{runtime}: {measured.equal}"
        for runtime, measured in (("TFLM", in_tflm), ("LiteRT", in_litert))
        if measured.equal
    )
    cells = (subject.name, arrow(peaks), report["after"]["proof"], arrow(in_tflm.arenas), arrow(in_litert.arenas))
    return f"| {' | '.join(cells)} | {verdicts} |"


def measure_tflm(before: ModelFile, after: ModelFile) -> Measured:
    if tflm.obstacle(before.data):
        return Measured(None, None)
    equal = verdict(before, after, tflm.all_tensors, unsized_outputs(before))
    return Measured((tflm.smallest_arena(before.data), tflm.smallest_arena(after.data)), equal)


def measure_litert(source: ModelFile, before: ModelFile, after: ModelFile) -> Measured:
    """`source` gives the values, `before` the arena: they differ where the model was converted to int8."""
    (source, cut), (before, _), (after, _) = (runnable_part(file) for file in (source, before, after))
    family, _ = litert.family_for(source.data)
    if family is None:
        return Measured(None, None)
    equal = verdict(source, after, partial(litert.all_tensors, family=family), ())
    arenas = (litert.arena_bytes(before.data, family), litert.arena_bytes(after.data, family))
    return Measured(arenas, f"{equal} (without {', '.join(cut)})" if cut else equal)


def verdict(before: ModelFile, after: ModelFile, run: Callable, left_out: list[int] | tuple[()]) -> str:
    comparison = compare_models(before, after, run, left_out)
    if comparison.problems():
        raise SystemExit("not equal: " + "; ".join(comparison.problems()[:10]))
    return f"yes, {comparison.tensors} tensors"


def arrow(figures: tuple[int, int] | None) -> str:
    if figures is None:
        return "cannot run it"
    before, after = figures
    return f"{before} → **{after}**" if after != before else str(before)


def save(lines: list[str]) -> Path:
    """Writes the dated record of this run."""
    runs = REPOSITORY / "benchmarks" / "runs"
    runs.mkdir(exist_ok=True)
    path = runs / f"{date.today().isoformat()}-runtimes.md"
    packages = ", ".join(f"{name} {version(name)}" for name in ("tflite-micro", "ai-edge-litert", "numpy"))
    title = f"# Arenas in the real runtimes, {date.today().isoformat()}"
    facts = f"Bytes. {platform.system()} {platform.machine()}, Python {platform.python_version()}, {packages}."
    path.write_text("\n".join([title, "", facts, "", *lines, ""]))
    return path.relative_to(REPOSITORY)


if __name__ == "__main__":
    main()
