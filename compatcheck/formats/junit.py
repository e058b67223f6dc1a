"""JUnit, for whoever shows test results: each cell is a case.

A no is a failure, what cannot be resolved an error, and what is unknown or was not run
is skipped. A case is named by its cell, so no two have one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from compatcheck.formats import Format, Style
from compatcheck.formats._junit import MOST, suite, xml
from compatcheck.formats._summary import finding_lines, summary
from compatcheck.model import Outcome
from compatcheck.report.document import Cell, Report
from compatcheck.report.findings import Finding, findings
from compatcheck.report.fold import Point
from compatcheck.report.space import Space, lay_out

_TAGS: Final = {
    Outcome.FAILED: "failure",
    Outcome.CRASHED: "failure",
    Outcome.UNSOLVABLE: "error",
    Outcome.UNKNOWN: "skipped",
    Outcome.NOT_RUN: "skipped",
}


def render(report: Report, style: Style) -> str:
    """A suite with a case for each cell, in the order of the grid."""
    del style
    space = lay_out(report)
    met: dict[Point, list[Finding]] = {}
    for finding in findings(report, space):
        for point in finding.points:
            met.setdefault(point, []).append(finding)
    points = sorted(space.cells)[:MOST]
    cases = [_case(space, point, met.get(point, ())) for point in points]
    told = list(summary(report))
    if (more := len(space.cells) - len(cases)) > 0:
        told.append(f"and {more:,} more cells, all in the JSON report")
    return suite("compatcheck matrix", cases, told)


def _case(space: Space, point: Point, met: Iterable[Finding]) -> ET.Element:
    cell = space.cells[point]
    case = ET.Element("testcase", _named(space, point, cell))
    tag = _TAGS.get(cell.outcome)
    if tag is None:
        return case
    lines = [line for finding in met for line in finding_lines(finding)]
    stage = f" at {cell.stage.value}" if cell.stage else ""
    headline = lines[0] if lines else cell.reason or ""
    outcome = cell.outcome.value.replace("_", " ")
    told = {"message": xml(f"{outcome}{stage}: {headline}")}
    if tag != "skipped":
        told["type"] = cell.outcome.value
    found = ET.SubElement(case, tag, told)
    if lines:
        found.text = "\n".join(map(xml, lines))
    return case


def _named(space: Space, point: Point, cell: Cell) -> dict[str, str]:
    first, *_ = (f"{name} {version}" for name, version in cell.pins.items())
    return {"classname": xml(first), "name": xml(space.tell([point]))}


FORMAT: Final = Format(name="junit", suffix=".xml", render=render)
