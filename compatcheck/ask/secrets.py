"""Values that nobody is to read, kept out of all that a scenario says."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

_SHORTEST: Final = 6
"""Characters; shorter values (`true`, `eu`) are words that stand anywhere."""
_BEGINNING: Final = 8
"""Characters by which a value is known that is cut short, as libraries tell keys."""


class Secrets:
    """Hides the values of variables, each behind its name."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Hide each value in whatever form it is commonly told."""
        forms = {
            form: name
            for name, value in sorted(variables.items())
            for form in _forms(value)
            if len(form) >= _SHORTEST
        }
        self._forms = sorted(forms.items(), key=lambda it: (-len(it[0]), it))

    def hidden(self, text: str) -> str:
        """The text with `<NAME>` where a value stood, or the beginning of one."""
        for form, name in self._forms:
            text = text.replace(form, f"<{name}>")
        for form, name in self._forms:
            if len(form) > _BEGINNING:
                text = _without_beginnings(text, form, f"<{name}>…")
        return text


def _forms(value: str) -> Iterator[str]:
    """How a value may read: plain, quoted as text or address, encoded, line by line."""
    yield value
    yield repr(value)[1:-1]
    yield json.dumps(value)[1:-1]
    yield quote(value, safe="")
    yield quote_plus(value)
    octets = value.encode("utf-8", "surrogateescape")
    yield b64encode(octets).decode().rstrip("=")
    yield urlsafe_b64encode(octets).decode().rstrip("=")
    yield from value.splitlines()


def _without_beginnings(text: str, form: str, word: str) -> str:
    """The text without runs of characters with which a form begins."""
    start = text.find(form[:_BEGINNING])
    while start >= 0:
        end = start + _BEGINNING
        while end - start < len(form) and text[end : end + 1] == form[end - start]:
            end += 1
        text = text[:start] + word + text[end:]
        start = text.find(form[:_BEGINNING], start + len(word))
    return text
