"""`compatcheck report`: tell a stored run again."""

from __future__ import annotations

from typing import Annotated

import typer

from compatcheck.cli.speaking import speaking


def report(
    file: Annotated[str, typer.Argument(help="A report in JSON; - is stdin.")],
    *,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text, json or markdown.")
    ] = "text",
    output: Annotated[
        str, typer.Option("-o", "--output", help="Where to; - is stdout.")
    ] = "-",
) -> None:
    """Tell a stored run again, in another format."""
    with speaking():
        from compatcheck.cli.output import retell

        retell(file, format_, output)
