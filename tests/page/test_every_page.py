"""What holds for the page of every model."""

import base64
from pathlib import Path

import pytest
from browser import Page
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from subjects import EVIL, Made

FIRST_PAINT_MS = 2000


def test_it_opens_without_an_error_and_soon(page: Page, any_page: Made) -> None:
    page.open(any_page.page)
    assert page.console() == []
    assert page.first_paint() < FIRST_PAINT_MS
    assert any_page.page.stat().st_size < 2_000_000


def test_figures_are_those_of_the_json(page: Page, any_page: Made) -> None:
    page.open(any_page.page)

    def card(name: str) -> list[int]:
        return page.script(
            "return [...document.querySelectorAll(`#${arguments[0]} [data-bytes]`)].map(e => Number(e.dataset.bytes))",
            name,
        )

    report = any_page.report
    before, after, arena, declare = report["before"], report["after"], report["arena"], report["declare"]
    assert card("peak") == [before["peak_bytes"], after["peak_bytes"]]
    taken = report["plan"] == "written"
    assert card("arena") == [arena["before"]["greedy_bytes"], arena["after"]["bytes" if taken else "greedy_bytes"]]
    assert card("plan") == ([] if taken else [arena["before"]["greedy_bytes"], arena["after"]["bytes"]])
    assert card("declare") == ([declare[side]["device"]["bytes"] for side in ("before", "after")] if declare else [])
    page.script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.frame()
    page.script(
        "document.querySelectorAll('#tables .controls button').forEach(b => b.textContent.startsWith('Show') && b.click())"
    )
    for name, side in (("before", before), ("after", after)):
        cells = page.script(
            "return [...document.querySelectorAll(`#table-steps-${arguments[0]} tbody tr`)]"
            ".map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent))",
            name,
        )
        wanted = [
            [str(row["step"]), str(row["operator_index"]), row["operator"], str(row["live_bytes"])]
            for row in side["steps"]
        ]
        assert cells == wanted


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_drawn_and_fits_its_width(page: Page, any_page: Made, width: int, dark: bool, tmp_path: Path) -> None:
    page.look(width, 900, dark)
    page.open(any_page.page)
    assert page.script("return document.documentElement.scrollWidth") <= width
    for canvas in ("#memory-0", "#memory-1", "#maps canvas"):
        assert page.inked(canvas), canvas
    picture = tmp_path / "page.png"
    picture.write_bytes(base64.b64decode(page.driver.get_screenshot_as_base64()))
    assert picture.stat().st_size > 10_000
    ground = page.script("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") != dark
    assert page.console() == []


def test_nothing_of_a_name_runs(page: Page, any_page: Made) -> None:
    page.open(any_page.page)
    page.script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.script("document.querySelector('#unfold').click()")
    page.frame()
    for selector in ("#memory-0", "#memory-1", "#maps canvas"):
        canvas = page.driver.find_element(By.CSS_SELECTOR, selector)
        page.script("arguments[0].scrollIntoView({block: 'center'})", canvas)
        ActionChains(page.driver).move_to_element_with_offset(canvas, -80, 40).click().perform()
        canvas.send_keys(Keys.HOME)
    page.driver.find_element(By.CSS_SELECTOR, "#search").send_keys("<script", Keys.ENTER)
    page.frame()
    assert page.script("return window.ran") is None
    hostile = EVIL in any_page.report["before"]["alive"][0]["name"]
    assert (EVIL in page.script("return document.body.innerText")) == hostile
    assert page.script("return document.scripts.length") == 2
    assert page.script("return document.images.length") == 0


def test_the_policy_stops_what_it_does_not_know(page: Page, any_page: Made) -> None:
    page.open(any_page.page)
    page.script("const s = document.createElement('script'); s.textContent = 'window.ran = 3'; document.body.append(s)")
    assert page.script("return window.ran") is None
    assert any("Content Security Policy" in line for line in page.console())
