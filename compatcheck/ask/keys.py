"""The keys that answers are kept under: all that an answer depends on, and no more."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import compatcheck
from compatcheck.model import (
    Contract,
    Interpreter,
    Locked,
    LockedPackage,
    ReleaseFile,
)
from compatcheck.probes import Probe, contract_as_json
from compatcheck.resolve import ResolveRequest
from compatcheck.surface.choose import fits
from compatcheck.surface.folder import FolderArchive

_ASKING: Final = ("ask", "environments", "executors", "guest")
"""The rooms that make a cell, wall it in, ask in it and read what was noted there."""
_LOCKING: Final = ("ask", "resolve")
"""The rooms that read a resolver's words and lend a lock to others of its class."""
_READERS: Final = ("griffelib", "packaging", "stdlibs")
"""The distributions by whose word a wheel's source and metadata are understood."""


def digest(value: object) -> str:
    """SHA-256 of a JSON value, however its maps are ordered."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def contract_digest(contract: Contract) -> str:
    """A digest of all that is asked of a cell."""
    return digest(contract_as_json(contract))


def observation_key(
    *,
    lock: Locked,
    interpreter: Interpreter,
    contract: Contract,
    probes: Sequence[Probe],
    place: Mapping[str, object],
    digested: Callable[[Contract], str] = contract_digest,
) -> str | None:
    """The key of what a cell was seen to do.

    `place` is what else bears on an answer: the platform, the limits, the isolation,
    the project's own source; `digested` may remember what `contract_digest` says. None
    where that is not all: what a file of the lock holds is not known, because it has no
    hash or has yet to be built, or a scenario has the network, and what is there
    answers otherwise tomorrow.
    """
    known = all(_is_known(package, interpreter) for package in lock.packages)
    if not known or any(scenario.network for scenario in contract.scenarios):
        return None
    return digest(
        {
            "lock": [[p.distribution, *p.hashes] for p in lock.packages],
            "interpreter": interpreter.build,
            "contract": digested(contract),
            "probes": [[probe.name, probe.digest] for probe in probes],
            "rooms": [room_digest(room) for room in _ASKING],
            "place": place,
        }
    )


def _is_known(package: LockedPackage, interpreter: Interpreter) -> bool:
    """Whether the files tell what is installed: a build makes now this, now that."""
    wheel = any(fits(name, interpreter) for name in package.files)
    return wheel and bool(package.hashes)


def resolve_key(request: ResolveRequest, index: str, resolver: str) -> str:
    """The key of a lock, which holds only as long as the index says the same.

    `index` is a digest of where is looked, `resolver` the release of what resolves.
    """
    return digest(
        {
            "requirements": sorted(request.requirements),
            "constraints": request.constraints,
            "overrides": request.overrides,
            "interpreter": request.interpreter.build,
            "resolution": request.resolution,
            "as_of": request.as_of and request.as_of.isoformat(),
            "pre_releases": request.pre_releases,
            "allow_builds": request.allow_builds,
            "index": index,
            "resolver": resolver,
            "rooms": [room_digest(room) for room in _LOCKING],
        }
    )


def reading_key(file: ReleaseFile) -> str:
    """The key of what a wheel was read to hold: what it is, and who reads it.

    The parser is this Python's own: what one cannot parse, another can.
    """
    return digest(
        {
            "file": [file.sha256 or file.url, file.filename],
            "room": room_digest("surface"),
            "readers": _readers(),
        }
    )


@cache
def _readers() -> tuple[str, ...]:
    return (sys.version, *map(version, _READERS))


@cache
def room_digest(room: str) -> str:
    """A digest of a room's own source: a changed reader reads anew."""
    return tree_digest([Path(compatcheck.__file__).parent / room])


def guest_folder() -> Path:
    """The folder that another interpreter runs."""
    return Path(compatcheck.__file__).parent / "guest"


def tree_digest(folders: Iterable[Path]) -> str:
    """A digest of all that lies below some folders, in their order.

    Relative paths and bytes, data too, for code reads it; not what is hidden, built or
    an environment. Raises `IndexFault` where a file cannot be read.
    """
    return digest([_told(FolderArchive(folder)) for folder in folders])


def _told(folder: FolderArchive) -> list[tuple[str, str]]:
    """Each file's relative path and digest."""
    return [
        (name, hashlib.sha256(folder.read(name)).hexdigest()) for name in folder.names()
    ]
