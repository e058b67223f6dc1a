"""What is refused: a code for programs, a message for people, a status for HTTP."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """An answer that is no: its message may be shown to anybody."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Hold what is answered, and with which headers."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> Refusal:
    """What was sent cannot be understood."""
    return Refusal(400, "bad_request", message)


def not_json() -> Refusal:
    """What was sent is not even JSON."""
    return Refusal(400, "not_json", "the body is not JSON")


def not_found(what: str) -> Refusal:
    """It is not there, or is somebody else's: which of them is not told."""
    return Refusal(404, "not_found", f"there is no such {what}")


def unauthorised(code: str, message: str) -> Refusal:
    """Nobody knows who asks (RFC 6750, section 3)."""
    return Refusal(401, code, message, {"WWW-Authenticate": "Bearer"})


def unusable(part: str, cause: str) -> Refusal:
    """A part of the server cannot be used here, and why."""
    return Refusal(503, f"{part}_unusable", cause)


def store_is_down() -> Refusal:
    """What is stored cannot be reached just now."""
    return Refusal(503, "store_unavailable", "the store does not answer just now")
