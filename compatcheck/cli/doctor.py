"""`compatcheck doctor`: this environment, what is wrong, why, and what mends it."""

from __future__ import annotations

from typing import Annotated

import typer

from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking


def doctor(  # noqa: PLR0913 - one for each option of the command line
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
        typer.Option(
            "--python",
            help="The interpreter to look at. Default: the one that COMMAND names by "
            "its path, else that of the active environment, of the project's .venv, "
            "the one on PATH.",
        ),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", help="A statement that fails, such as 'import x'."),
    ] = None,
    tried: Annotated[
        bool,
        typer.Option("--try", help="Try remedies in a copy, and say which work."),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Apply the verified remedy, after asking."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: do not ask.")] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds for each replay.")
    ] = 300.0,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Tell all that was seen.")
    ] = False,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text or json.")
    ] = "text",
    color: Colouring = Colour.AUTO,
) -> None:
    """Look at this environment: what is wrong, why, and what mends it."""
    with speaking(color):
        from compatcheck.cli.visiting import visit
        from compatcheck.workflow.doctor import Asked

        asked = Asked(
            python=python,
            statement=run,
            command=tuple(command or ()),
            tried=tried or fix,
            seconds=timeout,
        )
        code = visit(asked, format_, verbose=verbose, fix=fix, sure=yes)
        raise typer.Exit(code)
