"""`compatcheck shim`: adaptations at import time, for an environment or one by one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from compatcheck.cli.place import here
from compatcheck.cli.speaking import speaking

app = typer.Typer(
    help="Run today: adaptations at import time, loud and temporary.",
    no_args_is_help=True,
)

Python = Annotated[
    str | None,
    typer.Option(
        "--python", help="The interpreter of the environment. Default: the active one."
    ),
]
Folders = Annotated[
    list[str] | None,
    typer.Option("--adaptations", help="A folder of your own adaptations, too."),
]


@app.command()
def enable(*, python: Python = None) -> None:
    """Apply the adaptations in every Python of an environment: one start-up file."""
    with speaking():
        from compatcheck.workflow import shim

        for path in shim.enable(shim.place(python, here())):
            typer.echo(f"wrote {path}")


@app.command()
def disable(*, python: Python = None) -> None:
    """Take the start-up file away again."""
    with speaking():
        from compatcheck.workflow import shim

        for path in shim.disable(shim.place(python, here())):
            typer.echo(f"removed {path}")


@app.command()
def status(
    *,
    python: Python = None,
    adaptations: Folders = None,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text or json.")
    ] = "text",
) -> None:
    """Say what is applied in an environment, what is not, and why.

    Every target is imported there, in a process of its own.
    """
    with speaking():
        from compatcheck.workflow import shim

        session = here()
        at = shim.place(python, session)
        on = bool(shim.enabled(at))
        told = shim.status(at, adaptations or [], session) if at.has_shims else []
        _tell(on=on, has=at.has_shims, told=told, form=format_)


@app.command()
def check(*, python: Python = None, adaptations: Folders = None) -> None:
    """Say which adaptations an environment still needs; for CI.

    Leaves with 1 where one is dead (yours, and not needed), expired or failing, with 3
    where a target cannot be imported.
    """
    with speaking():
        from compatcheck.report.legible import shown
        from compatcheck.workflow import shim

        session = here()
        at = shim.place(python, session)
        shim.wanted(at)
        told = shim.check(shim.status(at, adaptations or [], session))
        for it in told:
            typer.echo(shown(f"{it.word} {it.id}: {it.reason}"))
        if any(it.is_finding for it in told):
            raise typer.Exit(1)
        if any(it.word == "unknown" for it in told):
            raise typer.Exit(3)


@app.command("list")
def list_(*, adaptations: Folders = None) -> None:
    """Say which adaptations are shipped: target, releases, fidelity, expiry."""
    with speaking():
        from compatcheck.report.legible import shown
        from compatcheck.workflow import shim

        for it in shim.shipped(adaptations or []):
            said = it.adaptation
            if said is None:
                typer.echo(f"{it.id}  {shown(it.fault)}")
                continue
            whose = f"{said.guard.distribution}{said.guard.versions}"
            what = f"{said.fidelity.value}, {type(said.action).__name__}"
            line = f"{it.id}  {said.target}  {whose}  {what}  until {said.expires}"
            typer.echo(shown(line))


def _tell(*, on: bool, has: bool, told: list[dict[str, Any]], form: str) -> None:
    from compatcheck.errors import Problem, UsageError

    match form:
        case "json":
            import json

            known = {"enabled": on, "installed": has, "adaptations": told}
            typer.echo(json.dumps(known, indent=1))
        case "text":
            _as_text(on=on, has=has, told=told)
        case _:
            raise UsageError(
                Problem(
                    place="--format",
                    message=f"{form!r} is no format of this command",
                    mend="choose text or json",
                )
            )


def _as_text(*, on: bool, has: bool, told: list[dict[str, Any]]) -> None:
    from compatcheck.report.legible import shown

    typer.echo(f"start-up file: {'enabled' if on else 'not enabled'}")
    if not has:
        typer.echo("compat_shims is not installed there")
    for it in told:
        ended = " (expired)" if it["expired"] else ""
        typer.echo(shown(f"{it['id']}: {it['state']}{ended}: {it['reason']}"))
        if it["remedy"]:
            typer.echo(shown(f"  to mend it: {it['remedy']}"))


@app.command()
def generate(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND...]", help="What fails, as you run it."),
    ] = None,
    *,
    for_: Annotated[
        str | None, typer.Option("--for", help="A traceback's text, or - for stdin.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="A report in JSON: each failure of its cells."),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="With --from: a file of scenarios it was made with."
        ),
    ] = None,
    python: Python = None,
    output: Annotated[
        str, typer.Option("-o", "--output", help="Your folder of adaptations.")
    ] = "shims",
    format_: Annotated[
        str, typer.Option("-f", "--format", help="With --from: text or markdown.")
    ] = "text",
) -> None:
    """Write adaptations for what fails: tried, or refused with the reason."""
    with speaking():
        from compatcheck.cli.generating import generate_one, generate_rows

        if from_ is not None and for_ is None and not command:
            code = generate_rows(from_, scenario or [], output, format_)
        else:
            code = generate_one(for_, from_, command or [], python, output)
        raise typer.Exit(code)


@app.command()
def table(
    distribution: Annotated[str, typer.Argument(help="Whose releases are read.")],
    package: Annotated[str, typer.Argument(help="The package that it installs.")],
    *,
    output: Annotated[
        str, typer.Option("-o", "--output", help="Where to; - is stdout.")
    ] = "-",
) -> None:
    """Read what a package's __init__ exports in each release, for RestoredInit."""
    with speaking():
        from pathlib import Path

        from compatcheck.cli.output import write_whole
        from compatcheck.workflow.shim_table import read_table

        read = read_table(distribution, package, here())
        if output == "-":
            typer.echo(read, nl=False)
        else:
            write_whole(Path(output), read)
