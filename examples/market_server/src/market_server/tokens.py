"""Who asks: bearer tokens (RFC 6750) that are signed JSON (RFC 7519)."""

from __future__ import annotations

import time
from typing import Final

import jwt

from market_server.refusals import Refusal, unauthorised

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "market-server"


def issue(secret: str, user: str, seconds: float = 3600.0) -> str:
    """A token that names a user, for so many seconds."""
    now = int(time.time())
    claims = {"sub": user, "aud": _AUDIENCE, "iat": now, "exp": now + int(seconds)}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def user_of(secret: str, header: str | None) -> str:
    """The user whom an `Authorization` header names. Raises a 401 `Refusal`."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorised("token_missing", "send a header Authorization: Bearer TOKEN")
    try:
        claims = jwt.decode(
            token.strip(),
            secret,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["exp", "sub", "aud"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise unauthorised("token_expired", "the token has expired") from error
    except jwt.InvalidTokenError as error:
        raise unauthorised("token_invalid", "the token is not one of ours") from error
    return str(claims["sub"])


def same_user(user: str, wanted: str) -> None:
    """Raise a 403 `Refusal` unless the token's user is the one who is asked about."""
    if user != wanted:
        raise Refusal(403, "another_user", "the token is another user's")
