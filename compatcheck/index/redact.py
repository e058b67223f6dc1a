"""Keeps credentials in addresses out of everything that people or logs can see."""

from __future__ import annotations

import re

MASK = "***"
"""What stands where a secret stood."""

# Addresses stand plain or with JSON's escaped slashes, and also percent-encoded, once
# or more often, as a part of other addresses; then what ends the authority is encoded
# as often as the slashes are. Hiding too much is harmless, hiding too little is not.
_PLAIN = re.compile(
    r"(:(?:\\?/){2})"
    r"(?:[^\s/?#<>\"]*"
    # An authority ends at a slash (RFC 3986); people paste passwords with slashes.
    r"|[^\s/?#@:<>\"]*:(?!\d+[/?#])[^\s@<>\"]*)"
    r"(?:@|%40)"
)
_ENCODED = re.compile(
    r"((?::|%(?:25)*3A)%(?P<depth>(?:25)*)2F%(?P=depth)2F)"
    r"(?:(?!%(?P=depth)(?:2F|3F|23))[^\s/?#<>\"])*"
    r"(?:@|%(?P=depth)40)",
    re.IGNORECASE,
)

_WORDS = r"token|key|pass|pwd|secret|signature|sig(?=[=%])|auth|cred|session"
_QUERY = re.compile(
    rf"((?:[?&;#]|%(?:25)*(?:3F|26|3B|23))[\w.\-]{{0,64}}(?:{_WORDS})[\w.\-]{{0,64}}"
    r"(?:=|%(?:25)*3D))[^\s&#<>\"]+",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Hide user names, passwords and tokens of every address inside a text."""
    for login in (_PLAIN, _ENCODED):
        text = login.sub(rf"\1{MASK}@", text)
    return _QUERY.sub(rf"\1{MASK}", text)
