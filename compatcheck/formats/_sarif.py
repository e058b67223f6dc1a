"""The frame of a SARIF 2.1.0 log: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from compatcheck.report.document import Tool
from compatcheck.report.legible import shown, storable

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST: Final = 5000
"""Results that code scanning shows of one file."""
ANCHOR: Final = "pyproject.toml"
"""Where a result is about the project as a whole: one without a place rejects all."""


def log(
    tool: Tool,
    rules: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    invocation: Mapping[str, Any],
) -> str:
    """The log with its one run."""
    told = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": tool.name,
                        "version": tool.version,
                        "rules": list(rules),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [invocation],
                "results": list(results[:MOST]),
            }
        ],
    }
    return storable(json.dumps(told, indent=2, ensure_ascii=True)) + "\n"


def message(lines: Iterable[str]) -> dict[str, str]:
    """Plain text; a bracket of SARIF's own would begin a link in it (3.11.6)."""
    text = "\n".join(shown(line) for line in dict.fromkeys(lines) if line)
    for sign in ("\\", "[", "]"):
        text = text.replace(sign, f"\\{sign}")
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def location(file: str = ANCHOR, line: int = 1) -> dict[str, Any]:
    """A place below the root of the source."""
    uri = quote(file.lstrip("/"), safe="/", errors="backslashreplace")
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri or ANCHOR, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(line, 1)},
        }
    }
