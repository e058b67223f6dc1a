"""JUnit, for whoever shows test results.

A no is a failure, what cannot be resolved an error, and what is unknown is skipped. Of
two cases with one name GitLab drops one, so each has its id in its name.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import (
    STATUS,
    headline,
    remedy_line,
    waiver_line,
)
from compatcheck.formats._junit import MOST, suite, xml
from compatcheck.model import Outcome
from compatcheck.report.gated import Changed, Finding, Gated, Upgrade, gates


def render(document: Gated, style: Style) -> str:
    """A suite with a case for each finding, and one for each change without any."""
    del style
    found = document.findings[:MOST]
    cases = [_case(finding, strict=document.strict) for finding in found]
    blamed = {it.distribution for one in found for it in one.upgrades}
    cases += [
        _well(change)
        for change in document.changes[:MOST]
        if change.pythons and change.distribution not in blamed
    ]
    return suite("compatcheck gate", cases, [document.conclusion])


def _case(finding: Finding, *, strict: bool) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": xml(f"gate.{finding.rule}"),
            "name": xml(f"[{finding.id}] {' x '.join(finding.pair)}: {finding.symbol}"),
            "file": xml(finding.place.file),
            "line": str(finding.place.line),
        },
    )
    details = "\n".join(xml(line) for line in _details(finding))
    if finding.status == "unknown":
        ET.SubElement(case, "skipped", {"message": xml(finding.title)})
    elif gates(finding, strict=strict):
        unsolvable = finding.outcome is Outcome.UNSOLVABLE
        tag = "error" if unsolvable else "failure"
        told = {"message": xml(headline(finding)), "type": xml(finding.rule)}
        ET.SubElement(case, tag, told).text = details
    else:
        ET.SubElement(case, "system-out").text = details
    return case


def _details(finding: Finding) -> list[str]:
    told = [STATUS[finding.status], finding.message, *finding.evidence]
    if remedy := remedy_line(finding):
        told.append(f"remedy: {remedy}")
    if finding.waiver is not None:
        told.append(f"waiver {waiver_line(finding.waiver)}")
    return told


def _well(change: Changed) -> ET.Element:
    upgrade = Upgrade(
        distribution=change.distribution, before=change.before, after=change.after
    )
    return ET.Element(
        "testcase", {"classname": "gate.upgrade", "name": xml(str(upgrade))}
    )


FORMAT: Final = GateFormat(name="junit", suffix=".xml", render=render)
