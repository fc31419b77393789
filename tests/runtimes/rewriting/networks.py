"""Random networks rewritten in every way there is, and run before and after in the real runtimes."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime

from lowtide_runtimes import cli
from lowtide_runtimes.compare import seeded_inputs
from lowtide_runtimes.corpus import REPOSITORY
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm
from lowtide_runtimes.interpreters.forked import run_forked
from rewriting import random_onnx, random_tflite
from rewriting.bounds import Bounds

CLASSES = ("bit-exact", "rounding", "approximate")
# Of the largest output of the network.
ROUNDING = 1e-5
_TAKE_APART = ["cargo", "run", "-q", "--release", "-p", "lowtide-formats", "--example", "take_apart", "--"]
_MOVING = ("concat-of-concat", "concat-of-split", "split-of-concat", "slice-of-concat", "pad-first")
_EXACT = (*_MOVING, "kernel-wise")
_EXACT_IN_INTEGERS = (*_EXACT, "elementwise-first")
# What `lowtide optimize` is asked for.
_SWITCHES = {"exact": ("exact",), "bit-exact": ("exact", "--bit-exact"), "all": ("all",)}


@dataclass
class Finding:
    """One written model in one runtime against its source. `difference`: of the largest output; `share`: of what the bound allows."""

    seed: int
    way: str
    runtime: str
    promise: str
    rules: dict[str, int] = field(default_factory=dict)
    difference: float = 0.0
    share: float = 0.0
    fault: str = ""


@dataclass(frozen=True)
class Variant:
    """A network written in some way, and what was promised."""

    way: str
    data: bytes
    rules: dict[str, int]
    promise: str


def taken_apart(sources: dict[str, bytes], folder: Path, rules: Sequence[str] = ()) -> dict[str, tuple[bytes, str]]:
    """The models rewritten wherever one of the rules applies, and what was done, by file name. `exact-on=TARGET` in front of the
    rules: only where every bit is promised there.
    """
    before, after = folder / "before", folder / "after"
    for place in (before, after):
        place.mkdir(exist_ok=True)
        for left in place.iterdir():
            left.unlink()
    for name, source in sources.items():
        (before / name).write_bytes(source)
    call = [*_TAKE_APART, before, after, *rules]
    answer = subprocess.run(call, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    lines = dict(line.split(": ", 1) for line in answer.stdout.splitlines())
    return {name: ((after / name).read_bytes(), lines[name]) for name in sources}


def _counted(done: str) -> tuple[dict[str, int], str]:
    """`2 x kernel-wise (bit-exact), ...` as counts, and the weakest promise."""
    counts, weakest = {}, CLASSES[0]
    for entry in filter(None, done.split(", ")):
        count, rule, promise = entry.replace(" x ", " ").split(" ")
        counts[rule] = int(count)
        weakest = max(weakest, promise.strip("()"), key=CLASSES.index)
    return counts, weakest


def variants(
    sources: dict[str, bytes], folder: Path, exact: Callable[[bytes], Sequence[str]]
) -> dict[str, list[Variant]]:
    """Each network rewritten by its exact rules, by all rules, and by `lowtide optimize` with every switch; none twice."""
    found: dict[str, list[Variant]] = {name: [] for name in sources}
    for rules in {tuple(exact(source)) for source in sources.values()}:
        chosen = {name: source for name, source in sources.items() if tuple(exact(source)) == rules}
        for way, names in (("wherever exact", rules), ("wherever it can", ())):
            for name, (data, done) in taken_apart(chosen, folder, names).items():
                found[name].append(Variant(way, data, *_counted(done)))
    for name, source in sources.items():
        path, written = folder / name, folder / f"written-{name}"
        path.write_bytes(source)
        for switch, words in _SWITCHES.items():
            report = cli.optimise(path, written, "--node-limit", "5000", "--rewrite", *words)
            counts = {rewrite["rule"]: rewrite["count"] for rewrite in report["rewrites"]}
            data = written.read_bytes()
            found[name].append(Variant(f"optimize {switch}", data, counts, report["rewriting"]["exactness"]))
    return {name: list({variant.data: variant for variant in reversed(many)}.values()) for name, many in found.items()}


def distance(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> float:
    """The largest difference, as a share of the largest number."""
    largest = max(float(np.abs(x).max()) for x in before)
    differences = [np.abs(x.astype(np.float64) - y.astype(np.float64)) for x, y in zip(before, after, strict=True)]
    return max(float(difference.max()) for difference in differences) / max(largest, 1e-30)


def _judge(finding: Finding, before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> Finding:
    """By its class, approximate ones left aside."""
    finding.difference = distance(before, after)
    allowed = {"bit-exact": 0.0, "rounding": ROUNDING, "approximate": np.inf}[finding.promise]
    equal = all(x.tobytes() == y.tobytes() for x, y in zip(before, after, strict=True))
    if finding.difference > allowed or (allowed == 0 and not equal):
        finding.fault = f"outputs differ by {finding.difference:g}"
    return finding


def examine_tflite(seeds: Sequence[int], folder: Path) -> list[Finding]:
    """Networks in LiteRT's reference kernels and in TFLM."""
    sources = {f"{seed}.tflite": random_tflite.network(seed) for seed in seeds}
    quantised = {name: random_tflite.Net(seed).quantised for seed, name in zip(seeds, sources, strict=True)}
    is_quantised = {source: quantised[name] for name, source in sources.items()}
    written = variants(sources, folder, lambda source: _EXACT_IN_INTEGERS if is_quantised[source] else _EXACT)
    return run_forked(lambda: _examined(seeds, sources, written)).unwrap()


def _examined(seeds: Sequence[int], sources: dict[str, bytes], written: dict[str, list[Variant]]) -> list[Finding]:
    findings = []
    runtimes = {
        "LiteRT": (lambda m, x: litert.outputs(m, x, "reference"), lambda m, x: litert.all_tensors(m, x, "reference")),
        "TFLM": (tflm.outputs, tflm.all_tensors),
    }
    for seed, (name, source) in zip(seeds, sources.items(), strict=True):
        inputs = seeded_inputs(ModelFile(source), seed)
        for runtime, (outputs, all_tensors) in runtimes.items():
            before = outputs(source, inputs)
            for variant in written[name]:
                finding = Finding(seed, variant.way, runtime, variant.promise, variant.rules)
                _judge(finding, before, outputs(variant.data, inputs))
                if variant.promise == "approximate":
                    within_bounds(finding, source, variant.data, lambda m, run=all_tensors, x=inputs: run(m, x))
                findings.append(finding)
    return findings


def within_bounds(
    finding: Finding, source: bytes, written: bytes, run: Callable[[bytes], dict[int, np.ndarray]]
) -> None:
    """Every tensor that both models have, against the bound that follows from scales and weights."""
    before, after = ModelFile(source), ModelFile(written)
    bounds = Bounds(before, after)
    known = {before.name(index): value for index, value in run(source).items()}
    for index, value in run(written).items():
        name = after.name(index)
        if name in known:
            steps = np.abs(value.astype(np.int32) - known[name].astype(np.int32))
            apart = steps * bounds.scale(index)
            allowed = np.broadcast_to(bounds.of[index], apart.shape)
            if bool((apart > allowed).any()):
                finding.fault = f"{name}: {float(apart.max()):g} apart, more than is possible"
            shares = apart / np.maximum(allowed, 1e-30)
            finding.share = max(finding.share, float(shares.max()))


def examine_onnx(seeds: Sequence[int], folder: Path) -> list[Finding]:
    """Networks in ONNX Runtime, node by node as in the file."""
    sources = {f"{seed}.onnx": random_onnx.network(seed) for seed in seeds}
    written = variants(sources, folder, lambda _: _EXACT)
    findings = []
    for seed, (name, source) in zip(seeds, sources.items(), strict=True):
        before = run_onnx(source, seed)
        for variant in written[name]:
            finding = Finding(seed, variant.way, "ONNX Runtime", variant.promise, variant.rules)
            findings.append(_judge(finding, before, run_onnx(variant.data, seed)))
    return findings


def run_onnx(model: bytes, seed: int) -> list[np.ndarray]:
    """The outputs on seeded inputs."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(seed)
    return session.run(None, {x.name: random.standard_normal(x.shape).astype(np.float32) for x in session.get_inputs()})


EXAMINE = {"tflite": examine_tflite, "onnx": examine_onnx}


def dump(findings: Sequence[Finding]) -> str:
    """One line a finding."""
    return "\n".join(json.dumps(vars(finding)) for finding in findings)
