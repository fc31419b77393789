"""Compares the values of two models tensor by tensor, bit by bit, on seeded inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.matching import Matching, match

Runner = Callable[[bytes, Sequence[np.ndarray]], dict[int, np.ndarray]]

SEEDS = (1, 2, 3)
_FLIP_SIGN = np.uint8(0x80)


@dataclass
class Comparison:
    """What was compared over all seeds. `varied` counts tensors that held more than one value: the rest prove little.

    `expected` has the source's graph outputs of each seed, for further runs of the written model.
    """

    matching: Matching
    tensors: int = 0
    varied: int = 0
    values: int = 0
    seeds: int = 0
    expected: dict[int, list[np.ndarray]] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)

    @property
    def coverage(self) -> float:
        """Share of the source's activations that were compared. Dead ones are not computed any more and do not count."""
        return self.tensors / (len(self.matching.source.activations) - len(self.matching.dead))

    def problems(self, least_coverage: float = 0.9) -> list[str]:
        """Everything that keeps this from being a proof of equality; empty when it is one."""
        found = [*self.matching.faults, *self.unequal]
        if self.coverage < least_coverage:
            found.append(f"only {self.coverage:.0%} of the activations were compared")
        if 2 * self.varied < self.tensors:
            found.append(
                f"only {self.varied} of {self.tensors} tensors held more than one value: the inputs test nothing"
            )
        return found

    def __str__(self) -> str:
        names = [self.matching.source.name(tensor) for tensor in self.matching.copies]
        removed = f", removed copies: {', '.join(names)}" if names else ""
        return f"{self.tensors} tensors, {self.values} values, {self.seeds} seeds, {len(self.unequal)} unequal{removed}"


def seeds_for(file: ModelFile) -> tuple[int, ...]:
    """Three seeds; one for a model whose runs are very long."""
    return SEEDS[:1] if file.is_large else SEEDS


def seeded_inputs(file: ModelFile, seed: int) -> list[np.ndarray]:
    """Inputs for all graph inputs: the whole range of integers, a normal distribution for floats."""
    random = np.random.default_rng(seed)
    return [_values(random, file.shape(int(i)), file.dtype(int(i))) for i in file.graph.inputs]


def compare_models(source: ModelFile, written: ModelFile, run: Runner, left_out: Sequence[int] = ()) -> Comparison:
    """Runs both models with `run` on the same inputs and compares each pair of tensors but those `left_out` of the source.

    A uint8 tensor of the source may be an int8 tensor of the written model: then it must hold 128 less everywhere.
    """
    shift = _types(source) != _types(written)
    comparison = Comparison(match(source, written, shift), left_out=list(left_out))
    for seed in seeds_for(source):
        inputs = seeded_inputs(source, seed)
        before = run(source.data, inputs)
        after = run(written.data, inputs_as(written, inputs))
        _compare_run(comparison, before, after, seed)
        comparison.expected[seed] = [before[int(i)] for i in source.graph.outputs]
    return comparison


def unsized_outputs(file: ModelFile) -> list[int]:
    """Outputs of a custom operator without a shape in the file: TFLM gives them room for one value and writes many."""
    return [
        int(tensor)
        for operator in file.graph.operators
        if operator.customOptions is not None
        for tensor in operator.outputs
        if file.shape(int(tensor)) == ()
    ]


def differing_values(before: np.ndarray, after: np.ndarray) -> int | None:
    """How many values differ in any bit (so NaN equals NaN and 0.0 differs from -0.0); None if type or shape differ."""
    before = as_type(before, after.dtype)
    if before.shape != after.shape or before.dtype != after.dtype:
        return None
    left, right = (np.ascontiguousarray(side).reshape(-1).view(np.uint8) for side in (before, after))
    return int((left != right).reshape(-1, before.dtype.itemsize).any(axis=1).sum())


def inputs_as(written: ModelFile, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The source's inputs in the types of the written model."""
    return [as_type(value, dtype) for value, dtype in zip(inputs, _types(written), strict=True)]


def as_type(value: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """uint8 values as the int8 values that are 128 less; anything else as it is."""
    if value.dtype == np.uint8 and dtype == np.int8:
        return (value ^ _FLIP_SIGN).view(np.int8)
    return value


def _compare_run(
    comparison: Comparison, before: dict[int, np.ndarray], after: dict[int, np.ndarray], seed: int
) -> None:
    pairs = [pair for pair in comparison.matching.pairs if pair[0] not in comparison.left_out]
    for left, right in pairs:
        wrong = differing_values(before[left], after[right])
        name = comparison.matching.source.name(left)
        if wrong is None:
            comparison.unequal.append(
                f"{name!r}: {before[left].dtype}{before[left].shape} became {after[right].dtype}{after[right].shape}"
            )
        elif wrong:
            comparison.unequal.append(f"{name!r}: {wrong} of {before[left].size} values differ (seed {seed})")
        comparison.values += before[left].size
    comparison.tensors = len(pairs)
    comparison.varied = max(comparison.varied, sum(_varies(before[left]) for left, _ in pairs))
    comparison.seeds += 1


def _varies(values: np.ndarray) -> bool:
    return values.size > 0 and bool((values != values.flat[0]).any() or values.size == 1)


def _types(file: ModelFile) -> list[np.dtype]:
    return [file.dtype(int(i)) for i in file.graph.inputs]


def _values(random: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(dtype)
    return random.standard_normal(shape).astype(dtype)
