"""TensorFlow Lite Micro: outputs, intermediate tensors and the smallest arena, each run in a forked child."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tflite_micro.python.tflite_micro import runtime

from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters.forked import run_forked
from lowtide_runtimes.plans import without_plan

ARENA_STEP = 16
_SLACK = 16 << 20
_ALLOCATIONS = re.compile(r"Arena allocation (total|head|tail) (\d+) bytes")


@dataclass(frozen=True)
class Allocations:
    """What TFLM says of its arena, in bytes: `head` holds the activations, `tail` the interpreter's own tables."""

    total: int
    head: int
    tail: int


def obstacle(model: bytes) -> str | None:
    """Why TFLM cannot run this model, in its own words; None when it can.

    Some operators prepare and then fail, so only a run tells; a large model is only prepared.
    """
    file = ModelFile(model)
    zeros = [np.zeros(file.shape(int(i)), file.dtype(int(i))) for i in file.graph.inputs]
    if file.is_large:
        outcome = run_forked(lambda: _prepare(model, roomy_arena(model)))
    else:
        outcome = run_forked(lambda: _run(model, zeros, roomy_arena(model)))
    if outcome.error is None:
        return None
    said = [line for line in outcome.stderr.splitlines() if line.strip()]
    return "; ".join([*said[-2:], outcome.error])


def outputs(model: bytes, inputs: Sequence[np.ndarray], arena_size: int | None = None) -> list[np.ndarray]:
    """The graph outputs, with tensors sharing memory as on a device."""
    return run_forked(lambda: _run(model, inputs, arena_size or roomy_arena(model))).unwrap()


def all_tensors(model: bytes, inputs: Sequence[np.ndarray]) -> dict[int, np.ndarray]:
    """Every activation by tensor index, from an interpreter that gives each tensor memory of its own, whatever plan the
    model has.
    """
    model = without_plan(ModelFile(model)).data

    def run() -> dict[int, np.ndarray]:
        interpreter = runtime.Interpreter.from_bytes(
            model,
            arena_size=roomy_arena(model),
            intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
        )
        _invoke(interpreter, inputs)
        return {index: _tensor(interpreter, index) for index in sorted(ModelFile(model).activations)}

    return run_forked(run).unwrap()


def allocations(model: bytes) -> Allocations:
    """Head and tail as `print_allocations` gives them. Everything is allocated before the first run, so none is needed."""

    def run() -> None:
        runtime.Interpreter.from_bytes(model, arena_size=roomy_arena(model)).print_allocations()

    outcome = run_forked(run)
    outcome.unwrap()
    return Allocations(**{part: int(size) for part, size in _ALLOCATIONS.findall(outcome.stderr)})


def smallest_arena(model: bytes) -> int:
    """The smallest arena, in multiples of 16 bytes, in which TFLM still allocates the model.

    Starts at the size that TFLM reports, which is nearly always the answer: the planner's temporaries can ask for more.
    """
    step = ARENA_STEP
    high = -(-allocations(model).total // step)
    low = high - 1
    while not _fits(model, high * step):
        low, high = high, high + max(1, high // 8)
    while low > 0 and _fits(model, low * step):
        low, high = low - max(1, low // 8), low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(model, middle * step) else (middle, high)
    return high * step


def roomy_arena(model: bytes) -> int:
    """An arena that is certainly large enough, with no tensor sharing memory. Untouched pages cost nothing."""
    file = ModelFile(model)
    return 2 * sum(-(-file.bytes_of(tensor) // ARENA_STEP) * ARENA_STEP for tensor in file.activations) + _SLACK


def _fits(model: bytes, arena_size: int) -> bool:
    return run_forked(lambda: _prepare(model, arena_size)).error is None


def _prepare(model: bytes, arena_size: int) -> None:
    runtime.Interpreter.from_bytes(model, arena_size=arena_size)


def _run(model: bytes, inputs: Sequence[np.ndarray], arena_size: int) -> list[np.ndarray]:
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=arena_size)
    _invoke(interpreter, inputs)
    return [interpreter.get_output(place) for place in range(len(ModelFile(model).graph.outputs))]


def _invoke(interpreter: runtime.Interpreter, inputs: Sequence[np.ndarray]) -> None:
    for place, value in enumerate(inputs):
        interpreter.set_input(value, place)
    interpreter.invoke()


def _tensor(interpreter: runtime.Interpreter, index: int) -> np.ndarray:
    found = interpreter.GetTensor(index, 0)
    return np.asarray(found["tensor_data"], found["dtype"]).reshape(found["shape"])
