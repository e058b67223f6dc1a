"""What the name of a file says of it, and what an index may tell beside that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from compatcheck.model import ReleaseFile


class Told(Protocol):
    """What an index tells of a file, as `pypi_simple.DistributionPackage` holds it."""

    digests: dict[str, str]
    requires_python: str | None
    is_yanked: bool
    yanked_reason: str | None
    upload_time: datetime | None
    has_metadata: bool | None


def release_file(
    distribution: str, filename: str, url: str, told: Told | None = None
) -> ReleaseFile | None:
    """Make a file of its name and what is told of it; None where the name says nothing.

    Also None for a file of another distribution, or of a kind that holds no release.
    """
    parsed = _parse(filename)
    if parsed is None or parsed[0] != distribution:
        return None
    _, version, kind = parsed
    return ReleaseFile(
        distribution=distribution,
        version=version,
        filename=filename,
        url=url,
        kind=kind,
        hashes=_hashes(told.digests) if told else {},
        requires_python=told.requires_python if told else None,
        yanked=(told.yanked_reason or "") if told and told.is_yanked else None,
        upload_time=_utc(told.upload_time) if told else None,
        has_metadata=bool(told and told.has_metadata),
    )


def _parse(filename: str) -> tuple[str, Version, Literal["wheel", "sdist"]] | None:
    """Read name, version and kind from a file name; None where it is neither kind."""
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
            return name, version, "wheel"
        name, version = parse_sdist_filename(filename)
    except (InvalidSdistFilename, InvalidWheelFilename, InvalidVersion):
        return None
    else:
        return name, version, "sdist"


def _hashes(told: Mapping[str, Any]) -> dict[str, str]:
    """Keep the hashes that can be checked."""
    known = hashlib.algorithms_guaranteed
    return {
        name: str(digest).lower()
        for name, digest in sorted(told.items())
        if name in known and digest
    }


def _utc(time: datetime | None) -> datetime | None:
    """Say the instant in UTC, which is also what one without a zone means (PEP 700)."""
    if time is None or time.tzinfo is None:
        return time and time.replace(tzinfo=UTC)
    return time.astimezone(UTC)
