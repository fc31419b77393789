"""Every generated network loads in LiteRT and, where there are kernels, in TensorFlow Lite Micro."""

from pathlib import Path

import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.interpreters import litert, tflm


def names() -> list[str]:
    return [network["name"] for network in cli.lowtide("zoo", "--list", "--json").report["networks"]]


@pytest.mark.parametrize("name", names())
def test_the_runtimes_load_it(name: str, tmp_path: Path) -> None:
    written = tmp_path / "model.tflite"
    answer = cli.lowtide("zoo", name, "-o", written)
    assert answer.code == cli.DONE, answer.stderr
    model = written.read_bytes()
    family, objections = litert.family_for(model)
    assert family is not None, objections
    assert tflm.obstacle(model) is None


def test_a_wiring_of_ones_own_loads(tmp_path: Path) -> None:
    written = tmp_path / "model.tflite"
    answer = cli.lowtide("zoo", "randwire-ba:n=12,m=2,channels=16,size=32,stages=2@7", "-o", written)
    assert answer.code == cli.DONE, answer.stderr
    assert litert.family_for(written.read_bytes())[0] is not None
