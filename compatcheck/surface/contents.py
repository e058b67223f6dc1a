"""Reads what one wheel holds: its metadata and the names it can be imported by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from compatcheck.errors import IndexFault
from compatcheck.model import WheelContents
from compatcheck.ports import Archive
from compatcheck.surface.namespaces import read_archive

if TYPE_CHECKING:
    from packaging.metadata import RawMetadata


def read_contents(archive: Archive) -> WheelContents:
    """Read a wheel's metadata and import names; old and untidy METADATA is accepted.

    Raises `IndexFault` where there is no METADATA that tells a name and a version,
    or where a file cannot be read.
    """
    names = archive.names()
    metadata = _read_metadata(archive)
    roots = read_archive(archive).roots
    return WheelContents(
        distribution=canonicalize_name(metadata["name"]),
        version=_version(metadata),
        requires_dist=tuple(metadata.get("requires_dist", ())),
        requires_python=metadata.get("requires_python"),
        roots=roots,
        stubs_only=not roots and any(map(_is_stub, names)),
        provides_extra=_extras(metadata),
    )


def _read_metadata(archive: Archive) -> RawMetadata:
    """Find and parse `*.dist-info/METADATA`, without judging its fields."""
    # It brings all of `email`, and most who import this file read no wheel.
    from packaging.metadata import parse_email

    found = sorted(
        name
        for name in archive.names()
        if name.count("/") == 1 and name.endswith(".dist-info/METADATA")
    )
    if not found:
        raise IndexFault("a wheel without METADATA")
    metadata, _ = parse_email(archive.read(found[0]))
    if "name" not in metadata or "version" not in metadata:
        raise IndexFault(f"{found[0]} tells no name or no version")
    return metadata


def _version(metadata: RawMetadata) -> Version:
    try:
        return Version(metadata["version"])
    except InvalidVersion as invalid:
        raise IndexFault(
            f"{metadata['name']}: {metadata['version']!r} is not a version"
        ) from invalid


def _extras(metadata: RawMetadata) -> tuple[str, ...]:
    """Name the extras the way they are compared (PEP 685), each once."""
    named = metadata.get("provides_extra", ())
    return tuple(sorted({canonicalize_name(extra) for extra in named}))


def _is_stub(name: str) -> bool:
    return name.endswith(".pyi") or name.partition("/")[0].endswith("-stubs")
