"""The command line: one file per command, and the only room that knows typer."""

from __future__ import annotations

import os
import sys

_LOOKING = (["doctor"], ["explain"], ["investigate"])
"""The commands that are given where something is wrong with what is installed."""
_HERE = __file__.rsplit(os.sep, 3)[0]
"""Where we are imported from: who has that on PYTHONPATH wants it to be so."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    _apart()
    from compatcheck.cli.app import main as run

    run()


def _apart() -> None:
    """Start again where the user's own files could stand in for ours.

    A doctor is asked where PYTHONPATH or the working directory hide modules: what they
    hide from the user's process must not be hidden from this one. Whatever is replayed
    has these variables all the same.
    """
    beside = sys.path[:1] in ([""], [os.getcwd()])  # noqa: PTH109 - nothing is imported yet
    given = os.environ.get("PYTHONPATH", "")
    if sys.flags.isolated or not (given or beside):
        return
    if sys.argv[1:2] not in _LOOKING or _HERE in given.split(os.pathsep):
        return
    command = [sys.executable, "-I", "-m", "compatcheck", *sys.argv[1:]]
    os.execv(sys.executable, command)  # noqa: S606 - without a shell is what is meant
