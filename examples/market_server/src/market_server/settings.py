"""What the environment says, read once."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T", int, float)

DEFAULT_DATABASE: Final = "sqlite:///market.db"
DEFAULT_BODY_LIMIT: Final = 1024 * 1024
KEEP_ALIVE: Final = 75
"""Seconds that a connection may be idle: longer than clients and proxies keep one, so
that it is never closed under a request that is on its way."""

_SECRET_FILE: Final = Path("market.secret")
_SHORTEST: Final = 32
"""Bytes that a secret for HS256 has at least (RFC 7518, section 3.2)."""


class Unusable(Exception):
    """A setting that nothing can be started with: which one, and what mends it."""


class NoSecret(Unusable):
    """What should hold the secret does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set."""

    database: str = DEFAULT_DATABASE
    """`memory:`, `sqlite:///FILE` or `postgresql://...`."""
    secret: str = field(repr=False)
    """What tokens are signed with."""
    openai: bool = False
    """Whether the model is OpenAI's; else a scripted one, which needs no network."""
    model: str | None = None
    """OpenAI's model by name; None: the agents library's own choice."""
    pause: float = 0.0
    """Seconds between two words of the scripted model."""
    body_limit: int = DEFAULT_BODY_LIMIT
    """Bytes that a request may have."""


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """What these variables say; without a secret, one is made and kept in a file.

    Raises `Unusable`.
    """
    return Settings(
        database=environ.get("DATABASE_URL") or DEFAULT_DATABASE,
        secret=environ.get("MARKET_JWT_SECRET") or _kept_secret(_SECRET_FILE),
        openai=bool(environ.get("OPENAI_API_KEY")),
        model=environ.get("OPENAI_MODEL") or None,
        pause=_number(environ, "MARKET_PAUSE", float, 0.0),
        body_limit=_number(environ, "MARKET_BODY_LIMIT", int, DEFAULT_BODY_LIMIT),
    )


def _number(
    environ: Mapping[str, str], name: str, read: Callable[[str], T], default: T
) -> T:
    """What the variable says, or the default where it says nothing.

    Raises `Unusable` unless it is a number, finite and not below zero.
    """
    if not (said := environ.get(name)):
        return default
    with contextlib.suppress(ValueError):
        if 0 <= (number := read(said)) < math.inf:
            return number
    kind = "a whole number" if read is int else "a number"
    raise Unusable(f"{name} is {said!r}: give {kind} from 0, or leave it out")


def _kept_secret(file: Path) -> str:
    """The secret in a file that only its owner reads; made where there is none.

    Raises `NoSecret`.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _whole(file)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        made = secrets.token_hex(32)
        opened.write(made)
    return made


def _whole(file: Path) -> str:
    """What the file holds: who began to write it may have been killed, or be at it.

    Anybody could sign with a secret that is empty.
    """
    kept = file.read_text(encoding="ascii", errors="replace").strip()
    if len(kept) < _SHORTEST:
        told = f"{file} holds no secret of {_SHORTEST} letters: delete it for a new one"
        raise NoSecret(told)
    return kept
