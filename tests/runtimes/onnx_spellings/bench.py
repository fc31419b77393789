"""A model under construction, for operators in the spelling of their time."""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, BOOL, UINT8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL, TensorProto.UINT8
IMAGE, LINE = (2, 4, 9, 8), (7,)


class Bench:
    """One model under construction, in one operator set."""

    def __init__(self, opset: int) -> None:
        self.opset, self.nodes, self.weights, self.inputs = opset, [], [], []

    def feed(self, *shape: int, dtype: int = FLOAT) -> str:
        """A graph input."""
        name = f"x{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def weight(self, values: object, dtype: type = np.int64) -> str:
        """An initializer."""
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def node(self, op: str, *reads: str, outputs: int = 1, **attributes: object) -> str:
        """A node; the first of its outputs, or all of them with several, are the graph's."""
        names = [f"y{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, reads, names, **attributes))
        return names[0]

    def since(self, opset: int, op: str, x: str, /, outputs: int = 1, **given: object) -> str:
        """What is `given`, as attributes before `opset` and as inputs in its order from then on."""
        if self.opset < opset:
            return self.node(op, x, outputs=outputs, **given)
        return self.node(op, x, *(self.weight(value) for value in given.values()), outputs=outputs)

    def model(self) -> onnx.ModelProto:
        """Every tensor that a node writes is an output, of which nothing is said."""
        outputs = [onnx.ValueInfoProto(name=name) for node in self.nodes for name in node.output]
        imports = [helper.make_operatorsetid("", self.opset)]
        version = helper.find_min_ir_version_for(imports, ignore_unknown=True)
        inputs = list(self.inputs)
        if version < 4:
            inputs += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in self.weights]
        graph = helper.make_graph(self.nodes, "bench", inputs, outputs, self.weights)
        return helper.make_model(graph, opset_imports=imports, ir_version=version)


Spelling = Callable[[Bench], object]
