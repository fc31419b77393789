"""The SVG and CSV files of `--svg`."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browser import Page
from subjects import EVIL, Made, evil_onnx, evil_tflite, made

SVG = "{http://www.w3.org/2000/svg}"


def test_swiftnet_has_all_its_pictures_and_tables(tmp_path: Path) -> None:
    done = made("zoo:swiftnet", tmp_path, "--svg", tmp_path / "pictures", "--budget", "300KiB")
    files = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    both = lambda *names: [f"{name}-{side}" for name in names for side in ("after", "before")]
    pictures = [f"{name}.svg" for name in both("arena-lowtide", "arena-runtime", "graph", "memory")]
    assert files == sorted([*pictures, *(f"{name}.csv" for name in both("steps", "tensors")), "rewrites.csv"])
    memory = (tmp_path / "pictures" / "memory-before.svg").read_text()
    for words in ("peak 351232 bytes", "bound 275968 bytes", "budget 307200 bytes"):
        assert words in memory
    for side in ("before", "after"):
        rows = list(csv.DictReader((tmp_path / "pictures" / f"steps-{side}.csv").open()))
        wanted = [(str(row["operator_index"]), str(row["live_bytes"])) for row in done.report[side]["steps"]]
        assert [(row["operator_index"], row["live_bytes"]) for row in rows] == wanted


def test_rewritings_say_what_each_won(page: Page, tmp_path: Path) -> None:
    done = made("zoo:swiftnet", tmp_path, "--svg", tmp_path / "pictures", "--rewrite", "all")
    wanted = [
        [rule["rule"], rule["exactness"], str(site["operator_index"]), site["operator"], str(site["won_bytes"])]
        for rule in done.report["rewrites"]
        for site in rule["sites"]
    ]
    assert any(row[1] == "approximate" and int(row[4]) > 0 for row in wanted)
    assert list(csv.reader((tmp_path / "pictures" / "rewrites.csv").open()))[1:] == wanted
    page.open(done.page)
    page.script("document.querySelectorAll('details').forEach((table) => { table.open = true; })")
    rows = "[...[...document.querySelectorAll('details')].find((table) => table.textContent.startsWith('Rewrites')).querySelectorAll('tbody tr')]"
    assert page.script(f"return {rows}.map((row) => [...row.cells].map((cell) => cell.textContent))") == wanted
    assert page.console() == []


@pytest.mark.parametrize("make", [evil_tflite, evil_onnx])
def test_names_stay_text_in_pictures(page: Page, tmp_path: Path, make) -> None:
    model = make(tmp_path / f"model.{'tflite' if make is evil_tflite else 'onnx'}")
    made(model, tmp_path, "--svg", tmp_path / "pictures")
    seen = 0
    for path in (tmp_path / "pictures").glob("*.svg"):
        tags = {element.tag for element in ElementTree.parse(path).iter()}
        assert tags <= {SVG + tag for tag in ("svg", "title", "defs", "pattern", "path", "rect", "line", "text")}
        seen += EVIL in "".join(ElementTree.parse(path).getroot().itertext())
        page.open(path)
        assert page.script("return window.ran") is None and page.console() == []
    assert seen >= 4


def test_compare_has_its_orders(tmp_path: Path) -> None:
    done: Made = made("zoo:swiftnet", tmp_path, "--svg", tmp_path / "pictures", verb="compare")
    rows = list(csv.DictReader((tmp_path / "pictures" / "orders.csv").open()))
    assert [(row["order"], int(row["peak_bytes"])) for row in rows] == [
        (order["name"], order["peak_bytes"]) for order in done.report["orders"]
    ]
