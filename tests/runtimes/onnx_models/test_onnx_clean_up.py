"""Operators that do nothing, in the spelling of every operator set since 7: they go, and ONNX Runtime computes the same bits."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import ort

SHAPE = [2, 3, 4]
NEWEST = 23


class Chain:
    """A line of nodes in one operator set; the spelling is chosen by the set's number."""

    def __init__(self, opset: int) -> None:
        self.opset, self.nodes, self.weights, self.last = opset, [], [], "x"

    def add(
        self, op_type: str, *more: str, before: str = "", beside: tuple[str, ...] = (), **attributes: object
    ) -> None:
        """A node that reads the last tensor, behind `before` and in front of `more`, and writes the next one."""
        written = f"t{len(self.nodes)}"
        reads = [*filter(None, [before]), self.last, *more]
        self.nodes.append(helper.make_node(op_type, reads, [written, *beside], name=f"to_{written}", **attributes))
        self.last = written

    def constant(self, name: str, values: list) -> str:
        """A Constant node of its own; its tensor's name differs from those of its twins."""
        value = numpy_helper.from_array(np.array(values), f"value of {name}")
        self.nodes.append(helper.make_node("Constant", [], [name], value=value))
        return name

    def shape(self, name: str, values: list) -> str:
        """Constant nodes hold integers since operator set 9."""
        return self.constant(name, values) if self.opset >= 9 else self.weight(name, np.array(values))

    def weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def either(self, op_type: str, since: int, attribute: str, values: list) -> None:
        """What older operator sets take as an attribute and newer ones, `since` then, as an input."""
        if self.opset < since:
            self.add(op_type, **{attribute: values})
        else:
            self.add(op_type, self.weight(f"{attribute} {len(self.nodes)}", np.array(values)))

    def save(self, path: Path, shape: list) -> None:
        ends = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in (("x", SHAPE), ("y", shape))
        ]
        nodes = [*self.nodes, helper.make_node("Identity", [self.last], ["y"])]
        graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], self.weights)
        imports = [helper.make_operatorsetid("", self.opset)]
        # As old as the operator set allows, so that weights may have to be inputs too.
        version = helper.find_min_ir_version_for(imports, ignore_unknown=True)
        if version < 4:
            shapes = [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in self.weights]
            graph.input.extend(shapes)
        onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=version), path)


def idle(opset: int) -> Chain:
    """All that does nothing, between operators that do something."""
    chain = Chain(opset)
    chain.add("Relu")
    chain.add("Identity")
    chain.add("Dropout", beside=("mask",))
    chain.add("Cast", to=TensorProto.FLOAT)
    chain.add("Reshape", chain.shape("shape", SHAPE))
    chain.add("Exp")
    chain.add("Reshape", chain.shape("shape again", SHAPE))
    chain.add("Transpose", perm=[0, 1, 2])
    chain.either("Pad", 11, "pads", [0] * 6)
    chain.add("Concat", axis=1)
    chain.add("Sum")
    chain.add("Max")
    chain.add("Tile", chain.weight("once", np.array([1, 1, 1])))
    chain.add("Neg")
    # Two constants with the same bytes, both needed.
    for name in ("half", "half again"):
        chain.add("Mul", chain.constant(name, [np.float32(0.5)]))
    return chain


def busy(opset: int) -> Chain:
    """The same operators where they do something, in the spelling of their time."""
    chain = Chain(opset)
    chain.add("Cast", to=TensorProto.DOUBLE)
    chain.add("Cast", to=TensorProto.FLOAT)
    chain.add("Transpose", perm=[1, 0, 2])
    chain.either("Pad", 11, "pads", [0, 1, 0, 0, 0, 1])
    chain.add("Reshape", chain.shape("shape", [3, 5, -1]))
    chain.either("Unsqueeze", 13, "axes", [0])
    chain.either("Squeeze", 13, "axes", [0])
    chain.either("ReduceSum", 13, "axes", [1])
    chain.add("Concat", chain.last, axis=1)
    chain.add("Softmax", axis=1)
    chain.add("Flatten", axis=1)
    return chain


@pytest.mark.parametrize("opset", range(7, NEWEST + 1))
@pytest.mark.parametrize("kind", [idle, busy])
def test_only_what_does_nothing_goes(kind: object, opset: int, tmp_path: Path) -> None:
    source, written = tmp_path / "source.onnx", tmp_path / "written.onnx"
    kind(opset).save(source, SHAPE if kind is idle else [None, None])
    onnx.checker.check_model(source, full_check=True)
    report = cli.optimise(source, written)
    onnx.checker.check_model(written, full_check=True)
    assert ort.bit_equal(ort.run(source, tmp_path).outputs, ort.run(written, tmp_path).outputs)
    left = [node.op_type for node in onnx.load(written).graph.node]
    if kind is idle:
        assert left == ["Relu", "Exp", "Neg", "Constant", "Mul", "Mul"]
        # Constant nodes that nobody reads any more are dead operators; before operator set 9 there are none here.
        rules = {rewrite["rule"] for rewrite in report["rewrites"]} - {"dead-operator"}
        assert rules == {
            "identity", "same-shape-reshape", "identity-transpose", "empty-pad", "concat-of-one", "duplicate-constant",
        }  # fmt: skip
    else:
        before = [node.op_type for node in onnx.load(source).graph.node]
        assert left == before[:-1], "all but the Identity at the end"
