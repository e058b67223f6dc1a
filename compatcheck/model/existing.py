"""What exists: distributions, releases, their files, and what lies in a wheel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from packaging.version import Version

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


def _version(value: Version | str) -> Version:
    return value if isinstance(value, Version) else Version(value)


class _AsText:
    """Tells pydantic how a version is kept; what only reads nouns need not load it."""

    def __get_pydantic_core_schema__(self, *_: object) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _version,
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


KeptVersion = Annotated[Version, _AsText()]
"""A version in a noun that is kept as JSON between runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release as an index tells of it."""

    distribution: str
    """Normalised name (PEP 503)."""
    version: KeptVersion
    filename: str
    url: str
    """Where it lies; may hold credentials, so it is never shown."""
    kind: Literal["wheel", "sdist"]
    hashes: Mapping[str, str]
    """Hash name to hex digest, as the index gives them; may be empty."""
    requires_python: str | None
    yanked: str | None
    """None when it is not yanked, else the reason (may be empty)."""
    upload_time: datetime | None
    """Aware, UTC; None where the index does not tell."""
    has_metadata: bool
    """Whether `<url>.metadata` is served beside it (PEP 658/714)."""
    places: int = 1
    """How many of the user's indexes and folders have a file of this name."""

    @property
    def sha256(self) -> str | None:
        """The hex digest the index promises, if it promises one."""
        return self.hashes.get("sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a distribution, with its files."""

    distribution: str
    version: KeptVersion
    files: tuple[ReleaseFile, ...]

    @property
    def yanked(self) -> bool:
        """Whether every file of it is yanked (PEP 592)."""
        return all(file.yanked is not None for file in self.files)

    @property
    def wheels(self) -> tuple[ReleaseFile, ...]:
        """Its wheels, in the order of their names."""
        return tuple(file for file in self.files if file.kind == "wheel")

    @property
    def upload_time(self) -> datetime | None:
        """The instant at which its last file came out; None if any is not told."""
        times = [file.upload_time for file in self.files]
        known = [time for time in times if time is not None]
        return max(known) if known and len(known) == len(times) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that the configured indexes tell of one distribution."""

    distribution: str
    releases: tuple[Release, ...]
    """Ascending by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """What servers say of one distribution, to be known again another time."""

    digest: str
    """Of all that they say."""
    newest: datetime | None
    """When the newest file came out; None where that is not told of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelContents:
    """What lies in one wheel: its metadata and what can be imported from it."""

    distribution: str
    version: KeptVersion
    requires_dist: tuple[str, ...]
    requires_python: str | None
    roots: tuple[str, ...]
    """Import names: each regular package or module that no other one contains,
    dotted below a namespace package (`google.genai`); sorted."""
    stubs_only: bool
    """Whether all it holds for an importer is type stubs: then nothing is asked."""
    provides_extra: tuple[str, ...] = ()
    """Normalised names of its extras, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportNeed:
    """One import that a module of the consumer makes of somebody else's module."""

    module: str
    """What is imported from: `agents.items`."""
    name: str | None
    """The name taken from it; None for `import agents.items`."""
    optional: bool
    """Whether the source survives its absence (guarded, or made only sometimes)."""
    importer: str
    """The consumer's module."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallShape:
    """The arguments of a call as the source writes them."""

    positional: int
    """How many stand without a name; a bound `self` is not one of them."""
    keywords: tuple[str, ...]
    """Sorted."""
    partial: bool = False
    """Whether `*` or `**` may bring more: then only what is written can be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseNeed:
    """A call, or an attribute read, that a consumer makes on somebody else's object."""

    module: str
    """What the object, or its class, is imported from: `flask`."""
    name: str
    """Dotted, as read in that module: `Flask.route`, `Request.args`."""
    instance: bool
    """Whether the last part of the name is read off an instance of the class before
    it (an annotated parameter, an `isinstance` branch), not off the class itself."""
    call: CallShape | None
    """How it is called; None where it is only read."""
    importer: str
    """The consumer's module."""
    line: int
