"""`compatcheck explain`: the cause of a traceback from a log, as far as it tells."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking


def explain(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="A log; - is stdin.")
    ] = "-",
    *,
    distribution: Annotated[
        str | None,
        typer.Option(
            "--distribution", help="Whose the module is, where that is not told."
        ),
    ] = None,
    history: Annotated[
        bool,
        typer.Option(
            "--history/--no-history", help="Ask the index since when a name is there."
        ),
    ] = True,
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
        from compatcheck.cli.place import here
        from compatcheck.cli.visiting import check, tell
        from compatcheck.errors import Problem, UsageError
        from compatcheck.workflow.explain import explain as explain_text
        from compatcheck.workflow.recalling import recalling

        check(format_)
        with _opened(file) as stream:
            recalls = recalling(here(), distribution) if history else None
            document = explain_text(stream, recalls)
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


@contextmanager
def _opened(file: str) -> Generator[BinaryIO]:
    """A log as a stream. Raises `UsageError` where it cannot be read."""
    from compatcheck.errors import Problem, UsageError

    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except OSError as error:
        words = f"it cannot be read ({error.strerror})"
        raise UsageError(
            Problem(place=file, message=words, mend="name a file that can")
        ) from error
