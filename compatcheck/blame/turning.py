"""All releases of a culprit between two locks: failing ones need not be contiguous."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from packaging.version import Version

from compatcheck.blame.goal import Verdict, why_untold
from compatcheck.blame.worlds import Scene, World, world
from compatcheck.diagnosis import Turn
from compatcheck.diagnosis.owners import installed
from compatcheck.errors import CouldNotTell
from compatcheck.model import Release

Releases = Callable[[str], Sequence[Release]]

_FEWEST_PARTS: Final = 2
"""Parts of a version that a bound keeps: `<0.28`, `<2.0`."""


def sweep(
    scene: Scene, name: str, held: Sequence[str], releases: Releases
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
    try:
        between = {r.version: r for r in releases(name) if old <= r.version <= new}
    except CouldNotTell as fault:
        return f"the releases of {name} could not be read: {fault}"
    pre = old.is_prerelease or new.is_prerelease
    builds = _was_built(scene)
    lacking, asked = {}, [old, new]
    for version, release in between.items():
        if version in (old, new) or release.yanked or version.is_prerelease > pre:
            continue
        if release.wheels or builds:
            asked.append(version)
        else:
            lacking[version] = "it has no wheel"
    worlds = {v: world({**others, name: v}) for v in sorted(asked)}
    told = _told(scene, name, worlds)
    return _turn(name, told, lacking, between)


def _was_built(scene: Scene) -> bool:
    """Whether builds are allowed: a lock that holds a source tells so."""
    locks = (scene.then.lock, scene.today.lock)
    files = (f for lock in locks if lock for p in lock.packages for f in p.files)
    return any(not file.endswith(".whl") for file in files)


def _told(
    scene: Scene, name: str, worlds: Mapping[Version, World]
) -> dict[Version, bool | str]:
    """Each release: good, bad, or why it is neither."""
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


def _turn(
    name: str,
    told: Mapping[Version, bool | str],
    lacking: Mapping[Version, str],
    between: Mapping[Version, Release],
) -> Turn | str:
    good = [version for version, it in told.items() if it is True]
    bad = [version for version, it in told.items() if it is False]
    last_good = max(good, default=None)
    behind = [version for version in bad if last_good and version > last_good]
    if last_good is None or not behind:
        return f"no release of {name} between the two locks turned it"
    why = {**{v: it for v, it in told.items() if isinstance(it, str)}, **lacking}
    times = ((version, release.upload_time) for version, release in between.items())
    return Turn(
        distribution=name,
        last_good=last_good,
        first_bad=min(behind),
        holes=tuple(sorted(v for v in bad if min(good) < v < last_good)),
        tried=len(good) + len(bad),
        untold=tuple(sorted(why.items())),
        came_out={version: time for version, time in times if time is not None},
    )


def requirement(turn: Turn) -> str:
    """The constraint that keeps all failing releases out: `flask<2.3,!=2.2.4`."""
    holes = "".join(f",!={hole}" for hole in turn.holes)
    return f"{turn.distribution}<{_short(turn.first_bad)}{holes}"


def _short(version: Version) -> str:
    """A version without zeros at its end, where it means the same (PEP 440)."""
    if version.is_prerelease or version.is_postrelease or version.local:
        return str(version)
    parts = list(version.release)
    while len(parts) > _FEWEST_PARTS and parts[-1] == 0:
        parts.pop()
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, parts))


def sentences(turn: Turn) -> Iterator[str]:
    """What the sweep saw."""
    name, good, bad = turn.distribution, turn.last_good, turn.first_bad
    tried = f"{turn.tried} releases from one lock to the other"
    yield (
        f"{name}: last good {good}{_date(turn, good)}, first bad {bad}"
        f"{_date(turn, bad)}; {'' if turn.untold else 'all '}{tried} tried"
    )
    if turn.holes:
        holes = ", ".join(map(str, turn.holes))
        yield f"{name}: {holes} fails too, between releases that work"
    for version, why in turn.untold:
        here = " (just where it turned)" if good < version < bad else ""
        yield f"{name} {version} could not be asked{here}: {why}"


def _date(turn: Turn, version: Version) -> str:
    time = turn.came_out.get(version)
    return f" ({time.date().isoformat()})" if time else ""
