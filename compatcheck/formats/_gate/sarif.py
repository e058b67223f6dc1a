"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/.

Every result has a location, because one without rejects the whole file. What failed
before and what is waived is marked, not left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import headline, remedy_line
from compatcheck.formats._sarif import MOST, location, log, message
from compatcheck.report.gated import Finding, Gated, Rule
from compatcheck.report.legible import shown

FINGERPRINT: Final = "compatcheckGate/v1"


def render(document: Gated, style: Style) -> str:
    """The log with its one run."""
    del style
    rules = {rule.id: number for number, rule in enumerate(document.rules)}
    invocation = {
        "executionSuccessful": document.verdict != "unknown",
        "exitCodeDescription": shown(document.conclusion),
    }
    results = [
        _result(finding, rules, strict=document.strict)
        for finding in document.findings[:MOST]
    ]
    described = [_rule(rule) for rule in document.rules]
    return log(document.tool, described, results, invocation)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": rule.remedy},
    }


def _result(
    finding: Finding, rules: Mapping[str, int], *, strict: bool
) -> dict[str, Any]:
    told = [headline(finding), finding.message]
    if remedy := remedy_line(finding):
        told.append(f"Remedy: {remedy}")
    unknown = finding.status == "unknown"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "kind": "open" if unknown else "fail",
        "level": "none" if unknown else _level(finding, strict=strict),
        "message": message(told),
        "locations": [location(finding.place.file, finding.place.line)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "baselineState": "unchanged" if finding.status == "unchanged" else "new",
        "properties": {
            "pair": [shown(name) for name in finding.pair],
            "symbol": shown(finding.symbol),
            "pythons": list(finding.pythons),
            "upgrades": [shown(str(it)) for it in finding.upgrades],
        },
    }
    if finding.status == "waived" and finding.waiver is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": shown(finding.waiver.reason),
            }
        ]
    return result


def _level(finding: Finding, *, strict: bool) -> str:
    return "error" if finding.status == "new" or strict else "note"


FORMAT: Final = GateFormat(name="sarif", suffix=".sarif", render=render)
