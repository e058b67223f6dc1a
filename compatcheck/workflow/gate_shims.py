"""Whether a shim that is shipped recovers what an upgrade broke: it is tried."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

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

AskShimmed = Callable[[Sides], CellResult]
"""What head shows with every shipped adaptation switched on, asked afresh."""


def ways(
    upgrades: Sequence[Upgrade], side: Sides, key: Key, ask: AskShimmed
) -> Iterator[Way]:
    """The shim, where one fits what is blamed and head then passes.

    Nothing where none fits or helps, or where compat_shims is not installed here.
    """
    names = [name for upgrade in upgrades for name in _fitting(upgrade, side)]
    if not names:
        return
    try:
        result = ask(side)
    except CouldNotTell:
        return
    standings = {it.standing for it in compare(side.base, result)}
    if verdict(result, (key,)) is Verdict.GOOD and standings <= {Standing.UNCHANGED}:
        yield Way(
            kind="shim",
            command="compatcheck shim enable",
            verified=True,
            words=f"{' and '.join(names)} of compatcheck-shims adapts it",
        )


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


def lay_out(folder: Path) -> bool:
    """Put compat_shims where every interpreter of a cell begins with it.

    False where it is not installed beside compatcheck.
    """
    spec = importlib.util.find_spec("compat_shims")
    if spec is None or not spec.submodule_search_locations:
        return False
    package = Path(next(iter(spec.submodule_search_locations)))
    shutil.copytree(package, folder / "compat_shims")
    shutil.copy(package / "_startup" / "sitecustomize.py", folder)
    return True
