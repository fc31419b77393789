"""Shape inference against the test cases of the ONNX standard itself: every operator, with the shapes it has to give."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from lowtide_runtimes import cli

# Inputs of these types are often shapes, axes or sizes: as constants they tell what the outputs are.
CONSTANT = {TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL}
WORDS = {
    np.dtype(numpy): word
    for numpy, word in (
        ("float16", "f16"), ("float32", "f32"), ("float64", "f64"), ("bool", "bool"),
        ("int8", "i8"), ("int16", "i16"), ("int32", "i32"), ("int64", "i64"),
        ("uint8", "u8"), ("uint16", "u16"), ("uint32", "u32"), ("uint64", "u64"),
    )
}  # fmt: skip


def cases() -> Iterator[tuple[str, onnx.ModelProto, list[np.ndarray]]]:
    """Name, model, and the outputs that the standard demands."""
    with np.errstate(all="ignore"):
        from onnx.backend.test.case.node import collect_testcases

        for case in collect_testcases(None):
            inputs, outputs = case.data_sets[0]
            if case.model is not None and all(isinstance(value, np.ndarray) for value in [*inputs, *outputs]):
                yield case.name, bare(case.model, inputs), list(outputs)


def bare(model: onnx.ModelProto, inputs: list[np.ndarray]) -> onnx.ModelProto:
    """A copy that says nothing of its outputs; small inputs but the first are constants."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    for info, value in list(zip(copy.graph.input, inputs, strict=False))[1:]:
        tensor = numpy_helper.from_array(value, info.name)
        if len(tensor.dims) <= 1 and tensor.data_type in CONSTANT:
            copy.graph.initializer.append(tensor)
    del copy.graph.value_info[:]
    for output in copy.graph.output:
        output.ClearField("type")
    return copy


def test_what_is_inferred_is_what_the_standard_demands(tmp_path: Path, record_property) -> None:
    def infer(case: tuple[str, onnx.ModelProto, list[np.ndarray]]) -> tuple[str, list, list] | None:
        name, model, outputs = case
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(model.SerializeToString())
        answer = cli.lowtide("inspect", path, "--json")
        if answer.code != cli.DONE:
            # What lowtide can not infer it has to say.
            assert json.loads(answer.stderr)["error"]["message"]
            return None
        found = [(output["dtype"], output["shape"]) for output in answer.report["model"]["outputs"]]
        return name, found, [(WORDS.get(value.dtype), list(value.shape)) for value in outputs]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(infer, cases()))
    inferred = [answer for answer in answers if answer is not None]
    for name, found, demanded in inferred:
        for (dtype, shape), (expected_dtype, expected_shape) in zip(found, demanded, strict=True):
            assert shape == expected_shape, name
            assert dtype == expected_dtype or expected_dtype is None, name
    record_property(
        "note", f"shapes inferred as demanded: {len(inferred)} of {len(answers)} cases of the ONNX standard"
    )
    assert len(inferred) >= 1378
