"""Whether a shim that is shipped recovers what an upgrade broke: it is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from compatcheck.blame.goal import Key, Verdict
from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.gate.blaming import verdict
from compatcheck.gate.changes import World
from compatcheck.gate.compare import Standing, compare
from compatcheck.gate.findings import Sides
from compatcheck.model import CellResult
from compatcheck.report.gated import Upgrade, Way
from compatcheck.workflow.shim import shipped

AskShimmed: TypeAlias = Callable[[Sides], Sequence[CellResult]]
"""What head shows with every shipped adaptation switched on, each time it is asked."""


def ways(
    upgrades: Sequence[Upgrade], side: Sides, key: Key, ask: AskShimmed
) -> Iterator[Way]:
    """The shim, where one fits what is blamed and head then passes, seen twice.

    Nothing where none fits or helps, or where compat_shims is not installed here.
    """
    names = [name for upgrade in upgrades for name in _fitting(upgrade, side)]
    if not names:
        return
    try:
        results = ask(side)
    except CouldNotTell:
        return
    if all(_recovers(it, side, key) for it in results):
        yield Way(
            kind="shim",
            command="compatcheck shim enable",
            verified=True,
            words=f"{' and '.join(names)} of compatcheck-shims adapts it",
        )


def _recovers(result: CellResult, side: Sides, key: Key) -> bool:
    """Whether what broke is well, and nothing else is worse than in base."""
    standings = {it.standing for it in compare(side.base, result)}
    return verdict(result, (key,)) is Verdict.GOOD and standings <= {Standing.UNCHANGED}


def _fitting(upgrade: Upgrade, side: Sides) -> Iterator[str]:
    """The adaptations whose guard lets this upgrade in."""
    if upgrade.after is None:
        return
    try:
        found = shipped(())
    except UsageError:  # it is not installed beside compatcheck
        return
    for written in found:
        guard = written.adaptation.guard if written.adaptation else None
        if guard is None or guard.distribution != upgrade.distribution:
            continue
        versions = SpecifierSet(guard.versions)
        fits = versions.contains(upgrade.after, prereleases=True)
        if fits and _met(guard.beside, side.inquiry.head):
            yield written.id


def _met(beside: str, world: World) -> bool:
    """Whether the lock has what an adaptation is for."""
    if not beside:
        return True
    wanted = Requirement(beside)
    entry = world.get(wanted.name)
    version = entry.version if entry else None
    return version is not None and wanted.specifier.contains(version, prereleases=True)
