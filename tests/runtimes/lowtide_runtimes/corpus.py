"""The models of the tests: real files with the facts that are known about them, and the networks that lowtide generates."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from ai_edge_litert import schema_py_generated as schema

from lowtide_runtimes.files import ModelFile

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("LOWTIDE_SHARED", REPOSITORY.parent / "shared"))
SWIFTNET = "swiftnet_vww_uint8"

# LiteRT and TFLM know one custom operator. A model with another is compared up to it.
_KNOWN_CUSTOM = {"TFLite_Detection_PostProcess"}


@dataclass(frozen=True)
class RealModel:
    """A file of the shared collection with its manifest's facts; figures in bytes. `beam_peak`: an order of that peak is known."""

    path: Path
    operators: int
    constant_operators: int
    dtype: str
    peak_file_order: int
    operator_bound: int
    beam_peak: int

    @property
    def name(self) -> str:
        return self.path.stem


def real_models(extension: str = "tflite") -> list[RealModel]:
    """All files of the manifest with this extension; none when the collection is not there."""
    manifest = SHARED / "models" / "manifest.csv"
    if not manifest.is_file():
        return []
    with manifest.open(newline="") as rows:
        return [_model(row) for row in csv.DictReader(rows) if row["path"].endswith(f".{extension}")]


def _model(row: dict[str, str]) -> RealModel:
    return RealModel(
        path=SHARED / "models" / row["path"],
        operators=int(row["ops"]),
        constant_operators=int(row["const_ops"]),
        dtype=row["dtype"],
        peak_file_order=int(row["peak_file_order"]),
        operator_bound=int(row["op_lower_bound"]),
        beam_peak=int(row["beam_peak"]),
    )


def runnable_part(file: ModelFile) -> tuple[ModelFile, list[str]]:
    """The model without the operators that no runtime here has and without all that follows them, and what was cut.

    The last tensors before the cut become graph outputs, so nothing else changes for the rest.
    """
    kept, cut, names = [], set(), []
    for operator in file.graph.operators:
        opcode = file.opcode(operator)
        unknown = opcode not in vars(schema.BuiltinOperator) and opcode not in _KNOWN_CUSTOM
        if unknown or cut & set(operator.inputs):
            cut.update(int(tensor) for tensor in operator.outputs)
            names.append(opcode)
        else:
            kept.append(operator)
    if not names:
        return file, []
    part = ModelFile(file.data)
    needed = {
        int(i) for operator in file.graph.operators if cut & set(operator.outputs) for i in operator.inputs
    } | set(file.graph.outputs)
    part.graph.outputs = sorted(int(i) for i in (needed & file.activations) - cut)
    part.graph.operators = kept
    part.model.signatureDefs = None
    return ModelFile(part.pack()), names
