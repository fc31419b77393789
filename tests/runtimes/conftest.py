"""Fixtures, and the closing summary: what was measured, and what was left out with the reason."""

from collections.abc import Callable

import pytest

from lowtide_runtimes.corpus import SHARED, real_models
from lowtide_runtimes.workshop import Subject, Workshop, subjects

Note = Callable[[str], None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that take a `subject` run for each one; all tests of a subject run on one worker, which makes its files once."""
    if "subject" in metafunc.fixturenames:
        cases = [pytest.param(item, id=item.name, marks=pytest.mark.xdist_group(item.name)) for item in subjects()]
        metafunc.parametrize("subject", cases)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("written"))


@pytest.fixture
def note(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Note:
    """Puts a line into the closing summary, under the test's subject."""
    subject: Subject | None = request.node.callspec.params.get("subject") if hasattr(request.node, "callspec") else None
    prefix = f"{subject.name}: " if subject else ""
    return lambda line: record_property("note", prefix + line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not real_models():
        terminalreporter.write_line(f"left out: all shared models, as there are none in {SHARED} (set LOWTIDE_SHARED)")
    reports = [report for kind in ("passed", "failed", "skipped") for report in terminalreporter.stats.get(kind, [])]
    for line in sorted({str(text) for report in reports for key, text in report.user_properties if key == "note"}):
        terminalreporter.write_line(line)
