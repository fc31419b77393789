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
        choice = int(self.random.integers(12))
        x, channels = self.pick()
        if choice < 6:
            parts = [self.pick() for _ in range(int(self.random.integers(2, 5)))]
            self.node("Concat", [part[0] for part in parts], sum(part[1] for part in parts), axis=1)
        elif choice < 9:
            groups = [g for g in (1, 1, 2, 3, channels) if channels % g == 0]
            group = int(self.random.choice(groups))
            out = group * int(self.random.integers(1, 4))
            side = int(self.random.choice([1, 3]))
            reads = [x, self.weight(out, channels // group, side, side)]
            if self.random.integers(2):
                reads.append(self.weight(out))
            self.node("Conv", reads, out, group=group, pads=[side // 2] * 4)
        elif choice == 9:
            kind = str(self.random.choice(["MaxPool", "AveragePool"]))
            self.node(kind, [x], channels, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        elif choice == 10:
            statistics = [self.weight(channels, least=least) for least in (-1.0, -1.0, -1.0, 0.1)]
            self.node("BatchNormalization", [x, *statistics], channels)
        else:
            self.node(str(self.random.choice(["Relu", "Sigmoid", "LeakyRelu", "Tanh"])), [x], channels)


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
    graph = helper.make_graph(net.nodes, "random", *info, net.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()
