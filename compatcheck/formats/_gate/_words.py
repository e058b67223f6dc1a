"""What several formats say of a gate's decision in the same words."""

from __future__ import annotations

from typing import Final

from compatcheck.report.gated import Changed, Finding, Upgrade, Waived, Way

STATUS: Final = {
    "new": "worse",
    "unchanged": "as before",
    "waived": "waived",
    "unknown": "unknown",
}


def changed(change: Changed) -> str:
    """`flask 2.3.0 -> 3.0.0 (raised), uv.lock:12`."""
    upgrade = Upgrade(
        distribution=change.distribution, before=change.before, after=change.after
    )
    asked = "" if change.pythons else "; no Python that was asked gets it"
    return f"{upgrade} ({change.kind}), {change.place.file}:{change.place.line}{asked}"


def proven(way: Way) -> str:
    """What a remedy is, and whether it was seen to work."""
    seen = {True: "verified", False: "not all of it was told", None: "not tried"}
    return f"{way.words}; {seen[way.verified]}"


def waiver_line(waiver: Waived) -> str:
    """What a waiver says of a finding."""
    verb = "expired on" if waiver.expired else "until"
    return f"{verb} {waiver.expires.isoformat()}: {waiver.reason}"


def headline(finding: Finding) -> str:
    """A finding in one line."""
    blamed = " and ".join(map(str, finding.upgrades))
    return f"{finding.title} ({blamed})" if blamed else finding.title


def remedy_line(finding: Finding) -> str:
    """The first thing to do, in one line; empty where there is none."""
    if not finding.ways:
        return ""
    way = finding.ways[0]
    return f"{way.command} ({proven(way)})"
