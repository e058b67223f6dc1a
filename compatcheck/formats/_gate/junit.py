"""JUnit, for whoever shows test results.

A no is a failure, what cannot be resolved an error, and what is unknown is skipped. Of
two cases with one name GitLab drops one, so each has its id in its name.
"""

from __future__ import annotations

import re
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
from compatcheck.model import Outcome
from compatcheck.report.gated import Changed, Finding, Gated, Upgrade, gates
from compatcheck.report.legible import shown

_MOST: Final = 10_000
"""Cases of one file, which stays below the 30 MB that GitLab reads."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""


def render(document: Gated, style: Style) -> str:
    """A suite with a case for each finding, and one for each change without any."""
    del style
    found = document.findings[:_MOST]
    cases = [_case(finding, strict=document.strict) for finding in found]
    blamed = {it.distribution for one in found for it in one.upgrades}
    cases += [
        _well(change)
        for change in document.changes[:_MOST]
        if change.pythons and change.distribution not in blamed
    ]
    counts = {
        name: sum(case.find(tag) is not None for case in cases)
        for name, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        )
    }
    suite = ET.Element(
        "testsuite",
        {
            "name": "compatcheck gate",
            "tests": str(len(cases)),
            **{name: str(count) for name, count in counts.items()},
        },
    )
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = _xml(document.conclusion)
    root = ET.Element("testsuites", {"name": "compatcheck"})
    root.append(suite)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(finding: Finding, *, strict: bool) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": _xml(f"gate.{finding.rule}"),
            "name": _xml(
                f"[{finding.id}] {' x '.join(finding.pair)}: {finding.symbol}"
            ),
            "file": _xml(finding.place.file),
            "line": str(finding.place.line),
        },
    )
    details = "\n".join(_xml(line) for line in _details(finding))
    if finding.status == "unknown":
        ET.SubElement(case, "skipped", {"message": _xml(finding.title)})
    elif gates(finding, strict=strict):
        unsolvable = finding.outcome is Outcome.UNSOLVABLE
        tag = "error" if unsolvable else "failure"
        told = {"message": _xml(headline(finding)), "type": _xml(finding.rule)}
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
        "testcase", {"classname": "gate.upgrade", "name": _xml(str(upgrade))}
    )


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", shown(text))


FORMAT: Final = GateFormat(name="junit", suffix=".xml", render=render)
