"""Take the manual's pictures of a report: light, dark, narrow, and the grid alone.

    python tests/page/pictures.py [--as NAME] [REPORT.json ...]

Several reports are merged first, as `compatcheck report merge` does. `--as full` writes
`full-light.png` and so on, beside those that are there.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compatcheck.formats import Style, get
from compatcheck.report.document import Report
from compatcheck.report.merged import merge
from compatcheck.report.stored import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
REPORTS: Final = (
    "reports/chatkit-profile.json",
    "reports/chatkit-profile-as-of-release.json",
)
SIZES: Final = {
    "light": ("light", 1440, 1000),
    "dark": ("dark", 1440, 1000),
    "phone": ("light", 390, 844),
}
"""Theme, width and height of each."""


def take(report: Report, folder: Path, prefix: str = "") -> None:
    """Write the pictures into a folder, with a prefix before their names."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    svg = get("svg").render(report, Style())
    (folder / f"{prefix}grid.svg").write_text(svg, encoding="utf-8")
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        file = Path(work) / "report.html"
        file.write_text(get("html").render(report, Style()), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (theme, width, height) in SIZES.items():
            page = _opened(browser, theme, width, height)
            page.goto(file.as_uri())
            page.wait_for_selector("html[data-ready]")
            if name == "phone":
                page.locator(".legend").evaluate("it => it.scrollIntoView()")
            else:
                _point(page)
            page.screenshot(path=folder / f"{prefix}{name}.png")
        browser.close()


def _opened(browser: Browser, theme: str, width: int, height: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,  # type: ignore[arg-type, unused-ignore]  # one of a few words
        device_scale_factor=2 if width < height else 1,
    )
    return context.new_page()


def _point(page: Page) -> None:
    """Hold the pointer over a cell that fails, if any does."""
    failing = page.locator("[role=gridcell].f")
    if count := failing.count():
        failing.nth(count // 2).hover()


def main() -> None:
    """Take them of the reports that are named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--as", dest="name", default="", help="what names begin with")
    asked.add_argument("reports", nargs="*", type=Path)
    options = asked.parse_args()
    files = options.reports or [ROOT / it for it in REPORTS]
    stored = [(str(file), load(file.read_bytes())) for file in files]
    report = stored[0][1] if len(stored) == 1 else merge(stored)
    take(report, PICTURES, f"{options.name}-" if options.name else "")


if __name__ == "__main__":
    main()
