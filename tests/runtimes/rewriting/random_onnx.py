"""Random small ONNX networks of concatenations and what can be taken apart behind them, in floats."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

_SIDE = 4


class Net:
    """A network under construction; activations are `[1, channels, 4, 4]`."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.values: list[tuple[str, int]] = []
        # Outputs of dense layers, `[1, 3]`.
        self.ends: list[str] = []

    def value(self, channels: int) -> str:
        """A new value, which later nodes may read."""
        self.values.append((f"v{len(self.values)}", channels))
        return self.values[-1][0]

    def weight(self, *shape: int, least: float = -1.0) -> str:
        """A weight of uniform random numbers from `least` to 1."""
        name = f"w{len(self.weights)}"
        drawn = self.random.uniform(least, 1.0, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(drawn, name))
        return name

    def pick(self) -> tuple[str, int]:
        """One of the last values."""
        return self.values[-1 - int(self.random.integers(min(4, len(self.values))))]

    def node(self, kind: str, reads: list[str], channels: int, **attributes: object) -> None:
        """A node that writes one new value."""
        name = f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, reads, [self.value(channels)], name=name, **attributes))

    def step(self) -> None:
        """A concatenation half of the time, else something that may stand behind one."""
        kinds = [
            self.convolution,
            self.convolution,
            self.pool,
            self.normalisation,
            self.activation,
            self.split,
            self.slices,
            self.arithmetic,
            self.padded,
            self.sum_of_many,
            self.end,
        ]
        choice = int(self.random.integers(2 * len(kinds)))
        if choice < len(kinds):
            parts = [self.pick() for _ in range(int(self.random.integers(2, 5)))]
            self.node("Concat", [part[0] for part in parts], sum(part[1] for part in parts), axis=1)
        else:
            kinds[choice - len(kinds)](*self.pick())

    def convolution(self, x: str, channels: int, *, padded: bool = False) -> None:
        """Over all channels, or in groups; transposed at times."""
        groups = [g for g in (1, 1, 2, 3, channels) if channels % g == 0]
        group = int(self.random.choice(groups))
        out = group * int(self.random.integers(1, 4))
        side = 3 if padded else int(self.random.choice([1, 3]))
        transposed = group == 1 and not padded and self.random.integers(3) == 0
        shape = (channels, out, side, side) if transposed else (out, channels // group, side, side)
        reads = [x, self.weight(*shape)]
        if self.random.integers(2):
            reads.append(self.weight(out))
        pads = [0 if padded else side // 2] * 4
        self.node("ConvTranspose" if transposed else "Conv", reads, out, group=group, pads=pads)

    def pool(self, x: str, channels: int, *, padded: bool = False) -> None:
        kind = str(self.random.choice(["MaxPool", "AveragePool"]))
        self.node(kind, [x], channels, kernel_shape=[3, 3], pads=[0 if padded else 1] * 4)

    def normalisation(self, x: str, channels: int) -> None:
        if self.random.integers(3) == 0:
            reads = [x, self.weight(channels), self.weight(channels)]
            self.node("InstanceNormalization", reads, channels, epsilon=0.1)
            return
        statistics = [self.weight(channels, least=least) for least in (-1.0, -1.0, -1.0, 0.1)]
        self.node("BatchNormalization", [x, *statistics], channels)

    def activation(self, x: str, channels: int) -> None:
        """With parameters for all channels, or for each, at times."""
        kind = str(self.random.choice(["Relu", "Sigmoid", "LeakyRelu", "Tanh", "Clip", "PRelu"]))
        more = {
            "Clip": lambda: [self.constant(-0.5), self.constant(0.5)],
            "PRelu": lambda: [self.weight(channels, 1, 1)],
        }
        self.node(kind, [x, *more.get(kind, list)()], channels)

    def constant(self, value: float) -> str:
        """A scalar."""
        return self.given(np.array(value, np.float32))

    def given(self, content: np.ndarray) -> str:
        """A constant, as a weight or as a node."""
        name = f"w{len(self.weights) + len(self.nodes)}c"
        tensor = numpy_helper.from_array(content, name)
        if self.random.integers(2):
            self.weights.append(tensor)
        else:
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        return name

    def split(self, x: str, channels: int) -> None:
        """In two, and put together again at times."""
        if channels == 1:
            return
        first = int(self.random.integers(1, channels))
        sizes = self.given(np.array([first, channels - first]))
        name = f"node{len(self.nodes)}"
        outputs = [self.value(first), self.value(channels - first)]
        self.nodes.append(helper.make_node("Split", [x, sizes], outputs, name=name, axis=1))
        if self.random.integers(3) == 0:
            self.node("Concat", outputs, channels, axis=1)

    def slices(self, x: str, channels: int) -> None:
        """Some channels."""
        start = int(self.random.integers(channels))
        end = int(self.random.integers(start, channels)) + 1
        named = [
            start - channels if self.random.integers(2) else start,
            np.iinfo(np.int64).max if end == channels else end,
        ]
        lists = [self.given(np.array([number])) for number in (*named, 1)]
        self.node("Slice", [x, *lists], end - start)

    def arithmetic(self, x: str, channels: int) -> None:
        """With another value, a constant for each channel, or one for each place."""
        alike = [name for name, others in self.values if others == channels]
        others = [
            lambda: alike[int(self.random.integers(len(alike)))],
            lambda: self.weight(channels, 1, 1),
            lambda: self.weight(1, 1, _SIDE, _SIDE),
        ]
        reads = [x, others[int(self.random.integers(3))]()]
        self.random.shuffle(reads)
        self.node(str(self.random.choice(["Add", "Mul", "Max"])), reads, channels)

    def sum_of_many(self, x: str, channels: int) -> None:
        """Of a value and some convolutions, added up in a tree, several at once at times."""
        terms = [x]
        for _ in range(int(self.random.integers(2, 5))):
            other, width = self.pick()
            self.node("Conv", [other, self.weight(channels, width, 1, 1)], channels)
            terms.append(self.values[-1][0])
        while len(terms) > 1:
            self.random.shuffle(terms)
            several = int(self.random.integers(2, len(terms) + 1)) if self.random.integers(4) == 0 else 2
            name = f"node{len(self.nodes)}"
            total = self.value(channels) if several == len(terms) else f"{name}o"
            kind = "Add" if several == 2 and self.random.integers(4) else "Sum"
            self.nodes.append(helper.make_node(kind, terms[:several], [total], name=name))
            terms = [*terms[several:], total]

    def padded(self, x: str, channels: int) -> None:
        """A border, and something that takes it away again."""
        name = f"node{len(self.nodes)}"
        border = self.given(np.array([0, 0, 1, 1, 0, 0, 1, 1]))
        self.nodes.append(helper.make_node("Pad", [x, border], [f"{name}o"], name=name))
        (self.convolution if self.random.integers(2) else self.pool)(f"{name}o", channels, padded=True)

    def end(self, x: str, channels: int) -> None:
        """The mean of all places, and a dense layer behind it."""
        place = len(self.nodes)
        mean, flat, result = (f"{kind}{place}" for kind in ("mean", "flat", "end"))
        self.nodes.append(helper.make_node("ReduceMean", [x], [mean], name=mean, axes=[2, 3], keepdims=1))
        self.nodes.append(helper.make_node("Flatten", [mean], [flat], name=flat))
        joined = f"joined{place}"
        self.nodes.append(helper.make_node("Concat", [flat, flat], [joined], name=joined, axis=1))
        reads = [joined, self.weight(3, 2 * channels), self.weight(3)]
        self.nodes.append(helper.make_node("Gemm", reads, [result], name=result, transB=1))
        self.ends.append(result)


def network(seed: int) -> bytes:
    """A network of a few inputs and up to a dozen nodes; some end in a dense layer."""
    net = Net(seed)
    for _ in range(3):
        net.value(int(net.random.integers(1, 5)))
    inputs = list(net.values)
    for _ in range(int(net.random.integers(4, 13))):
        net.step()
    outputs = [value for value in net.values[-3:] if value not in inputs]
    info = [
        [helper.make_tensor_value_info(name, 1, [1, channels, _SIDE, _SIDE]) for name, channels in ends]
        for ends in (inputs, outputs)
    ]
    info[1] += [helper.make_tensor_value_info(name, 1, [1, 3]) for name in net.ends]
    graph = helper.make_graph(net.nodes, "random", *info, net.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()
