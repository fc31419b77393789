"""Operators in the spelling of each operator set since 7: what older sets take as attributes, newer ones take as inputs."""

from collections.abc import Iterator

import onnx

from onnx_spellings.arithmetic import binary, unary
from onnx_spellings.bench import Bench
from onnx_spellings.layout import layout
from onnx_spellings.windows import quantised, recurrent, windows


def spellings(opset: int) -> Iterator[tuple[str, onnx.ModelProto]]:
    """What the operator set has, one model each."""
    for group in (unary, binary, windows, layout, recurrent, quantised):
        for name, spelling in group():
            since = int(name.split(">=")[1]) if ">=" in name else 0
            until = int(name.split("<=")[1]) if "<=" in name else 99
            if since <= opset <= until:
                bench = Bench(opset)
                spelling(bench)
                yield name, bench.model()
