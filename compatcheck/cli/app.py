"""The command itself. Whatever a command needs is imported when it runs, not before."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from compatcheck import __version__
from compatcheck.cli import (
    cache,
    doctor,
    explain,
    gate,
    history,
    init,
    investigate,
    matrix,
    pin,
    report,
    rule,
    shim,
)

app = typer.Typer(
    name="compatcheck",
    help="Which versions of Python distributions work together, and the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all well, 1 findings, 2 usage or configuration, "
    "3 could not tell or complete, 70 a bug of compatcheck, 130 interrupted.",
)
app.command("matrix")(matrix.matrix)
app.command("report")(report.report)
app.command("doctor")(doctor.doctor)
app.command("explain")(explain.explain)
app.command("investigate")(investigate.investigate)
app.command("gate")(gate.gate)
app.command("pin")(pin.pin)
app.command("history")(history.history)
app.command("rule")(rule.rule)
app.command("init")(init.init)
app.add_typer(cache.app, name="cache")
app.add_typer(shim.app, name="shim")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"compatcheck {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say which and leave."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # What cannot be shown is marked; it must not end the telling.
            stream.reconfigure(errors="backslashreplace")
    app()


def _terminated(_number: int, _frame: FrameType | None) -> None:
    """Be asked to stop as by Ctrl-C: finish the telling, leave no orphan."""
    raise KeyboardInterrupt
