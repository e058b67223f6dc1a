"""Whom the run blames, in words that a file can hold."""

from __future__ import annotations

from dataclasses import replace

from compatcheck.model import Culprit, Diagnosis, Drift, Remedy
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
    )
