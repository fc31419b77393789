"""Random networks taken apart in every way there is, in the real runtimes: outputs are equal in the class promised.

`LOWTIDE_RANDOM_NETWORKS` says how many of each format; `benchmarks/rewriting/networks.py` keeps a record of a long run.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from lowtide_runtimes.compare import seeded_inputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert
from rewriting import networks, random_tflite

NETWORKS = int(os.environ.get("LOWTIDE_RANDOM_NETWORKS", "60"))
# Networks a test.
SEVERAL = 20


@pytest.mark.parametrize("first", range(0, NETWORKS, SEVERAL))
@pytest.mark.parametrize("kind", networks.EXAMINE)
def test_outputs_are_equal_in_the_class_promised(kind: str, first: int, tmp_path: Path) -> None:
    findings = networks.EXAMINE[kind](range(first, min(first + SEVERAL, NETWORKS)), tmp_path)
    assert [finding for finding in findings if finding.fault] == []
    assert len({finding.promise for finding in findings}) >= 2


def test_the_bound_tells_a_wrong_partial_sum(tmp_path: Path) -> None:
    """With the weights of one partial convolution turned around, outputs are further off than rounding can explain."""
    found = 0
    for seed in range(30):
        source = random_tflite.network(seed)
        ((data, done),) = networks.taken_apart({"a.tflite": source}, tmp_path).values()
        file = ModelFile(data)
        part = next(
            (i for i in range(len(file.graph.tensors)) if file.name(i).endswith("/part1") and file.content(i)), None
        )
        if "approximate" not in done or part is None:
            continue
        buffer = file.model.buffers[file.graph.tensors[part].buffer]
        buffer.data = np.ascontiguousarray(-np.asarray(buffer.data).view(np.int8)).view(np.uint8)
        finding = networks.Finding(seed, "", "", "approximate")
        inputs = seeded_inputs(ModelFile(source), seed)
        networks.within_bounds(finding, source, file.pack(), lambda m, x=inputs: litert.all_tensors(m, x, "reference"))
        found += bool(finding.fault)
    assert found > 0
