"""`compatcheck rule`: the catalogue of causes."""

from __future__ import annotations

from typing import Annotated

import typer

from compatcheck.cli.speaking import speaking


def rule(
    rule_id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A cause, such as overlap-deleted."),
    ] = None,
) -> None:
    """List the causes that can be told, or explain one of them."""
    with speaking():
        from compatcheck.diagnosis.catalogue import catalogue
        from compatcheck.errors import Problem, UsageError

        known = catalogue()
        if rule_id is None:
            width = max(map(len, known))
            for each in sorted(known):
                typer.echo(f"{each:{width}}  {known[each].title}")
            return
        if rule_id not in known:
            raise UsageError(
                Problem(
                    place="ID",
                    message=f"there is no rule {rule_id!r}",
                    mend="`compatcheck rule` lists them",
                )
            )
        found = known[rule_id]
        typer.echo(f"{found.id}: {found.title}\n")
        typer.echo(f"{found.explanation}\n")
        typer.echo(f"remedy     {found.remedy}")
        typer.echo(f"example    {found.example}")
        typer.echo(f"reference  {found.reference}")
