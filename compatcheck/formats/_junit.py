"""The frame of a JUnit file: one suite, its counts, and text that XML can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from compatcheck.report.legible import LONGEST, shown

MOST: Final = 10_000
"""Cases of one file, which stays below the 30 MB that GitLab reads."""
_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""


def suite(name: str, cases: Sequence[ET.Element], told: Sequence[str]) -> str:
    """The file with its one suite; `told` is what the suite as a whole has to say."""
    counts = {
        key: str(sum(case.find(tag) is not None for case in cases))
        for key, tag in _COUNTED.items()
    }
    found = ET.Element("testsuite", {"name": name, "tests": str(len(cases)), **counts})
    found.extend(cases)
    said = "\n".join(xml(line, longest=len(line)) for line in told)
    ET.SubElement(found, "system-out").text = said
    root = ET.Element("testsuites", {"name": "compatcheck"})
    root.append(found)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def xml(text: str, *, longest: int = LONGEST) -> str:
    """One line of plain characters that XML can hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", shown(text, longest=longest))
