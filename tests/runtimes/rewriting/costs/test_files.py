"""Written files hold nothing that nobody reads, no weights twice, and grow by no more than is said."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import real_models
from lowtide_runtimes.files import ModelFile, tensors
from rewriting import random_onnx, random_tflite

NETWORKS = range(30)
ZOO = ("swiftnet", "swiftnet-f32", "unetpp", "darts-imagenet-cell-f32", "hrnet-like-f32", "densenet-like")
# Fewer bytes may be equal by chance: lists of sizes, scales of one channel.
WEIGHTS = 16
# Of a file, for each operator and tensor more: tables, names and quantisation, apart from a plan.
TABLES = 400

Contents = tuple[list[str], Counter[bytes]]


def _tflite(data: bytes) -> Contents:
    """What nobody reads, and how often each payload is stored."""
    file = ModelFile(data)
    # A plan is no weight.
    plans = {entry.buffer for entry in file.model.metadata or []}
    used = {0}
    unread, payloads = [], Counter[bytes]()
    for graph in file.model.subgraphs:
        read = {int(i) for operator in graph.operators for i in tensors(operator.inputs)}
        written = {int(i) for operator in graph.operators for i in tensors(operator.outputs)}
        kept = read | written | set(tensors(graph.inputs)) | set(tensors(graph.outputs))
        unread += [graph.tensors[i].name.decode() for i in range(len(graph.tensors)) if i not in kept]
        used |= {tensor.buffer for tensor in graph.tensors}
    for place, buffer in enumerate(file.model.buffers):
        if buffer.data is not None and len(buffer.data) and place not in plans:
            payloads[bytes(buffer.data)] += 1
            unread += [] if place in used else [f"buffer {place}"]
    return unread, payloads


def _onnx(data: bytes) -> Contents:
    model = onnx.load_from_string(data)
    read, payloads = {value.name for value in model.graph.output}, Counter[bytes]()
    read |= {name for graph in _graphs(model.graph) for node in graph.node for name in node.input}
    for tensor in model.graph.initializer:
        payloads[numpy_helper.to_array(tensor).tobytes()] += 1
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].HasField("t"):
            payloads[numpy_helper.to_array(node.attribute[0].t).tobytes()] += 1
    constants = [node.output[0] for node in model.graph.node if node.op_type == "Constant"]
    given = [tensor.name for tensor in model.graph.initializer]
    return [name for name in (*given, *constants) if name not in read], payloads


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)


def _judge(
    source: Contents, off: bytes, written: bytes, cost: dict[str, int], contents: Callable[[bytes], Contents]
) -> None:
    """`cost` is what is said of `written` beyond what is said of `off`."""
    unread, payloads = contents(written)
    # What nobody reads in the source is carried.
    assert set(unread) <= set(source[0])
    twice = [len(p) for p, count in payloads.items() if len(p) >= WEIGHTS and count > max(1, source[1][p])]
    assert twice == []
    plain = contents(off)[1]
    weights = sum(len(p) * n for p, n in payloads.items()) - sum(len(p) * n for p, n in plain.items())
    more = max(cost["operators"], 0) + max(cost["tensors"], 0)
    assert weights <= max(cost["weight_bytes"], 0) + 4 * more
    assert len(written) - len(off) <= weights + TABLES * max(more, 1)


def _all_switches(model: Path, contents: Callable[[bytes], Contents], target: str) -> int:
    """How many files something was taken apart in."""
    source, written = contents(model.read_bytes()), model.with_name(f"written{model.suffix}")
    cleaned = cli.optimise(model, written, "--target", target)["rewriting"]["cost"]
    off, apart = written.read_bytes(), 0
    for switch in ("exact", "all"):
        report = cli.optimise(model, written, "--target", target, "--rewrite", switch, "--measure", "0")
        said = report["rewriting"]["cost"]
        cost = {what: said[what] - cleaned[what] for what in ("operators", "tensors", "weight_bytes")}
        _judge(source, off, written.read_bytes(), cost, contents)
        apart += written.read_bytes() != off
    return apart


@pytest.mark.parametrize("name", ZOO)
def test_of_generated_networks(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.tflite"
    assert cli.lowtide("zoo", name, "-o", path).code == cli.DONE
    assert _all_switches(path, _tflite, "tflm") > 0


@pytest.mark.parametrize(
    ("kind", "make", "contents"),
    [("tflite", random_tflite.network, _tflite), ("onnx", random_onnx.network, _onnx)],
)
def test_of_random_networks(
    kind: str, make: Callable[[int], bytes], contents: Callable[[bytes], Contents], tmp_path: Path
) -> None:
    apart = 0
    for seed in NETWORKS:
        path = tmp_path / f"{seed}.{kind}"
        path.write_bytes(make(seed))
        apart += _all_switches(path, contents, "ideal")
    assert apart > 3


@pytest.mark.parametrize("path", [pytest.param(model.path, id=model.name) for model in real_models()])
def test_of_shared_models(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    _all_switches(copy, _tflite, "tflm")


def test_a_dead_weight_is_noticed() -> None:
    """Of a file with a buffer and a constant that nobody reads."""
    net = random_tflite.Net(0, quantised=False)
    x = net.activation(3, 0)
    net.integers(1, 2, 3)
    net.graph.inputs = net.graph.outputs = np.array([x], np.int32)
    assert len(_tflite(net.packed())[0]) == 1


def test_check_finds_what_nobody_reads_and_what_is_stored_twice(tmp_path: Path) -> None:
    """A weight once more in a buffer of its own, for a tensor without readers; nothing of that in what lowtide writes."""
    source, written = tmp_path / "source.tflite", tmp_path / "written.tflite"
    assert cli.lowtide("zoo", "swiftnet-f32", "-o", source).code == cli.DONE
    cli.optimise(source, written, "--rewrite", "exact", "--measure", "0")
    file = ModelFile.read(written)
    weight = max(range(len(file.graph.tensors)), key=lambda i: len(file.content(i) or b""))
    size = len(file.content(weight) or b"")
    twin, buffer = (
        copy.copy(file.graph.tensors[weight]),
        copy.copy(file.model.buffers[file.graph.tensors[weight].buffer]),
    )
    twin.name, twin.buffer = b"twin", len(file.model.buffers)
    file.model.buffers.append(buffer)
    file.graph.tensors.append(twin)
    (tmp_path / "damaged.tflite").write_bytes(file.pack())
    found = [
        cli.lowtide("check", source, tmp_path / name, "--inputs", "1", "--json").report["weights"]
        for name in ("written.tflite", "damaged.tflite")
    ]
    assert [(one["dead"], one["twice_bytes"]) for one in found] == [(0, 0), (1, size)]
