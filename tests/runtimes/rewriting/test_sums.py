"""Sums of many in another order: integers keep every bit, and ONNX Runtime's Sum goes from left to right."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from lowtide_runtimes.interpreters import litert, tflm
from rewriting import networks, random_tflite

TERMS = 5
SHAPE = [1, 2, 2, 3]


def _extreme(dtype: type) -> list[np.ndarray]:
    """Numbers whose sums overflow."""
    random, limits = np.random.default_rng(3), np.iinfo(dtype)
    return [random.integers(limits.min, limits.max, SHAPE, dtype) for _ in range(TERMS)]


@pytest.mark.parametrize("several", [False, True])
def test_integers_of_32_bits_wrap_around_in_any_order(several: bool, tmp_path: Path) -> None:
    net = random_tflite.Net(0, quantised=False)
    inputs = [net.tensor(SHAPE, "INT32") for _ in range(TERMS)]
    total = inputs[0]
    if several:
        total = net.tensor(SHAPE, "INT32")
        net.operator("ADD_N", inputs, total, "AddNOptions")
    for term in [] if several else inputs[1:]:
        before, total = total, net.tensor(SHAPE, "INT32")
        net.operator("ADD", [before, term], total, "AddOptions")
    net.graph.inputs, net.graph.outputs = np.array(inputs, np.int32), np.array([total], np.int32)
    source = net.packed()
    ((written, done),) = networks.taken_apart({"a.tflite": source}, tmp_path).values()
    assert done == "1 x sum-of-many (bit-exact)"
    feeds = _extreme(np.int32)
    expected = sum(x.astype(np.int64) for x in feeds).astype(np.int32)
    for family in ("reference", "optimised"):
        for model in (source, written):
            assert np.array_equal(litert.outputs(model, feeds, family)[0], expected)
    if not several:  # TFLM's ADD_N knows floats and int8 alone.
        assert np.array_equal(tflm.outputs(source, feeds)[0], tflm.outputs(written, feeds)[0])


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_integers_wrap_around_in_onnx_runtime(dtype: type, tmp_path: Path) -> None:
    names = [f"x{i}" for i in range(TERMS)]
    nodes = [helper.make_node("Add", [names[0], names[1]], ["s1"])]
    nodes += [helper.make_node("Add", [f"s{i - 1}", names[i]], [f"s{i}"]) for i in range(2, TERMS)]
    source = _model(nodes, names, f"s{TERMS - 1}", helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
    ((written, done),) = networks.taken_apart({"a.onnx": source}, tmp_path).values()
    assert done == "1 x sum-of-many (bit-exact)"
    feeds = dict(zip(names, _extreme(dtype), strict=True))
    assert np.array_equal(_run(source, feeds), _run(written, feeds))


@pytest.mark.parametrize("shape", [[1], [7], [3, 5, 17], [1, 8, 64, 64]])
def test_a_sum_is_a_chain_from_left_to_right_in_onnx_runtime(shape: list[int]) -> None:
    names = [f"x{i}" for i in range(TERMS)]
    at_once = [helper.make_node("Sum", names, ["y"])]
    chain = [helper.make_node("Add", [names[0], names[1]], ["s1"])]
    chain += [helper.make_node("Add", [f"s{i - 1}", names[i]], [f"s{i}"]) for i in range(2, TERMS)]
    random = np.random.default_rng(1)
    feeds = {x: random.standard_normal(shape).astype(np.float32) * 10 ** random.uniform(-3, 3) for x in names}
    feeds = {x: value.astype(np.float32) for x, value in feeds.items()}
    whole = _run(_model(at_once, names, "y", onnx.TensorProto.FLOAT, shape), feeds)
    parts = _run(_model(chain, names, f"s{TERMS - 1}", onnx.TensorProto.FLOAT, shape), feeds)
    assert whole.tobytes() == parts.tobytes()


def _model(nodes: list, inputs: list[str], output: str, dtype: int, shape: list[int] | None = None) -> bytes:
    ends = {name: helper.make_tensor_value_info(name, dtype, shape or SHAPE) for name in (*inputs, output)}
    graph = helper.make_graph(nodes, "sum", [ends[name] for name in inputs], [ends[output]])
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()


def _run(model: bytes, feeds: dict[str, np.ndarray]) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run(None, feeds)[0]
