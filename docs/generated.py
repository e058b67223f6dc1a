"""What the manual says of rules, keys and documents, made from the code that does it.

A hook of mkdocs: the pages exist in the built manual alone, so none can be stale.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from compatcheck.config.table import KEY, examples
from compatcheck.diagnosis.catalogue import Rule, catalogue
from compatcheck.report.schemas import schema

Schema = Mapping[str, Any]  # what JSON holds

TITLES = {
    "report-1": "The report",
    "diagnosis-1": "A diagnosis",
    "investigation-1": "An investigation",
}
WRITTEN = {
    "report-1": "compatcheck matrix -f json",
    "diagnosis-1": "compatcheck doctor -f json",
    "investigation-1": "compatcheck investigate -f json",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for path, text in pages():
        files.append(File.generated(config, path, content=text))
    return files


def pages() -> Iterator[tuple[str, str]]:
    """Each made page with its path."""
    yield "rules/index.md", _rules(catalogue())
    for rule in catalogue().values():
        yield f"rules/{rule.id}.md", _rule(rule)
    yield "reference/configuration.md", _configuration()
    for name in TITLES:
        yield f"reference/{name}.md", _document(name)


def _rules(known: Mapping[str, Rule]) -> str:
    lines = [
        "# Rules",
        "",
        f"{len(known)} causes can be told, in the order in which they are looked at:",
        "the plainer the evidence, the earlier. Each page is what",
        "`compatcheck rule ID` says, too.",
        "",
        "| rule | what happened |",
        "|---|---|",
    ]
    lines += [f"| [{it.id}]({it.id}.md) | {_text(it.title)} |" for it in known.values()]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> str:
    asked = {
        "a failed cell of a matrix": rule.matches,
        "a failure that was replayed (`doctor`, `investigate`)": rule.proves,
        "an environment without a failure (`doctor`)": rule.checks,
        "a text alone (`explain`)": rule.reads,
    }
    lines = [
        f"# {rule.id}",
        "",
        f"**{_text(rule.title[:1].upper() + rule.title[1:])}.**",
        "",
        _text(rule.explanation),
        "",
        "## As Python words it",
        "",
        "```text",
        rule.example,
        "```",
        "",
        "## What mends it",
        "",
        _text(rule.remedy),
        "",
        "## What it is told from",
        "",
        *(f"- {words}" for words, able in asked.items() if able is not None),
        "",
        f"Where the mechanism is described: <{rule.reference}>",
    ]
    if rule.innocent:
        lines += ["", f"No distribution is to blame: {_text(rule.innocent)}."]
    return "\n".join(lines) + "\n"


def _configuration() -> str:
    lines = [
        "# Configuration",
        "",
        f"`[{KEY}]` in `pyproject.toml`. The command line overrides it, an unknown key",
        "is an error, and `compatcheck init` writes all of this as comments. For",
        "editors: the [JSON Schema](../schemas/configuration.json).",
        "",
    ]
    for key, (description, example) in examples().items():
        lines += [f"## {key}", "", _text(description), ""]
        lines += ["```toml", example, "```", ""]
    return "\n".join(lines)


def _document(name: str) -> str:
    told = schema(name)
    lines = [
        f"# {TITLES[name]}",
        "",
        f"What `{WRITTEN[name]}` writes; the [JSON Schema](../schemas/{name}.json).",
        "",
        *_keys(told),
    ]
    for title, each in sorted(told.get("$defs", {}).items()):
        lines += [f"## {title}", "", _text(each.get("description", "")), ""]
        if "enum" in each:
            lines += [f"One of {', '.join(f'`{it}`' for it in each['enum'])}.", ""]
        lines += _keys(each)
    return "\n".join(lines)


def _keys(told: Schema) -> list[str]:
    if not told.get("properties"):
        return []
    lines = ["| key | type | |", "|---|---|---|"]
    for key, each in told["properties"].items():
        words = _text(each.get("description", "")).replace("|", "\\|")
        lines.append(f"| `{key}` | {_type(each)} | {words} |")
    return [*lines, ""]


def _type(told: Schema) -> str:  # noqa: PLR0911 - one for each kind of schema
    """`text`, `list of Cell`, `map of text`, with links to what is told below."""
    match told:
        case {"$ref": str(where)}:
            name = where.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": list(several)}:
            return " or ".join(_type(each) for each in several)
        case {"const": const}:
            return f"`{const}`"
        case {"enum": list(values)}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": dict(each)}:
            return f"list of {_type(each)}"
        case {"type": "object", "additionalProperties": dict(each)}:
            return f"map of {_type(each)}"
        case {"type": "string"}:
            return "text"
        case {"type": str(name)}:
            return name
        case _:
            return "anything"


def _text(words: str) -> str:
    """Words of ours as Markdown: code stays code, nothing else is markup."""
    parts = re.split(r"(`[^`]*`)", words)
    return "".join(part if part.startswith("`") else _plain(part) for part in parts)


def _plain(words: str) -> str:
    return re.sub(r"([*\[\]_])", r"\\\1", html.escape(words, quote=False))
