"""The command line: one file per command, and the only room that knows typer."""

from __future__ import annotations

from compatcheck.cli.app import main

__all__ = ["main"]
