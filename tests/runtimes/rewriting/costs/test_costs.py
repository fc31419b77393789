"""What a rewriting is said to cost, against a recount of the files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lowtide_runtimes import cli
from rewriting import random_onnx, random_tflite
from rewriting.costs.recount import Costs, of_onnx, of_tflite

NETWORKS = range(30)
ZOO = ("swiftnet", "swiftnet-f32", "unetpp", "darts-imagenet-cell-f32", "hrnet-like-f32")


def _compared(model: Path, source: Costs, folder: Path, count: Callable[[bytes], Costs], target: str = "tflm") -> int:
    """Recounts what every switch writes; says how often something was won."""
    written = folder / f"written{model.suffix}"
    off = cli.optimise(model, written, "--target", target, "--rewrite", "off")
    cleaned, won = count(written.read_bytes()), 0
    for switch in ("exact", "all"):
        report = cli.optimise(model, written, "--target", target, "--rewrite", switch, "--measure", "0")
        costs, said = count(written.read_bytes()), report["rewriting"]["cost"]
        # Nothing is computed twice, whatever was taken apart.
        assert costs.multiplied == cleaned.multiplied
        assert costs.other == cleaned.other
        plain = off["rewriting"]["cost"]
        assert costs.added - cleaned.added == said["additions"] - plain["additions"]
        moved = said["moved_elements"] - plain["moved_elements"]
        assert costs.moved - cleaned.moved == moved
        assert costs.operators - source.operators == said["operators"]
        assert costs.weight_bytes - source.weight_bytes <= said["weight_bytes"]
        won += report["after"]["peak_bytes"] < report["rewriting"]["order_alone_bytes"]
    return won


def test_of_generated_networks(tmp_path: Path) -> None:
    won = 0
    for name in ZOO:
        path = tmp_path / f"{name}.tflite"
        assert cli.lowtide("zoo", name, "-o", path).code == cli.DONE
        won += _compared(path, of_tflite(path.read_bytes()), tmp_path, of_tflite)
    assert won > 3


@pytest.mark.parametrize(
    ("kind", "make", "count"), [("tflite", random_tflite.network, of_tflite), ("onnx", random_onnx.network, of_onnx)]
)
def test_of_random_networks(
    kind: str, make: Callable[[int], bytes], count: Callable[[bytes], Costs], tmp_path: Path
) -> None:
    won = 0
    for seed in NETWORKS:
        path = tmp_path / f"{seed}.{kind}"
        path.write_bytes(make(seed))
        # Operators themselves take nothing there, so that more is taken apart.
        won += _compared(path, count(path.read_bytes()), tmp_path, count, "ideal")
    assert won > 3
