"""SARIF 2.1.0, for code scanning: each distinct failure is a result.

Failures of the same cells are one result, under the rule that explains it; what cannot
be resolved and what is unknown are results that nobody has to act on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from compatcheck.formats import Format, Style
from compatcheck.formats._sarif import location, log, message
from compatcheck.formats._summary import finding_lines, summary
from compatcheck.model import Outcome
from compatcheck.report.document import Report
from compatcheck.report.findings import Finding, findings
from compatcheck.report.reasons import Reason, reasons
from compatcheck.report.space import Space, lay_out

FINGERPRINT: Final = "compatcheckMatrix/v1"

_RULES: Final = {
    "failed": "It does not work there, and no rule says why",
    "crashed": "The interpreter died there, and no rule says why",
    "unsolvable": "No set of versions meets all that is required",
    "unknown": "It could not be told",
    "not_run": "It was not asked",
}
"""Rules for what no rule of the doctor's is about, named as outcomes."""
_KINDS: Final = {
    Outcome.UNSOLVABLE: "informational",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_RUN: "notApplicable",
}


def render(report: Report, style: Style) -> str:
    """The log: most cells first."""
    del style
    space = lay_out(report)
    results = [*_failures(report, space), *_unanswered(space)]
    rules = sorted({result["ruleId"] for result in results})
    places = {rule: place for place, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = places[result["ruleId"]]
    conclusion, *rest = summary(report)
    invocation = {
        "executionSuccessful": not report.summary.unknown and not report.interrupted,
        "exitCodeDescription": conclusion,
        "toolExecutionNotifications": [
            {"level": "note", "message": message([line])} for line in rest
        ],
    }
    return log(report.tool, [*map(_rule, rules)], results, invocation)


def _rule(rule: str) -> dict[str, Any]:
    """By its name; what it is in general stands in the manual."""
    title = _RULES.get(rule)
    return {"id": rule, **({"shortDescription": {"text": title}} if title else {})}


def _failures(report: Report, space: Space) -> Iterator[dict[str, Any]]:
    for finding in findings(report, space):
        rule = finding.complaints[0].outcome.value
        if finding.explanations:
            rule = finding.explanations[0].rule
        result = _result(rule, finding, finding_lines(finding))
        yield {**result, "kind": "fail", "level": "error"}


def _unanswered(space: Space) -> Iterator[dict[str, Any]]:
    for outcome, kind in _KINDS.items():
        for reason in reasons(space, outcome):
            result = _result(outcome.value, reason, [reason.text])
            yield {**result, "kind": kind, "level": "none"}


def _result(rule: str, told: Finding | Reason, lines: Sequence[str]) -> dict[str, Any]:
    cells = f"{told.count:,} cell{'s' * (told.count != 1)}: {told.cells}"
    same = hashlib.sha256("\n".join([rule, *lines]).encode()).hexdigest()
    return {
        "ruleId": rule,
        "message": message([*lines, cells]),
        "locations": [location()],
        "partialFingerprints": {FINGERPRINT: same[:16]},
    }


FORMAT: Final = Format(name="sarif", suffix=".sarif", render=render)
