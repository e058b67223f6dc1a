"""Where a culprit turned: all its releases between two locks, as there may be holes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from packaging.version import Version

from compatcheck.blame.goal import Verdict, why_untold
from compatcheck.blame.telling import few
from compatcheck.blame.worlds import Scene, World, world
from compatcheck.diagnosis import Turn
from compatcheck.diagnosis.owners import installed
from compatcheck.errors import CouldNotTell
from compatcheck.model import Release

Releases = Callable[[str], Sequence[Release]]
"""All that the index has of a distribution; raises `CouldNotTell`."""

_FEWEST_PARTS: Final = 2
"""Parts of a version that a bound keeps: `<0.28`, `<2.0`."""


def find_turn(
    scene: Scene,
    name: str,
    held: Sequence[str],
    releases: Releases,
    told: Callable[[str], None],
) -> Turn | str:
    """Where the outcome turned in that culprit's history; or why that is not told.

    The other culprits are held as they were then, and every release between the two
    locks is asked that is not yanked (pre-releases where one is locked).
    """
    others = {other: scene.old[other] for other in held if other != name}
    (forward,) = scene.results([world(others)])
    old, new = scene.old[name], installed(forward).get(name)
    if new is None or new < old:
        return f"{name} went from {old} {f'back to {new}' if new else 'away'}"
    between = _between(releases, name, old, new)
    if isinstance(between, str):
        return between
    choice = _choice(scene, between, old, new)
    worlds = {v: world({**others, name: v}) for v in choice.asked}
    found = _told(scene, name, worlds, told)
    return _turn(name, found, choice, between)


def _between(
    releases: Releases, name: str, old: Version, new: Version
) -> dict[Version, Release] | str:
    """The releases from one lock to the other; or why they could not be read."""
    try:
        between = {r.version: r for r in releases(name) if old <= r.version <= new}
    except CouldNotTell as fault:
        return f"the releases of {name} could not be read: {fault}"
    lacking = [str(end) for end in (old, new) if end not in between]
    if lacking:
        # What is locked exists: a list without it is not the list.
        words = f"what is locked is not among them: {', '.join(lacking)}"
        return f"the releases of {name} could not be read: {words}"
    return between


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Which of the releases between two locks are asked."""

    asked: tuple[Version, ...]
    """Ascending, both ends included."""
    lacking: Mapping[Version, str]
    """Those that cannot be asked, and why."""
    passed_over: tuple[Version, ...]
    """Those that no resolver takes unless it is told to, ascending."""


def _choice(
    scene: Scene, between: Mapping[Version, Release], old: Version, new: Version
) -> _Choice:
    early = old.is_prerelease or new.is_prerelease
    builds = _was_built(scene)
    asked, lacking, passed_over = {old, new}, {}, []
    for version, release in between.items():
        if version in asked:
            continue
        if release.yanked or version.is_prerelease > early:
            passed_over.append(version)
        elif release.wheels or builds:
            asked.add(version)
        else:
            lacking[version] = "it has no wheel"
    return _Choice(
        asked=tuple(sorted(asked)),
        lacking=lacking,
        passed_over=tuple(sorted(passed_over)),
    )


def _was_built(scene: Scene) -> bool:
    """Whether builds are allowed: a lock that holds a source tells so."""
    locks = (scene.then.lock, scene.today.lock)
    files = (f for lock in locks if lock for p in lock.packages for f in p.files)
    return any(not file.endswith(".whl") for file in files)


def _told(
    scene: Scene,
    name: str,
    worlds: Mapping[Version, World],
    told: Callable[[str], None],
) -> dict[Version, bool | str]:
    """Each release: good, bad, or why it is neither."""
    low, high = _narrowed(scene, name, worlds, told)
    told(
        f"it turned from {name} {low} to {high}; trying all {len(worlds)} releases for"
        " holes"
    )
    results = scene.results(list(worlds.values()))
    found: dict[Version, bool | str] = {}
    for version, result in zip(worlds, results, strict=True):
        verdict = scene.goal.verdict(result)
        if result.lock is not None and installed(result).get(name) != version:
            found[version] = "it is not what gets installed"
        elif verdict is Verdict.UNTOLD:
            found[version] = why_untold(result)
        else:
            found[version] = verdict is Verdict.GOOD
    return found


def _narrowed(
    scene: Scene,
    name: str,
    worlds: Mapping[Version, World],
    told: Callable[[str], None],
) -> tuple[Version, Version]:
    """Two releases between which it turned, near each other: what is known soonest.

    Two are asked at a time, so that few rounds tell; what cannot be told ends it.
    """
    versions = list(worlds)
    low, high = 0, len(versions) - 1
    while high - low > 1:
        told(
            f"it turned from {name} {versions[low]} to {versions[high]},"
            f" {high - low - 1} releases between"
        )
        third = max(1, (high - low) // 3)
        points = sorted({low + third, high - third})
        said = scene.verdicts([worlds[versions[point]] for point in points])
        if Verdict.UNTOLD in said:
            break
        bad = [p for p, it in zip(points, said, strict=True) if it is Verdict.BAD]
        high = min([*bad, high])
        low = max([p for p in points if p < high], default=low)
    return versions[low], versions[high]


def _turn(
    name: str,
    told: Mapping[Version, bool | str],
    choice: _Choice,
    between: Mapping[Version, Release],
) -> Turn | str:
    good = [version for version, it in told.items() if it is True]
    bad = [version for version, it in told.items() if it is False]
    last_good = max(good, default=None)
    behind = [version for version in bad if last_good and version > last_good]
    if last_good is None or not behind:
        return f"no release of {name} between the two locks turned it"
    why = {v: it for v, it in told.items() if isinstance(it, str)} | {**choice.lacking}
    times = ((version, release.upload_time) for version, release in between.items())
    return Turn(
        distribution=name,
        last_good=last_good,
        first_bad=min(behind),
        holes=tuple(sorted(v for v in bad if min(good) < v < last_good)),
        tried=len(good) + len(bad),
        untold=tuple(sorted(why.items())),
        passed_over=choice.passed_over,
        came_out={version: time for version, time in times if time is not None},
        swept=_swept({**told, **choice.lacking}),
    )


def _swept(told: Mapping[Version, bool | str]) -> dict[Version, bool | None]:
    """The same without the words: whether it works, None where that is not told."""
    ordered = ((version, told[version]) for version in sorted(told))
    return {v: None if isinstance(it, str) else it for v, it in ordered}


def requirement(turn: Turn) -> str:
    """The constraint that keeps all failing releases out: `flask<2.3,!=2.2.4`."""
    holes = "".join(f",!={hole}" for hole in turn.holes)
    return f"{turn.distribution}<{bound(turn.first_bad)}{holes}"


def bound(version: Version) -> str:
    """A version as a bound: PEP 440 has no order by local versions (`2.0+cpu`).

    Without zeros at its end, where it means the same.
    """
    if version.is_prerelease or version.is_postrelease:
        return version.public
    parts = list(version.release)
    while len(parts) > _FEWEST_PARTS and parts[-1] == 0:
        parts.pop()
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, parts))


def sentences(turn: Turn) -> Iterator[str]:
    """What the sweep saw."""
    name, good, bad = turn.distribution, turn.last_good, turn.first_bad
    tried = f"{turn.tried} releases from one lock to the other"
    every = not (turn.untold or turn.passed_over)
    yield (
        f"{name}: last good {good}{_date(turn, good)}, first bad {bad}"
        f"{_date(turn, bad)}; {'all ' if every else ''}{tried} tried"
    )
    if turn.holes:
        holes = ", ".join(map(str, turn.holes))
        yield f"{name}: {holes} fails too, between releases that work"
    if turn.passed_over:
        which = few(map(str, turn.passed_over))
        yield f"{name}: yanked releases and pre-releases were not tried: {which}"
    for version, why in turn.untold:
        here = " (just where it turned)" if good < version < bad else ""
        yield f"{name} {version} could not be asked{here}: {why}"


def _date(turn: Turn, version: Version) -> str:
    time = turn.came_out.get(version)
    return f" ({time.date().isoformat()})" if time else ""
