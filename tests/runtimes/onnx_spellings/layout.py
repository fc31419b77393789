"""What moves, cuts and joins elements."""

from collections.abc import Iterator

import numpy as np
from onnx import TensorProto

from onnx_spellings.bench import IMAGE, INT64, Bench, Spelling


def _upsample(b: Bench) -> object:
    scales = [1.0, 1.0, 2.0, 1.5]
    if b.opset < 9:
        return b.node("Upsample", b.feed(*IMAGE), scales=scales)
    if b.opset < 10:
        return b.node("Upsample", b.feed(*IMAGE), b.weight(scales, np.float32))
    reads = [b.weight(scales, np.float32)] if b.opset == 10 else ["", b.weight(scales, np.float32)]
    return b.node("Resize", b.feed(*IMAGE), *reads)


def layout() -> Iterator[tuple[str, Spelling]]:
    yield "Squeeze", lambda b: b.since(13, "Squeeze", b.feed(1, 3, 1, 4), axes=[0, 2])
    yield "Squeeze all", lambda b: b.node("Squeeze", b.feed(1, 3, 1, 4))
    yield "Unsqueeze", lambda b: b.since(13, "Unsqueeze", b.feed(3, 4), axes=[0, 3])
    yield "Unsqueeze from behind>=11", lambda b: b.since(13, "Unsqueeze", b.feed(3, 4), axes=[-1])
    for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2"):
        since = 13 if op == "ReduceSum" else 18
        for keep in (0, 1):

            def reduce(b: Bench, op: str = op, since: int = since, keep: int = keep) -> object:
                x = b.feed(*IMAGE)
                if b.opset < since:
                    return b.node(op, x, axes=[1, 3], keepdims=keep)
                return b.node(op, x, b.weight([1, 3]), keepdims=keep)

            yield f"{op} axes keep={keep}", reduce
    yield "Pad", lambda b: b.since(11, "Pad", b.feed(*IMAGE), pads=[0, 1, 2, 0, 0, 3, 0, -1])
    yield "Slice", lambda b: b.since(10, "Slice", b.feed(*IMAGE), starts=[1, -6], ends=[3, 10_000], axes=[1, 2])
    yield (
        "Slice steps>=10",
        lambda b: b.node(
            "Slice", b.feed(*IMAGE), b.weight([8, 0]), b.weight([-100, 8]), b.weight([2, 3]), b.weight([-2, 3])
        ),
    )
    yield "Split", lambda b: b.since(13, "Split", b.feed(9, 2), outputs=3, split=[2, 3, 4])
    yield "Split even<=17", lambda b: b.node("Split", b.feed(9, 2), outputs=3)
    yield "Split count>=18", lambda b: b.node("Split", b.feed(10, 2), outputs=3, num_outputs=3)
    yield (
        "Clip",
        lambda b: (
            b.node("Clip", b.feed(*IMAGE), min=0.0, max=6.0)
            if b.opset < 11
            else b.node("Clip", b.feed(*IMAGE), "", b.weight(6, np.float32))
        ),
    )
    yield (
        "TopK",
        lambda b: (
            b.node("TopK", b.feed(*IMAGE), outputs=2, k=3, axis=2)
            if b.opset < 10
            else b.node("TopK", b.feed(*IMAGE), b.weight([3]), outputs=2, axis=2)
        ),
    )
    yield "Upsample or Resize", _upsample
    yield "Resize sizes>=11", lambda b: b.node("Resize", b.feed(*IMAGE), "", "", b.weight([2, 4, 5, 6]))
    yield "Resize axes>=18", lambda b: b.node("Resize", b.feed(*IMAGE), "", "", b.weight([5, 6]), axes=[2, 3])
    yield "Dropout mask", lambda b: b.node("Dropout", b.feed(*IMAGE), outputs=2)
    yield "Tile", lambda b: b.node("Tile", b.feed(2, 3), b.weight([2, 4]))
    yield "Expand>=8", lambda b: b.node("Expand", b.feed(3, 1), b.weight([2, 1, 6]))
    yield "Reshape", lambda b: b.node("Reshape", b.feed(*IMAGE), b.weight([0, -1, 4]))
    yield "Reshape zero>=14", lambda b: b.node("Reshape", b.feed(0, 3), b.weight([3, 0]), allowzero=1)
    yield "Concat", lambda b: b.node("Concat", b.feed(2, 3), b.feed(4, 3), axis=0)
    yield "Concat from behind>=11", lambda b: b.node("Concat", b.feed(2, 3), b.feed(2, 4), axis=-1)
    yield "Gather", lambda b: b.node("Gather", b.feed(*IMAGE), b.feed(2, 3, dtype=INT64), axis=1)
    yield "GatherElements>=11", lambda b: b.node("GatherElements", b.feed(3, 4), b.feed(2, 4, dtype=INT64))
    yield "GatherND>=11", lambda b: b.node("GatherND", b.feed(3, 4, 5), b.feed(6, 2, dtype=INT64))
    yield (
        "GatherND batch>=12",
        lambda b: b.node("GatherND", b.feed(3, 4, 5), b.feed(3, 6, 1, dtype=INT64), batch_dims=1),
    )
    yield (
        "Scatter>=9",
        lambda b: b.node(
            "Scatter" if b.opset < 11 else "ScatterElements", b.feed(3, 4), b.feed(2, 4, dtype=INT64), b.feed(2, 4)
        ),
    )
    yield "ScatterND>=11", lambda b: b.node("ScatterND", b.feed(3, 4), b.feed(5, 1, dtype=INT64), b.feed(5, 4))
    yield "OneHot>=9", lambda b: b.node("OneHot", b.feed(3, 4, dtype=INT64), b.weight([7]), b.feed(2), axis=1)
    yield "ConstantOfShape>=9", lambda b: b.node("ConstantOfShape", b.weight([3, 4]))
    yield "EyeLike>=9", lambda b: b.node("EyeLike", b.feed(3, 4))
    yield "Range>=11", lambda b: b.node("Range", b.weight(2), b.weight(11), b.weight(3))
    yield "CumSum>=11", lambda b: b.node("CumSum", b.feed(3, 4), b.weight(1))
    yield "Trilu>=14", lambda b: b.node("Trilu", b.feed(3, 4))
    yield "ReverseSequence>=10", lambda b: b.node("ReverseSequence", b.feed(4, 3, 2), b.feed(3, dtype=INT64))
    yield "CenterCropPad>=18", lambda b: b.node("CenterCropPad", b.feed(9, 3), b.weight([5, 7]))
    yield (
        "Einsum>=12",
        lambda b: [
            b.node("Einsum", *(b.feed(*shape) for shape in shapes), equation=equation)
            for equation, *shapes in (
                ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
                ("ii->i", (3, 3)),
                ("...ii->...i", (2, 3, 3)),
                ("ij,jk", (3, 4), (4, 5)),
                ("i,i->", (3,), (3,)),
            )
        ],
    )
    yield "Shape part>=15", lambda b: b.node("Shape", b.feed(*IMAGE), start=1, end=-1)
    yield "Det>=11", lambda b: b.node("Det", b.feed(2, 3, 3))
    yield "BitCast>=26", lambda b: b.node("BitCast", b.feed(3, 4), to=TensorProto.INT32)
    yield "DFT>=20", lambda b: b.node("DFT", b.feed(1, 10, 1), "", b.weight(1), onesided=1)
