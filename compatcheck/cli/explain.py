"""`compatcheck explain`: the cause of a traceback from a log, as far as it tells."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking


def explain(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="A log; - is stdin.")
    ] = "-",
    *,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Tell all that was read.")
    ] = False,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text or json.")
    ] = "text",
    color: Colouring = Colour.AUTO,
) -> None:
    """Name the cause of a traceback, or what remains and what decides."""
    with speaking(color):
        from compatcheck.cli.visiting import check, tell
        from compatcheck.errors import Problem, UsageError
        from compatcheck.workflow.explain import explain as explain_text

        check(format_)
        document = explain_text(_read(file))
        if document is None:
            problem = Problem(
                place=file,
                message="there is no exception of Python's in it",
                mend="give the lines from 'Traceback' to the exception",
            )
            raise UsageError(problem)
        tell(document, format_, verbose=verbose)
        undecided = document.diagnoses[0].rule == "undetermined"
        raise typer.Exit(3 if undecided else 1)


def _read(file: str) -> bytes:
    from compatcheck.errors import Problem, UsageError

    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        words = f"it cannot be read ({error.strerror})"
        raise UsageError(
            Problem(place=file, message=words, mend="name a file that can")
        ) from error
