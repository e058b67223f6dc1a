"""Ways out of a failure in this environment, each tried in a copy of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.diagnosis.bench import Ran
from compatcheck.diagnosis.scene import Scene
from compatcheck.errors import CouldNotTell
from compatcheck.investigate.parties import Parties
from compatcheck.model import Release
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, Mend, Rewrite, mend
from compatcheck.remedies import Trials, words
from compatcheck.remedies.at import At
from compatcheck.report.investigated import Way, WayCame

_CAME: Final[dict[bool | None, WayCame]] = {
    True: "works",
    False: "fails",
    None: "not tried",
}
_SEEN: Final = {
    True: "tried in a copy of this environment: the original runs",
    False: "tried in a copy of this environment: no help",
    None: "not tried",
}


def told(one: Mend, at: At) -> str:
    """A remedy's steps, each on its line."""
    return "\n".join(words(step, at) for step in one.steps)


def repairs(mends: Sequence[Mend], at: At) -> Iterator[Way]:
    """What the diagnosis suggests, as it was tried."""
    for one in mends:
        advice = "only people can do that: not tried"
        rewrites = any(isinstance(step, Rewrite) for step in one.steps)
        yield Way(
            kind="import" if rewrites else "repair",
            what="as the cause suggests",
            outcome=_CAME[one.verified],
            detail=advice if one.kind == "advice" else _SEEN[one.verified],
            command=told(one, at),
        )


def neighbours(
    parts: Parties, original: Scene, trials: Trials, at: At, *, innocent: bool
) -> Iterator[Way]:
    """The nearest older and newer release of each side, put into a copy."""
    for side in parts.sides:
        releases = parts.scene.bench.releases(side.name)
        for word, release in _nearest(parts, side, releases):
            if release is None:
                yield Way(
                    kind="release here",
                    what=f"the next {word} release of {side.name}",
                    outcome="not tried",
                    detail="there is none that this Python can be given a wheel of",
                )
                continue
            one = trials.tried(_put(side, release), original)
            yield Way(
                kind="release here",
                what=f"{side.name} {release.version} in place of {side.version}",
                outcome=_CAME[one.verified],
                detail=_detail(one, innocent=innocent),
                command=told(one, at),
                newer_of=side.name if word == "newer" else None,
            )


def _put(side: Installed, release: Release) -> Mend:
    return mend(Install(requirements=(f"{side.name}=={release.version}",)))


def _detail(one: Mend, *, innocent: bool) -> str:
    if one.verified and innocent:
        return (
            f"{_SEEN[True]}; not because of the release, which the same one laid anew"
            " shows, but because its files are written again"
        )
    return _SEEN[one.verified]


def _nearest(
    parts: Parties, side: Installed, releases: Sequence[Release]
) -> Iterator[tuple[str, Release | None]]:
    own = parts.release(side)
    older = [it for it in releases if it.version < own]
    newer = [it for it in releases if it.version > own]
    yield "older", older[-1] if older else None
    yield "newer", newer[0] if newer else None


def renames(parts: Parties, known: Sequence[Way]) -> Iterator[Way]:
    """Where else the installed release defines the missing name, and whether it runs.

    Nothing where the diagnosis itself suggested an import that was tried.
    """
    asked, provider = parts.scene.wanted, parts.provider
    if any(it.kind == "import" for it in known):
        return
    if asked is None or asked.name is None or provider is None:
        yield Way(
            kind="import",
            what="importing it from elsewhere",
            outcome="not tried",
            detail="no name of a distribution that is installed is missing",
        )
        return
    what = f"`{asked.name}` from another module of {provider}"
    try:
        modules = _homes(parts, provider, asked.name)
    except CouldNotTell as fault:
        detail = f"the wheel of {provider} was not read: {fault}"
        yield Way(kind="import", what=what, outcome="unknown", detail=detail)
        return
    others = [it for it in modules if it != asked.module]
    if not others:
        detail = "no other module of that release defines it"
        yield Way(kind="import", what=what, outcome="fails", detail=detail)
    for module in others[:3]:
        yield _renamed(parts, module, asked.name, what)


def _homes(parts: Parties, provider: Installed, name: str) -> tuple[str, ...]:
    """Raises `CouldNotTell` where its wheel cannot be read."""
    bench = parts.scene.bench
    releases = bench.releases(provider.name)
    own = next((it for it in releases if str(it.version) == provider.version), None)
    wheel = bench.wheel(own) if own else None
    if wheel is None or bench.shelf is None:
        raise CouldNotTell("no index that was asked has it")
    return bench.shelf.presence.elsewhere(wheel, name)


def _renamed(parts: Parties, module: str, name: str, what: str) -> Way:
    statement = f"from {module} import {name}"
    runs = isinstance(parts.scene.bench.says(statement), Ran)
    detail = "runs in this environment" if runs else "does not run here either"
    if runs and parts.consumer is not None:
        detail += f"; but it is {parts.consumer} that would have to be changed"
    return Way(
        kind="import",
        what=what,
        outcome="works" if runs else "fails",
        detail=f"`{statement}` {detail}",
        command=statement,
    )
