"""What was ruled out, and how: each line rests on something that was run or read."""

from __future__ import annotations

from collections.abc import Iterator

from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.investigate.parties import Parties
from compatcheck.investigate.reproduce import Reproduced
from compatcheck.model.inspected import Inspection
from compatcheck.report.investigated import RuledOut


def ruled_out(parts: Parties, seen: Reproduced) -> Iterator[RuledOut]:
    """Causes that people would think of, and that it is not."""
    yield RuledOut(
        what="a process that was started before something was installed",
        how="it was replayed in a fresh process and failed so again",
    )
    yield from _versions(parts, seen)
    yield from _surroundings(seen)
    yield from _metadata(parts.scene.inspection)
    yield from _name(parts)
    yield from _rules(parts)


def _versions(parts: Parties, seen: Reproduced) -> Iterator[RuledOut]:
    if not seen.works:
        return
    python = parts.scene.inspection.python
    if parts.sides:
        word = "the releases do not fit" if parts.sides[1:] else "the release is broken"
        yield RuledOut(
            what=f"{word}: {parts.named}",
            how=f"`{seen.told.statement}` runs with that in a fresh environment",
        )
    yield RuledOut(
        what=f"{python.implementation} {python.version}",
        how="the fresh environment has the same interpreter",
    )


def _surroundings(seen: Reproduced) -> Iterator[RuledOut]:
    """The working directory and the variables, or the environment."""
    if seen.bare is not None and seen.bare.outcome == "fails":
        yield RuledOut(
            what="the working directory and your variables",
            how=f"`{seen.told.statement}` fails so in this environment also from an"
            " empty folder and without them",
        )
    if seen.works and seen.yours is not None and seen.yours.outcome == "fails":
        yield RuledOut(
            what="damage to what is installed",
            how="your command fails so also where every release is laid anew",
        )


def _metadata(inspection: Inspection) -> Iterator[RuledOut]:
    rule = catalogue().get("constraint-violated")
    if rule is None or rule.checks is None or any(rule.checks(inspection)):
        return
    count = len(inspection.distributions)
    yield RuledOut(
        what="a declared requirement that is not met",
        how=f"the Requires-Dist lines of {count} distributions were held against what"
        " is installed, as `pip check` does",
    )


def _name(parts: Parties) -> Iterator[RuledOut]:
    """That the provider's release lacks what is missing."""
    scene, provider = parts.scene, parts.provider
    asked = scene.wanted
    if asked is None or provider is None:
        return
    releases = scene.bench.releases(provider.name)
    own = [it for it in releases if str(it.version) == provider.version]
    told = scene.bench.have(own, asked.module, asked.name)
    if told and told[0].there:
        yield RuledOut(
            what=f"that {provider} has no `{asked}`",
            how="the wheel of that release was read: it has",
        )


def _rules(parts: Parties) -> Iterator[RuledOut]:
    if parts.finding is None:
        return
    earlier = []
    for rule in catalogue().values():
        if rule.id == parts.finding.rule:
            break
        if rule.proves is not None:
            earlier.append(rule.id)
    if earlier:
        yield RuledOut(
            what=", ".join(earlier),
            how="these rules were asked first, and found their evidence incomplete",
        )
