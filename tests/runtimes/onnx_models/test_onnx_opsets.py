"""Shape inference in every spelling: what onnx.shape_inference finds, lowtide finds too, in old and new operator sets."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import shape_inference

from lowtide_runtimes import cli
from onnx_spellings import spellings

OPSETS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, onnx.defs.onnx_opset_version())


# Schemas before 22 count a last window that begins in the padding, which no runtime runs.
CEIL = ("AveragePool ceil", "LpPool ceil", "MaxPool ceil")


def demanded(name: str, model: onnx.ModelProto) -> list[list[int] | None]:
    """The shapes of all outputs; `None` where the schema of that time does not say."""
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    if name.startswith(CEIL):
        return as_run(inferred)
    types = [output.type.tensor_type for output in inferred.graph.output]
    shapes = [[dim.dim_value for dim in found.shape.dim] if found.HasField("shape") else None for found in types]
    assert all(dim.HasField("dim_value") for found in types for dim in found.shape.dim), name
    return shapes


def as_run(model: onnx.ModelProto) -> list[list[int]]:
    """The shapes that ONNX Runtime gives."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {value.name: np.zeros(value.shape, np.float32) for value in session.get_inputs()}
    return [list(output.shape) for output in session.run(None, feeds)]


@pytest.mark.parametrize("opset", OPSETS)
def test_every_spelling_gives_its_shape(opset: int, tmp_path: Path, record_property) -> None:
    def infer(spelling: tuple[str, onnx.ModelProto]) -> tuple[str, list, list]:
        name, model = spelling
        path = tmp_path / f"{''.join(c if c.isalnum() else '_' for c in name)}.onnx"
        path.write_bytes(model.SerializeToString())
        answer = cli.lowtide("inspect", path, "--json")
        if answer.code != cli.DONE:
            return name, answer.error["message"], demanded(name, model)
        shapes = demanded(name, model)
        outputs = zip(answer.report["model"]["outputs"], shapes, strict=True)
        return name, [output["shape"] if shape is not None else None for output, shape in outputs], shapes

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(infer, spellings(opset)))
    wrong = [(name, found, shapes) for name, found, shapes in answers if found != shapes]
    assert not wrong, "\n".join(map(str, wrong))
    record_property("note", f"operator set {opset}: {len(answers)} spellings")
    assert len(answers) > 90
