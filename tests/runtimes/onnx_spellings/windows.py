"""Images, recurrent layers, quantised operators."""

from collections.abc import Iterator

import numpy as np

from onnx_spellings.bench import IMAGE, INT64, UINT8, Bench, Spelling


def windows() -> Iterator[tuple[str, Spelling]]:
    yield (
        "Conv",
        lambda b: b.node(
            "Conv",
            b.feed(*IMAGE),
            b.feed(6, 2, 3, 3),
            b.feed(6),
            group=2,
            strides=[2, 1],
            pads=[1, 0, 1, 2],
            dilations=[1, 2],
        ),
    )
    yield (
        "Conv same",
        lambda b: b.node("Conv", b.feed(*IMAGE), b.feed(6, 4, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
    )
    yield "Conv 1d", lambda b: b.node("Conv", b.feed(1, 3, 20), b.feed(5, 3, 4), strides=[3])
    yield "Conv 3d", lambda b: b.node("Conv", b.feed(1, 3, 6, 7, 8), b.feed(5, 3, 2, 3, 4))
    yield (
        "ConvTranspose",
        lambda b: b.node(
            "ConvTranspose",
            b.feed(*IMAGE),
            b.feed(4, 3, 3, 3),
            strides=[2, 3],
            output_padding=[1, 0],
            pads=[1, 1, 0, 1],
        ),
    )
    for op in ("AveragePool", "MaxPool", "LpPool"):
        yield op, lambda b, op=op: b.node(op, b.feed(*IMAGE), kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1])
        since = {"LpPool": 18}.get(op, 10)
        yield (
            f"{op} ceil>={since}",
            lambda b, op=op: b.node(op, b.feed(*IMAGE), kernel_shape=[2, 3], strides=[3, 3], ceil_mode=1),
        )
    yield (
        "MaxPool indices>=8",
        lambda b: b.node("MaxPool", b.feed(*IMAGE), outputs=2, kernel_shape=[2, 2], strides=[2, 2]),
    )
    yield (
        "MaxUnpool>=9",
        lambda b: b.node(
            "MaxUnpool", b.feed(1, 1, 2, 3), b.feed(1, 1, 2, 3, dtype=INT64), kernel_shape=[2, 2], strides=[2, 2]
        ),
    )
    yield "MaxRoiPool", lambda b: b.node("MaxRoiPool", b.feed(*IMAGE), b.feed(3, 5), pooled_shape=[2, 3])
    yield (
        "RoiAlign>=10",
        lambda b: b.node(
            "RoiAlign", b.feed(*IMAGE), b.feed(3, 4), b.feed(3, dtype=INT64), output_height=2, output_width=5
        ),
    )
    yield "DeformConv>=19", lambda b: b.node("DeformConv", b.feed(1, 1, 3, 3), b.feed(1, 1, 2, 2), b.feed(1, 8, 2, 2))
    yield "Col2Im>=18", lambda b: b.node("Col2Im", b.feed(1, 5, 5), b.weight([5, 5]), b.weight([1, 5]))
    yield "BatchNormalization", lambda b: b.node("BatchNormalization", b.feed(*IMAGE), *(b.feed(4) for _ in range(4)))
    yield "InstanceNormalization", lambda b: b.node("InstanceNormalization", b.feed(*IMAGE), b.feed(4), b.feed(4))
    yield "LayerNormalization>=17", lambda b: b.node("LayerNormalization", b.feed(*IMAGE), b.feed(8), outputs=3)
    yield (
        "GroupNormalization>=21",
        lambda b: b.node("GroupNormalization", b.feed(*IMAGE), b.feed(4), b.feed(4), num_groups=2),
    )
    yield "DepthToSpace", lambda b: b.node("DepthToSpace", b.feed(2, 8, 3, 4), blocksize=2)
    yield "SpaceToDepth", lambda b: b.node("SpaceToDepth", b.feed(2, 3, 4, 6), blocksize=2)
    yield "GridSample>=16", lambda b: b.node("GridSample", b.feed(*IMAGE), b.feed(2, 5, 6, 2))
    yield "AffineGrid>=20", lambda b: b.node("AffineGrid", b.feed(2, 2, 3), b.weight([2, 3, 5, 6]))


def recurrent() -> Iterator[tuple[str, Spelling]]:
    for op, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        outputs = 3 if op == "LSTM" else 2
        for way, directions in (("forward", 1), ("bidirectional", 2)):
            yield f"{op} {way}", lambda b, op=op, gates=gates, outputs=outputs, way=way, directions=directions: b.node(
                op, b.feed(5, 2, 3), b.feed(directions, gates * 4, 3), b.feed(directions, gates * 4, 4),
                outputs=outputs, hidden_size=4, direction=way,
            )  # fmt: skip
        yield (
            f"{op} layout>=14",
            lambda b, op=op, gates=gates, outputs=outputs: b.node(
                op,
                b.feed(2, 5, 3),
                b.feed(1, gates * 4, 3),
                b.feed(1, gates * 4, 4),
                outputs=outputs,
                hidden_size=4,
                layout=1,
            ),
        )


def quantised() -> Iterator[tuple[str, Spelling]]:
    u8 = UINT8

    def scale(b: Bench) -> tuple[str, str]:
        return b.weight(0.5, np.float32), b.weight(3, np.uint8)

    yield "QuantizeLinear>=10", lambda b: b.node("QuantizeLinear", b.feed(*IMAGE), *scale(b))
    yield "DequantizeLinear>=10", lambda b: b.node("DequantizeLinear", b.feed(*IMAGE, dtype=u8), *scale(b))
    yield "DynamicQuantizeLinear>=11", lambda b: b.node("DynamicQuantizeLinear", b.feed(*IMAGE), outputs=3)
    yield "ConvInteger>=10", lambda b: b.node("ConvInteger", b.feed(*IMAGE, dtype=u8), b.feed(6, 4, 3, 3, dtype=u8))
    yield "MatMulInteger>=10", lambda b: b.node("MatMulInteger", b.feed(5, 6, dtype=u8), b.feed(6, 7, dtype=u8))
    yield (
        "QLinearConv>=10",
        lambda b: b.node(
            "QLinearConv", b.feed(*IMAGE, dtype=u8), *scale(b), b.feed(6, 4, 3, 3, dtype=u8), *scale(b), *scale(b)
        ),
    )
    yield (
        "QLinearMatMul>=10",
        lambda b: b.node(
            "QLinearMatMul", b.feed(5, 6, dtype=u8), *scale(b), b.feed(6, 7, dtype=u8), *scale(b), *scale(b)
        ),
    )
