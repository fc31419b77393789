"""How far an int8 network of which sums were taken apart may be from its source: a bound for every tensor that both have.

Everything is counted in real numbers, a bound for each channel. What a written tensor stands for is the real value that exact arithmetic gives
on the source's own tensors. A partial sum is off by what its inputs are off, by its rounding, and by what its range cuts off; a tensor that both
files have is rounded in both.
"""

import numpy as np

from lowtide_runtimes.files import ModelFile

# Of a step: a half, and what fixed-point multipliers add to it.
_ROUNDING = 0.55
_SAME_SCALE = {"CONCATENATION", "SPLIT", "SPLIT_V", "SLICE", "STRIDED_SLICE", "PAD", "MAX_POOL_2D"}


class Bounds:
    """Bounds of a written model. `of`: by tensor, for each channel."""

    def __init__(self, source: ModelFile, written: ModelFile) -> None:
        self.file, self.source = written, source
        self.left = {written.name(i) for i in range(len(written.graph.tensors))}
        makers = {int(op.outputs[0]): op for op in source.graph.operators}
        self.additions = {out: op for out, op in makers.items() if source.opcode(op) == "ADD"}
        self.convolutions = {
            out: op for out, op in makers.items() if source.opcode(op) in ("CONV_2D", "FULLY_CONNECTED")
        }
        self.sums = {int(op.outputs[0]): op for op in written.graph.operators if written.opcode(op) == "ADD"}
        self.known = {source.name(i) for i in range(len(source.graph.tensors))}
        self.of: dict[int, np.ndarray] = {}
        # Where exact arithmetic can be, for each channel: partial sums alone.
        self.reach: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        for tensor in written.graph.inputs:
            self.of[int(tensor)] = np.zeros(written.shape(int(tensor))[-1])
        for operator in written.graph.operators:
            self._operator(operator)

    def scale(self, tensor: int) -> float:
        """Of a step of an activation."""
        return _scale(self.file, tensor)

    def _operator(self, operator: object) -> None:
        kind = self.file.opcode(operator)
        reads = [int(i) for i in operator.inputs]
        for place, output in enumerate(int(i) for i in operator.outputs):
            error = self._moved(kind, operator, reads, place)
            if kind in ("CONV_2D", "FULLY_CONNECTED", "DEPTHWISE_CONV_2D"):
                self.of[output] = self._products(kind, reads, output)
            elif kind == "ADD" and output in self._sums(reads, output):
                self.of[output] = self._stored(output, self._error(reads[0]) + self._error(reads[1]))
            else:
                self.of[output] = error if kind in _SAME_SCALE else self._rounded(output, error)

    def _sums(self, reads: list[int], output: int) -> set[int]:
        """The output, if it or what it is the sum of is no tensor of the source."""
        if all(self.file.name(tensor) in self.known for tensor in (*reads, output)):
            return set()
        (a, b), (c, d) = (self.reach.get(tensor, _range(self.file, tensor)) for tensor in reads)
        self.reach[output] = (a + c, b + d)
        return {output}

    def _terms(self, file: ModelFile, additions: dict[int, object], tensor: int) -> list[str]:
        """What a sum adds up that both models have, by name: sums themselves may have other names, of what copies them."""
        terms = []
        for read in (int(i) for i in additions[tensor].inputs):
            both = file.name(read) in self.left & self.known
            inner = [] if both or read not in additions else self._terms(file, additions, read)
            terms += [file.name(read)] if both else inner
        return sorted(terms)

    def _inside(self, tensor: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of a sum of the source: how far what it rounds and cuts off inside, and the written model does not have, is off, and where exact
        arithmetic can be.
        """
        error, low, high = np.zeros(1), np.zeros(1), np.zeros(1)
        for read in (int(i) for i in self.additions[tensor].inputs):
            least, most = _range(self.source, read)
            if self.source.name(read) not in self.left:
                off, lowest, highest = np.zeros(1), np.asarray(least), np.asarray(most)
                if read in self.additions:
                    off, lowest, highest = self._inside(read)
                elif read in self.convolutions:
                    lowest, highest = _reached(self.source, [int(i) for i in self.convolutions[read].inputs])
                cut_off = np.maximum(0.0, np.maximum(least - lowest, highest - most))
                error = error + off + _ROUNDING * _scale(self.source, read) + cut_off
            low, high = low + least, high + most
        return error, low, high

    def _error(self, tensor: int) -> np.ndarray:
        """Constants are what they are."""
        return self.of.get(tensor, np.zeros(self.file.shape(tensor)[-1] if self.file.shape(tensor) else 1))

    def _rounded(self, output: int, error: np.ndarray) -> np.ndarray:
        """Both files round; where inputs are equal they round alike."""
        return np.where(error > 0, error + 2 * _ROUNDING * self.scale(output), 0.0)

    def _stored(self, output: int, error: np.ndarray) -> np.ndarray:
        """A sum that was taken apart: an incomplete one is rounded once, and its range may cut it off."""
        if self.file.name(output) in self.known:
            del self.reach[output]
            own = self._terms(self.file, self.sums, output)
            name = self.file.name(output)
            alike = {i for i in self.additions if own and self._terms(self.source, self.additions, i) == own}
            same = alike | {i for i in self.additions if self.source.name(i) == name}
            inside = sum((self._inside(tensor)[0] for tensor in same), np.zeros(1))
            return error + inside + 2 * _ROUNDING * self.scale(output)
        (low, high), (least, most) = _range(self.file, output), self.reach[output]
        cut_off = np.maximum(0, np.maximum(low - least, most - high))
        return error + _ROUNDING * self.scale(output) + cut_off

    def _moved(self, kind: str, operator: object, reads: list[int], place: int) -> np.ndarray:
        """What comes of the inputs' errors where nothing is summed over channels; not yet rounded."""
        errors = [self._error(tensor) for tensor in reads]
        if kind == "CONCATENATION":
            return np.concatenate(errors)
        if kind in ("SPLIT", "SPLIT_V"):
            whole = errors[1 if kind == "SPLIT" else 0]
            widths = [self.file.shape(int(i))[-1] for i in operator.outputs]
            start = sum(widths[:place])
            return whole[start : start + widths[place]]
        if kind in ("SLICE", "STRIDED_SLICE"):
            content = self.file.content(reads[1])
            assert content is not None
            width = self.file.shape(int(operator.outputs[0]))[-1]
            masks = operator.builtinOptions.beginMask if kind == "STRIDED_SLICE" else 0
            start = 0 if masks >> 3 & 1 else int(np.frombuffer(content, np.int32)[3]) % errors[0].size
            return errors[0][start : start + width]
        if kind == "ADD":
            return errors[0] + errors[1]
        # No slope is steeper than 1.
        return errors[0]

    def _products(self, kind: str, reads: list[int], output: int) -> np.ndarray:
        weights, error = _real(self.file, reads[1]), self._error(reads[0])
        if kind == "DEPTHWISE_CONV_2D":
            times = weights.shape[-1] // error.size
            return self._rounded(output, np.abs(weights).sum(axis=(0, 1, 2)) * np.repeat(error, times))
        passed = np.einsum("oik,i->o", np.abs(_flat(weights)), error)
        if self.file.name(output) in self.known:
            return self._rounded(output, passed)
        self.reach[output] = _reached(self.file, reads)
        return self._stored(output, passed)


def _flat(weights: np.ndarray) -> np.ndarray:
    """Filters by output channel, input channel and place."""
    return weights.reshape(weights.shape[0], -1, weights.shape[-1]).transpose(0, 2, 1)


def _reached(file: ModelFile, reads: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where a convolution of what `reads` can hold is in exact arithmetic, for each channel."""
    flat = _flat(_real(file, reads[1]))
    low, high = _range(file, reads[0])
    ends = flat * low, flat * high
    bias = _real(file, reads[2]) if len(reads) > 2 and reads[2] >= 0 else 0.0
    # Places outside of the image count as zero.
    least = np.minimum(0, np.minimum(*ends)).sum(axis=(1, 2)) + bias
    most = np.maximum(0, np.maximum(*ends)).sum(axis=(1, 2)) + bias
    return least, most


def _real(file: ModelFile, tensor: int) -> np.ndarray:
    """A constant as real numbers."""
    details = file.graph.tensors[tensor].quantization
    content = file.content(tensor)
    assert content is not None
    stored = np.frombuffer(content, file.dtype(tensor)).reshape(file.shape(tensor)).astype(np.float64)
    scales = np.asarray(details.scale, np.float64)
    if scales.size > 1:
        along = [1] * stored.ndim
        along[details.quantizedDimension] = scales.size
        scales = scales.reshape(along)
    return stored * scales


def _scale(file: ModelFile, tensor: int) -> float:
    return float(file.graph.tensors[tensor].quantization.scale[0])


def _range(file: ModelFile, tensor: int) -> tuple[float, float]:
    zero = float(file.graph.tensors[tensor].quantization.zeroPoint[0])
    return (-128 - zero) * _scale(file, tensor), (127 - zero) * _scale(file, tensor)
