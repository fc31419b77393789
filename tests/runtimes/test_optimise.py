"""`lowtide inspect` and `lowtide optimize` on every model: the figures, the file that was written, the same bytes again."""

import json
from pathlib import Path

import pytest

from lowtide_runtimes import cli, structure
from lowtide_runtimes.corpus import SWIFTNET, RealModel, real_models
from lowtide_runtimes.files import ModelFile
from lowtide_runtimes.matching import match
from lowtide_runtimes.workshop import Subject, Workshop

NOT_LOSSLESS = [model for model in real_models() if model.dtype == "uint8" and model.name != SWIFTNET]


def test_inspect_gives_the_manifests_figures(subject: Subject, workshop: Workshop) -> None:
    answer = cli.lowtide("inspect", subject.argument, "--json")
    assert answer.code == cli.DONE, answer.stderr
    report, source = answer.report, workshop.source(subject)
    assert report["schema"] == 1
    assert report["model"]["operators"] == len(source.graph.operators)
    assert report["order"]["peak_bytes"] == source.live_peak()
    assert report["order"]["peak_operator"] is not None
    assert report["bound_bytes"] <= report["order"]["peak_bytes"]
    if subject.facts:
        assert report["order"]["peak_bytes"] == subject.facts.peak_file_order
        assert report["bound_bytes"] >= subject.facts.operator_bound


def test_the_order_is_proved_optimal(subject: Subject, workshop: Workshop) -> None:
    report = workshop.written(subject).report
    assert report["schema"] == 1
    assert report["before"]["peak_bytes"] == workshop.source(subject).live_peak()
    assert report["after"]["peak_bytes"] == workshop.written(subject).file.live_peak()
    assert report["after"]["proof"] == "optimal"
    assert report["after"]["bound_bytes"] == report["after"]["peak_bytes"]
    assert report["after"]["stopped_by"] is None
    assert report["after"]["states"] >= 0
    assert report["seconds"] >= 0
    if subject.facts:
        assert report["after"]["peak_bytes"] <= min(subject.facts.peak_file_order, subject.facts.beam_peak)


def test_without_cleanup_the_order_alone_is_optimal(subject: Subject, workshop: Workshop) -> None:
    written = workshop.written(subject, "--no-cleanup")
    before = workshop.source(subject)
    assert written.report["rewrites"] == []
    assert len(written.file.graph.operators) == len(before.graph.operators)
    assert written.report["after"]["peak_bytes"] == written.file.live_peak() <= before.live_peak()
    assert written.report["after"]["proof"] == "optimal"
    assert workshop.written(subject).report["after"]["peak_bytes"] <= written.report["after"]["peak_bytes"]


def test_the_written_file_has_no_faults(subject: Subject, workshop: Workshop) -> None:
    source, written = workshop.source(subject), workshop.written(subject)
    converted = "--int8" in subject.switches
    matching = match(source, written.file, shift=converted)
    assert matching.faults == []
    assert structure.faults(written.file) == []
    assert structure.differences(source, written.file, matching, converted) == []
    removed = sum(rewrite["count"] for rewrite in written.report["rewrites"])
    assert removed >= len(source.graph.operators) - len(written.file.graph.operators) >= len(matching.copies)


def test_a_second_run_gives_the_same_bytes(subject: Subject, workshop: Workshop) -> None:
    first, second = workshop.written(subject), workshop.written_again(subject)
    assert first.path.read_bytes() == second.path.read_bytes()
    assert _without_time_and_paths(first.report) == _without_time_and_paths(second.report)


def test_an_optimised_model_stays_as_it_is(subject: Subject, workshop: Workshop) -> None:
    """Its peak cannot fall a second time, and nothing is left to clean up."""
    once = workshop.written(subject)
    again = workshop.written(Subject(str(once.path)))
    assert again.report["after"]["peak_bytes"] == once.report["after"]["peak_bytes"]
    assert again.report["rewrites"] == []


@pytest.mark.parametrize("model", NOT_LOSSLESS, ids=lambda model: model.name)
def test_int8_is_refused_where_it_would_lose(model: RealModel, tmp_path: Path) -> None:
    """Their weights have zero points other than 128, which int8 kernels take for 0."""
    written = tmp_path / "written.tflite"
    answer = cli.lowtide("optimize", model.path, "--int8", "-o", written, "--json")
    assert answer.code == cli.UNUSABLE
    assert any(name in answer.error["message"] for name in _weights_off_centre(ModelFile.read(model.path)))
    assert not written.exists()


def _weights_off_centre(file: ModelFile) -> list[str]:
    weights = [i for i in range(len(file.graph.tensors)) if file.content(i) is not None and file.dtype(i) == "uint8"]
    return [file.name(i) for i in weights if file.graph.tensors[i].quantization.zeroPoint[0] != 128]


def _without_time_and_paths(report: dict) -> str:
    """Times vary, and the two runs wrote to two paths."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if "seconds" not in key and key != "timings"}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return None if isinstance(value, str) and value.endswith(".tflite") else value

    return json.dumps(strip(report), sort_keys=True)
