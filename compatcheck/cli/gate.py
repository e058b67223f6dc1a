"""`compatcheck gate`: two locks compared, and whether an upgrade may land."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from compatcheck.cli.speaking import say, speaking

if TYPE_CHECKING:
    from compatcheck.report.gated import Gated

Several = list[str] | None


def gate(
    base: Annotated[
        str,
        typer.Option(
            metavar="REF|FILE",
            help="What to compare with: a branch or commit, as of where yours left it; "
            "or a lock file.",
        ),
    ],
    *,
    lock: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The lock. Default: uv.lock, pylock.toml, requirements.txt, else "
            "what pyproject.toml declares, resolved.",
        ),
    ] = None,
    python: Annotated[
        Several,
        typer.Option(help="A Python to ask in. Default: all that the project names."),
    ] = None,
    extra: Annotated[
        Several, typer.Option(help="An extra of the project that is gated, too.")
    ] = None,
    group: Annotated[
        Several,
        typer.Option(help="A dependency group that is gated. Default: uv's own, dev."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Gate on what failed before, too."),
    ] = False,
    format_: Annotated[
        Several,
        typer.Option(
            "-f",
            "--format",
            help="text, github, sarif, junit, markdown or json; NAME or NAME=PATH.",
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="PATH", help="- is stdout.")
    ] = "-",
) -> None:
    """Compare two locks, and tell whether what changed breaks this project."""
    with speaking():
        from compatcheck.cli.gating import code, deliver, requests
        from compatcheck.cli.place import here
        from compatcheck.workflow.gate import Asked, run_gate

        wanted = requests(format_ or ["text"], output)
        asked = Asked(
            base=base,
            lock=lock,
            python=tuple(python or ()),
            extras=tuple(extra or ()),
            groups=None if group is None else tuple(group),
            strict=strict,
        )
        document: Gated = run_gate(asked, here(), _hears)
        deliver(document, wanted)
        raise typer.Exit(code(document))


def _hears(words: str) -> None:
    from compatcheck.report.legible import shown

    say(f"gate: {shown(words)}")
