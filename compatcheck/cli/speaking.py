"""The one place that turns errors into words and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

import typer

from compatcheck.cli.colours import Colour, want_colour
from compatcheck.errors import CompatcheckError, UsageError

INTERRUPTED = 130
"""128 + SIGINT, as shells count."""
BUG = 70
"""EX_SOFTWARE of sysexits.h."""


@contextmanager
def speaking(colour: Colour = Colour.AUTO) -> Generator[None]:
    """Run a command: whatever it raises becomes clear lines and the right code."""
    want_colour(colour)
    try:
        yield
    except UsageError as error:
        for problem in error.problems:
            say(f"error: {problem}")
        raise typer.Exit(error.exit_code) from None
    except CompatcheckError as error:
        say(f"error: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        say("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read it has had enough, as `head` has: that is no fault.
        silence(sys.stdout)
        raise typer.Exit from None
    except typer.Exit:
        raise
    except Exception:  # noqa: BLE001 - the last door: what comes here is our bug
        say(traceback.format_exc().rstrip())
        say(
            "error: this is a bug in compatcheck; please report it with the lines above"
        )
        raise typer.Exit(BUG) from None


def say(text: str) -> None:
    """A line for people, on stderr: stdout belongs to the answer."""
    try:
        typer.echo(text, err=True)
    except BrokenPipeError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Let nobody hear a stream: without a reader, even leaving would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
