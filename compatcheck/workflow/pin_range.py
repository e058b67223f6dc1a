"""The specifier that keeps out what is known to fail, and nothing else that works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from compatcheck.blame.turning import bound
from compatcheck.report.ranges import Known


def narrowed(declared: SpecifierSet, told: Known) -> SpecifierSet | None:
    """The declared range without the releases that fail; None if none works at all.

    Never wider than what was declared: its clauses stay, but for those that a tighter
    one makes idle.
    """
    bad = [it for it in told.bad if declared.contains(it, prereleases=True)]
    if not bad:
        return declared
    good = [it for it in told.good if declared.contains(it, prereleases=True)]
    if not good:
        return None
    low, high = min(good), max(good)
    below = any(it < low for it in bad)
    above = [it for it in bad if it > high]
    added = [f">={low}"] if below else []
    added += [f"<{bound(min(above))}"] if above else []
    added += _holes([it for it in bad if low < it < high], told)
    kept = _kept(declared, low if below else None, min(above) if above else None)
    return SpecifierSet(",".join([*kept, *added]))


def ordered(specifier: SpecifierSet) -> str:
    """A specifier as people write it: lower bound, upper bound, holes ascending."""
    clauses = sorted(specifier, key=_rank)
    return ",".join(str(clause) for clause in clauses)


def _rank(clause: Specifier) -> tuple[int, Version]:
    order = ("===", "==", "~=", ">=", ">", "<", "<=", "!=")
    return order.index(clause.operator), Version(clause.version.removesuffix(".*"))


def _kept(
    declared: SpecifierSet, low: Version | None, high: Version | None
) -> Iterator[str]:
    """The declared clauses that still say something."""
    for clause in sorted(declared, key=_rank):
        version = Version(clause.version.removesuffix(".*"))
        idle = {
            ">=": low is not None and version <= low,
            ">": low is not None and version < low,
            "<": high is not None and version >= high,
            "<=": high is not None and version >= high,
            "!=": (low is not None and version < low)
            or (high is not None and version >= high),
        }
        if not idle.get(clause.operator, False):
            yield str(clause)


def _holes(bad: Sequence[Version], told: Known) -> Iterator[str]:
    """Each hole, or a whole minor where all of its releases fail."""
    for minor, some in groupby(sorted(bad), key=_minor):
        holes = list(some)
        whole = [it for it in told.every if _minor(it) == minor]
        if len(holes) > 1 and holes == whole:
            epoch = f"{holes[0].epoch}!" if holes[0].epoch else ""
            yield f"!={epoch}{minor[1]}.{minor[2]}.*"
        else:
            yield from (f"!={it.public}" for it in holes)


def _minor(version: Version) -> tuple[int, int, int]:
    return version.epoch, version.major, version.minor


def admitted(declared: SpecifierSet, versions: Iterable[Version]) -> list[Version]:
    """Those that a range admits, ascending."""
    return sorted(it for it in versions if declared.contains(it, prereleases=True))
