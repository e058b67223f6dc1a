"""The keys that answers are kept under: all that an answer depends on, and no more."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import compatcheck
from compatcheck.ask.per_object import OncePerObject
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


class ObservationKeys:
    """The keys of what cells were seen to do. Safe between threads.

    Thousands of cells share packages, contracts and interpreters: of each object what
    it adds to a key is worked out once.
    """

    def __init__(self, probes: Sequence[Probe], place: Mapping[str, object]) -> None:
        """Make keys of cells that are asked by these probes.

        `place` is what else bears on an answer: the platform, the limits, the
        isolation, the project's own source.
        """
        self._probes = probes
        self._place = place
        self._contract = OncePerObject(contract_digest)
        self._build = OncePerObject(self._asked)

    def key(
        self, *, lock: Locked, interpreter: Interpreter, contract: Contract
    ) -> str | None:
        """The key of a cell's answer.

        None where that is not all that the answer depends on: what a file of the lock
        holds is not known, because it has no hash or has yet to be built, or a scenario
        has the network, and what is there answers otherwise tomorrow.
        """
        terms, told = self._build(interpreter)
        files = [told(package) for package in lock.packages]
        networked = any(scenario.network for scenario in contract.scenarios)
        if None in files or networked:
            return None
        return digest([files, terms, self._contract(contract)])

    def _asked(
        self, interpreter: Interpreter
    ) -> tuple[str, OncePerObject[LockedPackage, list[str] | None]]:
        """A digest of who asks and where, and what tells of a package there."""
        terms = {
            "interpreter": interpreter.build,
            "probes": [[probe.name, probe.digest] for probe in self._probes],
            "rooms": [room_digest(room) for room in _ASKING],
            "place": self._place,
        }
        return digest(terms), OncePerObject(partial(_installed, interpreter))


def _installed(interpreter: Interpreter, package: LockedPackage) -> list[str] | None:
    """What is installed of a package; None where a build makes now this, now that."""
    wheel = any(fits(name, interpreter) for name in package.files)
    known = wheel and package.hashes
    return [package.distribution, *package.hashes] if known else None


def resolve_key(request: ResolveRequest, index: str, resolver: str) -> str:
    """The key of a lock, which holds only as long as the index says the same.

    `index` is a digest of where is looked, `resolver` the release of what resolves.
    """
    terms = _resolved_with(
        (request.constraints, request.overrides),
        request.interpreter.build,
        request.resolution,
        request.as_of,
        (request.pre_releases, request.allow_builds),
        (index, resolver),
        tuple(room_digest(room) for room in _LOCKING),
    )
    return digest([sorted(request.requirements), terms])


@lru_cache(maxsize=1 << 10)
def _resolved_with(*terms: object) -> str:
    """A digest of all but the requirements: thousands of cells share it."""
    return digest(json.dumps(terms, default=datetime.isoformat))


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
