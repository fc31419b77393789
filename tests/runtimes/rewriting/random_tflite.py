"""Random small TFLite networks of concatenations and what can be taken apart behind them, in floats or in int8."""

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_SIDE = 4
_ACTIVATIONS = (0, 1, 3)  # none, ReLU, ReLU6
# The first that floats need, and the first that int8 needs; 2 for most.
_VERSIONS = {
    "CONV_2D": (2, 3),
    "DEPTHWISE_CONV_2D": (2, 3),
    "FULLY_CONNECTED": (2, 4),
    "PRELU": (1, 1),
    "ADD_N": (1, 1),
    "HARD_SWISH": (1, 1),
}


class Net:
    """A network under construction. In int8 all activations are stored in one of two quantisations."""

    def __init__(self, seed: int, *, quantised: bool | None = None) -> None:
        self.random = np.random.default_rng(seed)
        self.quantised = bool(self.random.integers(2)) if quantised is None else quantised
        self.model = schema.ModelT()
        self.model.version, self.model.operatorCodes, self.model.buffers = 3, [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        zero_points = self.random.integers(-128, 128, 2)
        self.scales = [(float(self.random.uniform(0.01, 0.1)), int(zero)) for zero in zero_points]
        # Number, channels, which quantisation.
        self.values: list[tuple[int, int, int]] = []
        # Outputs of another shape, which nothing reads.
        self.ends: list[int] = []

    def tensor(
        self, shape: list[int], kind: str, scales: Any = None, axis: int = 0, content: np.ndarray | None = None
    ) -> int:
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

    def requantise(self, tensor: int, scale: tuple[float, int]) -> None:
        """Gives a tensor another scale and zero point."""
        details = self.graph.tensors[tensor].quantization
        details.scale, details.zeroPoint = np.array([scale[0]], np.float32), np.array([scale[1]], np.int64)

    def activation(self, channels: int, which: int) -> int:
        """An activation, which later operators may read."""
        number = self.shaped([1, _SIDE, _SIDE, channels], which)
        self.values.append((number, channels, which))
        return number

    def shaped(self, shape: list[int], which: int) -> int:
        """An activation of any shape, which is not offered to later operators."""
        return self.tensor(shape, "INT8" if self.quantised else "FLOAT32", [self.scales[which]])

    def integers(self, *values: int, scalar: bool = False) -> int:
        """A constant list."""
        return self.tensor([] if scalar else [len(values)], "INT32", content=np.array(values, np.int32))

    def operator(self, name: str, reads: list[int], writes: int | list[int], options: str, **fields: float) -> None:
        """An operator with an operator code that it shares with its like."""
        code = getattr(schema.BuiltinOperator, name)
        known = [entry.builtinCode for entry in self.model.operatorCodes]
        if code not in known:
            entry = schema.OperatorCodeT()
            entry.builtinCode, entry.deprecatedBuiltinCode = code, min(code, 127)
            entry.version = _VERSIONS.get(name, (2, 2))[self.quantised]
            self.model.operatorCodes.append(entry)
            known.append(code)
        made = schema.OperatorT()
        made.opcodeIndex = known.index(code)
        made.inputs = np.array(reads, np.int32)
        made.outputs = np.array(writes if isinstance(writes, list) else [writes], np.int32)
        if options:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            made.builtinOptions = getattr(schema, options + "T")()
            for field, value in fields.items():
                setattr(made.builtinOptions, field, value)
        self.graph.operators.append(made)

    def pick(self) -> tuple[int, int, int]:
        """One of the last values."""
        return self.values[-1 - int(self.random.integers(min(4, len(self.values))))]

    def weights(self, shape: list[int], axis: int, which: int, *, per_channel: bool = True) -> tuple[int, int]:
        """Weights with a scale for each slice of `axis`, or one for all, and a bias to match."""
        count = shape[axis]
        drawn_scales = self.random.uniform(0.002, 0.02, count if per_channel else 1)
        scales = [(float(scale), 0) for scale in drawn_scales]
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
        choice = int(self.random.integers(18))
        kinds = [
            self.convolution,
            self.depthwise,
            self.pool,
            self.rectifier,
            self.split,
            self.slices,
            self.sum,
            self.padded,
        ]
        if choice < 8:
            self.join()
        elif choice >= 16:
            self.sum_of_many()
        else:
            kinds[choice - 8](*self.pick())

    def convolution(self, x: int, channels: int, which: int, padding: int = 0) -> None:
        """A convolution, or at times a dense layer over all places, which is an end."""
        out, to = int(self.random.integers(1, 7)), int(self.random.integers(2))
        activation = int(self.random.choice(_ACTIVATIONS))
        if padding == 0 and self.random.integers(4) == 0:
            w, b = self.weights([out, channels], 0, which, per_channel=False)
            self.ends.append(self.shaped([_SIDE * _SIDE, out], to))
            options = {"fusedActivationFunction": activation}
            self.operator("FULLY_CONNECTED", [x, w, b], self.ends[-1], "FullyConnectedOptions", **options)
            return
        side = 3 if padding else int(self.random.choice([1, 3]))
        w, b = self.weights([out, side, side, channels], 0, which)
        fields = {"strideW": 1, "strideH": 1, "fusedActivationFunction": activation, "padding": padding}
        self.operator("CONV_2D", [x, w, b], self.activation(out, to), "Conv2DOptions", **fields)

    def depthwise(self, x: int, channels: int, which: int, padding: int = 0) -> None:
        """One or two outputs a channel."""
        times, to = int(self.random.integers(1, 3)), int(self.random.integers(2))
        side = 3 if padding else int(self.random.choice([1, 3]))
        w, b = self.weights([1, side, side, channels * times], 3, which)
        output = self.activation(channels * times, to)
        activation = int(self.random.choice(_ACTIVATIONS))
        fields = {"strideW": 1, "strideH": 1, "fusedActivationFunction": activation, "padding": padding}
        self.operator("DEPTHWISE_CONV_2D", [x, w, b], output, "DepthwiseConv2DOptions", depthMultiplier=times, **fields)

    def pool(self, x: int, channels: int, which: int, padding: int = 0) -> None:
        """A pooling, or at times the mean of all places, which is an end."""
        if padding == 0 and self.random.integers(4) == 0:
            self.ends.append(self.shaped([1, 1, 1, channels], which))
            self.operator("MEAN", [x, self.integers(1, 2)], self.ends[-1], "ReducerOptions", keepDims=True)
            return
        name = str(self.random.choice(["MAX_POOL_2D", "AVERAGE_POOL_2D"]))
        fields = {"strideW": 1, "strideH": 1, "padding": padding, "filterWidth": 3, "filterHeight": 3}
        self.operator(name, [x], self.activation(channels, which), "Pool2DOptions", **fields)

    def rectifier(self, x: int, channels: int, which: int) -> None:
        """With a slope for each channel at times."""
        to = int(self.random.integers(2))
        if self.random.integers(2):
            self.operator("RELU", [x], self.activation(channels, to), "")
            return
        slopes = self.random.integers(-127, 128, (1, 1, channels))
        content = slopes.astype(np.int8) if self.quantised else (slopes / 128).astype(np.float32)
        slope = self.tensor([1, 1, channels], "INT8" if self.quantised else "FLOAT32", [(1 / 128, 0)], content=content)
        self.operator("PRELU", [x, slope], self.activation(channels, to), "")

    def split(self, x: int, channels: int, which: int) -> None:
        """In equal parts, or anywhere."""
        if channels == 1:
            return
        if channels % 2 == 0 and self.random.integers(2):
            outputs = [self.activation(channels // 2, which) for _ in range(2)]
            axis = self.integers(int(self.random.choice([3, -1])), scalar=True)
            self.operator("SPLIT", [axis, x], outputs, "SplitOptions", numSplits=2)
        else:
            first = int(self.random.integers(1, channels))
            outputs = [self.activation(part, which) for part in (first, channels - first)]
            reads = [x, self.integers(first, channels - first), self.integers(3, scalar=True)]
            self.operator("SPLIT_V", reads, outputs, "SplitVOptions", numSplits=2)
        if self.random.integers(3) == 0:
            output = self.activation(channels, which)
            self.operator("CONCATENATION", outputs, output, "ConcatenationOptions", axis=3)

    def slices(self, x: int, channels: int, which: int) -> None:
        """Some channels."""
        start = int(self.random.integers(channels))
        end = int(self.random.integers(start, channels)) + 1
        output = self.activation(end - start, which)
        if self.random.integers(2):
            size = -1 if end == channels and self.random.integers(2) else end - start
            lists = [self.integers(0, 0, 0, start), self.integers(1, _SIDE, _SIDE, size)]
            self.operator("SLICE", [x, *lists], output, "SliceOptions")
            return
        masks = {"beginMask": 7, "endMask": 15 if end == channels else 7}
        from_end = start - channels if self.random.integers(2) else start
        lists = [self.integers(0, 0, 0, from_end), self.integers(0, 0, 0, end), self.integers(1, 1, 1, 1)]
        self.operator("STRIDED_SLICE", [x, *lists], output, "StridedSliceOptions", **masks)

    def sum(self, x: int, channels: int, which: int) -> None:
        """Of two values, or of a value and a constant for each channel."""
        to = int(self.random.integers(2))
        alike = [value[0] for value in self.values if value[1] == channels]
        other = alike[int(self.random.integers(len(alike)))]
        if self.random.integers(3) == 0:
            drawn = self.random.integers(-127, 128, channels)
            content = drawn.astype(np.int8) if self.quantised else (drawn / 64).astype(np.float32)
            kind = "INT8" if self.quantised else "FLOAT32"
            other = self.tensor([1, 1, 1, channels], kind, [(0.02, 0)], content=content)
        output = self.activation(channels, to)
        activation = int(self.random.choice(_ACTIVATIONS))
        self.operator("ADD", [x, other], output, "AddOptions", fusedActivationFunction=activation)

    def sum_of_many(self) -> None:
        """Of some convolutions, added up in a tree; in floats several at once at times."""
        channels, terms = int(self.random.integers(1, 7)), []
        for _ in range(int(self.random.integers(3, 6))):
            x, width, which = self.pick()
            w, b = self.weights([channels, 1, 1, width], 0, which)
            terms.append(self.activation(channels, int(self.random.integers(2))))
            self.operator("CONV_2D", [x, w, b], terms[-1], "Conv2DOptions", strideW=1, strideH=1)
        while len(terms) > 1:
            self.random.shuffle(terms)
            if not self.quantised and self.random.integers(4) == 0:
                several = int(self.random.integers(2, len(terms) + 1))
                total = self.shaped([1, _SIDE, _SIDE, channels], 0)
                self.operator("ADD_N", terms[:several], total, "AddNOptions")
            else:
                several, to = 2, int(self.random.integers(2))
                total = self.shaped([1, _SIDE, _SIDE, channels], to)
                last = int(self.random.choice(_ACTIVATIONS)) if len(terms) == 2 else 0
                self.operator("ADD", terms[:2], total, "AddOptions", fusedActivationFunction=last)
                self.values.extend([(total, channels, to)] if len(terms) == 2 else [])
            terms = [*terms[several:], total]
        if total not in [value[0] for value in self.values]:
            self.values.append((total, channels, 0))

    def padded(self, x: int, channels: int, which: int) -> None:
        """A border, and something that takes it away again."""
        output = self.shaped([1, _SIDE + 2, _SIDE + 2, channels], which)
        border = self.tensor([4, 2], "INT32", content=np.array([0, 0, 1, 1, 1, 1, 0, 0], np.int32))
        self.operator("PAD", [x, border], output, "PadOptions")
        kinds = [self.convolution, self.depthwise, self.pool]
        kinds[int(self.random.integers(3))](output, channels, which, padding=1)

    def finish(self) -> bytes:
        """The file: the last values are its outputs."""
        self.graph.outputs = np.array(sorted({value[0] for value in self.values[-3:]} | set(self.ends)), np.int32)
        return self.packed()

    def packed(self) -> bytes:
        """The file, whose inputs and outputs are set."""
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
