"""Debian's Chromium without a window, and a page opened in it from disk."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def programs() -> tuple[str, str] | None:
    """Chromium and its driver, if both are installed."""
    found = shutil.which("chromium"), shutil.which("chromedriver")
    return (found[0], found[1]) if found[0] and found[1] else None


class Page:
    """An open page."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def script(self, text: str, *arguments: Any) -> Any:
        """What the script returns; it runs in the page's world, outside its content security policy."""
        return self.driver.execute_script(text, *arguments)

    def look(self, width: int, height: int, dark: bool = False) -> None:
        """Takes this size and colour scheme."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.frame()

    def open(self, path: Path) -> "Page":
        self.driver.get(path.resolve().as_uri())
        self.frame()
        return self

    def frame(self) -> None:
        """Waits until what was asked for is drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
        )

    def first_paint(self) -> float:
        """Milliseconds from the start of loading to the first paint with content; waits for it."""
        return self.driver.execute_async_script(
            "const done = arguments[0]; new PerformanceObserver(list => {"
            "const [entry] = list.getEntriesByName('first-contentful-paint'); if (entry) done(entry.startTime)"
            "}).observe({type: 'paint', buffered: true})"
        )

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def inked(self, canvas: str) -> bool:
        """Whether anything but one colour is on the canvas."""
        return self.script(
            "const c = document.querySelector(arguments[0]);"
            "const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);"
            "return new Set(d).size > 8",
            canvas,
        )


@contextmanager
def chromium() -> Iterator[Page]:
    found = programs()
    assert found, "chromium and chromedriver are not installed: apt-get install chromium chromium-driver"
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = found[0]
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(found[1]))
        try:
            yield Page(driver)
        finally:
            driver.quit()
