"""What cells share, once: results, failures, contracts and locks under content ids."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from compatcheck import model
from compatcheck.model import CellResult, Failure, Frame, Link
from compatcheck.report.document import Contract, Observation, Result

DIGITS: Final = 10
"""Hex digits of an id: two of a thousand facts collide once in two million reports."""

_CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s@]+@")

T = TypeVar("T")


def storable(text: str) -> str:
    """Text that any UTF-8 file can hold, without the credentials of an address."""
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return _CREDENTIALS.sub("***@", whole)


class Facts:
    """Distinct facts under ids that depend on nothing but what they say."""

    def __init__(self) -> None:
        """Start with none."""
        self.results: dict[str, Result] = {}
        self.failures: dict[str, Failure] = {}
        self.contracts: dict[str, Contract] = {}
        self.locks: dict[str, Mapping[str, str]] = {}
        # Digesting is the dear part, and equal cells bring equal observations.
        self._failures: dict[Failure, str] = {}
        self._results: dict[tuple[object, ...], str] = {}

    def lock(self, found: CellResult) -> str | None:
        """The id of what the cell resolves to beside its pins."""
        if found.lock is None:
            return None
        pinned = {pin.distribution for pin in found.cell.pins}
        others = {
            package.distribution: str(package.version)
            for package in found.lock.packages
            if package.distribution not in pinned
        }
        return _keep(self.locks, dict(sorted(others.items())), others)

    def result(self, found: CellResult) -> str | None:
        """The id of what was needed of the cell and seen in it; None if nothing was."""
        if found.contract is None and not found.observations:
            return None
        contract = self._contract(found.contract)
        known = (contract, found.observations)
        if known not in self._results:
            observed = tuple(self._observation(each) for each in found.observations)
            result = Result(contract=contract, observations=observed)
            self._results[known] = _keep(self.results, result, asdict(result))
        return self._results[known]

    def _contract(self, needed: model.Contract | None) -> str | None:
        if needed is None:
            return None
        contract = Contract(
            roots=dict(sorted(needed.roots.items())),
            modules=needed.modules,
            symbols=tuple(str(symbol) for symbol in needed.symbols),
            optional=needed.optional,
            uses=tuple(map(str, needed.uses)),
            unclear=needed.unclear,
            scenarios=tuple(f"{it.name} {it.digest}" for it in needed.scenarios),
        )
        return _keep(self.contracts, contract, asdict(contract))

    def _observation(self, seen: model.Observation) -> Observation:
        return Observation(
            probe=seen.probe,
            stage=seen.stage,
            target=storable(seen.target),
            outcome=seen.outcome,
            failure=None if seen.failure is None else self._failure(seen.failure),
        )

    def _failure(self, failure: Failure) -> str:
        if failure not in self._failures:
            chain = tuple(_clean(link) for link in failure.chain)
            told = replace(_clean(failure), chain=chain)
            self._failures[failure] = _keep(self.failures, told, asdict(told))
        return self._failures[failure]


Told = TypeVar("Told", Failure, Link)


def _clean(told: Told) -> Told:
    return replace(
        told,
        type=storable(told.type),
        message=storable(told.message),
        module=None if told.module is None else storable(told.module),
        frames=tuple(
            Frame(
                file=storable(frame.file),
                line=frame.line,
                function=storable(frame.function),
            )
            for frame in told.frames
        ),
    )


def _keep(
    kept: dict[str, T],
    fact: T,
    plain: Mapping[str, Any],  # what asdict gives
) -> str:
    """Keep a fact under the digest of its canonical JSON, and tell the id."""
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    name = hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]
    kept[name] = fact
    return name
