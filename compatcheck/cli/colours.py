"""Which colours the user wants: said on the command line, else in the environment."""

from __future__ import annotations

import os
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated

import typer


class Colour(StrEnum):
    """When to colour what is told."""

    AUTO = "auto"
    """On a terminal, unless `NO_COLOR` is set (no-color.org)."""
    ALWAYS = "always"
    NEVER = "never"


Colouring = Annotated[
    Colour,
    typer.Option(
        "--color",
        help="Whether to colour what is told. auto: on a terminal, unless NO_COLOR "
        "is set.",
        rich_help_panel="Output",
    ),
]
"""The option, as every command that tells in colour has it."""

# Said once, on the command line, and needed wherever text meets a stream.
_wanted: ContextVar[Colour] = ContextVar("colour", default=Colour.AUTO)


def want_colour(colour: Colour) -> None:
    """Colour so from now on."""
    _wanted.set(colour)


def wanted_colour() -> Colour:
    """What the command line says, else the environment: `NO_COLOR`, if not empty."""
    said = _wanted.get()
    if said is Colour.AUTO and os.environ.get("NO_COLOR"):
        return Colour.NEVER
    return said
