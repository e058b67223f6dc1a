"""What a gate decided, put where it belongs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compatcheck.cli.output import tell, write_whole
from compatcheck.cli.speaking import say
from compatcheck.cli.style import stdout_style
from compatcheck.errors import Problem, StoreFault, UsageError
from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat, get
from compatcheck.report.gated import Gated

_CODES: Final = {"passed": 0, "unchanged": 0, "failed": 1, "unknown": 3}
_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""Where a workflow's step writes Markdown for people:
https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One telling, and where it goes; None is stdout."""

    form: GateFormat
    path: Path | None


def code(document: Gated) -> int:
    """The exit code of a decision: what is needed and unknown comes first."""
    return _CODES[document.verdict]


def requests(formats: Sequence[str], output: str) -> tuple[Telling, ...]:
    """What `-f` and `-o` ask for. Raises `UsageError`."""
    told = [_request(text, output) for text in formats]
    paths = [it.path for it in told]
    if len(set(paths)) < len(paths):
        raise UsageError(
            Problem(
                place="--format",
                message="one place cannot hold two formats",
                mend="give each its own: -f NAME=PATH",
            )
        )
    return tuple(told)


def _request(text: str, output: str) -> Telling:
    name, equals, path = text.partition("=")
    if equals and not path:
        raise UsageError(
            Problem(
                place="--format",
                message=f"{text!r} names no path",
                mend=f"write {name}=PATH",
            )
        )
    where = path or ("" if output == "-" else output)
    return Telling(form=get(name), path=Path(where) if where else None)


def deliver(document: Gated, wanted: Sequence[Telling]) -> None:
    """Write each telling; a workflow on GitHub gets its summary with the annotations.

    Raises `StoreFault` when one cannot be written, after all that can be are.
    """
    faults = []
    for telling in wanted:
        if telling.path is None:
            tell(telling.form.render(document, stdout_style()))
            continue
        try:
            write_whole(telling.path, telling.form.render(document, Style(width=100)))
        except StoreFault as fault:
            faults.append(str(fault))
        else:
            say(f"written: {telling.path}")
    if any(telling.form.name == "github" for telling in wanted):
        _summarise(document)
    if faults:
        raise StoreFault("; ".join(faults))


def _summarise(document: Gated) -> None:
    """Add to the step's summary, where a workflow runs."""
    place = os.environ.get(_SUMMARY)
    if not place:
        return
    text = get("markdown").render(document, Style(width=100))
    try:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StoreFault(f"the summary cannot be written: {error.strerror}") from error
