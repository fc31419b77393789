"""Files that lowtide cannot use: exit code 2, an error that says what and why, and no file left behind."""

from pathlib import Path

import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import real_models


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The smallest model at hand."""
    if real_models():
        return min((model.path.read_bytes() for model in real_models()), key=len)
    path = tmp_path_factory.mktemp("good") / "swiftnet.tflite"
    assert cli.lowtide("zoo", "swiftnet", "-o", path).code == cli.DONE
    return path.read_bytes()


def assert_refused(arguments: list[str | Path], written: Path) -> None:
    answer = cli.lowtide(*arguments, "-o", written, "--json")
    assert answer.code == cli.UNUSABLE, (answer.stdout, answer.stderr)
    assert answer.error["kind"]
    assert len(answer.error["message"]) > 10
    assert "panicked" not in answer.stderr
    assert not written.exists()


@pytest.mark.parametrize(
    "content", [b"", b"T", b"not a model at all, but some text", b"\0" * 64, b"\xff" * 64, b"\x1c\0\0\0TFL3"]
)
def test_no_model_at_all(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(content)
    assert_refused(["optimize", tmp_path / "bad.tflite"], tmp_path / "written.tflite")


@pytest.mark.parametrize("part", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_model(part: float, good: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(good[: int(len(good) * part)])
    assert_refused(["optimize", tmp_path / "bad.tflite"], tmp_path / "written.tflite")


def test_a_wrong_identifier(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(good[:4] + b"TFL9" + good[8:])
    assert_refused(["optimize", tmp_path / "bad.tflite"], tmp_path / "written.tflite")


@pytest.mark.parametrize("model", ["nowhere.tflite", "zoo:atlantis", "."])
def test_no_such_model(model: str, tmp_path: Path) -> None:
    assert_refused(["optimize", model], tmp_path / "written.tflite")


def test_no_such_folder_to_write_to(tmp_path: Path) -> None:
    assert_refused(["optimize", "zoo:swiftnet"], tmp_path / "nowhere" / "written.tflite")
