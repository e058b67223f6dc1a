"""Who talks over ChatKit: a user with a token, or a visitor whom a cookie remembers."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response

from market_server.tokens import user_of

_COOKIE: Final = "market_visitor"
_WELL_FORMED: Final = re.compile(r"[0-9a-f]{32}")
_AGE: Final = 30 * 24 * 3600
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """An owner of threads."""

    owner: str
    cookie: str | None = None
    """To be set, for a visitor who is new."""
    secure: bool = False
    """Whether the cookie is for encrypted lines only."""

    def mark(self, response: Response) -> None:
        """Let the visitor be known again."""
        if self.cookie is not None:
            response.set_cookie(
                _COOKIE,
                self.cookie,
                max_age=_AGE,
                httponly=True,
                samesite="lax",
                secure=self.secure,
            )


def visitor_of(request: Request, secret: str) -> Visitor:
    """Who asks. Raises a 401 `Refusal` for a token that is no good.

    Nobody guesses 128 bits, so a cookie is as good as a name.
    """
    header = request.headers.get("authorization")
    if header is not None:
        return Visitor(owner=f"user:{user_of(secret, header)}")
    known = request.cookies.get(_COOKIE, "")
    if _WELL_FORMED.fullmatch(known):
        return Visitor(owner=f"visitor:{known}")
    made = secrets.token_hex(16)
    secure = request.url.scheme == "https"
    return Visitor(owner=f"visitor:{made}", cookie=made, secure=secure)
