"""What cells share, once: results, failures, contracts and locks under content ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from dataclasses import fields as dataclass_fields
from typing import Any, Final, TypeVar, cast

from compatcheck import model
from compatcheck.model import CellResult, Failure, Frame, Link, Outcome, Stage
from compatcheck.report.abridged import abridge
from compatcheck.report.blamed import kept_diagnosis
from compatcheck.report.document import Contract, Observation, Result
from compatcheck.report.legible import storable
from compatcheck.report.shimmed import WithShims

DIGITS: Final = 10
"""Hex digits of an id: two of a thousand facts collide once in two million reports."""

_RAN: Final = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED})

T = TypeVar("T")


class Facts:
    """Distinct facts under ids that depend on nothing but what they say."""

    def __init__(self) -> None:
        """Start with none."""
        self.results: dict[str, Result] = {}
        self.failures: dict[str, Failure] = {}
        self.locks: dict[str, Mapping[str, str]] = {}
        self.shims: dict[str, WithShims] = {}
        # Digesting is the dear part, and equal cells bring equal observations.
        self._by_identity: dict[tuple[object, ...], tuple[object, object]] = {}
        """Ids by which objects they are of, with these, so that they stay: cells that
        answer alike share them, and to compare large ones would cost more."""
        self._failures: dict[Failure, str] = {}
        self._stories: dict[tuple[object, ...], str] = {}
        self._results: dict[tuple[object, ...], str] = {}
        self._contracts: dict[str, tuple[Contract, tuple[str, ...]]] = {}
        self._contract_names: dict[tuple[object, ...], str] = {}

    def lock(self, found: CellResult) -> str | None:
        """The id of what the cell resolves to beside its pins."""
        if found.lock is None:
            return None
        pinned = {pin.distribution for pin in found.cell.pins}
        others = [it for it in found.lock.packages if it.distribution not in pinned]

        def kept() -> str:
            told = {it.distribution: str(it.version) for it in others}
            return keep(self.locks, dict(sorted(told.items())), told)

        return self._once("lock", others, kept)

    def contract(self, found: CellResult) -> str | None:
        """The id of what was needed of the cell; None if that was never read."""
        needed = found.contract
        if needed is None:
            return None
        return self._once("contract", [needed], lambda: self._contract(needed))

    def _contract(self, needed: model.Contract) -> str:
        fields = (getattr(needed, field.name) for field in dataclass_fields(needed))
        known = tuple(
            tuple(value.items()) if isinstance(value, Mapping) else value
            for value in fields
        )
        if known not in self._contract_names:
            told, uses = _contract(needed), tuple(storable(str(u)) for u in needed.uses)
            plain = {**asdict(told), "uses": uses}
            name = keep(self._contracts, (told, uses), plain)
            self._contract_names[known] = name
        return self._contract_names[known]

    def result(self, found: CellResult) -> str | None:
        """The id of what was seen in the cell; None if nothing was asked of it."""
        seen = [found.contract, found.observations, found.diagnoses]
        return self._once("result", seen, lambda: self._result(found))

    def _result(self, found: CellResult) -> str | None:
        contract = self.contract(found)
        if contract is None and not found.observations:
            return None
        known = (contract, found.observations, found.diagnoses)
        if known not in self._results:
            observed = tuple(self._observation(each) for each in found.observations)
            result = Result(
                observations=abridge(observed, found.contract),
                deepest=_deepest(observed),
                diagnoses=tuple(map(kept_diagnosis, found.diagnoses)),
            )
            self._results[known] = keep(self.results, result, asdict(result))
        return self._results[known]

    def _once(self, kind: str, objects: Sequence[object], work: Callable[[], T]) -> T:
        key = (kind, *map(id, objects))
        if key not in self._by_identity:
            self._by_identity[key] = objects, work()
        return cast("T", self._by_identity[key][1])

    def shimmed(self, found: CellResult) -> str:
        """The id of what a cell answered with the shim in it."""
        applied = {it for seen in found.observations for it in seen.adapted}
        named = {storable(it.id): storable(it.fidelity) for it in applied}
        return self.keep_shimmed(
            WithShims(
                outcome=found.outcome,
                stage=found.stage,
                reason=None if found.reason is None else storable(found.reason),
                lock=self.lock(found),
                result=self.result(found),
                adapted=dict(sorted(named.items())),
            )
        )

    def keep_shimmed(self, told: WithShims) -> str:
        """The id of such an answer."""
        return keep(self.shims, told, asdict(told))

    def uses(self) -> tuple[str, ...]:
        """The labels of all uses that any contract names, once and sorted."""
        return tuple(
            sorted({it for _, uses in self._contracts.values() for it in uses})
        )

    def contracts(self) -> dict[str, Contract]:
        """What was needed, under ids, by places in `uses`."""
        places = {label: place for place, label in enumerate(self.uses())}
        return {
            name: replace(told, uses=tuple(places[label] for label in uses))
            for name, (told, uses) in sorted(self._contracts.items())
        }

    def _observation(self, seen: model.Observation) -> Observation:
        return Observation(
            probe=seen.probe,
            stage=seen.stage,
            target=storable(seen.target),
            outcome=seen.outcome,
            failure=None if seen.failure is None else self._failure(seen.failure),
        )

    def _failure(self, failure: Failure) -> str:
        """The id of the first failure that tells the same story.

        The lines and the calls in between differ from release to release: told for
        each, one cause would be thousands of facts.
        """
        if failure not in self._failures:
            if failure.story not in self._stories:
                chain = tuple(_clean(link) for link in failure.chain)
                told = replace(_clean(failure), chain=chain)
                self._stories[failure.story] = keep(self.failures, told, asdict(told))
            self._failures[failure] = self._stories[failure.story]
        return self._failures[failure]


def _contract(needed: model.Contract) -> Contract:
    """What a reader is told of it, but for its uses."""
    scenarios = (f"{it.name} {it.digest}" for it in needed.scenarios)
    return Contract(
        roots=dict(sorted(needed.roots.items())),
        modules=needed.modules,
        symbols=tuple(map(str, needed.symbols)),
        optional=needed.optional,
        unclear=needed.unclear,
        unread=tuple(map(storable, needed.unread)),
        scenarios=tuple(map(storable, scenarios)),
    )


def _deepest(observations: Sequence[Observation]) -> Stage | None:
    stages = [each.stage for each in observations if each.outcome in _RAN]
    return max(stages, key=lambda stage: stage.depth, default=None)


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


def keep(
    kept: dict[str, T],
    fact: T,
    plain: Mapping[str, Any],  # what asdict gives
) -> str:
    """Keep a fact under the digest of its canonical JSON, and tell the id."""
    name = _name(plain)
    kept[name] = fact
    return name


def _name(plain: Mapping[str, Any]) -> str:
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]
