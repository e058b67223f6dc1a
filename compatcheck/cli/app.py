"""The command itself. Whatever a command needs is imported when it runs, not before."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated, Final

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
from compatcheck.cli.grouped import LAST, Command, Group, examples

app = typer.Typer(
    name="compatcheck",
    help="Which versions of Python distributions work together, and the evidence.",
    no_args_is_help=True,
    cls=Group,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        ("compatcheck matrix flask werkzeug", "which releases work together?"),
        ("compatcheck doctor --run 'import flask'", "why does it not work here?"),
        ("compatcheck shim list", "and how to run today"),
    )
    + "\n\nExit codes: 0 all well, 1 findings, 2 usage or configuration, "
    "3 could not tell or complete, 70 a bug of compatcheck, 130 interrupted.",
)

WORKS: Final = "Which versions work together"
WHY: Final = "Why it does not work here"
TODAY: Final = "How to run today"
LANDS: Final = "May this upgrade land"


def _add(group: str, body: Callable[..., object], *told: tuple[str, str]) -> None:
    """A command of the function's name, in a group of the help, with examples."""
    add = app.command(
        body.__name__,
        cls=Command,
        rich_help_panel=group,
        epilog=examples(*told) if told else None,
    )
    add(body)


_add(
    WORKS,
    matrix.matrix,
    ("compatcheck matrix flask werkzeug", "newest of each minor"),
    ("compatcheck matrix 'flask<3' werkzeug --select all", "every release"),
    ("compatcheck matrix flask werkzeug --as-of release", "as resolved when new"),
    ("compatcheck matrix flask werkzeug -f html", "a page to look at"),
    ("compatcheck matrix flask werkzeug -f json -o -", "JSON on stdout alone"),
)
_add(
    WORKS,
    report.report,
    ("compatcheck report run.json -f html -o run.html", "a stored run as a page"),
    ("compatcheck report merge shard-*.json -f json", "the shards of a run as one"),
)
_add(
    WORKS,
    history.history,
    ("compatcheck history flask.globals:request", "since when, until when"),
)
_add(
    WHY,
    doctor.doctor,
    ("compatcheck doctor", "what your source imports"),
    ("compatcheck doctor --run 'from flask import Flask'", "a statement that fails"),
    ("compatcheck doctor --try -- python main.py", "and try remedies"),
)
_add(WHY, explain.explain, ("compatcheck explain build.log", "a traceback from a log"))
_add(
    WHY,
    investigate.investigate,
    ("compatcheck investigate --run 'import x'", "the whole report of a failure"),
)
_add(WHY, rule.rule, ("compatcheck rule overlap-deleted", "one cause, explained"))
app.add_typer(shim.app, name="shim", rich_help_panel=TODAY)
_add(
    LANDS,
    gate.gate,
    ("compatcheck gate --base origin/main", "what this branch changes"),
    ("compatcheck gate --base main -f github -f sarif=gate.sarif", "for a CI job"),
)
_add(
    LANDS,
    pin.pin,
    ("compatcheck pin werkzeug --check", "does what you declare hold?"),
    ("compatcheck pin werkzeug --write", "the range that works, written down"),
)
_add(LAST, init.init)
app.add_typer(cache.app, name="cache", rich_help_panel=LAST)


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
