"""How a planted index behaves, and what its pages tell of each file."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cached_property
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from packaging.utils import parse_sdist_filename, parse_wheel_filename

Mode = Literal["json", "html", "html-times-with-json"]
"""`json`: times always. `html`: never. The third: HTML that tells times in
`data-upload-time`, but only to those who accept JSON."""

JSON = "application/vnd.pypi.simple.v1+json"
A_TIME = "2024-01-01T00:00:00Z"
"""When a file came out of which the test does not say it."""


@dataclass(kw_only=True)
class Sins:
    """What is wrong with a project's page or with a file, by name of either."""

    missing: bool = False
    failures: int = 0
    """How many times the answer is status 500 before it is fine."""
    delay: float = 0.0
    """Seconds of silence before the answer; cut short when the index closes."""
    truncated: bool = False
    wrong_hash: bool = False
    body: bytes | None = None
    """Sent in place of the true one."""


@dataclass(kw_only=True)
class Manners:
    """How the index answers; may be changed while it runs."""

    mode: Mode = "json"
    modes: dict[str, Mode] = field(default_factory=dict)
    """Project to mode, where it is not the general one."""
    times: dict[str, str | None] = field(default_factory=dict)
    """File name to upload time (ISO 8601); None where none is told."""
    yanked: dict[str, str] = field(default_factory=dict)
    """File name to reason, which may be empty."""
    max_age: int | None = None
    """Seconds for which pages may be kept; not told when None."""
    ranges: bool = True
    hashes: bool = True
    """Whether any is told."""
    metadata: bool = True
    """Whether `.metadata` is served beside wheels (PEP 658)."""
    credentials: tuple[str, str] | None = None
    """User and password without whom everything is 401."""
    sins: dict[str, Sins] = field(default_factory=dict)
    """Project name or file name to its sins."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """One file as the pages list it."""

    path: Path
    manners: Manners

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def project(self) -> str:
        """The normalised name of its distribution."""
        if self.name.endswith(".whl"):
            return parse_wheel_filename(self.name)[0]
        return parse_sdist_filename(self.name)[0]

    @property
    def sha256(self) -> str:
        """The true digest, unless lying is among its sins."""
        sins = self.manners.sins.get(self.name)
        if sins and sins.wrong_hash:
            return "0" * 64
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def time(self) -> str | None:
        """When it came out."""
        return self.manners.times.get(self.name, A_TIME)

    @cached_property
    def core_metadata(self) -> bytes | None:
        """A wheel's METADATA; None for anything else."""
        if not self.name.endswith(".whl"):
            return None
        try:
            with ZipFile(self.path) as wheel:
                found = [
                    n for n in wheel.namelist() if n.endswith(".dist-info/METADATA")
                ]
                return wheel.read(found[0])
        except (BadZipFile, IndexError):
            return None

    @property
    def requires_python(self) -> str | None:
        """Requires-Python as the wheel says it."""
        if self.core_metadata is None:
            return None
        return message_from_bytes(self.core_metadata)["Requires-Python"]

    def as_json(self) -> dict[str, object]:
        """One entry of `files` (PEP 691, 700)."""
        entry: dict[str, object] = {
            "filename": self.name,
            "url": f"../../files/{self.name}",
            "hashes": {"sha256": self.sha256} if self.manners.hashes else {},
            "size": self.path.stat().st_size,
            "yanked": self.manners.yanked.get(self.name, False),
        }
        if self.time:
            entry["upload-time"] = self.time
        if self.requires_python:
            entry["requires-python"] = self.requires_python
        if self.manners.metadata and self.core_metadata:
            digest = hashlib.sha256(self.core_metadata).hexdigest()
            entry["core-metadata"] = {"sha256": digest}
        return entry

    def as_link(self, *, times: bool) -> str:
        """One link (PEP 503)."""
        fragment = f"#sha256={self.sha256}" if self.manners.hashes else ""
        attributes = {"href": f"../../files/{self.name}{fragment}"}
        if times and self.time:
            attributes["data-upload-time"] = self.time
        if self.requires_python:
            attributes["data-requires-python"] = self.requires_python
        if self.name in self.manners.yanked:
            attributes["data-yanked"] = self.manners.yanked[self.name]
        if self.manners.metadata and self.core_metadata:
            digest = hashlib.sha256(self.core_metadata).hexdigest()
            attributes["data-core-metadata"] = f"sha256={digest}"
        inside = " ".join(f'{k}="{html.escape(v)}"' for k, v in attributes.items())
        return f"<a {inside}>{self.name}</a><br>"
