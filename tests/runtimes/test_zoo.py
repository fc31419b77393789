"""Every generated network loads in LiteRT and, where there are kernels, in TensorFlow Lite Micro."""

from pathlib import Path

import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.compare import seeded_inputs
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.interpreters import litert, tflm

# The seeds of each RandWire regime that the evaluation takes are ten; every third loads here.
SEEDED = [
    f"randwire-{regime}@{seed}"
    for regime in ("cell-a", "cell-b", "cell-c", "cifar10", "cifar100")
    for seed in (4, 7, 10, 17)
]


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


@pytest.mark.parametrize("name", SEEDED)
def test_every_seed_is_a_network(name: str, tmp_path: Path) -> None:
    written = tmp_path / "model.tflite"
    answer = cli.lowtide("zoo", name, "-o", written)
    assert answer.code == cli.DONE, answer.stderr
    model = ModelFile(written.read_bytes())
    family, objections = litert.family_for(model.data)
    assert family is not None, objections
    assert all(array.std() > 0 for array in litert.outputs(model.data, seeded_inputs(model, 1), family))


def test_a_wiring_of_ones_own_loads(tmp_path: Path) -> None:
    written = tmp_path / "model.tflite"
    answer = cli.lowtide("zoo", "randwire-ba:n=12,m=2,channels=16,size=32,stages=2@7", "-o", written)
    assert answer.code == cli.DONE, answer.stderr
    assert litert.family_for(written.read_bytes())[0] is not None
