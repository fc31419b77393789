"""The Python package does what the command line does."""

import importlib.resources
import json
import pathlib

import pytest

FORK = {
    "name": "fork",
    "tensors": [
        {"name": "x", "bytes": 1000, "kind": "input"},
        {"name": "a", "bytes": 4096, "kind": "activation"},
        {"name": "b", "bytes": 4096, "kind": "activation"},
        {"name": "c", "bytes": 64, "kind": "activation"},
        {"name": "d", "bytes": 16, "kind": "activation"},
        {"name": "y", "bytes": 16, "kind": "output"},
    ],
    "ops": [
        {"name": "wide_a", "type": "CONV_2D", "inputs": ["x"], "outputs": ["a"]},
        {"name": "wide_b", "type": "CONV_2D", "inputs": ["x"], "outputs": ["b"]},
        {"name": "narrow_a", "type": "CONV_2D", "inputs": ["a"], "outputs": ["c"]},
        {"name": "narrow_b", "type": "CONV_2D", "inputs": ["b"], "outputs": ["d"]},
        {"name": "join", "type": "ADD", "inputs": ["c", "d"], "outputs": ["y"]},
    ],
}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "fork.json"
    path.write_text(json.dumps(FORK))
    return path


def test_inspect(lowtide, model):
    report = lowtide.inspect(model)
    assert report.order.peak_bytes == 9192
    assert report["bound_bytes"] == 5112
    assert report.order.alive[0].name == "a"


def test_optimize_writes_a_model(lowtide, model, tmp_path):
    output = tmp_path / "new.json"
    report = lowtide.optimize(model, output)
    assert (report.before.peak_bytes, report.after.peak_bytes) == (9192, 5112)
    assert report.after.proof == "optimal"
    assert output.read_bytes() == report.model_bytes
    assert report.output.bytes == len(report.model_bytes)
    assert lowtide.inspect(output).order.peak_bytes == 5112


def test_bytes_do_as_well_as_a_path(lowtide, model):
    report = lowtide.optimize(model.read_bytes(), format="json")
    assert report.model_bytes == lowtide.optimize(model).model_bytes
    assert lowtide.inspect(report.model_bytes, format="json").order.peak_bytes == 5112


def test_offsets_for_tflm_and_what_to_declare(lowtide):
    planned = lowtide.optimize("zoo:randwire-cell-b")
    plain = lowtide.optimize("zoo:randwire-cell-b", plan=False)
    assert (planned.plan, plain.plan) == ("written", "left-out")
    assert planned.declare.after.device.bytes < plain.declare.after.device.bytes < planned.declare.before.device.bytes
    assert planned.arena.after.bytes == planned.declare.after.device.head_bytes
    declare = lowtide.inspect(planned.model_bytes, budget=300_000, budget_on="declare")
    assert declare.declare == planned.declare.after
    assert (declare.budget.on, declare.budget.verdict) == ("declare", "fits")
    with pytest.raises(lowtide.UsageError):
        lowtide.inspect("zoo:randwire-cell-b", target="litert", budget=1, budget_on="declare")


def test_compare(lowtide, model):
    names = [order.name for order in lowtide.compare(model).orders]
    assert names == ["file", "kahn", "reverse-postorder", "greedy", "serenity", "exact"]


def test_a_model_over_the_budget_is_not_written(lowtide, model, tmp_path):
    output = tmp_path / "new.json"
    report = lowtide.optimize(model, output, budget=5000)
    assert report.budget.verdict == "over"
    assert report.output is None and not output.exists()


def test_options_reach_the_search(lowtide, model):
    assert lowtide.optimize(model, order="file").after.algorithm == "file"
    assert lowtide.inspect(model, target="litert").order.peak_bytes == 9256


@pytest.mark.parametrize(
    ("call", "kind", "error"),
    [
        (lambda lowtide: lowtide.inspect("none.tflite"), "io", "FileError"),
        (lambda lowtide: lowtide.inspect(b"{", format="json"), "malformed", "MalformedError"),
        (lambda lowtide: lowtide.inspect(b"", format="png"), "usage", "UsageError"),
        (lambda lowtide: lowtide.inspect("zoo:none"), "usage", "UsageError"),
        (lambda lowtide: lowtide.inspect("x", gap=2.0), "usage", "UsageError"),
        (lambda lowtide: lowtide.inspect("x", time_limit=-1.0), "usage", "UsageError"),
    ],
)
def test_errors_have_types(lowtide, call, kind, error):
    with pytest.raises(lowtide.Error) as raised:
        call(lowtide)
    assert raised.value.kind == kind
    assert isinstance(raised.value, getattr(lowtide, error))
    assert str(raised.value)


def test_a_key_that_is_not_there_is_named(lowtide, model):
    report = lowtide.inspect(model)
    with pytest.raises(AttributeError, match="no 'peak'"):
        _ = report.peak


def test_the_types_come_along(lowtide):
    files = {pathlib.PurePath(file.name).name for file in importlib.resources.files("lowtide").iterdir()}
    assert {"py.typed", "__init__.pyi"} <= files
    stub = (importlib.resources.files("lowtide") / "__init__.pyi").read_text()
    assert all(f"def {name}(" in stub or f"class {name}(" in stub for name in lowtide.__all__)
