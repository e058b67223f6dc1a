"""The page and the picture, as far as they can be told without a browser."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from golden import runs

from compatcheck.formats import Style, get
from compatcheck.formats._page.layout import sheet
from compatcheck.formats._page.releases import APART, timeline
from compatcheck.model import Drift, Outcome, Stage, Swept
from compatcheck.report.document import Report
from compatcheck.report.legible import block
from compatcheck.report.space import lay_out

Plain = Mapping[str, Any]  # what JSON holds


class Parts(HTMLParser):
    """The elements of a page, its scripts and styles, and its text."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.bodies: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))
        if tag in self.bodies:
            self.bodies[tag].append("")

    def handle_data(self, data: str) -> None:
        """Keep what stands in it."""
        if self.bodies.get(self.lasttag):
            self.bodies[self.lasttag][-1] += data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Forget what it was in."""
        del tag
        self.lasttag = ""

    @property
    def story(self) -> Plain:
        """What the script is given."""
        told: Plain = json.loads(self.bodies["script"][0])
        return told


def page(report: Report) -> Parts:
    """The page of a report, read back."""
    return Parts(get("html").render(report, Style()))


class TestPolicy:
    """What may run there."""

    @pytest.mark.parametrize("run", runs.RUNS)
    def test_policy_names_our_own_alone(self, run: str) -> None:
        """The digests are those of the one style and the one script that run."""
        parts = page(runs.RUNS[run]())
        policy = next(
            attributes["content"] or ""
            for tag, attributes in parts.elements
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        for kind in ("script", "style"):
            told = hashlib.sha256(parts.bodies[kind][-1].encode()).digest()
            digest = base64.b64encode(told).decode()
            assert f"{kind}-src 'sha256-{digest}';" in policy
        assert policy.startswith("default-src 'none'; ")

    @pytest.mark.parametrize("run", runs.RUNS)
    def test_nothing_is_fetched(self, run: str) -> None:
        """No element names an address to load from, whatever a package has said."""
        for tag, attributes in page(runs.RUNS[run]()).elements:
            for name in ("src", "href", "srcset", "action", "data"):
                assert (attributes.get(name) or "data:").startswith("data:"), tag

    @pytest.mark.parametrize("run", ["hostile", "spiteful", "refuted"])
    def test_text_of_packages_is_text(self, run: str) -> None:
        """Two scripts and one style there are, and what a message says is read."""
        parts = page(runs.RUNS[run]())
        assert len(parts.bodies["script"]) == 2
        assert len(parts.bodies["style"]) == 1
        assert "<script>alert(1)</script>" in parts.text
        assert "\x1b" not in json.dumps(parts.story, ensure_ascii=False)
        assert not [it for it in parts.elements if any(k[:2] == "on" for k in it[1])]


class TestStory:
    """What the script knows."""

    @pytest.mark.parametrize("run", runs.RUNS)
    def test_every_cell_is_told(self, run: str) -> None:
        """Each cell of the report is in its place, with its outcome, stage and lock."""
        report = runs.RUNS[run]()
        story = page(report).story
        sizes = [len(each["values"]) for each in story["dimensions"]]
        kinds, results, locks, reasons, _, _, shims = story["cells"]
        for point, cell in lay_out(report).cells.items():
            place = 0
            for size, at in zip(sizes, point, strict=True):
                place = place * size + at
            kind = story["kinds"][kinds[place]]
            assert kind[1:3] == [cell.outcome.value, cell.stage or ""]
            assert (results[place] < 0) == (cell.result is None)
            assert (reasons[place] < 0) == (cell.reason is None)
            mended = report.with_shims(cell)
            assert (shims[place] < 0) == (mended is None)
            if mended is not None:
                assert story["shims"][shims[place]][1] == mended.outcome.value
            if cell.lock is not None:
                told = story["locks"]["told"][locks[place]]
                names = [story["locks"]["names"][it] for it in told[::2]]
                versions = [story["locks"]["versions"][it] for it in told[1::2]]
                assert (
                    dict(zip(names, versions, strict=True)) == report.locks[cell.lock]
                )

    def test_answers_are_those_that_the_summary_counts(self) -> None:
        """How many cells pass a stage is the same in the story and in the report."""
        report = runs.served()
        story = page(report).story
        results = story["cells"][1]
        for stage, count in report.summary.passing.items():
            passed = sum(
                place >= 0 and story["results"][place]["answers"].get(stage) == "passed"
                for place in results
            )
            assert passed == count

    def test_causes_hold_their_cells(self) -> None:
        """A cause that is chosen leaves as many cells as are counted below the grid."""
        story = page(runs.wide()).story
        counts = {each["label"]: sum(each["cells"][1::2]) for each in story["causes"]}
        assert all(label.endswith(f"({count:,})") for label, count in counts.items()), (
            counts
        )
        assert sum(counts.values()) >= runs.wide().summary.unsolvable

    def test_lines_of_a_message_are_kept(self) -> None:
        """A message of several lines is read as it was written, its end cut off."""
        assert block("a\n  b\x1b\n") == "a\n  b\\x1b"
        assert block("x" * 9, longest=3) == "xxx…"


class TestLayout:
    """Where cells stand."""

    def test_minors_are_groups(self) -> None:
        """Releases of one minor stand together, the next ones behind a gap."""
        plan = sheet(lay_out(runs.wide()))
        assert [group.label for group in plan.columns.groups[:3]] == [
            "0.0",
            "0.1",
            "0.2",
        ]
        assert plan.columns.starts[:3] == (4, 8, 12)
        assert plan.columns.dense
        assert not plan.rows.dense

    def test_majors_are_groups_of_lone_minors(self) -> None:
        """Where each minor is there once, the gap stands before a major."""
        plan = sheet(lay_out(runs.deep()))
        assert [(it.label, it.size) for it in plan.columns.groups] == [
            ("3", 3),
            ("4", 1),
        ]

    def test_the_newest_of_everything_else_is_shown_first(self) -> None:
        """The third axis and the Python begin with the newest, and can be chosen."""
        plan = sheet(lay_out(runs.deep()))
        told = [plan.space.dimensions[n].values[plan.chosen[n]] for n in plan.choices]
        assert told == ["1.2", "3.12"]


class TestReleases:
    """The releases of a culprit on a line of time."""

    def test_each_release_has_its_place(self) -> None:
        """In the order of time and apart, with holes where they are."""
        line = timeline(_drift())
        assert [stop.letter for stop in line.stops] == ["p", "f", "p", "u", "f"]
        places = [stop.x for stop in line.stops]
        assert all(b - a >= APART for a, b in itertools.pairwise(places))
        assert places[-1] < line.width
        assert "hole" in line.summary
        first, second, last = places[0], places[1], places[-1]
        assert (second - first) * 4 < last - first

    def test_without_days_they_stand_side_by_side(self) -> None:
        """An index that tells no times still has an order."""
        drift = _drift()
        bare = tuple(replace(each, day=None) for each in drift.releases)
        line = timeline(replace(drift, releases=bare))
        places = [stop.x for stop in line.stops]
        assert len({b - a for a, b in itertools.pairwise(places)}) == 1
        assert line.ticks == ()

    def test_an_older_report_tells_what_it_has(self) -> None:
        """Without the releases: holes, last good, first bad, and a gap for the rest."""
        line = timeline(replace(_drift(), releases=()))
        assert [(it.version, it.letter) for it in line.stops] == [
            ("1.1", "f"),
            ("", "gap"),
            ("1.2", "p"),
            ("1.4", "f"),
        ]


def _drift() -> Drift:
    told = {
        ("1.0", "2026-01-01"): Outcome.PASSED,
        ("1.1", "2026-01-09"): Outcome.FAILED,
        ("1.2", "2026-01-10"): Outcome.PASSED,
        ("1.3", "2026-05-01"): Outcome.UNKNOWN,
        ("1.4", "2026-06-01"): Outcome.FAILED,
    }
    return Drift(
        distribution="ledger",
        last_good="1.2",
        first_bad="1.4",
        holes=("1.1",),
        cells=3,
        verified=True,
        releases=tuple(
            Swept(version=version, day=day, outcome=outcome)
            for (version, day), outcome in told.items()
        ),
    )


class TestPicture:
    """The grid alone."""

    @pytest.mark.parametrize("run", runs.RUNS)
    def test_every_cell_of_the_plane_is_drawn(self, run: str) -> None:
        """It is well-formed XML that holds as many signs as the plane has cells."""
        report = runs.RUNS[run]()
        root = ET.fromstring(get("svg").render(report, Style()))  # noqa: S314 - ours
        space = "{http://www.w3.org/2000/svg}"
        plan = sheet(lay_out(report))
        there = len(plan.rows.values) * len(plan.columns.values)
        signs = len(root.findall(f".//{space}g/{space}use"))
        assert signs == there
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        for use in root.iter(f"{space}use"):
            assert 0 <= float(use.attrib["x"]) < width
            assert 0 <= float(use.attrib["y"]) < height

    @pytest.mark.parametrize("run", ["hostile", "spiteful"])
    def test_it_holds_no_script_and_asks_for_nothing(self, run: str) -> None:
        """An image in somebody's README: no element that runs, no address outside."""
        text = get("svg").render(runs.RUNS[run](), Style())
        assert not re.search(r"<script|<foreignObject|<a\b|\son\w+=|url\(", text)
        assert set(re.findall(r'href="([^"])', text)) == {"#"}

    def test_shallow_and_deep_failures_differ(self) -> None:
        """What does not import looks unlike what imports and fails later."""
        report = runs.wide()
        stages = {c.stage for c in report.cells if c.outcome is Outcome.FAILED}
        assert {Stage.IMPORT, Stage.SYMBOL} <= stages
        text = get("svg").render(report, Style())
        assert 'href="#i"' in text
        assert 'href="#f"' in text
