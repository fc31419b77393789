"""What a file may leave out or leave open, in operator sets from 7 on: weights, inputs, sizes, shapes."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import ort

OPSETS = (7, 9, 11, 13, 17, 21, 26)
CHANNELS, SIZE = 8, 12


def save(path: Path, opset: int) -> None:
    """Two branches of unequal width from `x`, whose batch and sizes are symbols; Constant nodes, inputs that are left out, weights in a
    file of their own, two outputs, and nothing said of any tensor between."""
    rng = np.random.default_rng(5)
    weights = [
        numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
        for name, shape in (("w", (CHANNELS, 3, 3, 3)), ("v", (1, CHANNELS, 1, 1)))
    ]
    half = numpy_helper.from_array(np.float32([0.5]), "value")
    nodes = [helper.make_node("Constant", [], ["half"], value=half)]
    for side in "ab":
        # The bias is left out.
        nodes.append(helper.make_node("Conv", ["x", "w"], [f"{side} wide"], pads=[1, 1, 1, 1]))
        if opset < 11:
            nodes.append(helper.make_node("Clip", [f"{side} wide"], [f"{side} cut"], max=6.0))
        else:
            top = numpy_helper.from_array(np.float32(6), "value")
            nodes.append(helper.make_node("Constant", [], [f"{side} six"], value=top))
            nodes.append(helper.make_node("Clip", [f"{side} wide", "", f"{side} six"], [f"{side} cut"]))
    for side in "ab":
        nodes.append(helper.make_node("Conv", [f"{side} cut", "v"], [f"{side} thin"]))
        nodes.append(helper.make_node("Mul", [f"{side} thin", "half"], [f"{side} out"]))
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, "height", SIZE])]
    outputs = [
        helper.make_tensor_value_info(f"{side} out", TensorProto.FLOAT, ["batch", 1, "height", SIZE]) for side in "ab"
    ]
    imports = [helper.make_operatorsetid("", opset)]
    version = helper.find_min_ir_version_for(imports, ignore_unknown=True)
    if version < 4:
        inputs += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in weights]
    graph = helper.make_graph(nodes, "forms", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=imports, ir_version=version)
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)


def run(path: Path, x: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})


@pytest.mark.parametrize("opset", OPSETS)
def test_what_is_left_open_is_asked_for_and_stays_open(opset: int, tmp_path: Path) -> None:
    source, written = tmp_path / "source.onnx", tmp_path / "written.onnx"
    save(source, opset)
    unbound = cli.lowtide("inspect", source, "--json")
    assert unbound.code == cli.UNUSABLE
    for symbol in ("batch", "height"):
        assert f"--dim {symbol}=1" in unbound.error["message"]
    half = cli.lowtide("inspect", source, "--json", "--dim", "batch=2").error["message"]
    assert "--dim height=1" in half
    assert "--dim batch=1" not in half
    sizes = ("--dim", "batch=2", "--dim", f"height={SIZE}")
    report = cli.optimise(source, written, *sizes)
    wide, image = (4 * 2 * channels * SIZE * SIZE for channels in (CHANNELS, 3))
    # Both sides wide in the file; one after the other when ordered.
    assert report["before"]["peak_bytes"] == 3 * wide
    assert report["after"]["peak_bytes"] == image + 2 * wide
    assert report["after"]["proof"] == "optimal"
    onnx.checker.check_model(written, full_check=True)
    for batch, height in ((2, SIZE), (1, 7), (5, 3)):
        x = np.random.default_rng(batch).standard_normal((batch, 3, height, SIZE)).astype(np.float32)
        assert ort.bit_equal(run(source, x), run(written, x))
    # Without its weights everything but running works as before.
    (tmp_path / "weights.bin").unlink()
    alone = cli.lowtide("inspect", source, "--json", *sizes).report
    assert alone["order"] == report["before"]
    assert alone["best"]["peak_bytes"] == report["after"]["peak_bytes"]
