"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/.

Every result has a location, because one without rejects the whole file. What failed
before and what is waived is marked, not left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import headline, remedy_line
from compatcheck.report.gated import Finding, Gated, Rule
from compatcheck.report.legible import shown, storable

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT: Final = "compatcheckGate/v1"
_MOST: Final = 5000
"""Results that code scanning shows of one file."""


def render(document: Gated, style: Style) -> str:
    """The log with its one run."""
    del style
    rules = {rule.id: number for number, rule in enumerate(document.rules)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": document.tool.name,
                        "version": document.tool.version,
                        "rules": [_rule(rule) for rule in document.rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": document.verdict != "unknown",
                        "exitCodeDescription": shown(document.conclusion),
                    }
                ],
                "results": [
                    _result(finding, rules, strict=document.strict)
                    for finding in document.findings[:_MOST]
                ],
            }
        ],
    }
    return storable(json.dumps(log, indent=2, ensure_ascii=True)) + "\n"


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
        "message": {"text": _message(told)},
        "locations": [_location(finding)],
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


def _message(told: list[str]) -> str:
    """Plain text; a bracket of SARIF's own would begin a link in it (3.11.6)."""
    lines = [shown(line) for line in dict.fromkeys(told) if line]
    text = "\n".join(lines)
    for sign in ("\\", "[", "]"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("{", "{{").replace("}", "}}")


def _location(finding: Finding) -> dict[str, Any]:
    uri = quote(finding.place.file.lstrip("/"), safe="/", errors="backslashreplace")
    return {
        "physicalLocation": {
            "artifactLocation": {
                "uri": uri or "pyproject.toml",
                "uriBaseId": "%SRCROOT%",
            },
            "region": {"startLine": max(finding.place.line, 1)},
        }
    }


FORMAT: Final = GateFormat(name="sarif", suffix=".sarif", render=render)
