"""What a reader makes of a file: the distributions that it locks, for any Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from compatcheck.errors import Problem, UsageError
from compatcheck.report.legible import LONGEST, shown

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a lock. The largest real ones have two or three million."""
_MEND: Final = "lock again, with the tool that wrote it"
_LONGEST: Final = 80
"""Characters of a stranger's text that a message quotes."""


class Tree(Protocol):
    """Files as they are in a folder, or as they were at a commit."""

    @property
    def label(self) -> str:
        """How messages call it: `head`, `base 1a2b3c4d`."""

    def read(self, path: str) -> bytes | None:
        """A file below it, by its path with slashes; None where there is none.

        Raises `UsageError` for what is too large, or leads out of it.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which parts of a lock are meant, besides what every user installs."""

    extras: frozenset[str] = frozenset()
    """Normalised."""
    groups: frozenset[str] | None = None
    """Normalised; None: those that the lock's own tool installs unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A distribution of a lock, as it stands there."""

    distribution: str
    """Normalised."""
    version: Version | None
    """None where the file has a range, and nothing is locked."""
    specifier: str = ""
    """The range, where there is no version."""
    extras: tuple[str, ...] = ()
    """Normalised, sorted."""
    hashes: frozenset[str] = frozenset()
    """`sha256:…` of its files, as far as the lock has them."""
    file: str
    """The path of the file that names it."""
    line: int
    needs: frozenset[str] | None = None
    """What it requires itself, by name; None where the lock does not tell."""

    @property
    def requirement(self) -> str:
        """As a resolver is asked for it: `flask[async]==2.2.2`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        wanted = f"=={self.version}" if self.version is not None else self.specifier
        return f"{self.distribution}{extras}{wanted}"


Choose = Callable[[Mapping[str, str]], tuple[Entry, ...]]
"""From an environment of PEP 508 markers to what is installed there, by name."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A file that says what gets installed, understood."""

    path: str
    kind: str
    """The reader's name: `uv.lock`."""
    choose: Choose
    """Raises `UsageError` where two entries contradict each other."""
    everything: tuple[Entry, ...]
    """All that it holds, whoever gets it."""
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What of the file is not followed, a sentence each."""
    direct: frozenset[str] | None = None
    """What the project itself requires, by name; None where the file does not tell."""

    @property
    def complete(self) -> bool:
        """Whether every entry has a version, so that nothing is left to choose."""
        return all(entry.version is not None for entry in self.everything)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, where a reader can complain of what it finds."""

    file: str
    line: int | None = None
    label: str = field(default="", kw_only=True)
    """Which side it is on."""

    def wrong(self, message: str, mend: str = _MEND) -> UsageError:
        """What is wrong here, in one line. Strangers' words in it are plain."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return UsageError(
            Problem(
                place=quoted(f"{where} ({self.label})" if self.label else where),
                message=_harmless(message),
                mend=mend,
            )
        )


def quoted(text: str) -> str:
    """A stranger's text that can stand in a message."""
    return _harmless(text, longest=_LONGEST)


def _harmless(text: str, longest: int = LONGEST) -> str:
    """One plain line, without `##[`, which a runner of GitHub's takes for a command."""
    return shown(text, longest=longest).replace("##[", "# #[")


def distribution(text: object, place: Place) -> str:
    """A distribution's normalised name. Raises `UsageError` for what is none."""
    try:
        return canonicalize_name(str(text), validate=True)
    except InvalidName:
        raise place.wrong(f"{quoted(repr(text))} is no distribution's name") from None


def version(text: object, place: Place) -> Version:
    """A version. Raises `UsageError` for what is none (PEP 440)."""
    try:
        return Version(str(text))
    except InvalidVersion:
        raise place.wrong(f"{quoted(repr(text))} is no version") from None


def exact(specifier: SpecifierSet, place: Place) -> Version | None:
    """The one version that a specifier admits, if it says so with `==` or `===`.

    Raises `UsageError` for an arbitrary text after `===`.
    """
    clauses = list(specifier)
    if len(clauses) != 1 or clauses[0].operator not in {"==", "==="}:
        return None
    text = clauses[0].version
    return None if text.endswith(".*") else version(text, place)


def by_name(entries: list[Entry], place: Place) -> tuple[Entry, ...]:
    """The entries by name, each once.

    Raises `UsageError` where one Python would get two versions of a distribution.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        other = found.setdefault(entry.distribution, entry)
        if (other.version, other.specifier) != (entry.version, entry.specifier):
            raise Place(entry.file, entry.line, label=place.label).wrong(
                f"{entry.requirement} contradicts {other.requirement} in line"
                f" {other.line}"
            )
    return tuple(found[name] for name in sorted(found))


def applies(marker: Marker | None, environment: Mapping[str, str]) -> bool:
    """Whether a marker holds in an environment; what cannot be decided does."""
    if marker is None:
        return True
    try:
        return marker.evaluate({"extra": "", **environment})
    except (UndefinedEnvironmentName, UndefinedComparison):
        return True
