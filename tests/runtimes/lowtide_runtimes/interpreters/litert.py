"""LiteRT: every tensor of a run and the size of the arena, in a forked child, with one kernel family for all that is compared."""

from collections.abc import Sequence

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters.forked import run_forked

# Kernel families round differently. The reference kernels lack a few versions of operators, so the others stand in.
FAMILIES = {
    "reference": OpResolverType.BUILTIN_REF,
    "optimised": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
}
# What an interpreter runs if nobody says otherwise: XNNPACK, and the optimised kernels for what that does not take. It shows no tensor between.
DEFAULT = "default"
_RESOLVERS = {**FAMILIES, DEFAULT: OpResolverType.BUILTIN}


def objection(model: bytes, family: str) -> str:
    """What these kernels say against the model; nothing if they prepare it."""
    outcome = run_forked(lambda: _prepared(model, family, keep_all=False) and None)
    return "" if outcome.error is None else outcome.error.splitlines()[0][:160]


def family_for(model: bytes) -> tuple[str | None, str]:
    """The first kernel family that prepares the model, and what the earlier ones said against it."""
    objections = []
    for family in FAMILIES:
        against = objection(model, family)
        if not against:
            return family, "; ".join(objections)
        objections.append(f"{family} kernels: {against}")
    return None, "; ".join(objections)


def all_tensors(model: bytes, inputs: Sequence[np.ndarray], family: str) -> dict[int, np.ndarray]:
    """Every activation by tensor index, each in memory of its own."""

    def run() -> dict[int, np.ndarray]:
        interpreter = _prepared(model, family, keep_all=True)
        _invoke(interpreter, inputs)
        return {index: interpreter.get_tensor(index) for index in sorted(ModelFile(model).activations)}

    return run_forked(run).unwrap()


def outputs(model: bytes, inputs: Sequence[np.ndarray], family: str) -> list[np.ndarray]:
    """The graph outputs, with tensors sharing memory as in production."""

    def run() -> list[np.ndarray]:
        interpreter = _prepared(model, family, keep_all=False)
        _invoke(interpreter, inputs)
        return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]

    return run_forked(run).unwrap()


def arena_bytes(model: bytes, family: str) -> int:
    """Span of the addresses of all tensors in the arena.

    Constants, outputs of operators fed by constants, and variables lie elsewhere; so do tensors whose size is known only
    during the run, which have no address yet. Scratch tensors of the kernels are not counted.
    """

    def measure() -> int:
        interpreter = _prepared(model, family, keep_all=False)
        file = ModelFile(model)
        low, high = 1 << 64, 0
        for index in file.activations - file.variables:
            try:
                view = interpreter.tensor(index)()
            except ValueError:
                continue
            low, high = min(low, view.ctypes.data), max(high, view.ctypes.data + view.nbytes)
        return high - low

    return run_forked(measure).unwrap()


def _prepared(model: bytes, family: str, keep_all: bool) -> Interpreter:
    interpreter = Interpreter(
        model_content=model,
        experimental_op_resolver_type=_RESOLVERS[family],
        experimental_preserve_all_tensors=keep_all,
        num_threads=1,
    )
    interpreter.allocate_tensors()
    return interpreter


def _invoke(interpreter: Interpreter, inputs: Sequence[np.ndarray]) -> None:
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
