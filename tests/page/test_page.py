"""The page in a browser: what a reader sees, points at, presses and is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from golden import runs

from compatcheck.formats import Style, get
from compatcheck.model import Outcome
from compatcheck.report.document import Cell, Report

if TYPE_CHECKING:
    from pathlib import Path

    from page.conftest import Open, Opened
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.page

MEGABYTE = 1_000_000
FIRST_PAINT = 3_000
"""Milliseconds that a shared machine may take until the full grid is seen; measured:
340 to 1,040 at a load of twelve on two cores."""
PATIENCE = 200
"""Looks, fifty milliseconds apart, until something is given up."""
TRIES = 4
"""The best of so many counts: others may want the machine, too."""
FILTERED = 400
"""Milliseconds that a filter may take until the picture has changed; measured: 74 to
229, likewise."""


def cell(page: Page, one: str, other: str) -> Locator:
    """The picture's cell of two releases, by the words that a screen reader has."""
    return page.locator(
        f'[role=gridcell][aria-label*=" {one},"][aria-label*=" {other}:"]'
    )


def quiet(opened: Opened) -> None:
    """Nothing was asked of anybody, and nothing was complained about."""
    assert opened.requests() == []
    assert opened.said == []


def comes(page: Page, what: str) -> None:
    """Wait until that is so; its policy forbids Playwright to wait in the page."""
    for _ in range(PATIENCE):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {what}")


def letters(page: Page) -> list[str]:
    """What the cells show."""
    classes = "all => all.map(one => one.className)"
    return list(page.locator("[role=gridcell]").evaluate_all(classes))


class TestOpening:
    """From a file, by itself."""

    def test_full_grid_opens_without_a_request(self, open_: Open, full: Report) -> None:
        """All cells are there, some 3,000, and nobody was asked for anything."""
        opened = open_(full)
        assert len(letters(opened.page)) == len(full.cells) == 2_952
        quiet(opened)

    def test_full_grid_is_below_a_megabyte(self, full: Report) -> None:
        """The page of as many cells as there are can be sent by mail."""
        assert len(get("html").render(full, Style()).encode()) < MEGABYTE

    def test_full_grid_is_seen_at_once(self, open_: Open, full: Report) -> None:
        """The first paint does not wait for a script that works for long."""
        painted = "performance.getEntriesByName('first-contentful-paint')"
        times = []
        for _ in range(TRIES):
            page = open_(full).page
            comes(page, f"{painted}.length")
            times.append(page.evaluate(f"{painted}[0].startTime"))
        paint = min(times)
        assert paint < FIRST_PAINT, times

    @pytest.mark.parametrize("run", runs.RUNS)
    def test_every_kind_of_run_is_told(self, open_: Open, run: str) -> None:
        """Whatever a run came to, its page opens, and its conclusion stands first."""
        opened = open_(runs.RUNS[run]())
        assert opened.page.locator(".conclusion").inner_text()
        quiet(opened)

    def test_conclusion_and_counts_stand_above(
        self, open_: Open, profile: Report
    ) -> None:
        """The sentence and the numbers are seen before the picture."""
        page = open_(profile).page
        conclusion = page.locator(".conclusion")
        assert conclusion.inner_text() == profile.conclusion
        above = page.locator("#grid").bounding_box()["y"]
        assert conclusion.bounding_box()["y"] < above
        assert "136 failed" in page.locator(".counts").inner_text()

    def test_without_scripts_the_picture_is_whole(
        self,
        browser: Browser,
        tmp_path: Path,
        profile: Report,
    ) -> None:
        """Who runs no script sees every outcome, and what is lacking is said."""
        file = tmp_path / "report.html"
        file.write_text(get("html").render(profile, Style()), encoding="utf-8")
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(file.as_uri())
        seen = page.content()
        context.close()
        assert seen.count('<i class="f" role="gridcell">') == 136
        assert "need the script" in seen


class TestPointing:
    """A cell is told where it is pointed at."""

    def test_hover_tells_all_of_a_failure(self, open_: Open, profile: Report) -> None:
        """Pins, deepest stage, exception with frames, cause, remedy and difference."""
        opened = open_(profile)
        cell(opened.page, "1.2.0", "0.5.1").hover()
        told = opened.page.locator("#panel").inner_text()
        for fact in (
            "openai-chatkit 1.2.0",
            "openai-agents 0.5.1",
            "failed at scenario",
            "1 validation error for InputTokensDetails",
            "<env>/pydantic/main.py:280 in __init__".replace("<env>", ""),
            "openai 2.45.0 wants `cache_write_tokens`",
            "openai<2.45",
            "tried: it passes",
            "The nearest cell that works",
        ):
            assert fact in told.replace("site-packages", ""), fact
        assert "failed at scenario" in opened.page.locator("#tip").inner_text()
        quiet(opened)

    def test_nearest_cell_works_and_differs_so(
        self, open_: Open, profile: Report
    ) -> None:
        """The cell that is named passes, and the table is what the two locks say."""
        page = open_(profile).page
        cell(page, "1.2.0", "0.5.1").click()
        rows = page.locator(".difference tr").all_text_contents()
        page.locator("#cell h3:has-text('nearest') + p button").click()
        assert page.locator(".badge").inner_text().startswith("passed")
        one = found(profile, "1.2.0", "0.5.1")
        other = found(profile, *page.locator(".pins").inner_text().split()[1::3])
        assert other.outcome is Outcome.PASSED
        assert sorted(rows) == sorted(differences(profile, one, other))

    def test_unsolvable_cell_tells_why(self, open_: Open, profile: Report) -> None:
        """The resolver's words stand in the cell that they are about."""
        page = open_(profile).page
        cell(page, "1.2.0", "0.0.19").hover()
        reason = "openai-chatkit 1.2.0 requires openai-agents>=0.3.2"
        assert reason in page.locator("#panel").inner_text()

    def test_what_is_pinned_stays(self, open_: Open, profile: Report) -> None:
        """A click keeps a cell while the pointer goes on; a second one lets it go."""
        page = open_(profile).page
        pins = page.locator(".pins")
        cell(page, "1.2.0", "0.5.1").click()
        cell(page, "1.0.2", "0.20.0").hover()
        assert "0.5.1" in pins.inner_text()
        cell(page, "1.2.0", "0.5.1").click()
        cell(page, "1.0.2", "0.20.0").hover()
        assert "0.20.0" in pins.inner_text()


def found(report: Report, one: str, other: str) -> Cell:
    """The cell of two releases."""
    return next(c for c in report.cells if [*c.pins.values()] == [one, other])


def differences(report: Report, one: Cell, other: Cell) -> Iterator[str]:
    """Each distribution that differs, with both versions, as a row of the table."""
    here, there = report.lock_of(one) or {}, report.lock_of(other) or {}
    for name in {*here, *there}:
        old, new = here.get(name, "absent"), there.get(name, "absent")
        if old != new:
            yield f"{name}{old}→ {new}"


class TestKeys:
    """Everything can be done without a pointer."""

    def test_arrows_go_from_cell_to_cell(self, open_: Open, profile: Report) -> None:
        """The grid is one stop of the Tab key; arrows move and tell."""
        opened = open_(profile)
        page = opened.page
        cell(page, "1.2.0", "0.5.1").focus()
        for key, pins in (
            ("ArrowRight", ("1.2.0", "0.6.9")),
            ("ArrowDown", ("1.3.1", "0.6.9")),
            ("Home", ("1.3.1", "0.0.19")),
            ("End", ("1.3.1", "0.24.0")),
            ("ArrowUp", ("1.2.0", "0.24.0")),
        ):
            page.keyboard.press(key)
            told = page.locator(".pins").inner_text()
            assert all(pin in told.split() for pin in pins), key
        assert page.locator('[role=gridcell][tabindex="0"]').count() == 1
        quiet(opened)

    def test_enter_keeps_and_escape_returns(self, open_: Open, profile: Report) -> None:
        """Enter goes to what is told of a cell, Escape back to the cell."""
        page = open_(profile).page
        cell(page, "1.2.0", "0.5.1").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "panel"
        assert "openai-agents=0.5.1" in page.url
        page.keyboard.press("Escape")
        assert "0.5.1" in page.evaluate("document.activeElement.ariaLabel")
        assert "openai-agents" not in page.url

    def test_tab_reaches_every_control(self, open_: Open, profile: Report) -> None:
        """Filters, switches, the grid and the panel come in turn."""
        page = open_(profile).page
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "(e => e.dataset.letter || e.getAttribute('role') || e.name"
                    " || e.localName)(document.activeElement)"
                )
            )
        assert {"p", "f", "s", "switch-What", "select", "gridcell"} <= reached


class TestChoosing:
    """Filters and switches."""

    def test_an_outcome_is_looked_for(self, open_: Open, profile: Report) -> None:
        """The legend's signs leave the cells of one outcome and fade the others."""
        page = open_(profile).page
        page.locator(".key[data-letter=f]").click()
        seen = letters(page)
        assert sum("d" not in each.split() for each in seen) == 136
        assert page.locator("#status").inner_text() == "136 of 264 cells"
        page.locator("#reset").click()
        assert not [each for each in letters(page) if "d" in each.split()]

    def test_a_cause_is_looked_for(self, open_: Open, profile: Report) -> None:
        """One cause leaves the cells that it explains, as the report counts them."""
        page = open_(profile).page
        select = page.locator("select").first
        label = select.locator("option", has_text="unsolvable").text_content() or ""
        select.select_option(label=label)
        assert page.locator("#status").inner_text() == "40 of 264 cells"

    def test_the_stage_where_cells_ended_is_looked_for(
        self, open_: Open, profile: Report
    ) -> None:
        """Those that ended at a stage stay."""
        page = open_(profile).page
        page.locator("select").last.select_option("resolve")
        assert page.locator("#status").inner_text() == "40 of 264 cells"

    def test_what_imports_and_what_serves(self, open_: Open, profile: Report) -> None:
        """Each stage has its own picture, with the numbers that the report has."""
        page = open_(profile).page
        for stage, count in profile.summary.passing.items():
            words = {"import": "imports", "scenario": "serves"}.get(stage)
            if words:
                page.get_by_text(words, exact=True).click()
                assert letters(page).count("p") == count, stage

    def test_a_finding_shows_its_cells(self, open_: Open, profile: Report) -> None:
        """From what is told below, one press leads to the cells in the picture."""
        page = open_(profile).page
        page.locator(".where .show").first.click()
        assert page.locator("#status").inner_text() == "136 of 264 cells"

    def test_planes_are_switched(self, open_: Open) -> None:
        """What varies besides the two sides is a switch: here Pythons and an axis."""
        opened = open_(runs.deep())
        page = opened.page
        newest = letters(page)
        page.get_by_text("3.11", exact=True).click()
        older = letters(page)
        assert newest.count("i") == 0
        assert older.count("i") > 0
        quiet(opened)

    def test_with_and_without_the_shim(self, open_: Open) -> None:
        """A switch shows what cells answered with the shim, and by which adaptation."""
        report = runs.RUNS["mended"]()
        opened = open_(report)
        page = opened.page
        page.get_by_text("with the shim", exact=True).click()
        with_it = [(report.with_shims(it) or it).outcome for it in report.cells]
        assert letters(page).count("p") == with_it.count(Outcome.PASSED)
        assert report.summary.passed != with_it.count(Outcome.PASSED)
        page.locator("[role=gridcell].p").last.click()
        assert "-shims=with" in page.url
        quiet(opened)

    def test_a_filter_takes_no_time(self, open_: Open, full: Report) -> None:
        """Of the full grid, the cells of one outcome are seen before anybody waits."""
        page = open_(full).page
        times = [
            page.evaluate(
                """() => new Promise(done => {
                    const started = performance.now();
                    document.querySelector(".key[data-letter=f]").click();
                    requestAnimationFrame(() => setTimeout(
                        () => done(performance.now() - started)));
                })"""
            )
            for _ in range(TRIES)
        ]
        took = min(times)
        assert took < FILTERED, times


class TestAddresses:
    """A cell has an address."""

    def test_a_link_leads_to_its_cell(self, open_: Open, profile: Report) -> None:
        """Whoever gets the address sees the cell, and the same stage."""
        at = "#openai-chatkit=1.2.0&openai-agents=0.5.1&-stage=import"
        page = open_(profile, at=at).page
        told = page.locator(".pins").inner_text()
        assert "openai-chatkit 1.2.0" in told
        assert "openai-agents 0.5.1" in told
        assert page.get_by_label("imports").is_checked()
        assert page.locator(".on").count() == 1

    def test_the_address_is_that_of_what_is_seen(
        self, open_: Open, profile: Report
    ) -> None:
        """A reload, and a change by hand, show what the address says."""
        page = open_(profile).page
        cell(page, "1.2.0", "0.5.1").click()
        page.locator(".key[data-letter=f]").click()
        page.reload()
        page.wait_for_selector("html[data-ready]")
        assert "0.5.1" in page.locator(".pins").inner_text()
        assert page.locator("#status").inner_text() == "136 of 264 cells"
        page.evaluate("location.hash = 'openai-chatkit=1.0.2&openai-agents=0.20.0'")
        comes(page, "document.querySelector('.pins').innerText.includes('0.20.0')")
        assert page.locator("#status").inner_text() == "264 cells"

    @pytest.mark.parametrize(
        "at", ["#x", "#openai-agents=9", "#-stage=no&-cause=99&-only=zz", "#%F0%9F"]
    )
    def test_a_strange_address_is_passed_over(
        self, open_: Open, profile: Report, at: str
    ) -> None:
        """What is not there is no error: the whole grid is shown."""
        opened = open_(profile, at=at)
        assert opened.page.locator("#status").inner_text() == "264 cells"
        quiet(opened)


class TestStrangers:
    """Text from packages is text."""

    @pytest.mark.parametrize("run", ["hostile", "spiteful", "refuted"])
    def test_nothing_that_a_package_said_is_obeyed(self, open_: Open, run: str) -> None:
        """No script runs and no element appears, in the page and in every cell."""
        opened = open_(runs.RUNS[run]())
        page = opened.page
        own = "script:not(#story, body > script:last-of-type), img, iframe, object"
        for index in range(page.locator("[role=gridcell]").count()):
            page.locator("[role=gridcell]").nth(index).hover()
            assert page.locator(own).count() == 0
        assert "<script>alert(1)</script>" in page.locator("body").inner_text()
        assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", page.content())
        assert "secret" not in page.content()
        quiet(opened)

    def test_no_script_but_ours_runs(self, open_: Open, profile: Report) -> None:
        """Even what got into the page would not run: the policy knows our own alone."""
        opened = open_(profile)
        refused = opened.page.evaluate(
            """() => {
                const one = document.createElement("img");
                const two = document.createElement("script");
                const refused = [];
                for (const act of [
                    () => { document.body.innerHTML += "<b>"; },
                    () => one.setAttribute("onerror", "window.owned = 2"),
                    () => { two.text = "window.owned = 3"; },
                ]) try { act(); } catch (error) { refused.push(error.name); }
                two.append("window.owned = 4");
                document.body.append(two);
                return refused;
            }"""
        )
        opened.page.wait_for_timeout(100)
        assert refused == ["TypeError", "TypeError", "TypeError"]
        assert opened.page.evaluate("window.owned") is None


class TestLooks:
    """Light, dark, narrow, printed; and for those who see otherwise or not at all."""

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1440, 390])
    @pytest.mark.parametrize("run", ["profile", "full", "wide", "spiteful", "deep"])
    def test_axe_finds_nothing(
        self,
        open_: Open,
        request: pytest.FixtureRequest,
        theme: str,
        width: int,
        run: str,
    ) -> None:
        """No violation of any rule of axe-core, contrast included."""
        from axe_playwright_python.sync_playwright import Axe

        told = runs.RUNS.get(run)
        report = told() if told else request.getfixturevalue(run)
        page = open_(report, width=width, theme=theme).page
        page.locator("[role=gridcell]").nth(9).click()
        # axe comes as a script, which the page's own policy would not let in.
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    def test_a_phone_needs_no_scrolling_sideways(
        self, open_: Open, full: Report
    ) -> None:
        """At 390 pixels the longer side runs down, and nothing sticks out."""
        page = open_(full, width=390, height=844, touch=True).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        inside = "e => e.scrollWidth <= e.clientWidth"
        assert page.locator("#frame").evaluate(inside)
        page.locator("[role=gridcell]").nth(700).tap()
        assert page.locator("#panel").is_visible()

    def test_colours_can_be_chosen(self, open_: Open, profile: Report) -> None:
        """A button turns a light page dark, whatever the system has."""
        page = open_(profile).page
        paper = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(paper)
        page.locator("#theme").click()
        page.locator("#theme").click()
        assert page.evaluate(paper) != before

    def test_outcomes_differ_in_shape(self, open_: Open) -> None:
        """Without any colour each outcome can still be told from the others."""
        page = open_(runs.wide()).page
        shape = """all => all.map(one => {
            const mark = getComputedStyle(one, "::before").clipPath;
            const ground = getComputedStyle(one).backgroundImage;
            const colour = /(rgba?|color)[(][^)]*[)]/g;
            return [one.classList[1], mark + ground.replace(colour, "")];
        })"""
        seen = dict(page.locator(".legend .sign").evaluate_all(shape))
        # What does not import is the same cross, light on dark.
        assert seen["i"] == seen["f"]
        assert len(set(seen.values())) == len(seen) - 1 == 6

    def test_print_keeps_the_picture(self, open_: Open, profile: Report) -> None:
        """On paper the controls are gone and the colours stay, on white."""
        page = open_(profile, theme="dark").page
        page.emulate_media(media="print")
        assert page.locator("#controls").is_hidden()
        assert page.locator("#grid").is_visible()
        paper = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(paper) == "rgb(255, 255, 255)"
        adjust = "e => getComputedStyle(e).printColorAdjust"
        assert page.locator("[role=gridcell]").first.evaluate(adjust) == "exact"
