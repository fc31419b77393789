"""The figures that lowtide promises for SwiftNet, from the real file and from the generated network."""

from pathlib import Path

import pytest

from lowtide_runtimes import cli
from lowtide_runtimes.corpus import SWIFTNET
from lowtide_runtimes.interpreters import tflm
from lowtide_runtimes.workshop import KEEP_ORDER, Subject, Workshop, subjects

FILE_ORDER, BEST_ORDER, BEST_AFTER_CLEANUP = 351232, 301056, 275968
ARENA_BEFORE, ARENA_AFTER = 420368, 319904

REAL = [subject for subject in subjects() if subject.facts and subject.facts.name == SWIFTNET and not subject.switches]
ZOO = Subject("zoo:swiftnet")

both = pytest.mark.parametrize("model", [*REAL, ZOO], ids=lambda subject: subject.name)
real = pytest.mark.parametrize("model", REAL, ids=lambda subject: subject.name)


@both
def test_inspect(model: Subject) -> None:
    assert cli.lowtide("inspect", model.argument, "--json").report["order"]["peak_bytes"] == FILE_ORDER


@both
@pytest.mark.parametrize(("switches", "peak"), [((), BEST_AFTER_CLEANUP), (("--no-cleanup",), BEST_ORDER)])
def test_optimise(model: Subject, switches: tuple[str, ...], peak: int, workshop: Workshop) -> None:
    report = workshop.written(model, *switches).report
    assert (report["before"]["peak_bytes"], report["after"]["peak_bytes"]) == (FILE_ORDER, peak)
    assert report["after"]["proof"] == "optimal"


@both
def test_one_copy_is_removed(model: Subject, workshop: Workshop) -> None:
    written = workshop.written(model)
    assert [rewrite["count"] for rewrite in written.report["rewrites"]] == [1]
    assert "SPLIT" not in [written.file.opcode(operator) for operator in written.file.graph.operators]


@real
def test_smallest_arena_in_int8(model: Subject, workshop: Workshop) -> None:
    before = workshop.written(model, "--int8", *KEEP_ORDER).file
    after = workshop.written(model, "--int8").file
    assert (before.live_peak(), after.live_peak()) == (FILE_ORDER, BEST_AFTER_CLEANUP)
    assert tflm.smallest_arena(before.data) == ARENA_BEFORE
    assert tflm.smallest_arena(after.data) == ARENA_AFTER


@both
@pytest.mark.parametrize(("budget", "code"), [("275968", cli.DONE), ("270KiB", cli.DONE), ("275967", cli.OVER_BUDGET)])
def test_budget(model: Subject, budget: str, code: int, tmp_path: Path) -> None:
    answer = cli.lowtide("optimize", model.argument, "-o", tmp_path / "written.tflite", "--budget", budget, "--json")
    assert answer.code == code, answer.stderr


@both
def test_compare(model: Subject) -> None:
    report = cli.lowtide("compare", model.argument, "--json").report
    orders = {order["name"]: order for order in report["orders"]}
    assert report["schema"] == 1
    assert orders.keys() == {"file", "kahn", "reverse-postorder", "greedy", "serenity", "exact"}
    assert orders["file"]["peak_bytes"] == FILE_ORDER
    assert orders["exact"]["proof"] == "optimal"
    assert min(order["peak_bytes"] for order in orders.values()) == orders["exact"]["peak_bytes"]
