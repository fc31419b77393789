"""Functions that a model defines: refused with the call that writes them out, and that call does it."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import onnx
import onnx.inliner
from onnx import TensorProto, helper, numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import ort

SHAPE = (4, 64)


def calling(path: Path) -> Path:
    """A model whose function, with an attribute and a function that it calls itself, is called twice and in a branch."""
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    half = helper.make_function(
        "own", "Half", ["a"], ["b"],
        [helper.make_node("Constant", [], ["c"], value_float=0.5), helper.make_node("Mul", ["a", "c"], ["b"])],
        imports,
    )  # fmt: skip
    leak = helper.make_node("LeakyRelu", ["a"], ["l"])
    leak.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT))
    block = helper.make_function(
        "own", "Block", ["a"], ["b"],
        [leak, helper.make_node("Half", ["l"], ["h"], domain="own"), helper.make_node("Add", ["a", "h"], ["b"])],
        imports, ["slope"],
    )  # fmt: skip
    branch = [
        helper.make_graph([node], name, [], [helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, SHAPE)])
        for name, node in (
            ("then", helper.make_node("Half", ["n"], ["t"], domain="own")),
            ("else", helper.make_node("Neg", ["n"], ["e"])),
        )
    ]
    nodes = [
        helper.make_node("Block", ["x"], ["m"], domain="own", slope=0.1),
        helper.make_node("Block", ["m"], ["n"], domain="own", slope=0.2),
        helper.make_node("If", ["yes"], ["y"], then_branch=branch[0], else_branch=branch[1]),
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, SHAPE) for name in "xy"]
    yes = numpy_helper.from_array(np.array(True), "yes")
    graph = helper.make_graph(nodes, "calling", ends[:1], ends[1:], [yes])
    model = helper.make_model(graph, opset_imports=imports, functions=[half, block], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return path


def test_the_call_that_is_named_inlines_them(tmp_path: Path) -> None:
    source = calling(tmp_path / "source.onnx")
    refused = cli.lowtide("inspect", source, "--json")
    assert refused.code == cli.UNUSABLE
    message = refused.error["message"]
    assert "'Block'" in message
    # The words of the message are Python, and they are run as they stand.
    lines = re.search(r"`(?P<lines>.*)`", message)
    assert lines, message
    inlined = tmp_path / "inlined.onnx"
    lines = lines["lines"].replace("MODEL", str(source)).replace("OUT", str(inlined))
    ast.parse(lines)
    exec(lines, {})  # noqa: S102 -- what the error prints is what is tested
    written = tmp_path / "written.onnx"
    report = cli.optimise(inlined, written)
    assert report["after"]["proof"] == "optimal"
    assert not [body for body in report["bodies"] if body["reason"]]
    onnx.checker.check_model(written, full_check=True)
    runs = [ort.run(path, tmp_path) for path in (source, inlined, written)]
    assert ort.bit_equal(runs[0].outputs, runs[1].outputs)
    assert ort.bit_equal(runs[0].outputs, runs[2].outputs)


def test_functions_that_nobody_calls_are_carried(tmp_path: Path) -> None:
    source, written = calling(tmp_path / "source.onnx"), tmp_path / "written.onnx"
    model = onnx.load(source)
    called = onnx.inliner.inline_local_functions(model)
    called.functions.extend(model.functions)
    called.opset_import.extend(entry for entry in model.opset_import if entry.domain == "own")
    onnx.save(called, source)
    cli.optimise(source, written)
    assert onnx.load(written).functions == onnx.load(source).functions
    assert json.loads(cli.lowtide("inspect", written, "--json").stdout)["model"]["format"] == "onnx"
