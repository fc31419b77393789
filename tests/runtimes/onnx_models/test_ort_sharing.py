"""What `--target ort` counts is what ONNX Runtime requests: which operators write over an input, which make a view of it, and whole models."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import RealModel, real_models
from lowtide_runtimes.interpreters import ort

SHAPE = (1, 16, 8, 8)
INTEGERS = {"Reshape": (1, -1), "Squeeze": (0,), "Unsqueeze": (0,), "Expand": SHAPE}
ATTRIBUTES = {"Cast": {"to": TensorProto.INT32}, "Transpose": {"perm": [0, 1, 2, 3]}, "Concat": {"axis": 1}}
VIEWS = ("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze")
IN_PLACE = [
    "Cast",
    "Celu",
    "Clip",
    "Elu",
    "HardSigmoid",
    "LeakyRelu",
    "LogSoftmax",
    "Relu",
    "Selu",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "ThresholdedRelu",
]
APART = [
    "Abs",
    "Add",
    "Ceil",
    "Concat",
    "Div",
    "Erf",
    "Exp",
    "Expand",
    "Floor",
    "LpNormalization",
    "Mul",
    "Neg",
    "Reciprocal",
    "Round",
    "Sqrt",
    "Sub",
    "Sum",
    "Transpose",
]
BINARY = ("Add", "Div", "Mul", "Sub", "Sum")


def model(op: str, *, read_again: bool) -> onnx.ModelProto:
    """A convolution, `op`, a sum of what it gives, and if `read_again` one of what it got."""
    weights = np.ones((SHAPE[1], SHAPE[1], 1, 1), np.float32)
    constants = [numpy_helper.from_array(weights, "w")]
    inputs = ["a"]
    if op in INTEGERS or op in BINARY:
        value = np.array(INTEGERS[op]) if op in INTEGERS else np.full(SHAPE, 0.5, np.float32)
        constants.append(numpy_helper.from_array(value, "c"))
        inputs.append("c")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"]),
        helper.make_node(op, inputs, ["b"], **ATTRIBUTES.get(op, {})),
        helper.make_node("ReduceSum", ["b"], ["y"], keepdims=0),
    ]
    dtype = TensorProto.INT32 if op == "Cast" else TensorProto.FLOAT
    outputs = [helper.make_tensor_value_info("y", dtype, ())]
    if read_again:
        nodes.append(helper.make_node("ReduceSum", ["a"], ["z"], keepdims=0))
        outputs.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, ()))
    feeds = [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)]
    graph = helper.make_graph(nodes, op, feeds, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("read_again", [False, True], ids=["once", "again"])
@pytest.mark.parametrize("op", [*VIEWS, *IN_PLACE, *APART])
def test_one_operator(op: str, read_again: bool, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(model(op, read_again=read_again).SerializeToString())
    measured = ort.run(path, tmp_path, reuse=False).peak
    one = 4 * int(np.prod(SHAPE))
    shares = op in VIEWS or (op in IN_PLACE and not read_again)
    assert measured // one == (1 if shares else 2)
    assert cli.lowtide("inspect", path, "--target", "ort", "--json").report["order"]["peak_bytes"] == measured


MODELS = [
    pytest.param(model, id=model.name, marks=pytest.mark.xdist_group(model.name)) for model in real_models("onnx")
]


@pytest.mark.skipif(not MODELS, reason="there is no shared collection (set LOWTIDE_SHARED)")
@pytest.mark.parametrize("model", MODELS)
def test_whole_models_need_what_is_counted(model: RealModel, tmp_path: Path) -> None:
    source, written = ort.with_weights(model.path, tmp_path), tmp_path / "written.onnx"
    report = cli.optimise(source, written, "--target", "ort", "--no-cleanup")
    before, after = (ort.run(path, tmp_path, reuse=False) for path in (source, written))
    assert ort.bit_equal(before.outputs, after.outputs)
    counted = report["before"]["peak_bytes"], report["after"]["peak_bytes"]
    assert (before.peak, after.peak) == counted
    assert report["after"]["proof"] == "optimal"
    by_default = [ort.run(path, tmp_path).peak for path in (source, written)]
    assert by_default == list(report["requested_by_default"].values())
