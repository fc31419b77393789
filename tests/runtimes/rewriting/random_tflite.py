"""Random small TFLite networks of concatenations and what can be taken apart behind them, in floats or in int8."""

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_SIDE = 4
_ACTIVATIONS = (0, 1, 3)  # none, ReLU, ReLU6


class Net:
    """A network under construction. In int8 all activations are stored in one of two quantisations."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.quantised = bool(self.random.integers(2))
        self.model = schema.ModelT()
        self.model.version, self.model.operatorCodes, self.model.buffers = 3, [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        zero_points = self.random.integers(-128, 128, 2)
        self.scales = [(float(self.random.uniform(0.01, 0.1)), int(zero)) for zero in zero_points]
        # Number, channels, which quantisation.
        self.values: list[tuple[int, int, int]] = []

    def tensor(self, shape: list[int], kind: str, scales: Any = None, axis: int = 0, content: np.ndarray | None = None) -> int:
        """A tensor's number. `scales`: pairs of scale and zero point, one or one for each slice of `axis`."""
        made = schema.TensorT()
        made.shape, made.type = np.array(shape, np.int32), getattr(schema.TensorType, kind)
        made.name = f"t{len(self.graph.tensors)}".encode()
        if self.quantised and scales is not None:
            made.quantization = schema.QuantizationParametersT()
            made.quantization.scale = np.array([scale for scale, _ in scales], np.float32)
            made.quantization.zeroPoint = np.array([zero for _, zero in scales], np.int64)
            made.quantization.quantizedDimension = axis
        if content is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(content.tobytes(), np.uint8)
            made.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def activation(self, channels: int, which: int) -> int:
        """An activation, which later operators may read."""
        kind = "INT8" if self.quantised else "FLOAT32"
        number = self.tensor([1, _SIDE, _SIDE, channels], kind, [self.scales[which]])
        self.values.append((number, channels, which))
        return number

    def operator(self, name: str, reads: list[int], writes: int, options: str, **fields: int) -> None:
        """An operator with an operator code that it shares with its like."""
        code = getattr(schema.BuiltinOperator, name)
        known = [entry.builtinCode for entry in self.model.operatorCodes]
        if code not in known:
            entry = schema.OperatorCodeT()
            entry.builtinCode, entry.deprecatedBuiltinCode = code, min(code, 127)
            entry.version = 3 if self.quantised and "CONV" in name else 4 if self.quantised and name == "FULLY_CONNECTED" else 2
            self.model.operatorCodes.append(entry)
            known.append(code)
        made = schema.OperatorT()
        made.opcodeIndex = known.index(code)
        made.inputs, made.outputs = np.array(reads, np.int32), np.array([writes], np.int32)
        if options:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            made.builtinOptions = getattr(schema, options + "T")()
            for field, value in fields.items():
                setattr(made.builtinOptions, field, value)
        self.graph.operators.append(made)

    def pick(self) -> tuple[int, int, int]:
        """One of the last values."""
        return self.values[-1 - int(self.random.integers(min(4, len(self.values))))]

    def weights(self, shape: list[int], axis: int, which: int) -> tuple[int, int]:
        """Weights with a scale for each slice of `axis`, and a bias to match."""
        count = shape[axis]
        scales = [(float(scale), 0) for scale in self.random.uniform(0.002, 0.02, count)]
        if not self.quantised:
            drawn = self.random.normal(0, 0.3, shape).astype(np.float32)
            bias = self.random.normal(0, 0.3, count).astype(np.float32)
            return self.tensor(shape, "FLOAT32", content=drawn), self.tensor([count], "FLOAT32", content=bias)
        drawn = self.random.integers(-127, 128, shape).astype(np.int8)
        bias = self.random.integers(-2000, 2000, count).astype(np.int32)
        of_bias = [(scale * self.scales[which][0], 0) for scale, _ in scales]
        return self.tensor(shape, "INT8", scales, axis, drawn), self.tensor([count], "INT32", of_bias, 0, bias)

    def join(self) -> None:
        """A concatenation of values that are stored alike."""
        which = self.pick()[2]
        alike = [value for value in self.values if value[2] == which]
        parts = [alike[int(i)] for i in self.random.integers(len(alike), size=self.random.integers(2, 5))]
        output = self.activation(sum(part[1] for part in parts), which)
        self.operator("CONCATENATION", [part[0] for part in parts], output, "ConcatenationOptions", axis=3)

    def step(self) -> None:
        """A concatenation half of the time, else something that may stand behind one."""
        choice = int(self.random.integers(10))
        if choice < 5:
            self.join()
            return
        x, channels, which = self.pick()
        to, activation = int(self.random.integers(2)), int(self.random.choice(_ACTIVATIONS))
        sides = [int(side) for side in self.random.choice([1, 3], 1)] * 2
        strides = {"strideW": 1, "strideH": 1, "fusedActivationFunction": activation}
        if choice < 7:
            out = int(self.random.integers(1, 7))
            w, b = self.weights([out, *sides, channels], 0, which)
            self.operator("CONV_2D", [x, w, b], self.activation(out, to), "Conv2DOptions", **strides)
        elif choice == 7:
            times = int(self.random.integers(1, 3))
            w, b = self.weights([1, *sides, channels * times], 3, which)
            output = self.activation(channels * times, to)
            self.operator(
                "DEPTHWISE_CONV_2D", [x, w, b], output, "DepthwiseConv2DOptions", depthMultiplier=times, **strides
            )
        elif choice == 8:
            name = str(self.random.choice(["MAX_POOL_2D", "AVERAGE_POOL_2D"]))
            output = self.activation(channels, which)
            self.operator(name, [x], output, "Pool2DOptions", filterWidth=3, filterHeight=3, **strides)
        else:
            self.operator("RELU", [x], self.activation(channels, to), "")

    def finish(self) -> bytes:
        """The file: the last values are its outputs."""
        self.graph.outputs = np.array(sorted({value[0] for value in self.values[-3:]}), np.int32)
        self.model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())


def network(seed: int) -> bytes:
    """A network of a few inputs and up to a dozen operators."""
    net = Net(seed)
    inputs = [net.activation(int(net.random.integers(1, 5)), which) for which in (0, 0, 1)]
    net.graph.inputs = np.array(inputs, np.int32)
    for _ in range(int(net.random.integers(4, 13))):
        net.step()
    return net.finish()
