"""`compatcheck cache`: what is remembered, and forgetting it."""

from __future__ import annotations

import typer

from compatcheck.cli.place import cache_folder, here
from compatcheck.cli.speaking import speaking

app = typer.Typer(help="What is remembered between runs.", no_args_is_help=True)


@app.command()
def info() -> None:
    """Say where the cache is and what it holds."""
    with speaking():
        from compatcheck.workflow.cache import describe

        for line in describe(here()):
            typer.echo(line)


@app.command()
def clear() -> None:
    """Forget everything. Refused while a run is under way."""
    with speaking():
        from compatcheck.workflow.cache import forget

        typer.echo(f"freed {forget(cache_folder())}")
