"""A report for whoever makes a distribution, or the plain word that none is to blame.

A distribution is to blame only where its own code fails, in an environment that was
made anew, in an empty folder, without the user's variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.diagnosis.versions import declared
from compatcheck.diagnosis.wanted import principal
from compatcheck.investigate.parties import Parties
from compatcheck.investigate.reproduce import ALONE, AS_INSTALLED, Reproduced
from compatcheck.model import Failure
from compatcheck.model.inspected import Installed
from compatcheck.report.diagnosed import normalised
from compatcheck.report.investigated import Upstream, Way, World


def upstream(
    parts: Parties,
    seen: Reproduced,
    ways: Sequence[Way],
    places: Sequence[tuple[str, str]],
) -> Upstream:
    """Who should hear of it, with what to send; or that upstream is innocent."""
    if seen.works:
        who = parts.named or "what is installed"
        return Upstream(
            innocent=True,
            sentence=f"Upstream is innocent: {who} work{_s(parts)} in a fresh"
            " environment",
        )
    if parts.consumer is None:
        return Upstream(
            innocent=True,
            sentence="Upstream is innocent, as far as this was measured: it came up in"
            " your own code, and no distribution's",
        )
    spared = _spared(parts)
    if spared is not None:
        return Upstream(innocent=True, sentence=f"Upstream is innocent: {spared}")
    world = _world(seen)
    if world is None:
        return Upstream(
            innocent=None,
            sentence="Whether upstream is to blame could not be told: no fresh"
            " environment fails so",
        )
    sentence = f"{parts.consumer} fails by its own code in a fresh environment"
    mended = _mended(parts.consumer, ways)
    if mended is not None:
        return Upstream(
            innocent=False,
            sentence=f"{sentence}; but {mended} runs here: there is nothing to report",
        )
    failure = normalised(parts.scene.failure, places)
    return Upstream(
        innocent=False,
        sentence=sentence,
        to=parts.consumer.name,
        report="\n".join(_report(parts, parts.consumer, world, ways, failure)),
    )


def _mended(consumer: Installed, ways: Sequence[Way]) -> str | None:
    """The newer release that was seen to do in this environment, if one was."""
    for way in ways:
        newer = way.newer_of == consumer.name and way.outcome == "works"
        if way.kind == "release here" and newer:
            return way.what.partition(" in place of")[0]
    return None


def _s(parts: Parties) -> str:
    return "s" if len(parts.sides) == 1 else ""


def _spared(parts: Parties) -> str | None:
    rule = catalogue().get(parts.finding.rule) if parts.finding else None
    return rule.innocent if rule is not None else None


def _world(seen: Reproduced) -> World | None:
    """The fresh environment in which it fails so, without anything of the user's."""
    return next(
        (it for it in seen.came(ALONE, AS_INSTALLED) if it.outcome == "fails"), None
    )


def _report(
    parts: Parties,
    consumer: Installed,
    world: World,
    ways: Sequence[Way],
    failure: Failure,
) -> Iterator[str]:
    provider, step = parts.provider, principal(failure)
    beside = f" with {provider}" if provider is not None else ""
    yield f"# {consumer}{beside}: {step.type}: {_line(step.message)}"
    yield ""
    yield "## How to see it"
    yield ""
    yield f"In a fresh environment ({world.what}):"
    yield ""
    yield from (f"    {it}" for it in world.commands)
    yield ""
    yield "ends with"
    yield ""
    yield f"    {failure.type}: {_line(failure.message)}"
    yield ""
    yield "## What was found"
    yield ""
    if parts.finding is not None:
        yield f"- {parts.finding.title}"
        yield from (f"- {it}" for it in parts.finding.evidence)
    elif provider is not None:
        line = declared(parts.scene, provider)
        says = f"requires `{line}`" if line else f"does not require {provider.name}"
        yield f"- {consumer} {says}"
    yield from _measured(ways)
    python = parts.scene.inspection.python
    yield ""
    yield "## Versions"
    yield ""
    yield f"- {python.implementation} {python.version}, {_platform(parts)}"
    yield from (f"- {it}" for it in world.pins)


def _measured(ways: Sequence[Way]) -> Iterator[str]:
    for way in ways:
        if way.kind in ("releases", "as of release") and way.outcome != "unknown":
            yield f"- {way.what}: {way.detail}"


def _platform(parts: Parties) -> str:
    markers = parts.scene.inspection.python.markers
    return f"{markers.get('platform_system', '')} {markers.get('platform_machine', '')}"


def _line(text: str) -> str:
    return " ".join(text.split())
