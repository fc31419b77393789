"""Pointing, clicking, typing."""

import base64
import csv
import io
from pathlib import Path

import pytest
from browser import Page
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from subjects import Made, made

LEFT, RIGHT, TOP, BOTTOM = 66, 10, 10, 22


def point_at(page: Page, selector: str, step: int, steps: int, click: bool = False) -> None:
    canvas = page.driver.find_element(By.CSS_SELECTOR, selector)
    page.script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    width = canvas.rect["width"]
    x = LEFT + (step + 0.5) * (width - LEFT - RIGHT) / steps
    action = ActionChains(page.driver).move_to_element_with_offset(canvas, round(x - width / 2), 0)
    (action.click() if click else action).perform()
    page.frame()


def alive(page: Page) -> str:
    return page.script("return document.querySelector('#alive').textContent")


def test_pointing_lists_who_is_alive_biggest_first(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    before = swiftnet.report["before"]
    point_at(page, "#memory-0", before["peak_step"], len(before["steps"]))
    tip = page.script("return document.querySelector('#tip').textContent")
    assert f"step {before['peak_step']}: " in tip and f"{before['peak_bytes']} bytes" in tip
    sizes = page.script("return [...document.querySelectorAll('#alive li b')].map(b => Number(b.textContent))")
    assert sizes == [each["bytes"] for each in before["alive"]]
    assert sum(sizes) == before["peak_bytes"]


def test_a_click_pins_and_escape_releases(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    after = swiftnet.report["after"]
    point_at(page, "#memory-1", 40, len(after["steps"]), click=True)
    point_at(page, "#maps canvas", 0, len(after["steps"]))
    assert alive(page).startswith("after, step 40:") and "pinned" in alive(page)
    page.driver.find_element(By.CSS_SELECTOR, "#memory-1").send_keys(Keys.ESCAPE)
    assert alive(page).startswith(f"after, step {after['peak_step']}:")


def test_keys_go_from_step_to_step(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    last = len(swiftnet.report["before"]["steps"]) - 1
    canvas = page.driver.find_element(By.CSS_SELECTOR, "#memory-0")
    for key, step in ((Keys.HOME, 0), (Keys.ARROW_RIGHT, 1), (Keys.END, last), (Keys.ARROW_LEFT, last - 1)):
        canvas.send_keys(key)
        assert alive(page).startswith(f"before, step {step}:")


def test_a_box_says_its_offset_and_the_filter_dims_the_rest(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    canvas = page.driver.find_element(By.CSS_SELECTOR, "#maps canvas")
    page.script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    side, top = page.script(
        "return (sides => [sides[0], Math.max(...sides.flatMap(s => s.arenas.map(a => a.bytes))) * 1.06])"
        "(JSON.parse(document.querySelector('#data').textContent).sides)"
    )
    plan, widest = (
        side["arenas"][0],
        max(side["tensors"], key=lambda tensor: tensor["bytes"] * (tensor["end"] - tensor["start"])),
    )
    offset = plan["offsets"][side["tensors"].index(widest)]
    width, height = canvas.rect["width"], canvas.rect["height"]
    x = LEFT + (widest["start"] + widest["end"]) / 2 * (width - LEFT - RIGHT) / len(side["steps"])
    y = TOP + (height - TOP - BOTTOM) * (1 - (offset + widest["bytes"] / 2) / top)
    ActionChains(page.driver).move_to_element_with_offset(canvas, round(x - width / 2), round(y - height / 2)).perform()
    tip = page.script("return document.querySelector('#tip').textContent")
    last = widest["end"] - 1
    for words in (widest["name"], widest["array"], f"{widest['bytes']} bytes", f"steps {widest['start']} to {last}"):
        assert words in tip
    assert tip.endswith(f"offset {offset}")
    canvas.send_keys(Keys.HOME)
    assert page.script("return document.querySelector('#tip').textContent").endswith(f"offset {plan['offsets'][0]}")
    canvas.send_keys(Keys.ESCAPE)
    assert page.script("return document.querySelector('#tip').hidden")
    picture = "return document.querySelector('#maps canvas').toDataURL()"
    ActionChains(page.driver).move_to_element(page.driver.find_element(By.CSS_SELECTOR, "h1")).perform()
    page.frame()
    whole = page.script(picture)
    page.script("document.querySelector('#at-peak').click()")
    page.frame()
    assert page.script(picture) != whole


def test_search_finds_and_folds(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    operators = swiftnet.report["after"]["steps"]
    page.script("document.querySelector('#fold').click()")
    box = page.driver.find_element(By.CSS_SELECTOR, "#search")
    box.send_keys("max_pool")
    page.frame()
    wanted = [row for row in operators if "MAX_POOL" in row["operator"]]
    assert page.script("return document.querySelector('#found').textContent") == f"1 of {len(wanted)}"
    match = page.script("return document.querySelector('#drawing .row.match text').textContent")
    assert match.startswith(f"{wanted[0]['operator']} @{wanted[0]['operator_index']}")
    page.driver.find_element(By.CSS_SELECTOR, "#drawing .row.match text").click()
    page.frame()
    assert "pinned" in alive(page) and wanted[0]["operator"] in alive(page)
    assert page.script("return document.querySelectorAll('#drawing .edge.near').length") >= 2
    box.send_keys(Keys.ESCAPE)
    page.frame()
    assert page.script("return document.querySelectorAll('#drawing .match').length") == 0


def test_keys_walk_the_graph(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    drawing = page.driver.find_element(By.CSS_SELECTOR, "#drawing")
    cells = page.script("return JSON.parse(document.querySelector('#data').textContent).sides[1].cells")
    heads = "return [...document.querySelectorAll('#drawing .row.group .name')].map(each => each.textContent)"
    first = swiftnet.report["after"]["steps"][0]
    drawing.send_keys(Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER)
    assert f"step 0: {first['operator']}" in alive(page) and "pinned" in alive(page)
    drawing.send_keys(Keys.ARROW_LEFT)
    page.frame()
    assert page.script("return document.querySelectorAll('#drawing rect.cell').length") == 1
    drawing.send_keys(Keys.ARROW_RIGHT)
    page.frame()
    assert page.script("return document.querySelectorAll('#drawing rect.cell').length") == 0
    page.script("document.querySelector('#fold').click()")
    page.frame()
    assert page.script(heads) == [cell["name"] or f"steps {cell['first']} to {cell['end'] - 1}" for cell in cells]


def test_sizes_stand_on_the_edges(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    shown = page.script("return [...document.querySelectorAll('#drawing .handed')].map(each => each.textContent)")
    side = page.script("return JSON.parse(document.querySelector('#data').textContent).sides[1]")
    sizes = [side["tensors"][row["writes"][0]]["bytes"] / 1024 for row in side["steps"][:4]]
    assert shown[:4] == [f"{size:.1f}K" for size in sizes]


def test_zoom_shows_more_rows(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    rows = "return document.querySelectorAll('#drawing .row').length"
    before = page.script(rows)
    for _ in range(3):
        page.script("document.querySelector('#smaller').click()")
    page.frame()
    assert page.script(rows) > 1.5 * before


def test_tables_sort_and_leave_as_csv(page: Page, swiftnet: Made, tmp_path: Path) -> None:
    page.open(swiftnet.page)
    column = (
        "return [...document.querySelectorAll('#table-steps-after tbody tr')].map(r => Number(r.cells[3].textContent))"
    )
    page.script("document.querySelector('#table-steps-after .controls button:last-child').click()")
    page.script("document.querySelectorAll('#table-steps-after th button')[3].click()")
    live = [row["live_bytes"] for row in swiftnet.report["after"]["steps"]]
    assert page.script(column) == sorted(live, reverse=True)
    page.script("document.querySelectorAll('#table-steps-after th button')[3].click()")
    assert page.script(column) == sorted(live)
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.script("document.querySelectorAll('#table-steps-after .controls button')[1].click()")
    saved = tmp_path / "steps-after.csv"
    WebDriverWait(page.driver, 10).until(lambda _: saved.exists())
    text = saved.read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["live bytes"]) for row in rows] == sorted(live)


def test_copying_takes_the_table(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    page.script(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text }}});"
        "document.querySelector('#table-steps-after .controls button').click()"
    )
    page.frame()
    lines = page.script("return window.copied").splitlines()
    assert len(lines) == 1 + len(swiftnet.report["after"]["steps"])


def test_the_theme_can_be_switched(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = page.script(ground)
    page.script("document.querySelector('#theme').click()")
    assert page.script(ground) != light
    page.script("document.querySelector('#theme').click()")
    assert page.script(ground) == light


def test_it_prints_with_its_graph_and_is_as_before_afterwards(page: Page, swiftnet: Made) -> None:
    page.open(swiftnet.page)
    # What printing does is looked at between its two events.
    page.script("dispatchEvent(new Event('beforeprint'))")
    rows = page.script("return document.querySelectorAll('#drawing .row:not(.group)').length")
    assert rows == len(swiftnet.report["after"]["steps"])
    assert page.script("return document.querySelector('#memory-0').width") == 1440
    page.script("dispatchEvent(new Event('afterprint'))")
    assert page.script("return document.querySelectorAll('#drawing .row').length") < rows
    done = page.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert base64.b64decode(done["data"]).startswith(b"%PDF") and page.console() == []


def test_the_other_verbs_have_pages_too(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    for verb in ("inspect", "compare"):
        page.open(made("zoo:swiftnet", tmp_path_factory.mktemp(verb), verb=verb).page)
        assert page.console() == [] and page.inked("#memory-1")
        assert page.script("return document.querySelector('#proof').textContent").startswith("Proved")
    assert page.script("return document.querySelectorAll('#table-orders tbody tr').length") == 6
