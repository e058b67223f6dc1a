"""`compatcheck report`: tell a stored run again, or several shards of it as one."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking
from compatcheck.formats import names

_MERGE: Final = "merge"


def report(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE | merge FILE...",
            help="A report in JSON; - is stdin. After the word merge: those of all "
            "shards, or of several runs of one command, to be told as one. The exit "
            "code is then that of the whole.",
        ),
    ],
    *,
    format_: Annotated[
        str,
        typer.Option("-f", "--format", help=", ".join(names())),
    ] = "text",
    output: Annotated[
        str, typer.Option("-o", "--output", help="Where to; - is stdout.")
    ] = "-",
    color: Colouring = Colour.AUTO,
) -> None:
    """Tell a stored run again, in another format; or merge several into one."""
    with speaking(color):
        match files:
            case [first, *others] if first == _MERGE:
                raise typer.Exit(_merge(others, format_, output))
            case [file]:
                from compatcheck.cli.output import retell

                retell(file, format_, output)
            case _:
                raise _several(files)


def _merge(files: list[str], form: str, output: str) -> int:
    from compatcheck.cli.output import join
    from compatcheck.config.settings import DEFAULT_FAIL_ON
    from compatcheck.errors import Problem, UsageError
    from compatcheck.workflow.verdict import exit_code

    if not files:
        raise UsageError(
            Problem(
                place="compatcheck report merge",
                message="no report is named",
                mend="name those of all shards (a file that is called so is ./merge)",
            )
        )
    return exit_code(join(files, form, output), DEFAULT_FAIL_ON)


def _several(files: list[str]) -> Exception:
    from compatcheck.errors import Problem, UsageError

    return UsageError(
        Problem(
            place=files[1],
            message="one report is told at a time",
            mend=f"`compatcheck report {_MERGE} {' '.join(files)}` tells all as one",
        )
    )
