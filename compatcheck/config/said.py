"""What a user said and where, and a place to gather all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from compatcheck.errors import Problem, UsageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One text of the user's, and where it stands."""

    text: str
    place: str
    base: Path = Path()
    """The folder that a relative path in it starts from."""

    def wrong(self, message: str, mend: str) -> UsageError:
        """The error that says what is wrong with this text."""
        return UsageError(Problem(place=self.place, message=message, mend=mend))

    def split(self) -> tuple[Said, ...]:
        """The members of a comma list, each at the same place."""
        return tuple(replace(self, text=part.strip()) for part in self.text.split(","))

    def path(self) -> Path:
        """The text as a path."""
        return self.base / self.text


@dataclass(slots=True)
class Problems:
    """Gathers problems, so that the user hears of all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def attempt(self, ask: Callable[[], T]) -> T | None:
        """The answer, or None after keeping the problems that it raised."""
        try:
            return ask()
        except UsageError as error:
            self.found.extend(error.problems)
            return None

    def each(self, parse: Callable[[Said], T], texts: Iterable[Said]) -> tuple[T, ...]:
        """The meanings of those texts that have one, in order; problems are kept."""
        meanings: list[T] = []
        for text in texts:
            try:
                meanings.append(parse(text))
            except UsageError as error:
                self.found.extend(error.problems)
        return tuple(meanings)

    def one(self, parse: Callable[[Said], T], text: Said | None) -> T | None:
        """The meaning of a text, if there is one and it has one."""
        return None if text is None else self.attempt(lambda: parse(text))
