"""One browser for all tests; pages are made once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Page, chromium
from subjects import EVIL, NASNET, Made, cells, evil_onnx, evil_tflite, made


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Page:
    browser.console()
    browser.look(1280, 900)
    return browser


@pytest.fixture(scope="session")
def swiftnet(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made("zoo:swiftnet", tmp_path_factory.mktemp("swiftnet"), "--budget", "300KiB")


@pytest.fixture(
    scope="session", params=["swiftnet", "nasnet", "nasnet-onnx", "cells-1508", "evil", "evil-tflite", "evil-onnx"]
)
def any_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "nasnet-onnx" and not NASNET.exists():
        pytest.skip(f"{NASNET.name} is not among the shared models (set LOWTIDE_SHARED)")
    graph = folder / "graph.json"
    models: dict[str, str | Path] = {"swiftnet": "zoo:swiftnet", "nasnet": "zoo:nasnet-a-mobile", "nasnet-onnx": NASNET}
    if request.param == "cells-1508":
        graph.write_text(json.dumps(cells(116)))
    elif request.param == "evil":
        graph.write_text(json.dumps(cells(3, EVIL)))
    elif request.param == "evil-tflite":
        graph = evil_tflite(folder / "evil.tflite")
    elif request.param == "evil-onnx":
        graph = evil_onnx(folder / "evil.onnx")
    return made(models.get(request.param, graph), folder)
