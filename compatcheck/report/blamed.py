"""Whom the run blames, in words that a file can hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from compatcheck.model import Culprit, Diagnosis, Drift, Outcome, Remedy, Swept
from compatcheck.report.legible import storable


def kept_diagnosis(told: Diagnosis) -> Diagnosis:
    """The diagnosis; its titles and evidence quote what packages said."""
    return replace(
        told,
        rule=storable(told.rule),
        title=storable(told.title),
        culprit=None if told.culprit is None else _culprit(told.culprit),
        evidence=tuple(map(storable, told.evidence)),
        remedies=tuple(map(_remedy, told.remedies)),
    )


def _culprit(told: Culprit) -> Culprit:
    version = None if told.version is None else storable(told.version)
    return Culprit(distribution=storable(told.distribution), version=version)


def _remedy(told: Remedy) -> Remedy:
    return replace(told, command=storable(told.command))


def kept_drift(told: Drift) -> Drift:
    """The drift; its names and versions come from an index."""
    return replace(
        told,
        distribution=storable(told.distribution),
        last_good=storable(told.last_good),
        first_bad=storable(told.first_bad),
        holes=tuple(map(storable, told.holes)),
        releases=tuple(
            replace(it, version=storable(it.version)) for it in told.releases
        ),
    )


def turn(told: Drift) -> Drift:
    """What two drifts share that are one turn, found in different cells."""
    return replace(told, cells=0, verified=False, releases=())


def swept(same: Iterable[Drift]) -> tuple[Swept, ...]:
    """The releases that any sweep of one turn has tried; what is told beats unknown."""
    known: dict[str, Swept] = {}
    for it in (release for drift in same for release in drift.releases):
        if it.version not in known or known[it.version].outcome is Outcome.UNKNOWN:
            known[it.version] = it
    return tuple(sorted(known.values(), key=_age))


def _age(release: Swept) -> tuple[bool, object]:
    """What releases are sorted by; what is no version, last."""
    try:
        return False, Version(release.version)
    except InvalidVersion:
        return True, release.version
