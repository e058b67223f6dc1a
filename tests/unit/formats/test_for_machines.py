"""A grid for those who show test results and code scanning, hostile ones too."""

from __future__ import annotations

import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from golden.runs import RUNS
from planted import validity

from compatcheck.formats import Style, get
from compatcheck.model import Outcome

TAGS = {
    Outcome.PASSED: None,
    Outcome.FAILED: "failure",
    Outcome.CRASHED: "failure",
    Outcome.UNSOLVABLE: "error",
    Outcome.UNKNOWN: "skipped",
    Outcome.NOT_RUN: "skipped",
}


@pytest.mark.parametrize("run", sorted(RUNS))
def test_every_cell_is_a_case(run: str) -> None:
    """Each under a name of its own, with the verdict that the report gives it."""
    report = RUNS[run]()
    text = get("junit").render(report, Style())
    assert "<!" not in text
    root = ET.fromstring(text)  # noqa: S314 - our own, and it has no entities
    cases = list(root.iter("testcase"))
    names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
    assert len(set(names)) == len(cases) == len(report.cells)
    seen = Counter(case[0].tag if len(case) else None for case in cases)
    assert seen == Counter(TAGS[cell.outcome] for cell in report.cells)
    (suite,) = root
    counted = {
        "failure": int(suite.attrib["failures"]),
        "error": int(suite.attrib["errors"]),
        "skipped": int(suite.attrib["skipped"]),
    }
    assert +Counter(counted) == Counter(tag for tag in seen.elements() if tag)


@pytest.mark.parametrize("run", sorted(RUNS))
def test_code_scanning_takes_the_log(run: str) -> None:
    """It keeps to its schema; what fails is an error, and nothing else is."""
    report = RUNS[run]()
    log = json.loads(get("sarif").render(report, Style()))
    validity.check(log, log["$schema"])
    (told,) = log["runs"]
    rules = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    for result in told["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        assert place["uri"] == "pyproject.toml"
        assert (result["kind"] == "fail") is (result["level"] == "error")
    red = any(cell.outcome.is_red for cell in report.cells)
    assert any(result["kind"] == "fail" for result in told["results"]) is red
    marks = [result["partialFingerprints"] for result in told["results"]]
    assert all(marks.count(mark) == 1 for mark in marks)
