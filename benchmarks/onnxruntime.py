"""Measures every ONNX model before and after in ONNX Runtime and prints the table of docs/onnx-runtime.md.

    .venv/bin/python benchmarks/onnxruntime.py [--only NAME]

Models that come without weights get seeded random ones. A line is printed only after both models gave the same outputs.
"""

import argparse
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# This script's own folder goes, so that its name does not hide the package's.
sys.path[0] = str(REPOSITORY / "tests" / "runtimes")

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import RealModel, real_models
from lowtide_runtimes.interpreters import ort

HEADER = (
    "| model | operators | count, `tflm` | plain | plain, no reuse = count, `ort` | EXTENDED | EXTENDED, no reuse | outputs, EXTENDED | fused first = count, `ort` |",
    "|---|--:|--:|--:|--:|--:|--:|---|--:|",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only models with this in their names")
    arguments = parser.parse_args()
    print(*HEADER, sep="\n")
    for model in real_models("onnx"):
        if arguments.only in model.name:
            with tempfile.TemporaryDirectory() as folder:
                print(row(model, Path(folder)), flush=True)


def row(model: RealModel, folder: Path) -> str:
    """One line of the table. Outputs that differ end the script: there is no table with wrong models in it."""
    source, written = ort.with_weights(model.path, folder), folder / "written.onnx"
    report = cli.optimise(source, written)
    before, after = (ort.run(path, folder) for path in (source, written))
    if not ort.bit_equal(before.outputs, after.outputs):
        raise SystemExit(f"{model.name}: outputs differ")
    fused, fused_after = (ort.run(path, folder, ort.EXTENDED) for path in (source, written))
    counted = folder / "counted.onnx"
    report_counted = cli.optimise(source, counted, "--target", "ort")
    exact, exact_after = (ort.run(path, folder, reuse=False) for path in (source, counted))
    count = report_counted["before"]["peak_bytes"], report_counted["after"]["peak_bytes"]
    if (exact.peak, exact_after.peak) != count or not ort.bit_equal(before.outputs, exact_after.outputs):
        raise SystemExit(
            f"{model.name}: counted {count}, measured {exact.peak} and {exact_after.peak}, or outputs differ"
        )
    bare, bare_after = (ort.run(path, folder, ort.EXTENDED, reuse=False) for path in (source, counted))
    rounding = ort.rounding(fused.outputs, fused_after.outputs)
    cells = (
        model.name,
        model.operators,
        arrow(report["before"]["peak_bytes"], report["after"]["peak_bytes"]),
        arrow(before.peak, after.peak),
        arrow(*count),
        arrow(fused.peak, fused_after.peak),
        arrow(bare.peak, bare_after.peak),
        "bit by bit" if rounding == 0 else f"within {rounding:.0e}",
        arrow(*fused_first(source, folder, fused)),
    )
    return f"| {' | '.join(map(str, cells))} |"


def fused_first(source: Path, folder: Path, demanded: ort.Run) -> tuple[int, int]:
    """Peaks of the graph that ONNX Runtime fuses, in its order and in lowtide's, once outputs are as `demanded`."""
    model, written = ort.fused(source, folder / "fused.onnx"), folder / "fused_written.onnx"
    report = cli.optimise(model, written, "--target", "ort")
    before, after = (ort.run(path, folder, reuse=False) for path in (model, written))
    count = report["before"]["peak_bytes"], report["after"]["peak_bytes"]
    if (before.peak, after.peak) != count or not ort.bit_equal(demanded.outputs, after.outputs):
        raise SystemExit(
            f"{source.name}, fused: counted {count}, measured {before.peak} and {after.peak}, or outputs differ"
        )
    return count


def arrow(before: int, after: int) -> str:
    return f"{before} → **{after}**" if after != before else str(before)


if __name__ == "__main__":
    main()
