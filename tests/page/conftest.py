"""A browser: Debian's Chromium, driven from outside, that may ask nobody for anything.

Its tests carry the marker `page`, and `nox -s page` brings what they need.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from golden import runs

from compatcheck.formats import Style, get
from compatcheck.report.document import Report
from compatcheck.report.stored import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORTS = Path(__file__).parents[2] / "reports"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; CI without one fails, a developer's machine may skip."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Debian's package `chromium` is not installed")
        pytest.skip("there is no `chromium`")
    with sync_playwright() as playwright:
        # Its own sandbox wants user namespaces, which root in a container has not.
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield started
        started.close()


class Opened:
    """A page with all that it said and asked for."""

    def __init__(self, page: Page) -> None:
        """Listen from the start."""
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def requests(self) -> list[str]:
        """What it asked for besides itself."""
        return [url for url in self.asked if not url.startswith(("file:", "data:"))]


Open = Callable[..., Opened]


@pytest.fixture
def open_(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Tells a report as a page, and opens that from its file."""
    contexts = []

    def opened(
        report: Report,
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "light",
        at: str = "",
        touch: bool = False,
    ) -> Opened:
        file = tmp_path / "report.html"
        file.write_text(get("html").render(report, Style()), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type, unused-ignore]  # a word of a few
            has_touch=touch,
        )
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.goto(f"{file.as_uri()}{at}")
        found.page.wait_for_selector("html[data-ready]")
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def profile() -> Report:
    """The committed run of the built-in profile: 264 real cells."""
    return load((REPORTS / "chatkit-profile.json").read_bytes())


@pytest.fixture(scope="session")
def full() -> Report:
    """The profile's whole grid as it was run: 24 x 123 releases."""
    return load((REPORTS / "chatkit-whole-grid.json").read_bytes())


@pytest.fixture(scope="session")
def hostile() -> Report:
    """Words of packages that would rather be obeyed."""
    return runs.hostile()
