"""The keys that answers are kept under: all that an answer depends on, and no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import compatcheck
from compatcheck.model import Contract, Interpreter, Locked
from compatcheck.probes import Probe, contract_as_json
from compatcheck.resolve import ResolveRequest
from compatcheck.surface.folder import FolderArchive


def digest(value: object) -> str:
    """SHA-256 of a JSON value, however its maps are ordered."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def observation_key(
    *,
    lock: Locked,
    interpreter: Interpreter,
    contract: Contract,
    probes: Sequence[Probe],
    place: Mapping[str, object],
) -> str | None:
    """The key of what a cell was seen to do.

    `place` is what else bears on an answer: the platform, the limits, the isolation,
    the project's own source. None where that is not all: a file of the lock has no
    hash, so what it holds is not known, or a scenario has the network, and what is
    there answers otherwise tomorrow.
    """
    known = all(package.hashes for package in lock.packages)
    if not known or any(scenario.network for scenario in contract.scenarios):
        return None
    return digest(
        {
            "lock": [[p.distribution, *p.hashes] for p in lock.packages],
            "interpreter": interpreter.build,
            "contract": contract_as_json(contract),
            "probes": [[probe.name, probe.digest] for probe in probes],
            "guest": guest_digest(),
            "reader": room_digest("ask"),
            "place": place,
        }
    )


def resolve_key(request: ResolveRequest, index: str) -> str:
    """The key of a lock, which holds only as long as the index says the same."""
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
            "reader": room_digest("resolve"),
        }
    )


@cache
def room_digest(room: str) -> str:
    """A digest of a room's own source: a changed reader reads anew."""
    return tree_digest([Path(compatcheck.__file__).parent / room])


def guest_digest() -> str:
    """A digest of what runs inside a cell."""
    return room_digest("guest")


def guest_folder() -> Path:
    """The folder that another interpreter runs."""
    return Path(compatcheck.__file__).parent / "guest"


def tree_digest(folders: Iterable[Path]) -> str:
    """A digest of all that lies below some folders: relative paths and bytes.

    Data too, for code reads it; not what is hidden, built or an environment. Raises
    `IndexFault` where a file cannot be read.
    """
    told = hashlib.sha256()
    for folder in folders:
        files = FolderArchive(folder)
        for name in files.names():
            told.update(name.encode() + b"\0")
            told.update(hashlib.sha256(files.read(name)).digest())
    return told.hexdigest()
