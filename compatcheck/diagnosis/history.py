"""When did it turn? Of a proven drift, or as the rows of the grid show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from packaging.version import Version

from compatcheck.diagnosis.case import Case, Turn
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult, Observation, Outcome

_MOST: Final = 6
"""Versions that one sentence lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A distribution in whose history a failure began, or ended."""

    distribution: str
    own: Version
    """The release that the case is about: the first bad one of a drift."""
    last_good: Version | None
    """The newest release below that works; None where none does."""
    first_bad: Version
    """The first failing release above `last_good`."""
    good_above: Version | None
    """The oldest release above that works."""
    below: tuple[Version, ...]
    """Failing releases below, down to `last_good` or to the oldest asked."""
    untold: tuple[Version, ...] = ()
    """Releases next to which it turned, of which nothing is known."""
    sure: bool
    """Whether nothing else was different where it turned."""
    beside: tuple[str, ...] = ()
    """What else differed there in the rows of the grid, sorted: what it brings."""
    proven: bool
    """Whether every release was tried; else only those of the grid were."""

    @property
    def at(self) -> str:
        """The release where it began, by name: `flask 2.3.0`."""
        return f"{self.distribution} {self.first_bad}"


def turns(case: Case) -> tuple[Turned, ...]:
    """Where it turned: of what drifted, else of each axis, providers first."""
    if case.culprits:
        alone = case.alone and len(case.culprits) == 1
        return tuple(_swept(turn, sure=alone) for turn in case.culprits)
    if case.worked:
        return ()
    roots = list(case.result.contract.roots) if case.result.contract else []
    # The roots stand in the contract's order: consumers first.
    axes = sorted(case.rows, key=lambda it: -roots.index(it) if it in roots else 0)
    found = (_seen(case, axis) for axis in axes)
    return tuple(turned for turned in found if turned is not None)


def _swept(turn: Turn, *, sure: bool) -> Turned:
    return Turned(
        distribution=turn.distribution,
        own=turn.first_bad,
        last_good=turn.last_good,
        first_bad=turn.first_bad,
        good_above=None,
        below=(),
        untold=tuple(
            version
            for version, _ in turn.untold
            if turn.last_good < version < turn.first_bad
        ),
        sure=sure,
        proven=True,
    )


def _seen(case: Case, axis: str) -> Turned | None:
    """What the row of an axis shows; None where it has nothing to compare with."""
    row = {_pinned(result, axis): result for result in case.rows[axis]}
    own = _pinned(case.result, axis)
    told = {version: told_of(result, case.first) for version, result in row.items()}
    good = [version for version in told if told[version] is True]
    bad = [version for version in told if told[version] is False]
    last_good = max((v for v in good if v < own), default=None)
    good_above = min((v for v in good if v > own), default=None)
    if told.get(own) is not False or (last_good is None and good_above is None):
        return None
    below = tuple(sorted(v for v in bad if v < own and not _under(v, last_good)))
    first_bad = min((*below, own)) if last_good is not None else own
    turned = Turned(
        distribution=axis,
        own=own,
        last_good=last_good,
        first_bad=first_bad,
        good_above=good_above,
        below=below,
        sure=False,
        proven=False,
    )
    beside = _beside(turned, row, axis)
    return replace(turned, sure=not beside, beside=beside, untold=_untold(turned, told))


def _under(version: Version, bound: Version | None) -> bool:
    return bound is not None and version < bound


def _pinned(result: CellResult, axis: str) -> Version:
    return next(p.version for p in result.cell.pins if p.distribution == axis)


def told_of(result: CellResult, asked: Observation) -> bool | None:
    """Whether a target passes in another cell; None where that is not told."""
    for seen in result.observations:
        if seen.target == asked.target and seen.probe == asked.probe:
            if seen.outcome is Outcome.PASSED:
                return True
            return False if seen.outcome.is_red else None
    return None


def _beside(
    turned: Turned, row: Mapping[Version, CellResult], axis: str
) -> tuple[str, ...]:
    """What differs between the locks on both sides of the turn, but for the axis."""
    if turned.last_good is not None:
        sides = (turned.last_good, turned.first_bad)
    else:
        assert turned.good_above is not None  # noqa: S101 - one of the two is there
        sides = (turned.own, turned.good_above)
    before, after = (installed(row[side]) for side in sides)
    differing = {n for n in {*before, *after} if before.get(n) != after.get(n)}
    return tuple(sorted(differing - {axis}))


def _untold(turned: Turned, told: Mapping[Version, bool | None]) -> tuple[Version, ...]:
    low = turned.last_good or turned.own
    high = turned.first_bad if turned.last_good else turned.good_above
    return tuple(
        sorted(v for v, it in told.items() if it is None and _between(v, low, high))
    )


def _between(version: Version, low: Version, high: Version | None) -> bool:
    return low < version and (high is None or version < high)


def listed(versions: Sequence[Version]) -> str:
    """Versions in a sentence: `1.0, 1.1`, or the ends of many."""
    if len(versions) > _MOST:
        return f"{versions[0]} … {versions[-1]} ({len(versions)} of them)"
    return ", ".join(map(str, versions))
