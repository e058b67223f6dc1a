"""Take the place where something was seen out of what was seen.

Two cells that fail alike must read alike, on this machine and on another: temporary
folders become `<env>`, `<base>`, `<work>` and `<source>`, addresses of objects vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from compatcheck.ask.secrets import Secrets
from compatcheck.index.redact import redact
from compatcheck.model import Failure, Frame, Link

_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
"""How `object.__repr__` shows where an object lies."""

_TEMPORARY: Final = re.compile(r"(?<=[/\\])(\.?tmp)[A-Za-z0-9_]{6,8}\b")
"""How Python's tempfile and uv name what they need for a moment."""


class Normaliser:
    """Replaces known folders by their words."""

    def __init__(
        self,
        places: Mapping[str, Iterable[Path]],
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """`places` are words to the folders that they stand for.

        `secrets` are variables of the user's whose values nobody is to read; what is
        as short as a switch is none.
        """
        self._secrets = Secrets(secrets or {})
        words = {
            str(form): word
            for word, folders in places.items()
            for folder in folders
            for form in (folder, folder.resolve())
            if form != form.parent  # everything lies below the root
        }
        longest = sorted(words, key=lambda folder: (-len(folder), folder))
        either = "|".join(map(re.escape, longest)) or "(?!)"
        # Whole folders: `/usr` is no part of `/usr2` nor of `/mnt/usr`.
        self._folder = re.compile(rf"(?<![\w.-])(?:{either})(?![\w-]|\.\w)")
        self._words = words

    def text(self, text: str) -> str:
        """The text without folders, object addresses or credentials.

        Halves of characters, which no file can hold, are told as escapes.
        """
        text = text.encode("utf-8", "backslashreplace").decode()
        text = self._secrets.hidden(text)
        text = self._folder.sub(lambda found: self._words[found.group()], text)
        text = _TEMPORARY.sub(r"\1…", text)
        return redact(_ADDRESS.sub("0x…", text))

    def failure(self, told: Mapping[str, Any]) -> Failure:
        """A failure as the guest tells it, as a noun."""
        return Failure(
            type=self.text(told["type"]),
            message=self.text(told["message"]),
            module=self._word(told["module"]),
            frames=self._frames(told["frames"]),
            chain=tuple(self._link(link) for link in told["chain"]),
        )

    def _link(self, told: Mapping[str, Any]) -> Link:
        return Link(
            relation=told["relation"],
            type=self.text(told["type"]),
            message=self.text(told["message"]),
            module=self._word(told["module"]),
            frames=self._frames(told["frames"]),
        )

    def _word(self, told: str | None) -> str | None:
        return None if told is None else self.text(told)

    def _frames(self, told: Iterable[Mapping[str, Any]]) -> tuple[Frame, ...]:
        return tuple(
            Frame(
                file=self.text(frame["file"]),
                line=frame["line"] or 0,
                function=self.text(frame["function"]),
            )
            for frame in told
        )
