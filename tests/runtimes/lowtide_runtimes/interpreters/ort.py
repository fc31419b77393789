"""ONNX models in ONNX Runtime: weights for models that come without, runs in the order of the file, measured peaks."""

import json
import shutil
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort


def with_weights(model: Path, folder: Path) -> Path:
    """The model copied into `folder`, and beside it the weight files that it names, filled with seeded random numbers."""
    graph = onnx.load(model, load_external_data=False).graph
    # A variance is not negative.
    variances = {node.input[4] for node in graph.node if node.op_type == "BatchNormalization"}
    files: dict[str, bytearray] = {}
    for tensor in graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            _fill(tensor, tensor.name in variances, files)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Path(shutil.copy(model, folder / model.name))


def _fill(tensor: onnx.TensorProto, positive: bool, files: dict[str, bytearray]) -> None:
    place = {entry.key: entry.value for entry in tensor.external_data}
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    rng = np.random.default_rng(zlib.crc32(tensor.name.encode()))
    # Sums over a layer's inputs stay about as large as the inputs.
    values = rng.standard_normal(tuple(tensor.dims)) / np.sqrt(max(1, np.prod(tensor.dims[1:])))
    content = (np.abs(values) + 0.5 if positive else values).astype(dtype).tobytes()
    start = int(place.get("offset", 0))
    file = files.setdefault(place["location"], bytearray())
    file.extend(bytes(max(0, start + len(content) - len(file))))
    file[start : start + len(content)] = content


def without_shapes(model: Path, written: Path) -> Path:
    """A copy that says nothing of any tensor but the graph's inputs."""
    proto = onnx.load(model, load_external_data=False)
    del proto.graph.value_info[:]
    for output in proto.graph.output:
        output.type.tensor_type.ClearField("shape")
    written.write_bytes(proto.SerializeToString())
    return written


@dataclass(frozen=True)
class Run:
    """The outputs of a run, and its peak: the most activation bytes requested at once, what the session itself holds
    (weights that are packed anew) left out. The caller's input buffers are not the runtime's and do not count."""

    outputs: list[np.ndarray]
    peak: int


# As `optimize` tells its users; fuses nodes, so that kernels change, and keeps the order.
EXTENDED = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
# The graph of the file, node by node.
PLAIN = ort.GraphOptimizationLevel.ORT_DISABLE_ALL


def fused(model: Path, written: Path) -> Path:
    """What EXTENDED makes of the model, in a file of its own, as `optimize` tells its users to have it made."""
    options = _in_the_files_order(EXTENDED)
    options.optimized_model_filepath = str(written)
    # Weights beside the file, so that large ones are no burden.
    entries = "session.optimized_model_external_initializers_"
    options.add_session_config_entry(f"{entries}file_name", f"{written.name}.weights")
    options.add_session_config_entry(f"{entries}min_size_in_bytes", "1024")
    ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return written


def _in_the_files_order(level: ort.GraphOptimizationLevel) -> ort.SessionOptions:
    options = ort.SessionOptions()
    # These three make ONNX Runtime keep the file's order.
    options.execution_order = ort.ExecutionOrder.PRIORITY_BASED
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = level
    options.log_severity_level = 3
    return options


def run(model: Path, folder: Path, level: ort.GraphOptimizationLevel = PLAIN, *, reuse: bool = True) -> Run:
    """Runs the model once, in the order of its file; `folder` is for the profile. With `reuse`, as by default, ONNX Runtime keeps
    freed buffers for later tensors of the same shape; without, it frees them at once, as `--target ort` counts."""
    options = _in_the_files_order(level)
    options.enable_mem_reuse = reuse
    # One thread: sums are added in the same order each time.
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    options.profile_file_prefix = str(folder / model.stem)
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {value.name: fed(value) for value in session.get_inputs()})
    return Run(outputs, _peak(Path(session.end_profiling())))


def inputs(model: Path) -> list[ort.NodeArg]:
    """What the caller feeds."""
    return ort.InferenceSession(model, providers=["CPUExecutionProvider"]).get_inputs()


def fed(value: ort.NodeArg) -> np.ndarray:
    """What a run is fed for this input."""
    rng = np.random.default_rng(zlib.crc32(value.name.encode()))
    if value.type == "tensor(int64)":
        return rng.integers(0, 2, value.shape)
    return rng.standard_normal(value.shape).astype(np.float32)


def _peak(profile: Path) -> int:
    """The maximum over nodes of what is requested and in use, above what was so before the first node."""
    events = json.loads(profile.read_text())
    nodes = [event["args"] for event in events if event.get("cat") == "Node"]
    nodes = [node for node in nodes if "mem_bytes_requested_in_use" in node]
    in_use = [int(node["mem_bytes_requested_in_use"]) for node in nodes]
    before = in_use[0] - int(nodes[0]["mem_requested_in_use_delta"])
    return max(in_use) - before


def bit_equal(left: Iterable[np.ndarray], right: Iterable[np.ndarray]) -> bool:
    """Whether all outputs are the same bytes, NaNs included."""
    pairs = zip(left, right, strict=True)
    return all(a.dtype == b.dtype and a.shape == b.shape and _same(a, b) for a, b in pairs)


def rounding(left: Iterable[np.ndarray], right: Iterable[np.ndarray]) -> float:
    """The largest difference between outputs, as a share of the largest value of its output."""
    pairs = list(zip(left, right, strict=True))
    assert all(a.dtype == b.dtype and a.shape == b.shape for a, b in pairs)
    differences = [np.max(np.abs(a - b)) / max(float(np.max(np.abs(a))), 1e-30) for a, b in pairs if not _same(a, b)]
    return max(map(float, differences), default=0.0)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.tobytes() == b.tobytes()
