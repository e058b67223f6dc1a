"""Tells and writes what `compatcheck shim generate` proposes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

import typer

from compatcheck.cli.output import read_report, write_whole
from compatcheck.cli.place import here
from compatcheck.cli.progress import progress
from compatcheck.cli.speaking import say
from compatcheck.errors import Problem, UsageError
from compatcheck.report.legible import shown
from compatcheck.workflow import shim
from compatcheck.workflow.session import Session
from compatcheck.workflow.shim_from import for_report
from compatcheck.workflow.shim_generate import Proposed, for_command, for_traceback
from compatcheck.workflow.shim_rows import Row
from compatcheck.workflow.shim_wish import Refused
from compatcheck.workflow.shim_written import Draft

_HEAD = ("failure", "cells", "with what is shipped", "adapted or refused")


def generate_one(
    text: str | None,
    file: str | None,
    command: Sequence[str],
    python: str | None,
    output: str,
) -> int:
    """Adapt one live failure; the exit code. Raises `UsageError`, `CouldNotTell`."""
    if [text is not None, file is not None, bool(command)].count(True) != 1:
        raise UsageError(
            Problem(
                place="compatcheck shim generate",
                message="one thing that fails has to be named",
                mend="give --from report.json, --for 'TRACEBACK', or -- COMMAND",
            )
        )
    session = here()
    at = shim.place(python, session)
    if text is not None:
        read = sys.stdin.read() if text == "-" else text
        found = for_traceback(read, at, session)
    else:
        found = for_command(tuple(command), at, session)
    match found:
        case Refused(reason=reason, better=better):
            typer.echo(shown(f"refused: {reason}"))
            typer.echo(shown(f"better: {better}"))
            return 1
        case Proposed(drafts=drafts, words=words):
            _write(drafts, output, session)
            it = "it" if len(drafts) == 1 else "them"
            told = f"`{words}` failed without {it} and works with {it}"
            typer.echo(shown(told))
            typer.echo(f"use {it}: compat_shims.install({output!r})")
            return 0


def _write(drafts: Iterable[Draft], output: str, session: Session) -> None:
    for draft in drafts:
        write_whole(session.folder / output / draft.path, draft.text)
        typer.echo(f"wrote {Path(output) / draft.path}")
        typer.echo(shown(f"  {draft.fidelity}: {draft.what} ({draft.evidence})"))


def generate_rows(file: str, scenarios: Sequence[str], output: str, form: str) -> int:
    """A row for each failure of a report; the exit code. Raises as `generate_one`."""
    if form not in ("text", "markdown"):
        raise UsageError(
            Problem(
                place="--format",
                message=f"{form!r} is no format of this command",
                mend="choose text or markdown",
            )
        )
    session, rows = here(), list[Row]()
    # Each row is many small runs: how one of them goes on tells nobody anything.
    with progress(StringIO()) as listener:
        for row in for_report(read_report(file), scenarios, session, listener):
            rows.append(row)
            say(f"asked again: {row.words}")
    for line in _table(rows) if form == "markdown" else _lines(rows):
        typer.echo(line)
    drafts = {draft.path: draft for row in rows for draft in row.drafts}
    _write(drafts.values(), output, session)
    return int(any(row.refused for row in rows))


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield f"{row.cells:,} cell{'s' * (row.cells != 1)}: {row.words}"
        yield from (f"  {shown(line)}" for line in _verdict(row))


def _verdict(row: Row) -> Iterator[str]:
    if row.adapted or row.proven:
        applied = ", ".join(f"{name} ({fidelity})" for name, fidelity in row.adapted)
        yield f"adapted: {applied or 'in a process that a probe had started'}"
        cells = f"{row.proven:,} of the cells that were tried"
        yield f"gone in {cells}, of which {row.passing:,} pass altogether"
    if row.left:
        yield f"what it hid: {row.left}"
    if row.refused is not None:
        yield f"refused: {row.refused.reason}"
        yield f"better: {row.refused.better}"


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """A row for each, as Markdown."""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|{' --- |' * len(_HEAD)}"
    for row in rows:
        known = "not asked" if row.recovered is None else f"{row.recovered:,} pass"
        told = "; ".join(_verdict(row))
        parts = (f"`{_cell(row.words)}`", f"{row.cells:,}", known, _cell(shown(told)))
        yield f"| {' | '.join(parts)} |"


def _cell(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|").replace("<", "&lt;")
