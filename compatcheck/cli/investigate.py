"""`compatcheck investigate`: the full blocker report, every way out tried."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from compatcheck.cli.speaking import say, speaking

if TYPE_CHECKING:
    from compatcheck.report.investigated import Investigated

_FORMATS = ("markdown", "json")


def investigate(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND...]",
            help="What fails, run as you run it: in this folder, with your variables.",
        ),
    ] = None,
    *,
    python: Annotated[
        str | None,
        typer.Option("--python", help="The interpreter to look at, as for doctor."),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", help="A statement that fails, such as 'import x'."),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds for each replay.")
    ] = 300.0,
    budget: Annotated[
        int, typer.Option("--budget", min=1, help="Seconds for each grid of releases.")
    ] = 180,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="markdown or json.")
    ] = "markdown",
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="PATH", help="- is stdout.")
    ] = "-",
) -> None:
    """Write the whole report: cause, reproduction, every way out tried and measured."""
    with speaking():
        from compatcheck.cli.place import here
        from compatcheck.cli.progress import progress
        from compatcheck.workflow.doctor import Asked
        from compatcheck.workflow.investigate import run_investigate

        _check(format_, run, command)
        asked = Asked(
            python=python, statement=run, command=tuple(command or ()), seconds=timeout
        )
        with progress(sys.stderr) as listener:
            document = run_investigate(
                asked, here(), listener, _hears, budget=str(budget)
            )
        _put(document, format_, output)
        if not document.healthy:
            raise typer.Exit(1)


def _hears(words: str) -> None:
    say(f"investigate: {words}")


def _put(document: Investigated, form: str, output: str) -> None:
    from pathlib import Path

    from compatcheck.cli.output import write_whole
    from compatcheck.formats._investigation import render
    from compatcheck.report.investigated import dump

    text = dump(document) if form == "json" else render(document)
    if output == "-":
        typer.echo(text, nl=False)
    else:
        write_whole(Path(output), text)


def _check(form: str, run: str | None, command: list[str] | None) -> None:
    """Raises `UsageError` for what cannot be asked so."""
    from compatcheck.errors import Problem, UsageError

    problems = []
    if form not in _FORMATS:
        problems.append(
            Problem(
                place="--format",
                message=f"there is no format {form!r}",
                mend=f"choose one of {', '.join(_FORMATS)}",
            )
        )
    if run is not None and command:
        problems.append(
            Problem(
                place="--run",
                message="a statement and a command cannot both be replayed",
                mend="give one of them",
            )
        )
    if problems:
        raise UsageError(*problems)
