"""Element by element, and products of matrices."""

from collections.abc import Iterator

from onnx import TensorProto

from onnx_spellings.bench import BOOL, FLOAT, IMAGE, INT64, LINE, UINT8, Spelling


def unary() -> Iterator[tuple[str, Spelling]]:
    names = ["Abs", "Acos", "Asin", "Atan", "Ceil", "Cos", "Elu", "Exp", "Floor", "HardSigmoid", "Hardmax", "Identity", "InstanceNorm", "LRN", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization", "Neg", "Reciprocal", "Relu", "Selu", "Sigmoid", "Sin", "Softmax", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu", "Flatten", "Transpose", "Shape", "Size", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare", "ReduceSum", "ArgMax", "ArgMin", "Dropout"]  # fmt: skip
    attributes = {"LRN": {"size": 3}}
    for name in names:
        if name != "InstanceNorm":
            yield name, lambda b, name=name: b.node(name, b.feed(*IMAGE), **attributes.get(name, {}))
    later = {
        9: "Acosh Asinh Atanh Cosh Erf Sign Sinh", 11: "Round", 12: "Celu", 14: "HardSwish", 18: "Mish", 20: "Gelu",
    }  # fmt: skip
    for opset, names in later.items():
        for name in names.split():
            yield f"{name}>={opset}", lambda b, name=name: b.node(name, b.feed(*IMAGE))
    # What stands behind the axis may be flattened, counted from either end.
    yield "Flatten axis", lambda b: [b.node("Flatten", b.feed(*IMAGE), axis=axis) for axis in (0, 2, 4)]
    yield "Flatten axis>=11", lambda b: b.node("Flatten", b.feed(*IMAGE), axis=-2)
    yield "Cast", lambda b: b.node("Cast", b.feed(*IMAGE), to=TensorProto.INT32)
    yield "IsNaN>=9", lambda b: b.node("IsNaN", b.feed(*IMAGE))
    yield "Not", lambda b: b.node("Not", b.feed(*LINE, dtype=BOOL))


def binary() -> Iterator[tuple[str, Spelling]]:
    for name in ("Add", "Div", "Mul", "Sub", "Pow", "Max", "Min", "Mean", "Sum"):
        many = name not in ("Max", "Min", "Mean", "Sum")
        yield name, lambda b, name=name: b.node(name, b.feed(*IMAGE), b.feed(*IMAGE))
        if many:
            yield f"{name} broadcast", lambda b, name=name: b.node(name, b.feed(4, 1, 8), b.feed(3, 4, 1, 1))
        else:
            yield f"{name} broadcast>=8", lambda b, name=name: b.node(name, b.feed(2, 1, 8), b.feed(1, 4, 1), b.feed(8))
    for name in ("Greater", "Less", "Equal", "GreaterOrEqual>=12", "LessOrEqual>=12"):
        dtype = INT64 if name == "Equal" else FLOAT
        op = name.split(">=", maxsplit=1)[0] if "OrEqual" in name else name
        yield name, lambda b, op=op, dtype=dtype: b.node(op, b.feed(4, 1, dtype=dtype), b.feed(3, dtype=dtype))
    for name in ("And", "Or", "Xor"):
        yield name, lambda b, name=name: b.node(name, b.feed(4, 1, dtype=BOOL), b.feed(3, dtype=BOOL))
    yield "Where>=9", lambda b: b.node("Where", b.feed(4, 1, dtype=BOOL), b.feed(3), b.feed(2, 1, 1))
    yield "Mod>=10", lambda b: b.node("Mod", b.feed(4, 1, dtype=INT64), b.feed(3, dtype=INT64))
    yield (
        "BitShift>=11",
        lambda b: b.node("BitShift", b.feed(4, 1, dtype=UINT8), b.feed(3, dtype=UINT8), direction="LEFT"),
    )
    yield "PRelu", lambda b: b.node("PRelu", b.feed(*IMAGE), b.feed(4, 1, 1))
    yield (
        "MatMul",
        lambda b: [
            b.node("MatMul", b.feed(*x), b.feed(*y))
            for x, y in (((5, 6), (6, 7)), ((2, 3, 5, 6), (3, 6, 7)), ((6,), (3, 6, 7)), ((6,), (6,)))
        ],
    )
    yield "Gemm", lambda b: b.node("Gemm", b.feed(6, 5), b.feed(7, 6), b.feed(7), transA=1, transB=1)
    yield "Gemm>=11", lambda b: b.node("Gemm", b.feed(5, 6), b.feed(6, 7))
