"""Single operators taken apart in LiteRT, whose kernels depend on the number of channels: where every bit is promised, every kernel library keeps it."""

import os
from pathlib import Path

import numpy as np
import pytest

from lowtide_runtimes.compare import seeded_inputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert
from lowtide_runtimes.interpreters.forked import run_forked
from rewriting.networks import taken_apart
from rewriting.one_site.making import DEPTHWISE, Site

SITES = int(os.environ.get("LOWTIDE_RANDOM_SITES", "24"))
LIBRARIES = (*litert.FAMILIES, litert.DEFAULT)
# Operators of which no size is promised; of which some are; of which all are.
NEVER, SOMETIMES = ("MEAN",), (DEPTHWISE, "QUANTIZE", "HARD_SWISH", "ADD", "SUB", "MUL")
ALWAYS = ("MAX_POOL_2D", "AVERAGE_POOL_2D", "RESIZE_BILINEAR", "RELU", "LEAKY_RELU", "LOGISTIC", "TANH", "PRELU")


def _steps_apart(source: bytes, written: bytes, seed: int, library: str) -> int:
    inputs = seeded_inputs(ModelFile(source), seed)
    before, after = (litert.outputs(model, inputs, library) for model in (source, written))
    pairs = zip(before, after, strict=True)
    return max(int(np.abs(x.astype(np.int32) - y.astype(np.int32)).max()) for x, y in pairs)


def _apart(kind: str, folder: Path, *rules: str) -> tuple[dict[str, int], int]:
    """By library, how many steps any site of this kind is off after it was taken apart, and how many were."""
    seeds = range(SITES)
    sources = {f"{seed}.tflite": Site(kind, seed).model for seed in seeds}
    written = taken_apart(sources, folder, rules)
    changed = [seed for seed in seeds if written[f"{seed}.tflite"][1]]

    def run() -> dict[str, int]:
        def steps(library: str, seed: int) -> int:
            name = f"{seed}.tflite"
            return _steps_apart(sources[name], written[name][0], seed, library)

        return {library: max((steps(library, seed) for seed in changed), default=0) for library in LIBRARIES}

    return run_forked(run).unwrap(), len(changed)


@pytest.mark.parametrize("kind", [*SOMETIMES, *ALWAYS, *NEVER])
def test_every_library_keeps_what_is_promised(kind: str, tmp_path: Path) -> None:
    apart, changed = _apart(kind, tmp_path, "exact-on=litert")
    assert apart == dict.fromkeys(LIBRARIES, 0)
    assert changed == 0 if kind in NEVER else changed > 0
    assert (changed == SITES) == (kind in ALWAYS)


@pytest.mark.parametrize("kind", [DEPTHWISE, "QUANTIZE", "MEAN"])
def test_elsewhere_one_step_is_off(kind: str, tmp_path: Path) -> None:
    """With every site taken apart, the optimised kernels round single elements otherwise; the other two libraries keep every bit."""
    apart, changed = _apart(kind, tmp_path)
    assert changed == SITES
    assert apart == {"reference": 0, "optimised": 1, litert.DEFAULT: 0}
