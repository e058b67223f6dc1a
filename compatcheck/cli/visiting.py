"""A doctor's visit, told, and its remedy applied where that is wanted."""

from __future__ import annotations

from typing import Final

import typer

from compatcheck.cli.output import stdout_style
from compatcheck.cli.place import here
from compatcheck.cli.speaking import say
from compatcheck.errors import Problem, UsageError
from compatcheck.formats._diagnosis import render
from compatcheck.remedies import words
from compatcheck.report.diagnosed import Diagnosed, dump
from compatcheck.report.legible import shown
from compatcheck.workflow.diagnosed import document_of
from compatcheck.workflow.doctor import Asked, Seen, run_doctor
from compatcheck.workflow.fixing import fix_now
from compatcheck.workflow.session import Session

_FORMATS: Final = ("text", "json")
FINDINGS: Final = 1


def visit(asked: Asked, form: str, *, verbose: bool, fix: bool, sure: bool) -> int:
    """See, tell, and fix if asked; the exit code."""
    check(form)
    if asked.statement is not None and asked.command:
        raise UsageError(
            Problem(
                place="--run",
                message="a statement and a command cannot both be replayed",
                mend="give one of them",
            )
        )
    session = here()
    seen = run_doctor(asked, session)
    document = document_of(seen)
    tell(document, form, verbose=verbose)
    if document.healthy:
        return 0
    if fix and _fixed(seen, asked, session, sure=sure):
        return 0
    return FINDINGS


def check(form: str) -> None:
    """Raises `UsageError` for a format that there is not."""
    if form not in _FORMATS:
        raise UsageError(
            Problem(
                place="--format",
                message=f"there is no format {form!r}",
                mend=f"choose one of {', '.join(_FORMATS)}",
            )
        )


def tell(document: Diagnosed, form: str, *, verbose: bool) -> None:
    """Put a diagnosis on stdout."""
    if form == "json":
        typer.echo(dump(document), nl=False)
    else:
        typer.echo(render(document, stdout_style(), verbose=verbose), nl=False)


def _fixed(seen: Seen, asked: Asked, session: Session, *, sure: bool) -> bool:
    """Apply the verified remedy of the first diagnosis; whether it runs now."""
    verified = [it for one in seen.findings[:1] for it in one.mends if it.verified]
    if not verified:
        say("nothing was fixed: no remedy was seen to work")
        return False
    for step in verified[0].steps:
        say(f"to do: {shown(words(step, seen.at))}")
    if not sure and not _agreed():
        say("nothing was done")
        return False
    outcome = fix_now(verified[0], seen, session, asked.seconds)
    say("done: it runs" if outcome else "done, but it does not run")
    return outcome


def _agreed() -> bool:
    """Whether somebody is there to say yes, and does."""
    try:
        return typer.confirm("do this now?", err=True)
    except typer.Abort:
        return False
