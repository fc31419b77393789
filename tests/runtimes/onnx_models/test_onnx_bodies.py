"""If, Loop and Scan whose bodies are put in another order: ONNX Runtime computes the same bits and needs less."""

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, helper

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import ort

WIDE = 64 * 1024
FLOAT = TensorProto.FLOAT


def tensor(name: str, *shape: int, dtype: int = FLOAT) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def wasteful(reads: str, writes: str, prefix: str) -> list[NodeProto]:
    """Four wide tensors from one small, all of them made before the first is made small again."""
    names = [f"{prefix}{i}" for i in range(4)]
    functions = ("Sin", "Cos", "Tanh", "Exp")
    nodes = [helper.make_node("Expand", [reads, "wide"], [f"{name} wide"]) for name in names]
    nodes += [helper.make_node(f, [f"{n} wide"], [f"{n} bent"]) for n, f in zip(names, functions, strict=True)]
    nodes += [helper.make_node("ReduceMax", [f"{n} bent"], [f"{n} max"], keepdims=0) for n in names]
    return [*nodes, helper.make_node("Sum", [f"{name} max" for name in names], [writes])]


def branch(writes: str, nodes: list[NodeProto]) -> GraphProto:
    return helper.make_graph(nodes, f"branch {writes}", [], [tensor(writes)])


def with_if() -> list[NodeProto]:
    """The inner If is the wasteful one, one branch of an outer one."""
    inner = helper.make_node(
        "If", ["yes"], ["m"], name="inner",
        then_branch=branch("t", wasteful("r", "t", "then ")),
        else_branch=branch("e", wasteful("r", "e", "else ")),
    )  # fmt: skip
    outer = helper.make_node(
        "If", ["yes"], ["s"], name="outer",
        then_branch=branch("m out", [inner, helper.make_node("Neg", ["m"], ["m out"])]),
        else_branch=branch("other", [helper.make_node("Abs", ["r"], ["other"])]),
    )  # fmt: skip
    return [outer]


def with_loop() -> list[NodeProto]:
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go on"]),
            helper.make_node("Add", ["state", "r"], ["moved"]),
            *wasteful("moved", "next", "round "),
            helper.make_node("Neg", ["next"], ["slice"]),
        ],
        "round",
        [tensor("i", dtype=TensorProto.INT64), tensor("go", dtype=TensorProto.BOOL), tensor("state")],
        [tensor("go on", dtype=TensorProto.BOOL), tensor("next"), tensor("slice")],
    )
    loop = helper.make_node("Loop", ["rounds", "", "r"], ["last", "all"], name="loop", body=body)
    return [
        loop,
        helper.make_node("ReduceSum", ["all"], ["sum"], keepdims=0),
        helper.make_node("Add", ["last", "sum"], ["s"]),
    ]


def with_scan() -> list[NodeProto]:
    nodes = [helper.make_node("Add", ["state", "piece"], ["moved"]), *wasteful("moved", "next", "piece ")]
    nodes.append(helper.make_node("Neg", ["next"], ["slice"]))
    body = helper.make_graph(nodes, "piece", [tensor("state"), tensor("piece")], [tensor("next"), tensor("slice")])
    scan = helper.make_node("Scan", ["r", "x"], ["last", "all"], name="scan", body=body, num_scan_inputs=1)
    return [
        scan,
        helper.make_node("ReduceSum", ["all"], ["sum"], keepdims=0),
        helper.make_node("Add", ["last", "sum"], ["s"]),
    ]


def save(nodes: list[NodeProto], path: Path) -> None:
    weights = [
        helper.make_tensor("wide", TensorProto.INT64, [1], [WIDE]),
        helper.make_tensor("yes", TensorProto.BOOL, [], [True]),
        helper.make_tensor("rounds", TensorProto.INT64, [], [3]),
    ]
    first = helper.make_node("ReduceMean", ["x"], ["r"], keepdims=0)
    last = helper.make_node("Tanh", ["s"], ["y"])
    graph = helper.make_graph([first, *nodes, last], "bodies", [tensor("x", 4)], [tensor("y")], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_operatorsetid("", 17)], ir_version=8), path)


@pytest.mark.parametrize("nodes", [with_if, with_loop, with_scan])
def test_bodies_in_another_order(
    nodes: Callable[[], list[NodeProto]], tmp_path: Path, record_property: Callable
) -> None:
    source, written = tmp_path / "source.onnx", tmp_path / "written.onnx"
    save(nodes(), source)
    onnx.checker.check_model(source, full_check=True)
    report = cli.optimise(source, written)
    onnx.checker.check_model(written, full_check=True)
    before, after = (ort.run(path, tmp_path) for path in (source, written))
    assert ort.bit_equal(before.outputs, after.outputs)
    counted = [report[part]["peak_bytes"] for part in ("before", "after")]
    assert all(body["proof"] == "optimal" for body in report["bodies"])
    record_property("note", f"{nodes.__name__}: counted {counted}, in ONNX Runtime {before.peak} -> {after.peak}")
    # Two wide tensors side by side where there were five; all else is small.
    assert counted[0] // (4 * WIDE) == 5
    assert counted[1] // (4 * WIDE) == 2
    assert after.peak < before.peak
    again = cli.lowtide("inspect", written, "--json").report
    assert again["order"]["peak_bytes"] == counted[1]
    fused = [ort.run(path, tmp_path, ort.EXTENDED).outputs for path in (source, written)]
    assert ort.bit_equal(*fused)
