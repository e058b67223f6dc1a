"""One id for everything that belongs to a request: answer, events and log."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

HEADER: Final = "x-correlation-id"

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What may be taken over from a client: nothing that could forge a line of a log."""

_current: ContextVar[str] = ContextVar("correlation_id", default="-")


def begin(given: str | None) -> str:
    """The client's own id where it is well-formed, else a new one; kept from now on."""
    known = given is not None and _WELL_FORMED.fullmatch(given)
    chosen = given if given is not None and known else uuid4().hex
    _current.set(chosen)
    return chosen


def current() -> str:
    """The id of the request that is being answered; `-` outside of any."""
    return _current.get()
