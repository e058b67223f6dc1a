"""Locks as PEP 751 has them: read, and taken apart into a part for each package."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from packaging.pylock import (
    Package,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockValidationError,
)
from packaging.version import Version

from compatcheck.environments.venv import LOCK_HEAD
from compatcheck.errors import ResolverFault
from compatcheck.model import Locked, LockedPackage, Release, ReleaseFile


def read_lock(text: str) -> Locked:
    """The lock in PEP 751 text. Raises `ResolverFault` if it is none."""
    found = [_package(it, _entry(table)) for it, table in _read(text)]
    return Locked(packages=tuple(sorted(found, key=lambda it: it.distribution)))


def lock_release(release: Release, wheels: tuple[ReleaseFile, ...]) -> LockedPackage:
    """The part of a lock that lets these wheels of a release be installed.

    Read back from its own text, so that it is told like one that a resolver wrote.
    Raises `ResolverFault` where what the index tells of a wheel cannot stand in a lock.
    """
    table = {
        "name": release.distribution,
        "version": str(release.version),
        "wheels": [_wheel(file) for file in wheels],
    }
    entry = _entry(table)
    ((package, _),) = _read(LOCK_HEAD + entry)
    return _package(package, entry)


def _read(text: str) -> list[tuple[Package, Mapping[str, Any]]]:
    """Each package of a lock, and its table."""
    try:
        read = tomllib.loads(text)
        packages = Pylock.from_dict(read).packages
    except (tomllib.TOMLDecodeError, PylockValidationError) as error:
        raise ResolverFault(f"uv's lock cannot be read: {error}") from error
    return [*zip(packages, read.get("packages", []), strict=True)]


def _entry(table: Mapping[str, Any]) -> str:
    return tomlkit.dumps({"packages": [table]})


def _package(package: Package, entry: str) -> LockedPackage:
    files: list[PackageWheel | PackageSdist] = [*(package.wheels or ())]
    if package.sdist and not files:
        files = [package.sdist]
    return LockedPackage(
        distribution=str(package.name),
        version=package.version or Version("0"),
        files=tuple(sorted(file.filename for file in files)),
        hashes=tuple(
            sorted(f"{n}:{h}" for file in files for n, h in file.hashes.items())
        ),
        timed=all(file.upload_time is not None for file in files),
        entry=entry,
    )


def _wheel(file: ReleaseFile) -> Mapping[str, Any]:
    told: dict[str, Any] = {"name": file.filename, "url": file.url}
    if file.upload_time is not None:
        told["upload-time"] = file.upload_time
    return {**told, "hashes": dict(file.hashes)}
