import os
from typing import Any, Literal, TypeAlias

Model: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview
Format: TypeAlias = Literal["tflite", "onnx", "json"]
Target: TypeAlias = Literal["tflm", "litert", "ort", "ideal"]
Order: TypeAlias = Literal["exact", "file", "kahn", "reverse-postorder", "greedy", "serenity"]
BudgetOn: TypeAlias = Literal["peak", "arena", "declare"]
Proof: TypeAlias = Literal["optimal", "bounded"] | None
StoppedBy: TypeAlias = Literal["node-limit", "memory-limit", "time-limit", "gap", "interrupted"] | None

class Report(dict[str, Any]):
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...

class ModelPart(Report):
    name: str
    format: Format
    operators: int
    tensors: int
    inputs: list[TensorPart]
    outputs: list[TensorPart]

class TensorPart(Report):
    name: str
    bytes: int
    dtype: str | None
    shape: list[int | None] | None

class AlivePart(TensorPart):
    use: Literal["read", "written", "waiting"]
    first_step: int
    last_step: int

class StepPart(Report):
    step: int
    operator_index: int
    operator: str
    writes: str
    live_bytes: int

class CostPart(Report):
    peak_bytes: int
    live_byte_steps: int
    peak_step: int | None
    peak_operator: str | None
    peak_operator_index: int | None
    alive: list[AlivePart]
    steps: list[StepPart]

class AfterPart(CostPart):
    operators: int
    algorithm: Order
    bound_bytes: int
    proof: Proof
    stopped_by: StoppedBy
    states: int
    live_byte_steps_as_found: int

class BestPart(Report):
    peak_bytes: int
    proof: Proof
    stopped_by: StoppedBy
    states: int

class CleanedPart(BestPart):
    rewrites: int

class RewritePart(Report):
    rule: str
    count: int
    exactness: Literal["bit-exact", "rounding", "approximate"]
    sites: list[Report]

class WorstPart(Report):
    tensor: str
    largest: float | None
    steps: float | None
    magnitude: float
    differing: int
    elements: int

class NumbersPart(Report):
    not_run: str | None
    inputs: int
    seed: int
    tensors: int
    equal: int
    output: WorstPart | None
    worst: WorstPart | None

class RewritingPart(Report):
    allowed: Literal["off", "exact", "all"]
    order_alone_bytes: int
    exactness: Literal["bit-exact", "rounding", "approximate"]
    sites: int
    choices: int
    exhaustive: bool
    vetoed: int
    refused: list[Report]
    cost: Report
    accumulated: Report | None

class PackedPart(Report):
    bytes: int
    bound_bytes: int
    proof: Literal["optimal", "bounded"]
    greedy_bytes: int

class PackedPair(Report):
    before: PackedPart
    after: PackedPart

class ItemPart(Report):
    what: str
    bytes: int
    count: int

class FootprintPart(Report):
    bytes: int
    head_bytes: int
    tail_bytes: int
    planning_bytes: int
    items: list[ItemPart]

class DeclarePart(Report):
    device: FootprintPart
    host: FootprintPart
    planned_tensors: int
    plan_fault: str | None
    unknown: list[str]
    more_with_cmsis_nn: list[str]

class DeclarePair(Report):
    before: DeclarePart
    after: DeclarePart

class BudgetPart(Report):
    on: BudgetOn
    available_bytes: int
    required_bytes: int
    excess_bytes: int
    verdict: Literal["fits", "over", "undecided"]

class OutputPart(Report):
    path: str
    bytes: int

class OrderPart(Report):
    name: Order
    peak_bytes: int
    states: int
    seconds: float
    proof: Proof
    bound_bytes: int
    stopped_by: StoppedBy

class InspectReport(Report):
    schema: int
    model: ModelPart
    target: Report
    order: CostPart
    bound_bytes: int
    best: BestPart
    cleaned: CleanedPart | None
    arena: PackedPart
    declare: DeclarePart | None
    reason: Report | None
    budget: BudgetPart | None
    seconds: float

class OptimizeReport(Report):
    schema: int
    model: ModelPart
    target: Report
    before: CostPart
    after: AfterPart
    arena: PackedPair
    declare: DeclarePair | None
    plan: Literal["written", "not-needed", "left-out", "kept"] | None
    rewrites: list[RewritePart]
    rewriting: RewritingPart
    numbers: NumbersPart | None
    requested_by_default: Report | None
    reason: Report | None
    budget: BudgetPart | None
    output: OutputPart | None
    seconds: float
    timings: Report
    model_bytes: bytes

class CompareReport(Report):
    schema: int
    model: ModelPart
    target: Report
    rewrites: int
    orders: list[OrderPart]
    seconds: float

class Error(Exception):
    kind: str

class FileError(Error, OSError): ...
class MalformedError(Error, ValueError): ...
class UnsupportedError(Error): ...
class RefusedError(Error): ...
class UsageError(Error, ValueError): ...
class InternalError(Error): ...

def inspect(
    model: Model,
    *,
    format: Format = "tflite",
    target: Target = "tflm",
    budget: int | None = None,
    budget_on: BudgetOn = "peak",
    time_limit: float | None = None,
    node_limit: int | None = None,
    gap: float = 0.0,
    threads: int = 1,
) -> InspectReport: ...
def optimize(
    model: Model,
    output: str | os.PathLike[str] | None = None,
    *,
    format: Format = "tflite",
    target: Target = "tflm",
    order: Order = "exact",
    as_found: bool = False,
    cleanup: bool = True,
    rewrite: Literal["off", "exact", "all"] = "exact",
    bit_exact: bool = False,
    plan: bool = True,
    measure: int = 3,
    int8: bool = False,
    budget: int | None = None,
    budget_on: BudgetOn = "peak",
    time_limit: float | None = None,
    node_limit: int | None = None,
    gap: float = 0.0,
    threads: int = 1,
) -> OptimizeReport: ...
def compare(
    model: Model,
    *,
    format: Format = "tflite",
    target: Target = "tflm",
    cleanup: bool = False,
    time_limit: float | None = None,
    node_limit: int | None = None,
    gap: float = 0.0,
    threads: int = 1,
) -> CompareReport: ...
