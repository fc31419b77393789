"""Random single operators of int8 behind a concatenation, each a model of its own."""

from collections.abc import Callable

import numpy as np

from rewriting.random_tflite import Net

DEPTHWISE = "DEPTHWISE_CONV_2D"
_OPTIONS = {"ADD": "AddOptions", "MUL": "MulOptions", "SUB": "SubOptions", "LEAKY_RELU": "LeakyReluOptions"}
# Quantisations that a kernel insists on.
_RESULTS = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}


class Site:
    """One operator of a kind, of random size, over two or three parts whose channels are multiples of 8 in none, some, or all parts."""

    def __init__(self, kind: str, seed: int) -> None:
        self.net = net = Net(seed, quantised=True)
        random = self.random = net.random
        self.kind = kind
        self.height, self.width = (int(x) for x in random.integers(3, 20, 2))
        parts = [int(x) for x in random.integers(1, 41, random.integers(2, 4))]
        whole_blocks = {0: len(parts), 1: len(parts) - 1, 2: 0}[seed % 3]
        self.parts = [8 * -(-part // 8) if i < whole_blocks else part for i, part in enumerate(parts)]
        self.channels = sum(self.parts)
        self.inputs: list[int] = []
        self.joined = self._joined(0)
        makers: dict[str, Callable[[], int]] = {
            DEPTHWISE: self._depthwise,
            "MAX_POOL_2D": self._pool,
            "AVERAGE_POOL_2D": self._pool,
            "MEAN": self._mean,
            "RESIZE_BILINEAR": self._resize,
            "PRELU": self._sloped,
            **dict.fromkeys(("ADD", "SUB", "MUL"), self._of_two),
        }
        net.graph.outputs = np.array([makers.get(kind, self._of_one)()], np.int32)
        net.graph.inputs = np.array(self.inputs, np.int32)

    @property
    def model(self) -> bytes:
        """The file."""
        return self.net.packed()

    def _image(self, channels: int, which: int, height: int | None = None, width: int | None = None) -> int:
        return self.net.shaped([1, height or self.height, width or self.width, channels], which)

    def _joined(self, which: int) -> int:
        parts = [self._image(part, which) for part in self.parts]
        self.inputs += parts
        whole = self._image(self.channels, which)
        self.net.operator("CONCATENATION", parts, whole, "ConcatenationOptions", axis=3)
        return whole

    def _window(self) -> tuple[int, list[int], dict[str, int]]:
        """The side of a window, the size of what it makes of the image, and its fields."""
        side = min(int(self.random.choice([1, 3, 5])), self.height, self.width)
        stride, valid = int(self.random.integers(1, 4)), int(self.random.integers(2))
        size = [-(-(extent - (side - 1) * valid) // stride) for extent in (self.height, self.width)]
        return side, size, {"strideW": stride, "strideH": stride, "padding": valid}

    def _depthwise(self) -> int:
        side, size, fields = self._window()
        times = int(self.random.integers(1, 4))
        w, b = self.net.weights([1, side, side, self.channels * times], 3, 0)
        output = self._image(self.channels * times, 1, *size)
        fields |= {"depthMultiplier": times, "fusedActivationFunction": int(self.random.integers(2))}
        self.net.operator(DEPTHWISE, [self.joined, w, b], output, "DepthwiseConv2DOptions", **fields)
        return output

    def _pool(self) -> int:
        side, size, fields = self._window()
        output = self._image(self.channels, 0, *size)
        fields |= {"filterWidth": side, "filterHeight": side}
        self.net.operator(self.kind, [self.joined], output, "Pool2DOptions", **fields)
        return output

    def _mean(self) -> int:
        output = self.net.shaped([1, 1, 1, self.channels], int(self.random.integers(2)))
        self.net.operator(self.kind, [self.joined, self.net.integers(1, 2)], output, "ReducerOptions", keepDims=True)
        return output

    def _resize(self) -> int:
        size = [2 * self.height, 2 * self.width]
        output = self._image(self.channels, 0, *size)
        half = int(self.random.integers(2))
        reads = [self.joined, self.net.integers(*size)]
        self.net.operator(self.kind, reads, output, "ResizeBilinearOptions", halfPixelCenters=half)
        return output

    def _of_one(self) -> int:
        output = self._image(self.channels, 1)
        if self.kind in _RESULTS:
            self.net.requantise(output, _RESULTS[self.kind])
        fields = {"alpha": 0.1} if self.kind == "LEAKY_RELU" else {}
        self.net.operator(self.kind, [self.joined], output, _OPTIONS.get(self.kind, ""), **fields)
        return output

    def _sloped(self) -> int:
        slopes = self.random.integers(-127, 128, (1, 1, self.channels)).astype(np.int8)
        slope = self.net.tensor([1, 1, self.channels], "INT8", [(1 / 128, 0)], content=slopes)
        output = self._image(self.channels, 1)
        self.net.operator(self.kind, [self.joined, slope], output, "")
        return output

    def _of_two(self) -> int:
        """With another concatenation, or a constant for each channel."""
        if self.random.integers(2):
            other = self._joined(1)
        else:
            content = self.random.integers(-128, 128, self.channels).astype(np.int8)
            other = self.net.tensor([1, 1, 1, self.channels], "INT8", [self.net.scales[1]], content=content)
        output = self._image(self.channels, 1)
        self.net.operator(self.kind, [self.joined, other], output, _OPTIONS[self.kind])
        return output
