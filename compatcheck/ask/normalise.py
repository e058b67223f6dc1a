"""Take the place where something was seen out of what was seen.

Two cells that fail alike must read alike, on this machine and on another: temporary
folders become `<env>`, `<base>`, `<work>` and `<source>`, addresses of objects vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from compatcheck.index.redact import redact
from compatcheck.model import Failure, Frame, Link

_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
"""How `object.__repr__` shows where an object lies."""


class Normaliser:
    """Replaces known folders by their words, the longest first."""

    def __init__(self, places: Mapping[str, Iterable[Path]]) -> None:
        """`places` are words to the folders that they stand for."""
        pairs = {
            str(form): word
            for word, folders in places.items()
            for folder in folders
            for form in (folder, folder.resolve())
        }
        self._pairs = sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair))

    def text(self, text: str) -> str:
        """The text without folders, object addresses or credentials."""
        for folder, word in self._pairs:
            text = text.replace(folder, word)
        return redact(_ADDRESS.sub("0x…", text))

    def failure(self, told: Mapping[str, Any]) -> Failure:
        """A failure as the guest tells it, as a noun."""
        return Failure(
            type=told["type"],
            message=self.text(told["message"]),
            module=told["module"],
            frames=self._frames(told["frames"]),
            chain=tuple(self._link(link) for link in told["chain"]),
        )

    def _link(self, told: Mapping[str, Any]) -> Link:
        return Link(
            relation=told["relation"],
            type=told["type"],
            message=self.text(told["message"]),
            module=told["module"],
            frames=self._frames(told["frames"]),
        )

    def _frames(self, told: Iterable[Mapping[str, Any]]) -> tuple[Frame, ...]:
        return tuple(
            Frame(
                file=self.text(frame["file"]),
                line=frame["line"] or 0,
                function=frame["function"],
            )
            for frame in told
        )
