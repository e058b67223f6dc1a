"""`compatcheck init`: a commented starting configuration."""

from __future__ import annotations

from pathlib import Path

from compatcheck.cli.speaking import say, speaking


def init() -> None:
    """Write a commented starting [tool.compatcheck] into pyproject.toml."""
    with speaking():
        from compatcheck.config.starter import write_starter

        say(f"written: {write_starter(Path.cwd()).name}, [tool.compatcheck]")
