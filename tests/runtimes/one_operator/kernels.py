"""The models: each operator in each element type that its kernel treats in its own way."""

from collections.abc import Iterator

from one_operator.builder import Operand, model

IMAGE = (1, 4, 4, 6)
TYPES = ("FLOAT32", "INT8", "INT16")

_WEIGHTS = {"FLOAT32": "FLOAT32", "INT8": "INT8", "INT16": "INT8", "INT4": "INT4"}
_BIASES = {"FLOAT32": "FLOAT32", "INT8": "INT32", "INT16": "INT64", "INT4": "INT32"}
_STRIDES = {"strideH": 1, "strideW": 1}
_DILATED = {**_STRIDES, "dilationHFactor": 1, "dilationWFactor": 1}
_WINDOW = {**_STRIDES, "filterWidth": 2, "filterHeight": 2}
# What the int8 and int16 kernels demand of their outputs: a scale and a zero point.
_OUTPUTS = {
    ("LOGISTIC", "INT8"): (1 / 256, -128),
    ("LOGISTIC", "INT16"): (1 / 32768, 0),
    ("TANH", "INT8"): (1 / 128, 0),
    ("TANH", "INT16"): (1 / 32768, 0),
    ("SOFTMAX", "INT8"): (1 / 256, -128),
    ("SOFTMAX", "INT16"): (1 / 32768, 0),
    ("LOG_SOFTMAX", "INT8"): (1 / 16, 127),
}

Case = tuple[str, bytes]


def cases() -> Iterator[Case]:
    """A name and a model for each case."""
    for kind in TYPES:
        for number, (name, data) in enumerate(_of_type(kind)):
            yield f"{name}-{kind}-{number}", data
    for number, (name, data) in enumerate(_mixed()):
        yield f"{name}-{number}", data


def _of_type(kind: str) -> Iterator[Case]:
    yield from _weighted(kind)
    yield from _elementwise(kind)
    yield from _reductions(kind)
    yield from _moves(kind)
    yield from _gathers(kind)
    yield from _products(kind)
    yield from _recurrent(kind)


def act(kind: str, shape: tuple[int, ...] = IMAGE, opcode: str = "") -> Operand:
    """An activation, quantised if its type is; `opcode` names the operator that computes it."""
    default = (1 / 4096 if kind == "INT16" else 0.05, 3 if kind == "INT8" else 0)
    scale, zero_point = _OUTPUTS.get((opcode, kind), default)
    return Operand(shape, kind, scales=0 if kind in ("FLOAT32", "BOOL") else 1, scale=scale, zero_point=zero_point)


def index(*values: int, shape: tuple[int, ...] | None = None) -> Operand:
    """A constant vector of integers, or a matrix of them."""
    return Operand(shape or (len(values),), "INT32", values)


def _constant(shape: tuple[int, ...], kind: str, scales: int, axis: int = 0, scale: float = 0.05) -> Operand:
    return Operand(shape, kind, 1, 0 if kind == "FLOAT32" else scales, axis, scale)


def _weighted(kind: str) -> Iterator[Case]:
    """With scales for each channel and one for all; with biases and, where the kernel can, without."""
    weights, biases = _WEIGHTS[kind], _BIASES[kind]
    data = "INT8" if kind == "INT4" else kind
    image = act(data)
    for scales in (6, 1):
        bias = _constant((6,), biases, scales)
        kernel = _constant((6, 3, 3, 6), weights, scales)
        slices = _constant((1, 3, 3, 6), weights, scales, axis=3)
        yield "CONV_2D", model("CONV_2D", [image, kernel, bias], [image], "Conv2DOptions", **_DILATED)
        depthwise = {"depthMultiplier": 1, **_DILATED}
        options = "DepthwiseConv2DOptions"
        yield "DEPTHWISE_CONV_2D", model("DEPTHWISE_CONV_2D", [image, slices, bias], [image], options, **depthwise)
        if kind != "INT4":
            yield "CONV_2D", model("CONV_2D", [image, kernel], [image], "Conv2DOptions", **_DILATED)
            for inputs in ([index(*IMAGE), kernel, image, bias], [index(*IMAGE), kernel, image]):
                yield "TRANSPOSE_CONV", model("TRANSPOSE_CONV", inputs, [image], "TransposeConvOptions", **_STRIDES)
        if kind == "INT4" and scales > 1:
            continue
        vector, output = act(data, (1, 10)), act(data, (1, 6))
        rows = _constant((6, 10), weights, scales)
        # With one scale the kernel checks that of the biases.
        sum_bias = _constant((6,), biases, scales, scale=vector.scale * rows.scale)
        for bias in (sum_bias, None):
            yield (
                "FULLY_CONNECTED",
                model("FULLY_CONNECTED", [vector, rows, bias], [output], "FullyConnectedOptions"),
            )


def _elementwise(kind: str) -> Iterator[Case]:
    image = act(kind)
    for opcode in ("RELU", "RELU6", "LOGISTIC", "TANH", "HARD_SWISH", "ELU", "ABS", "NEG", "RSQRT", "SQRT", "SQUARE"):
        yield opcode, model(opcode, [image], [act(kind, opcode=opcode)])
    for opcode in ("SIN", "COS", "LOG", "CEIL", "FLOOR", "ROUND", "EXP", "ZEROS_LIKE", "LOG_SOFTMAX"):
        yield opcode, model(opcode, [image], [act(kind, opcode=opcode)])
    yield "LEAKY_RELU", model("LEAKY_RELU", [image], [image], "LeakyReluOptions", alpha=0.1)
    output = act(kind, (1, 12), "SOFTMAX")
    yield "SOFTMAX", model("SOFTMAX", [act(kind, (1, 12))], [output], "SoftmaxOptions", beta=1.0)
    yield "L2_NORMALIZATION", model("L2_NORMALIZATION", [act(kind, (1, 12))], [act(kind, (1, 12))], "L2NormOptions")
    for opcode, options in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
        yield opcode, model(opcode, [image, image], [image], options)
        yield opcode, model(opcode, [image, act(kind, (1, 1, 1, 6))], [image], options)
    for opcode in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD", "PRELU"):
        yield opcode, model(opcode, [image, _constant((1, 1, 1, 6), kind, 1)], [image])
    for opcode in ("EQUAL", "NOT_EQUAL", "LESS", "GREATER", "LESS_EQUAL", "GREATER_EQUAL"):
        yield opcode, model(opcode, [image, image], [act("BOOL")])
    yield "ADD_N", model("ADD_N", [image, image, image], [image], "AddNOptions")
    yield "SELECT_V2", model("SELECT_V2", [act("BOOL"), image, image], [image], "SelectV2Options")
    yield "QUANTIZE", model("QUANTIZE", [image], [act("INT8")], "QuantizeOptions")
    yield "DEQUANTIZE", model("DEQUANTIZE", [image], [act("FLOAT32")], "DequantizeOptions")
    yield "CAST", model("CAST", [image], [act("INT32")], "CastOptions")


def _reductions(kind: str) -> Iterator[Case]:
    image = act(kind)
    for opcode in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"):
        for keep, shape in ((True, (1, 1, 1, 6)), (False, (1, 6))):
            operands = [image, index(1, 2)], [act(kind, shape)]
            yield opcode, model(opcode, *operands, "ReducerOptions", keepDims=keep)
    for opcode in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        yield opcode, model(opcode, [image], [image], "Pool2DOptions", **_WINDOW)
    for opcode, options in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
        operands = [act(kind, (4, 6)), index(1)], [Operand((4,), "INT32")]
        yield opcode, model(opcode, *operands, options, outputType=2)
    yield "CUMSUM", model("CUMSUM", [act(kind, (4, 6)), index(1)], [act(kind, (4, 6))], "CumsumOptions")


def _moves(kind: str) -> Iterator[Case]:
    image, flat = act(kind), act(kind, (1, 96))
    half, larger = act(kind, (1, 2, 4, 6)), act(kind, (1, 6, 6, 6))
    frame = index(0, 0, 1, 1, 1, 1, 0, 0, shape=(4, 2))
    for count in (1, 2, 4):
        output = act(kind, (1, 4, 4, 6 * count))
        yield "CONCATENATION", model("CONCATENATION", [image] * count, [output], "ConcatenationOptions", axis=3)
    yield "PAD", model("PAD", [image, frame], [larger], "PadOptions")
    value = Operand((1,), kind, 1, larger.scales, 0, larger.scale, larger.zero_point)
    yield "PADV2", model("PADV2", [image, frame, value], [larger], "PadV2Options")
    yield "MIRROR_PAD", model("MIRROR_PAD", [image, frame], [larger], "MirrorPadOptions", mode=0)
    yield "RESHAPE", model("RESHAPE", [image, index(1, 96)], [flat], "ReshapeOptions")
    yield "RESHAPE", model("RESHAPE", [image, index(1, -1)], [flat])
    yield "SQUEEZE", model("SQUEEZE", [image], [act(kind, (4, 4, 6))], "SqueezeOptions", squeezeDims=[0])
    yield "EXPAND_DIMS", model("EXPAND_DIMS", [image, index(0)], [act(kind, (1, *IMAGE))], "ExpandDimsOptions")
    parts = [act(kind, (1, 4, 4, 3))] * 2
    yield "SPLIT", model("SPLIT", [index(3), image], parts, "SplitOptions", numSplits=2)
    yield "SPLIT_V", model("SPLIT_V", [image, index(3, 3), index(3)], parts, "SplitVOptions", numSplits=2)
    rows = [act(kind, (1, 6))] * 2
    yield "PACK", model("PACK", rows, [act(kind, (2, 1, 6))], "PackOptions", valuesCount=2, axis=0)
    yield "UNPACK", model("UNPACK", [act(kind, (2, 1, 6))], rows, "UnpackOptions", num=2, axis=0)
    window = [image, index(0, 0, 0, 0), index(1, 2, 4, 6)]
    yield "SLICE", model("SLICE", window, [half], "SliceOptions")
    yield "STRIDED_SLICE", model("STRIDED_SLICE", [*window, index(1, 1, 1, 1)], [half], "StridedSliceOptions")
    yield "TRANSPOSE", model("TRANSPOSE", [image, index(0, 3, 1, 2)], [act(kind, (1, 6, 4, 4))], "TransposeOptions")
    for opcode, options in (
        ("RESIZE_BILINEAR", "ResizeBilinearOptions"),
        ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"),
    ):
        yield opcode, model(opcode, [image, index(8, 8)], [act(kind, (1, 8, 8, 6))], options)
    yield "FILL", model("FILL", [index(2, 6), Operand((), kind, 1, larger.scales)], [act(kind, (2, 6))], "FillOptions")


def _gathers(kind: str) -> Iterator[Case]:
    matrix, rows = act(kind, (4, 6)), act(kind, (2, 6))
    deep, wide, batches = act(kind, (1, 2, 2, 8)), act(kind, (1, 4, 4, 2)), act(kind, (4, 2, 2, 2))
    blocks = [index(2, 2), index(0, 0, 0, 0, shape=(2, 2))]
    yield "DEPTH_TO_SPACE", model("DEPTH_TO_SPACE", [deep], [wide], "DepthToSpaceOptions", blockSize=2)
    yield "SPACE_TO_DEPTH", model("SPACE_TO_DEPTH", [wide], [deep], "SpaceToDepthOptions", blockSize=2)
    yield "SPACE_TO_BATCH_ND", model("SPACE_TO_BATCH_ND", [wide, *blocks], [batches], "SpaceToBatchNDOptions")
    yield "BATCH_TO_SPACE_ND", model("BATCH_TO_SPACE_ND", [batches, *blocks], [wide], "BatchToSpaceNDOptions")
    yield "GATHER", model("GATHER", [matrix, index(0, 2)], [rows], "GatherOptions", axis=0)
    yield "GATHER_ND", model("GATHER_ND", [matrix, index(0, 2, shape=(2, 1))], [rows], "GatherNdOptions")
    yield "BROADCAST_TO", model("BROADCAST_TO", [act(kind, (1, 6)), index(2, 6)], [rows], "BroadcastToOptions")
    yield "REVERSE_V2", model("REVERSE_V2", [matrix, index(1)], [matrix], "ReverseV2Options")
    update = [matrix, rows, index(0, 0)]
    yield "DYNAMIC_UPDATE_SLICE", model("DYNAMIC_UPDATE_SLICE", update, [matrix], "DynamicUpdateSliceOptions")
    yield "SHAPE", model("SHAPE", [matrix], [Operand((2,), "INT32")], "ShapeOptions", outType=2)


def _products(kind: str) -> Iterator[Case]:
    square = act(kind, (2, 4, 4))
    for left in (False, True):
        for right in (False, True):
            adjoint = {"adjX": left, "adjY": right}
            yield "BATCH_MATMUL", model("BATCH_MATMUL", [square, square], [square], "BatchMatMulOptions", **adjoint)


def _recurrent(kind: str) -> Iterator[Case]:
    weights, biases, units, quantised = _WEIGHTS[kind], _BIASES[kind], 4, int(kind != "FLOAT32")
    state = Operand((2, units), kind, None, quantised, zero_point=act(kind).zero_point, variable=True)
    cell = Operand((2, units), "INT16" if quantised else kind, None, quantised, variable=True)
    inputs = [
        act(kind, (2, 3, 5)),
        *[_constant((units, 5), weights, 1)] * 4,
        *[_constant((units, units), weights, 1)] * 4,
        *[None] * 3,
        *[_constant((units,), biases, 1)] * 4,
        *[None] * 2,
        state,
        cell,
        *[None] * 4,
    ]
    opcode, options = "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions"
    yield opcode, model(opcode, inputs, [act(kind, (2, 3, units))], options, fusedActivationFunction=4)
    # SVDF: int16 is that of the state here, whose input is int8.
    data = "FLOAT32" if kind == "FLOAT32" else "INT8"
    memory = Operand((1, 20), kind, None, quantised, variable=True)
    filters = [_constant((4, 8), data, 1), _constant((4, 5), kind, 1), _constant((2,), _BIASES[data], 1, scale=0.0025)]
    svdf = {"rank": 2, "fusedActivationFunction": 1}
    yield "SVDF", model("SVDF", [act(data, (1, 8)), *filters, memory], [act(data, (1, 2))], "SVDFOptions", **svdf)


def _mixed() -> Iterator[Case]:
    yield from _weighted("INT4")
    image, flags = Operand(IMAGE, "INT32"), act("BOOL")
    for opcode, options in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions")):
        yield opcode, model(opcode, [image, image], [image], options)
    for opcode in ("LOGICAL_AND", "LOGICAL_OR"):
        yield opcode, model(opcode, [flags, flags], [flags])
    yield "LOGICAL_NOT", model("LOGICAL_NOT", [flags], [flags])
    yield "REDUCE_ALL", model("REDUCE_ALL", [flags, index(1, 2)], [act("BOOL", (1, 6))], "ReducerOptions")
    shape = Operand((2,), "INT32")
    yield "BROADCAST_ARGS", model("BROADCAST_ARGS", [shape, shape], [shape])
    table = Operand((4, 6), "FLOAT32", 1)
    yield "EMBEDDING_LOOKUP", model("EMBEDDING_LOOKUP", [shape, table], [act("FLOAT32", (2, 6))])
    to_int16 = Operand((1, 12), "INT16", None, 1, scale=1 / 65536, zero_point=-32768)
    yield "SOFTMAX", model("SOFTMAX", [act("INT8", (1, 12))], [to_int16], "SoftmaxOptions", beta=1.0)
    for kind in ("UINT8", "INT32", "INT16"):
        yield "QUANTIZE", model("QUANTIZE", [act("INT8")], [act(kind)], "QuantizeOptions")
